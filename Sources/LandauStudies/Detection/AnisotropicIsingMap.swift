import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

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
  /// Neighbours told apart, and the distance of their means.
  let learnedConfusion: NeighborMap
  let optimalConfusion: NeighborMap
  let measuredMeans: NeighborMap
  let exactMeans: NeighborMap

  static let temperatures = (0..<12).map { 1.2 + 0.22 * Double($0) }
  static let ratios = (0..<9).map { 0.4 + 0.2 * Double($0) }

  private struct Cell {
    let temperature: Double
    let ratio: Double
    let logPartition: Double
    /// Of the sums over bonds along rows and down columns.
    let means: [Double]
    let covariances: [Double]
  }

  init(_ run: StudyRun) throws {
    let models = try Self.ratios.map { try Self.model(along: 1, down: $0) }
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
      return (
        try Self.cell(temperature: temperature, ratio: Self.ratios[row], pool: run.pool),
        Ensemble.Part(snapshots, windows: CountedIsingScan.windows, pool: run.pool)
      )
    }
    run.progress.end()
    let ensemble = Ensemble(joining: cells.map(\.part), foldCount: chains)
    let posteriors = try CellPosteriors(
      learnedFrom: ensemble, columnCount: Self.temperatures.count, windows: [0, 1],
      steps: run.isQuick ? 400 : 3000, seed: run.seed.child("map networks"), pool: run.pool,
      cancellation: run.cancellation)
    learned = PhaseMap(x: Self.temperatures, y: Self.ratios, of: ensemble) { posteriors[$0] }
    learnedConfusion = NeighborMap(
      confusionOf: ensemble, x: Self.temperatures, y: Self.ratios
    ) { posteriors[$0] }
    measuredMeans = NeighborMap(
      meansOf: ensemble, x: Self.temperatures, y: Self.ratios, windows: [0, 1])
    exactMeans = NeighborMap(
      means: cells.map(\.cell.means), covariances: cells.map(\.cell.covariances),
      x: Self.temperatures, y: Self.ratios)
    let sites = Double(Self.side * Self.side)
    let counts = ensemble.counts
    // The product of both spins is the last subset of a window of two.
    let columns = (along: counts.ranges[0].upperBound - 1, down: counts.ranges[1].upperBound - 1)
    func posterior(_ sample: Int) -> [Double] {
      let at = sample * counts.featureCount
      let along = sites * Double(counts.values[at + columns.along])
      let down = sites * Double(counts.values[at + columns.down])
      let logs = cells.map {
        (along + $0.cell.ratio * down) / $0.cell.temperature - $0.cell.logPartition
      }
      let top = logs.max() ?? 0
      return logs.map { exp($0 - top) }
    }
    optimum = PhaseMap(x: Self.temperatures, y: Self.ratios, of: ensemble, posterior: posterior)
    optimalConfusion = NeighborMap(
      confusionOf: ensemble, x: Self.temperatures, y: Self.ratios, posterior: posterior)
  }

  private static func model(along: Double, down: Double) throws -> DiscreteModel {
    let lattice = try Lattice.named("square", sides: [side, side])
    return try DiscreteModel.ising(
      lattice,
      couplings: lattice.bonds.map { Int($0.source) / side == Int($0.target) / side ? along : down }
    )
  }

  /// ln Z is a function f(a, b) of both couplings over the temperature; its first derivatives are the means of the sums over bonds,
  /// its second ones their covariances. Central differences of width 0.001: the fourth derivatives, at most
  /// about N^3, leave relative errors of 1e-4, rounding of ln Z less.
  private static func cell(temperature: Double, ratio: Double, pool: WorkerPool) throws -> Cell {
    let (a, b, h) = (1 / temperature, ratio / temperature, 0.001)
    func f(_ i: Double, _ j: Double) throws -> Double {
      try ExactSum(of: model(along: a + i * h, down: b + j * h), pool: pool).logPartition(beta: 1)
    }
    let middle = try f(0, 0)
    let (right, left, up, down) = try (f(1, 0), f(-1, 0), f(0, 1), f(0, -1))
    let (both, neither) = try (f(1, 1), f(-1, -1))
    let mixed = (both + neither + 2 * middle - right - left - up - down) / (2 * h * h)
    return Cell(
      temperature: temperature, ratio: ratio, logPartition: middle,
      means: [(right - left) / (2 * h), (up - down) / (2 * h)],
      covariances: [
        (right + left - 2 * middle) / (h * h), mixed, mixed, (up + down - 2 * middle) / (h * h),
      ])
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
    let confusion = zip(learnedConfusion.indicator, optimalConfusion.indicator).reduce(0) {
      $0 + ($1.0.value - $1.1.value) * ($1.0.value - $1.1.value)
    }
    // Of the 384 snapshots of a pair in a quick run a tenth may be decided otherwise by a network as good as the optimum, with
    // 2 sqrt(0.1/384) = 0.03 of scatter in each direction.
    let cells = Double(learnedConfusion.indicator.count)
    // Eight folds: the square of Student's t with seven degrees of freedom has the mean 1.4.
    let means = zip(measuredMeans.indicator, exactMeans.indicator).reduce(0) {
      $0 + ($1.0.value - $1.1.value) * ($1.0.value - $1.1.value) / ($1.0.error * $1.0.error)
    }
    func ridges(_ a: NeighborMap, _ b: NeighborMap) -> [Double] {
      zip(a.ridge, b.ridge).compactMap { a, b in a.flatMap { a in b.map { a - $0 } } }
    }
    func ridge(_ key: String, _ what: String, _ pairs: [Double], _ reference: String)
      -> StudyFinding
    {
      StudyFinding(
        key,
        "map: \(what) ridge - \(key == "mapMeanRidge" ? "exact" : "optimal") ridge, mean over ratios",
        measured: .mean(of: pairs),
        systematicError: spacing / 12.0.squareRoot() / Double(max(1, pairs.count)).squareRoot(),
        expected: .value(0, error: 0), reference: reference)
    }
    let exact = "means and covariances from derivatives of the exact ln Z"
    return [
      .bounded(
        "mapConfusion", "map: neighbours told apart, rms difference",
        (confusion / cells).squareRoot(),
        0.05, reference),
      .bounded(
        "mapMean", "map: distance of means, chi-square per cell", means / cells, 2.5, exact),
      ridge(
        "mapConfusionRidge", "confusion", ridges(learnedConfusion, optimalConfusion), reference),
      ridge("mapMeanRidge", "mean-based", ridges(measuredMeans, exactMeans), exact),
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
    [
      ("prediction, learned", "divergence", learned.divergence, learned.ridge),
      ("prediction, optimum", "divergence", optimum.divergence, optimum.ridge),
      (
        "confusion, learned", "told apart", learnedConfusion.indicator.map(\.value),
        learnedConfusion.ridge
      ),
      (
        "confusion, optimum", "told apart", optimalConfusion.indicator.map(\.value),
        optimalConfusion.ridge
      ),
      ("means, measured", "distance", measuredMeans.indicator.map(\.value), measuredMeans.ridge),
      ("means, exact", "distance", exactMeans.indicator.map(\.value), exactMeans.ridge),
    ].map { name, unit, values, found in
      let ridge = zip(Self.ratios, found).compactMap { y, x in x.map { (x: $0, y: y) } }
      return Figure.Panel(
        title: "Anisotropic Ising model, L = \(Self.side): \(name)", xAxis: .init("temperature"),
        yAxis: .init("Jy/Jx"),
        series: [
          .init(
            "critical, infinite", x: Self.ratios.map(Self.critical), y: Self.ratios, style: .line,
            color: -1),
          .init("ridge", x: ridge.map(\.x), y: ridge.map(\.y), style: .points, color: 1),
        ], map: .init(unit, x: Self.temperatures, y: Self.ratios, values: values))
    }
  }
}
