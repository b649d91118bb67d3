public import LandauCore
public import LandauDiscovery

/// The dual found at one beta, and what it says.
public struct DualPoint: Sendable {
  let system: DualSystem
  public let result: DualSearch.Result

  /// The verdict is of differences less likely than this, after Bonferroni over all of them.
  static let level = 0.001

  public enum Verdict: String, Sendable {
    /// No feature, matched or held out, differs beyond the noise.
    case dual
    /// They do on the periodic lattice, and do not with the twists of the dual summed over.
    case dualUpToFiniteSize = "dual up to finite size"
    /// They do, or no frame but the identity was found.
    case none
  }

  public var verdict: Verdict {
    if let fit = result.fit, fit.agrees(level: Self.level) { return .dual }
    if let summed = result.summed, summed.agrees(level: Self.level) { return .dualUpToFiniteSize }
    return .none
  }

  /// The dual coupling that stands for each class of original links, by the frame found, in units of J of the dual; of clocks, those of
  /// cosines of one, two and more times the angle.
  public var couplings: [Estimate] { Self.couplings(result.fit, system) }
  /// The same with the twists of the dual summed over.
  public var summedCouplings: [Estimate] { Self.couplings(result.summed, system) }

  private static func couplings(_ fit: DualFit?, _ system: DualSystem) -> [Estimate] {
    guard let fit else { return [] }
    if case .clock = system.spins { return fit.couplings }
    let ansatz = system.ansatz
    return (0..<ansatz.mapClassCount).map { k in
      let kind =
        ansatz.original.linkKinds.first { ansatz.original.kinds[$0].couplingClass == k } ?? 0
      return fit.couplings[ansatz.dual.kinds[fit.frame.choices[kind].kind].couplingClass]
    }
  }

  public var beta: Double { system.beta }

  /// The dual of the square Ising model at K (Kramers and Wannier 1941).
  public static func kramersWannier(_ coupling: Double) -> Double {
    DualReference.dualOfIsing(coupling)
  }

  /// What the dual couplings are known to be in the infinite lattice; nil where no exact dual is known.
  public var infinite: [Double]? { DualReference.infinite(system) }

  /// The one-link root of the periodic torus, see `DualReference`; nil where it is not known.
  public var finiteSize: Double? { finiteSize(at: beta) }

  /// The same of this model and torus at another beta.
  public func finiteSize(at beta: Double) -> Double? {
    var other = system
    other.beta = beta
    return DualReference.finiteSize(other)
  }

  /// What the dual couplings are known to be at another beta.
  func infinite(at beta: Double) -> [Double]? {
    var other = system
    other.beta = beta
    return DualReference.infinite(other)
  }

  /// Starts that led to the frame of the fit.
  public var successes: Int { result.successCount }
}
