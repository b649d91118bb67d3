import LandauCore
import LandauLattice
import LandauMonteCarlo

@testable import LandauDiscovery

/// Ensembles of sampled models: eight chains at every temperature, one window.
enum SampledEnsemble {
  static let chainCount = 8

  static func discrete(
    _ model: DiscreteModel, levels: [Int8], temperatures: [Double], perChain: Int, spacing: Int = 2,
    update: DiscreteUpdate? = nil, burnIn: Int = 200, seed: Seed
  ) throws -> Ensemble {
    try joined(temperatures) { index, beta in
      var values: [Int8] = []
      var energies: [Double] = []
      for number in 0..<chainCount {
        let chain = try DiscreteChain(
          model: model, beta: beta, update: update,
          seed: seed.child("chain", indices: [index, number]))
        var stage = BurnIn(burnIn)
        chain.burnIn(&stage) { false }
        for _ in 0..<perChain {
          chain.sweep(spacing)
          chain.appendSnapshot(to: &values)
          energies.append(chain.energyPerSite)
        }
      }
      return part(
        model.lattice.sides, values, levels, temperatures[index],
        ["energyPerSite": energies])
    }
  }

  /// Plane rotors: angles in sixteen steps, with their energies and helicity sums, and without.
  static func rotor(
    side: Int, temperatures: [Double], perChain: Int, seed: Seed
  ) throws -> (recorded: Ensemble, bare: Ensemble) {
    let model = try VectorModel(Lattice.named("square", sides: [side, side]), components: 2)
    var parts: [(recorded: Ensemble.Part, bare: Ensemble.Part)] = []
    for (index, temperature) in temperatures.enumerated() {
      let beta = 1 / temperature
      var values: [Int8] = []
      var sums: [String: [Double]] = [:]
      for number in 0..<chainCount {
        let chain = try VectorChain(
          model: model, beta: beta, update: .wolff,
          seed: seed.child("chain", indices: [index, number]))
        var stage = BurnIn(100)
        chain.burnIn(&stage) { false }
        for _ in 0..<perChain {
          chain.sweep(2)
          var row: [Double] = []
          chain.measure(into: &row)
          for (observable, value) in zip(chain.observables, row) {
            sums[observable.name, default: []].append(value)
          }
          values += angles(chain.configuration)
        }
      }
      func part(_ observables: [String: [Double]]) -> Ensemble.Part {
        Self.part([side, side], values, (0..<16).map(Int8.init), temperature, observables)
      }
      let names = ["energyPerSite", "helicityCosinePerSite", "helicitySineSquaredPerSite"]
      parts.append((part(sums.filter { names.contains($0.key) }), part([:])))
    }
    return (
      Ensemble(joining: parts.map(\.recorded), foldCount: chainCount),
      Ensemble(joining: parts.map(\.bare), foldCount: chainCount)
    )
  }

  private static func joined(
    _ temperatures: [Double], _ part: (Int, Double) throws -> Ensemble.Part
  ) throws -> Ensemble {
    Ensemble(
      joining: try temperatures.indices.map { try part($0, 1 / temperatures[$0]) },
      foldCount: chainCount)
  }

  private static func part(
    _ shape: [Int], _ values: [Int8], _ levels: [Int8], _ temperature: Double,
    _ observables: [String: [Double]]
  ) -> Ensemble.Part {
    let sites = shape.reduce(1, *)
    let count = values.count / sites
    var observables = observables
    // Of Blume and Capel's spins the share of sites that are not empty.
    observables["meanSquare"] = (0..<count).map { sample in
      let squares = values[sample * sites..<(sample + 1) * sites].reduce(0) {
        $0 + Int($1) * Int($1)
      }
      return Double(squares) / Double(sites)
    }
    let snapshots = Snapshots(
      siteShape: shape, channels: ["spin"], values: values, levels: levels,
      parameterName: "temperature", parameters: [temperature],
      parameterIndex: [Int32](repeating: 0, count: count),
      chain: (0..<count).map { Int32($0 / (count / chainCount)) }, isSequential: true,
      boundary: .periodic)
    return Ensemble.Part(
      snapshots, windows: [], pool: WorkerPool(threadCount: 1), observables: observables)
  }

  private static func angles(_ configuration: [Double]) -> [Int8] {
    stride(from: 0, to: configuration.count, by: 2).map { site in
      // Sixteen equal sectors by the products with their middle directions.
      let products = directions.map {
        $0.x * configuration[site] + $0.y * configuration[site + 1]
      }
      return Int8(products.indices.max { products[$0] < products[$1] }!)
    }
  }

  private static let directions: [(x: Double, y: Double)] = {
    // cos and sin of multiples of 22.5 degrees from square roots alone.
    let c = [
      1, (2 + 2.0.squareRoot()).squareRoot() / 2, 0.5.squareRoot(),
      (2 - 2.0.squareRoot()).squareRoot() / 2, 0,
    ]
    return (0..<16).map { step in
      func cosine(_ k: Int) -> Double {
        let k = k % 16
        return k <= 4 ? c[k] : k <= 8 ? -c[8 - k] : k <= 12 ? -c[k - 8] : c[16 - k]
      }
      return (cosine(step), cosine(step + 12))
    }
  }()
}

extension Baseline {
  /// With a recorded number in place of the correlator that a network would choose.
  init(_ ensembles: [Ensemble], indicator: String, orderParameter: OrderParameter?) {
    self.init(
      ensembles: ensembles,
      indicator: ensembles.map { $0.observables[indicator]!.map(Float.init) },
      orderParameter: orderParameter)
  }
}

func spaced(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
  (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
}
