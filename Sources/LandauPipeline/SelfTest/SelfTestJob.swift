public import LandauCore
import LandauExact
import LandauStatistics

/// The register of exact truths: what this program computes and samples, beside what is known.
///
/// Numbers that need no sampling are compared with published or independently computed digits within a stated
/// tolerance. Sampled ones are compared with exact values of the same finite system in units of their error:
/// Student's t with the degrees of freedom of the error, rejected when its probability is below `screening`
/// twice, the second time with an independent seed and four times the data. A program without fault is
/// rejected about once in a thousand runs.
public struct SelfTestJob: Sendable {
  /// Probability below which a sampled number is looked at again.
  static let screening = 2.2e-3

  private let seed: UInt64
  /// Also what takes minutes.
  private let isFull: Bool

  public init(seed: UInt64 = 1, isFull: Bool = false) {
    self.seed = seed
    self.isFull = isFull
  }

  /// - Throws: `Interrupted` when stopped; what a broken program throws.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let truths = TruthRegister.exact.filter { isFull || !$0.isLong }
    progress.begin("exact values", total: truths.count)
    var checks: [SelfTestCheck] = try pool.map(truths.count) { index in
      defer { progress.advance() }
      try cancellation.check()
      return SelfTestCheck(truths[index])
    }
    let systems = SampledTruth.all
    progress.begin("sampled systems", total: systems.count)
    let sampled = try pool.map(systems.count) { index in
      defer { progress.advance() }
      return try measure(systems[index], effort: isFull ? 16 : 1, cancellation)
    }
    checks += sampled.joined()
    progress.end()
    return SelfTestReport(checks: checks, seed: seed).report
  }

  /// One system; the quantities that look wrong at first are measured again.
  private func measure(
    _ system: SampledTruth, effort: Int, _ cancellation: Cancellation
  ) throws -> [SelfTestCheck] {
    let first = try sample(system, stage: 0, effort: effort, cancellation)
    let doubted = first.filter { !($0.probability >= Self.screening) }
    if doubted.isEmpty { return first }
    let second = try sample(system, stage: 1, effort: 4 * effort, cancellation)
    return first.map { check in
      guard doubted.contains(where: { $0.quantity == check.quantity }),
        var again = second.first(where: { $0.quantity == check.quantity })
      else { return check }
      again.isPassed = again.probability >= Self.screening
      return again
    }
  }

  private func sample(
    _ system: SampledTruth, stage: Int, effort: Int, _ cancellation: Cancellation
  ) throws -> [SelfTestCheck] {
    var options = system.options
    options.seed = Seed(seed).child(system.name, stage).value
    options.length.sweeps = (options.length.sweeps ?? 1000) * effort
    let point = try SampleJob(options).onlyPoint(cancellation: cancellation)
    return try system.quantities.map { quantity in
      guard let estimate = point.estimate(quantity), let exact = point.exact(quantity) else {
        throw RunError("selftest: \(system.name) has no \(quantity) with an exact value")
      }
      return SelfTestCheck(system.name, quantity, estimate, exact: exact)
    }
  }
}

extension SampleJob {
  /// The one point of a job, run on one thread.
  func onlyPoint(cancellation: Cancellation) throws -> SamplePoint {
    let records = try record(
      nil, pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: cancellation)
    try cancellation.check()
    let exact = try ExactSolution.finite(
      model, physical, effort: .moderate, count: 1
    ).solution
    return points(records, exact: exact)[0]
  }
}
