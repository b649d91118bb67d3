import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The anisotropic square Ising model over temperature and ratio of couplings: Jx = 1, Jy = ratio.
///
/// Its critical line is sinh(2/T) sinh(2 ratio/T) = 1 (Onsager 1944). With ln Z of every cell known exactly, the probability
/// of a cell given a snapshot is exp((H + ratio V)/T)/Z, H and V the sums over bonds of both directions: the optimal
/// predictor, averaged over the same snapshots as the learned one.
struct AnisotropicIsingMap: Sendable {
  static let side = 8
  let learned: PhaseMap
  let optimum: PhaseMap

  static let temperatures = (0..<12).map { 1.2 + 0.22 * Double($0) }
  static let ratios = (0..<9).map { 0.4 + 0.2 * Double($0) }

  private struct Cell {
    let temperature: Double
    let ratio: Double
    let logPartition: Double
  }

  init(_ run: StudyRun) throws {
    let lattice = try Lattice.named("square", sides: [Self.side])
    let models = try Self.ratios.map { ratio in
      try DiscreteModel.ising(
        lattice,
        couplings: lattice.bonds.map {
          Int($0.source) / Self.side == Int($0.target) / Self.side ? 1 : ratio
        })
    }
    let perChain = run.isQuick ? 24 : 96
    let chains = Snapshots.isingChainCount
    run.progress.begin("map", total: Self.ratios.count * Self.temperatures.count)
    let count = Self.ratios.count * Self.temperatures.count
    let cells = try run.pool.map(count) { number -> (cell: Cell, part: Ensemble.Part) in
      try run.cancellation.check()
      defer { run.progress.advance() }
      let row = number / Self.temperatures.count
      let temperature = Self.temperatures[number % Self.temperatures.count]
      var spins: [Int8] = []
      for chain in 0..<chains {
        let walker = try DiscreteChain(
          model: models[row], beta: 1 / temperature, update: .swendsenWang,
          seed: run.seed.child("map", number).child("chain", chain))
        walker.burnIn(100, unless: run.cancellation)
        for _ in 0..<perChain {
          walker.sweep(8)
          walker.appendSnapshot(to: &spins)
        }
      }
      let snapshots = Snapshots(
        siteShape: [Self.side, Self.side], channels: ["spin"], values: spins,
        parameterName: "cell", parameters: [Double(number)],
        parameterIndex: [Int32](repeating: 0, count: perChain * chains),
        chain: (0..<chains).flatMap { [Int32](repeating: Int32($0), count: perChain) },
        isSequential: true, boundary: .periodic)
      let sum = try ExactSum(of: models[row], pool: run.pool)
      return (
        Cell(
          temperature: temperature, ratio: Self.ratios[row],
          logPartition: sum.logPartition(beta: 1 / temperature)),
        Ensemble.Part(snapshots, windows: CountedIsingScan.windows, pool: run.pool)
      )
    }
    run.progress.end()
    let ensemble = Ensemble(joining: cells.map(\.part), foldCount: chains)
    learned = try PhaseMap(
      learnedFrom: ensemble, x: Self.temperatures, y: Self.ratios, windows: [0, 1],
      steps: run.isQuick ? 400 : 3000, seed: run.seed.child("map networks"), pool: run.pool,
      cancellation: run.cancellation)
    let sites = Double(Self.side * Self.side)
    let counts = ensemble.counts
    // The product of both spins is the last subset of a window of two.
    let columns = (along: counts.ranges[0].upperBound - 1, down: counts.ranges[1].upperBound - 1)
    optimum = PhaseMap(x: Self.temperatures, y: Self.ratios, of: ensemble) {
      sample in
      let at = sample * counts.featureCount
      let along = sites * Double(counts.values[at + columns.along])
      let down = sites * Double(counts.values[at + columns.down])
      let logs = cells.map {
        (along + $0.cell.ratio * down) / $0.cell.temperature - $0.cell.logPartition
      }
      let top = logs.max() ?? 0
      return logs.map { exp($0 - top) }
    }
  }

  /// The temperature of the critical line at a ratio, by halving.
  static func critical(_ ratio: Double) -> Double {
    var (low, high) = (0.1, 10.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      // Decreasing in the temperature.
      if sinh(2 / middle) * sinh(2 * ratio / middle) > 1 { low = middle } else { high = middle }
    }
    return low
  }

  var findings: [StudyFinding] {
    // Both maps average the same snapshots, so their difference is the networks' alone.
    func difference(_ a: [Double], _ b: [Double], _ range: [Double]) -> Double {
      let squares = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return (squares / Double(a.count)).squareRoot() / (range[range.count - 1] - range[0])
    }
    let x = difference(learned.predictedX, optimum.predictedX, Self.temperatures)
    let y = difference(learned.predictedY, optimum.predictedY, Self.ratios)
    let reference = "the optimum on the same snapshots, with ln Z by exact summation"
    let pairs = zip(learned.ridge, optimum.ridge).compactMap { a, b in
      a.flatMap { a in b.map { a - $0 } }
    }
    let spacing = Self.temperatures[1] - Self.temperatures[0]
    return [
      .bounded(
        "mapTemperature", "map: predicted temperature, rms difference/range", x, 0.02, reference),
      .bounded("mapRatio", "map: predicted ratio, rms difference/range", y, 0.02, reference),
      StudyFinding(
        "mapRidge", "map: learned ridge - optimal ridge, mean over ratios",
        measured: .mean(of: pairs),
        systematicError: spacing / 12.0.squareRoot() / Double(max(1, pairs.count)).squareRoot(),
        expected: .value(0, error: 0), reference: reference),
    ]
  }

  var panels: [Figure.Panel] {
    [("learned", learned), ("optimum", optimum)].map { name, map in
      let ridge = zip(map.y, map.ridge).compactMap { y, x in x.map { (x: $0, y: y) } }
      return Figure.Panel(
        title: "Anisotropic Ising model, L = \(Self.side): \(name)", xAxis: .init("temperature"),
        yAxis: .init("Jy/Jx"),
        series: [
          .init(
            "critical, infinite", x: map.y.map(Self.critical), y: map.y, style: .line, color: -1),
          .init("ridge", x: ridge.map(\.x), y: ridge.map(\.y), style: .points, color: 1),
        ], map: .init("divergence", x: map.x, y: map.y, values: map.divergence))
    }
  }
}
