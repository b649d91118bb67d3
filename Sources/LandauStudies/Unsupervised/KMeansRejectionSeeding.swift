import LandauCore
import LandauDiscovery
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Seeds of k-means by rejection: the same law for fewer distances, or nearly the same law for fewer still.
  static let kMeansRejectionSeeding = Study(
    name: "kmeans-rejection-seeding",
    title: "Rejection-sampled seeds of k-means",
    source:
      "P. Shah, S. Agrawal and R. Jaiswal, A new rejection sampling approach to k-means++, arXiv:2502.02085",
    claim: """
      Seeds drawn in proportion to squared distances can be had by rejection from a proposal that one pass \
      over the data prepares; bounding the number of trials trades quality for cost.
      """,
    run: { run in
      let law = SeedLaw(run)
      let mixtures = try SeededMixture.all(run)
      return StudyResult(
        findings: [law.finding] + mixtures.flatMap(\.findings),
        figure: Figure(
          title: "Rejection-sampled seeds of k-means",
          panels: [SeededMixture.costPanel(mixtures), SeededMixture.effortPanel(mixtures)],
          columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "The law: third seeds of ten points in the plane, all firsts and seconds taken together, against the exact probabilities.",
    "Mixtures: k normal clouds of width one in eight dimensions, centres normal with the width given. Costs are those of the",
    "seeds, before any iteration; distances are those computed between a sample and a seed. Without a bound on the trials a pass",
    "over all samples decides after as many trials as there are samples, so rejection never takes much more than twice a pass.",
  ]
}

/// How often each point is the third seed.
private struct SeedLaw {
  private let chiSquare: Double
  private let freedom: Double
  private static let points = SampleMatrix(
    [0, 0, 1, 0, 0, 2, 5, 5, 6, 5, 5, 7, -3, 4, -4, 4, 9, -1, 8, -2], rowCount: 10, columnCount: 2)

  init(_ run: StudyRun) {
    let draws = run.isQuick ? 200_000 : 2_000_000
    let seeder = KMeansSeeder(Self.points)
    var rng = run.seed.child("law").makeStream()
    var counts = [Double](repeating: 0, count: 10)
    for _ in 0..<draws {
      counts[seeder.seeds(3, by: .rejection(trials: nil), using: &rng).rows[2]] += 1
    }
    chiSquare = zip(counts, Self.exact()).reduce(0) { sum, pair in
      let expected = pair.1 * Double(draws)
      return sum + (pair.0 - expected) * (pair.0 - expected) / expected
    }
    freedom = 9
  }

  /// The sum over first and second seeds of the product of their probabilities and the third's.
  private static func exact() -> [Double] {
    let n = points.rowCount
    func square(_ a: Int, _ b: Int) -> Double {
      zip(points[a], points[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    var law = [Double](repeating: 0, count: n)
    for first in 0..<n {
      let total = (0..<n).reduce(0) { $0 + square(first, $1) }
      for second in 0..<n where second != first {
        let nearest = (0..<n).map { min(square(first, $0), square(second, $0)) }
        let rest = nearest.reduce(0, +)
        for third in 0..<n {
          law[third] += square(first, second) / total * nearest[third] / rest / Double(n)
        }
      }
    }
    return law
  }

  var finding: StudyFinding {
    StudyFinding(
      "chiSquare", "chi-square of the third seed per degree of freedom",
      measured: Estimate(chiSquare / freedom, error: 0),
      expected: .value(1, error: (2 / freedom).squareRoot()),
      reference: "the exact law of squared distances, 9 degrees of freedom")
  }
}

/// Costs and efforts of seeds of one mixture.
private struct SeededMixture: Sendable {
  let spread: Double
  let clusterCount: Int
  let sampleCount: Int
  /// Bounds on the trials; nil for none.
  static let bounds: [Int?] = [1, 4, 16, 64, 256, nil]
  /// Cost over the mean cost of k-means++, of every bound.
  let ratios: [Estimate]
  /// Distances over those of k-means++.
  let efforts: [Double]
  let uniform: Estimate

  static func all(_ run: StudyRun) throws -> [SeededMixture] {
    let spreads = [1.0, 2, 5]
    run.progress.begin("mixtures", total: spreads.count)
    let mixtures = try run.pool.map(spreads.count) { index in
      defer { run.progress.advance() }
      return try SeededMixture(spread: spreads[index], run)
    }
    run.progress.end()
    return mixtures
  }

  private init(spread: Double, _ run: StudyRun) throws {
    let (n, d, k) = (run.isQuick ? 4000 : 40_000, 8, 20)
    let draws = run.isQuick ? 60 : 200
    var rng = run.seed.child("mixture", Int(spread)).makeStream()
    let centers = (0..<k).map { _ in (0..<d).map { _ in spread * rng.normal() } }
    let matrix = SampleMatrix(
      (0..<n).flatMap { row in centers[row % k].map { $0 + rng.normal() } }, rowCount: n,
      columnCount: d)
    let seeder = KMeansSeeder(matrix)
    func costs(_ seeding: KMeansSeeding) throws -> (cost: Estimate, effort: Double) {
      var effort = 0
      let values = try (0..<draws).map { _ -> Double in
        try run.cancellation.check()
        let seeds = seeder.seeds(k, by: seeding, using: &rng)
        effort += seeds.distanceCount
        return KMeans.cost(of: matrix, centers: matrix.selecting(seeds.rows))
      }
      return (.mean(of: values), Double(effort) / Double(draws))
    }
    let exact = try costs(.squaredDistance)
    func ratio(_ cost: Estimate) -> Estimate {
      let value = cost.value / exact.cost.value
      let relative =
        (pow(cost.error / cost.value, 2) + pow(exact.cost.error / exact.cost.value, 2))
        .squareRoot()
      return Estimate(value, error: value * relative, degreesOfFreedom: Double(2 * draws - 2))
    }
    var (ratios, efforts): ([Estimate], [Double]) = ([], [])
    for bound in Self.bounds {
      let found = try costs(.rejection(trials: bound))
      ratios.append(ratio(found.cost))
      efforts.append(found.effort / exact.effort)
    }
    let uniform = try (0..<draws).map { _ -> Double in
      try run.cancellation.check()
      let rows = (0..<k).map { _ in rng.index(below: n) }
      return KMeans.cost(of: matrix, centers: matrix.selecting(rows))
    }
    self.spread = spread
    clusterCount = k
    sampleCount = n
    self.ratios = ratios
    self.efforts = efforts
    self.uniform = ratio(.mean(of: uniform))
  }

  var findings: [StudyFinding] {
    let name = "centres spread by \(Int(spread))"
    let last = Self.bounds.count - 1
    return [
      StudyFinding(
        "costRatio\(Int(spread))", "cost over that of k-means++, \(name)", measured: ratios[last],
        expected: .value(1, error: 0.05 / 3), reference: "within 5 %, as claimed"),
      StudyFinding(
        "effort\(Int(spread))", "distances over those of k-means++, \(name)",
        measured: Estimate(efforts[last], error: 0), expected: .below(1),
        reference: "claimed: cheaper"),
    ]
  }

  static func costPanel(_ mixtures: [SeededMixture]) -> Figure.Panel {
    Figure.Panel(
      title: "Quality against effort",
      xAxis: .init("distances over those of k-means++", logarithmic: true),
      yAxis: .init("cost over that of k-means++", logarithmic: true),
      series: mixtures.enumerated().map { color, mixture in
        Figure.Series(
          "spread \(Int(mixture.spread))", x: mixture.efforts, y: mixture.ratios.map(\.value),
          errors: mixture.ratios.map(\.error), style: .linePoints, color: color)
      } + [
        Figure.Series("k-means++", x: [0.0005, 2], y: [1, 1], style: .dashedLine, color: -1)
      ])
  }

  static func effortPanel(_ mixtures: [SeededMixture]) -> Figure.Panel {
    Figure.Panel(
      title: "Effort against the bound", xAxis: .init("trials per seed at most"),
      yAxis: .init("distances over those of k-means++", logarithmic: true),
      series: mixtures.enumerated().map { color, mixture in
        Figure.Series(
          "spread \(Int(mixture.spread))", x: bounds.indices.map(Double.init), y: mixture.efforts,
          style: .linePoints, color: color)
      }, categories: bounds.map { $0.map(String.init) ?? "no bound" })
  }
}
