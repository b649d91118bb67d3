public import LandauCore

/// Metropolis' chain of a weight that is known for whole configurations only: every attempt evaluates it anew.
///
/// One sweep proposes a direction uniform on the sphere for each site in order: no step size, nothing to tune. Where
/// the action is flat all of them are accepted, and still no order of sites makes the chain run in circles, because a
/// proposal does not depend on the present direction.
public final class SpinMetropolisChain<Weight: SpinWeight>: ReportingChain {
  /// May be replaced by that of another temperature, for annealing.
  public var weight: Weight {
    didSet {
      precondition(weight.siteCount == spins.count, "a weight of \(weight.siteCount) sites")
      evaluation = weight.evaluate(spins)
    }
  }

  /// The present configuration, of unit vectors.
  public private(set) var spins: [SIMD3<Double>]
  /// Of the present configuration.
  public private(set) var evaluation: SpinEvaluation
  private var rng: RandomStream
  private var attempts = 0
  private var accepted = 0

  /// - Parameters:
  ///   - start: a configuration; random directions where there is none.
  ///   - seed: of the start and of all updates.
  public init(weight: Weight, start: [SIMD3<Double>]? = nil, seed: Seed) {
    self.weight = weight
    var draws = seed.child("start").makeStream()
    spins = start ?? (0..<weight.siteCount).map { _ in .direction(using: &draws) }
    precondition(spins.count == weight.siteCount, "\(spins.count) spins to start from")
    evaluation = weight.evaluate(spins)
    rng = seed.child("update").makeStream()
  }

  public var observables: [Observable] { weight.observables }
  public let algorithm = "metropolis with the whole weight for each attempt"

  /// - Complexity: one evaluation of the weight for each site.
  public func sweep(_ count: Int) {
    for _ in 0..<count {
      for site in spins.indices {
        let old = spins[site]
        spins[site] = .direction(using: &rng)
        let proposed = weight.evaluate(spins)
        let cost = proposed.action - evaluation.action
        if ExponentialGate.shared.accepts(rng.uniform(), cost: cost) {
          evaluation = proposed
          accepted += 1
        } else {
          spins[site] = old
        }
      }
      attempts += spins.count
    }
  }

  public func measure(into row: inout [Double]) { row += evaluation.values }

  public var updateCount: Int { attempts }
  public var acceptanceRate: Double? {
    attempts == 0 ? nil : Double(accepted) / Double(attempts)
  }

  public func save(to writer: inout StateWriter) {
    writer.write("spin metropolis chain 1")
    writer.write(spins: spins)
    writer.write(rng)
    writer.write(attempts)
    writer.write(accepted)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    try reader.expect(chain: "spin metropolis chain 1")
    spins = try reader.spins(count: spins.count)
    evaluation = weight.evaluate(spins)
    rng = try reader.stream()
    attempts = try reader.integer()
    accepted = try reader.integer()
  }
}
