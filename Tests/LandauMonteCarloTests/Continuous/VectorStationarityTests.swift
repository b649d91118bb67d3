import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Exact draws from two spins, one update, and the distribution must be what it was.
@Suite struct VectorStationarityTests {
  /// K = beta J of the pair, and beta h of the field on both.
  static let strength = 1.4

  /// The projection x = s_1 . s_2 has density (1 - x^2)^((n - 3)/2) exp(K x). Bins of equal probability, by
  /// numerical integration over the angle.
  struct Projection {
    let cosines: [Double]
    private let cumulated: [Double]

    init(components: Int, strength: Double) {
      let count = 200_000
      var sum = 0.0
      var all: [Double] = [0]
      for index in 0..<count {
        let angle = Double.pi * (Double(index) + 0.5) / Double(count)
        sum += pow(sin(angle), Double(components - 2)) * exp(strength * (cos(angle) - 1))
        all.append(sum)
      }
      cumulated = all.map { $0 / sum }
      cosines = (0...count).map { cos(Double.pi * Double($0) / Double(count)) }
    }

    /// The cosine below which a share 1 - u lies.
    func quantile(_ u: Double) -> Double {
      var (low, high) = (0, cumulated.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if cumulated[middle] <= u { low = middle } else { high = middle }
      }
      let part = (u - cumulated[low]) / (cumulated[high] - cumulated[low])
      return cosines[low] + part * (cosines[high] - cosines[low])
    }

    /// Probability of a cosine above x.
    func rank(_ x: Double) -> Double {
      var (low, high) = (0, cosines.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if cosines[middle] >= x { low = middle } else { high = middle }
      }
      let part = (cosines[low] - x) / (cosines[low] - cosines[high])
      return cumulated[low] + part * (cumulated[high] - cumulated[low])
    }
  }

  static func unit(_ components: Int, using rng: inout RandomStream) -> [Double] {
    let vector = (0..<components).map { _ in rng.normal() }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / length }
  }

  /// s_2 at the given projection on s_1, in a random direction across it.
  static func pair(_ components: Int, _ x: Double, using rng: inout RandomStream) -> [Double] {
    let one = unit(components, using: &rng)
    let other = unit(components, using: &rng)
    let along = zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    let across = zip(one, other).map { $1 - along * $0 }
    let length = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let radius = max(0, 1 - x * x).squareRoot()
    return one + zip(one, across).map { x * $0 + radius / length * $1 }
  }

  @Test(arguments: VectorUpdate.standard, [2, 3, 4])
  func onePairStaysAsItWas(_ update: VectorUpdate, _ components: Int) throws {
    let model = try VectorModel(
      Lattice(siteCount: 2, bonds: [.init(source: 0, target: 1)]), components: components)
    let exact = Projection(components: components, strength: Self.strength)
    try expectPlausible(seed: .test(update.name, components)) { seed, effort in
      try Self.plausibility(model, update, exact, beta: Self.strength, seed, 20_000 * effort)
    }
  }

  /// The same updates at a temperature two per cent off drift away and are found.
  @Test func wrongTemperatureIsFound() throws {
    let model = try VectorModel(
      Lattice(siteCount: 2, bonds: [.init(source: 0, target: 1)]), components: 2)
    let exact = Projection(components: 2, strength: Self.strength)
    let probability = try Self.plausibility(
      model, .heatBath, exact, beta: 1.1 * Self.strength, .test(), 40_000)
    #expect(probability < 1e-6)
  }

  /// The smaller p-value, doubled, of two histograms: of the projection, and of the first spin's direction.
  private static func plausibility(
    _ model: VectorModel, _ update: VectorUpdate, _ exact: Projection, beta: Double, _ seed: Seed,
    _ count: Int
  ) throws -> Double {
    let n = model.components
    let chain = try VectorChain(
      model: model, beta: beta, update: update, seed: seed.child("chain"))
    // Sets the number of clusters, which is then the same for all draws.
    chain.burnIn(50)
    var rng = seed.child("draws").makeStream()
    let bins = 40
    var projections = [Double](repeating: 0, count: bins)
    var directions = [Double](repeating: 0, count: bins)
    let uniform = Projection(components: n, strength: 0)
    for _ in 0..<count {
      chain.configuration = pair(n, exact.quantile(rng.uniform()), using: &rng)
      chain.sweep(1)
      let spins = chain.configuration
      var x = 0.0
      for k in 0..<n { x += spins[k] * spins[n + k] }
      projections[min(bins - 1, Int(exact.rank(x) * Double(bins)))] += 1
      directions[min(bins - 1, Int(uniform.rank(spins[0]) * Double(bins)))] += 1
    }
    let expected = [Double](repeating: Double(count) / Double(bins), count: bins)
    return min(
      1,
      2
        * min(
          chiSquareProbability(projections, expected: expected),
          chiSquareProbability(directions, expected: expected)))
  }

  /// One spin in a field: the heat bath's law from weak to strong fields, for all ways of drawing.
  @Test(arguments: [2, 3, 4, 7], [1e-9, 0.01, 0.7, 5, 300])
  func heatBathFollowsItsLaw(_ components: Int, _ strength: Double) throws {
    let model = try VectorModel(
      Lattice(siteCount: 1, bonds: []), components: components, field: strength)
    let exact = Projection(components: components, strength: strength)
    try expectPlausible(seed: .test(components, strength)) { seed, effort in
      let chain = try VectorChain(model: model, beta: 1, update: .heatBath, seed: seed)
      let bins = 40
      let count = 20_000 * effort
      var counts = [Double](repeating: 0, count: bins)
      for _ in 0..<count {
        chain.sweep(1)
        counts[min(bins - 1, Int(exact.rank(chain.configuration[0]) * Double(bins)))] += 1
      }
      return chiSquareProbability(
        counts, expected: [Double](repeating: Double(count) / Double(bins), count: bins))
    }
  }
}
