public import LandauCore
public import LandauDiscovery

/// The dual found at one beta, and what it says.
public struct DualPoint: Sendable {
  let system: DualSystem
  public internal(set) var result: DualSearch.Result

  /// The verdict is of differences less likely than this, after Bonferroni over all of them.
  static let level = 0.001

  /// A coupling is known where its error is less than so much of the largest one; a cosine is shown to be missing likewise.
  static let precision = (coupling: 0.1, missing: 0.03)

  public enum Verdict: String, Sendable {
    /// No feature, matched or held out, differs beyond the noise.
    case dual
    /// They do on the periodic lattice, and do not with the twists of the dual summed over.
    case dualUpToFiniteSize = "dual up to finite size"
    /// The noise leaves the couplings open, or whether couplings that the ansatz leaves out are there, or no fit converged.
    case undetermined
    /// Features differ, or couplings that the ansatz leaves out are there, or no frame but the identity was found.
    case none
  }

  /// With twists summed over an exact dual is one on every torus: that fit decides, and the one that was asked for only between a dual and
  /// one up to finite size.
  public var verdict: Verdict {
    guard let fit = result.fit else { return result.frameCount > 0 ? .undetermined : .none }
    guard let summed = result.summed else { return .undetermined }
    guard summed.agrees(level: Self.level) else { return .none }
    guard Self.isKnown(summed.couplings, of: summed, to: Self.precision.coupling) else {
      return .undetermined
    }
    if system.withAllCosines != nil {
      guard let extended = result.extended else { return .undetermined }
      if extended.differs(further, level: Self.level) { return .none }
      guard Self.isKnown(further, of: extended, to: Self.precision.missing) else {
        return .undetermined
      }
    }
    guard fit.agrees(level: Self.level),
      Self.isKnown(fit.couplings, of: fit, to: Self.precision.coupling)
    else { return .dualUpToFiniteSize }
    return .dual
  }

  /// Couplings of cosines that the ansatz leaves out, in the fit that has them.
  public var further: [Estimate] {
    result.extended.map { Array($0.couplings[(result.summed?.couplings.count ?? 0)...]) } ?? []
  }

  private static func isKnown(_ couplings: [Estimate], of fit: DualFit, to share: Double) -> Bool {
    let largest = fit.couplings.map { abs($0.value) }.max() ?? 0
    return couplings.allSatisfy { $0.error <= share * largest }
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
