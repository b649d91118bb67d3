public import LandauCore

/// An action of unit vectors that is cheap and close to a costly one: what self-learning Monte Carlo proposes from.
public protocol EffectiveAction: Sendable {
  associatedtype Walker: EffectiveWalker
  var siteCount: Int { get }

  /// A walk that begins at a configuration.
  func walker(at spins: [SIMD3<Double>]) -> Walker
}

/// A walk of one spin at a time under an effective action. Belongs to one thread.
public protocol EffectiveWalker: AnyObject {
  var spins: [SIMD3<Double>] { get }
  /// Of the present configuration; sums of changes drift by rounding, so it is summed anew on demand.
  var action: Double { get }

  /// By how much the action grows where `site` has the direction `new`; remembered for `accept`.
  func cost(of new: SIMD3<Double>, at site: Int) -> Double
  /// Makes the change whose cost was asked for last.
  func accept()
}

extension EffectiveWalker {
  /// Metropolis attempts, each at a site drawn at random, with a direction uniform on the sphere.
  ///
  /// An attempt satisfies detailed balance, and so does any number of them, because all are drawn alike: the walk from a
  /// to b is as likely, weighted with exp(-action), as that from b to a. Sweeps in fixed order leave the weight
  /// alone, too, but their reverse has another order: an acceptance that compares a and b would be wrong for them.
  ///
  /// - Returns: how many were accepted.
  @discardableResult
  public func walk(_ attempts: Int, using rng: inout RandomStream) -> Int {
    let sites = spins.count
    var accepted = 0
    for _ in 0..<attempts {
      let site = rng.index(below: sites)
      let cost = cost(of: .direction(using: &rng), at: site)
      if ExponentialGate.shared.accepts(rng.uniform(), cost: cost) {
        accept()
        accepted += 1
      }
    }
    return accepted
  }
}

extension EffectiveAction {
  /// The action of one configuration.
  public func action(of spins: [SIMD3<Double>]) -> Double { walker(at: spins).action }
}
