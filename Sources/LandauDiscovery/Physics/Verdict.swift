import LandauCore

/// What a scan is called in the end, and the reasons in plain words.
public struct Verdict: Sendable {
  public enum Kind: String, Sendable {
    case continuous
    case firstOrder = "first-order"
    case vortexUnbinding = "bkt"
    case crossover, undecided, none
  }

  public var kind: Kind
  /// Each a full sentence.
  public var reasons: [String]

  /// The evidence a verdict is drawn from.
  struct Evidence {
    var sizeCount: Int
    var beatsShuffledLabels: Bool
    var largestPeak: SlopePeak.Kind
    var largestLocation: Estimate?
    var extrapolation: Extrapolation?
    var baseline: Baseline
    var scan: ClosedRange<Double>
    var firstOrder: FirstOrderEvidence?
    var unbinding: VortexUnbinding?
    /// Whether the scan has too few values for a slope, so that the order's distribution brackets the change.
    var isShortScan = false
    /// Whether each lattice by itself looks ordered at one end of the scan, but no crossing of different sizes was seen.
    var looksOrdered = false
    /// Whether the spins lie on a circle and the lattice has two axes: no order that lasts, then.
    var isPlaneRotor = false
  }

  /// Draws the verdict.
  ///
  /// - `none`: the network knows no more than one trained on shuffled labels, or the slope has no
  ///   interior peak.
  /// - `bkt`: spins on a circle, three or more sizes on two axes, and `VortexUnbinding` sees it. Networks, and
  ///   whatever else looks at the energy, cannot, so this one does not wait for them.
  /// - `first-order`: three or more sizes and `FirstOrderEvidence`. A crossing or growing fluctuations
  ///   accompany it and decide nothing.
  /// - `undecided`: fewer than three sizes, a gap of the grid where the peak is, or evidence that
  ///   disagrees with itself: lattices that look ordered at a location that does not drift, but nothing seen to grow.
  /// - `continuous`: three or more sizes, locations that settle inside the scan, and conventional
  ///   evidence that something grows with the lattice: Binder's ratio crosses near the learned location,
  ///   or the fluctuations of the deciding correlator grow.
  /// - `crossover`: a peak at every size, but it drifts without limit or nothing grows with the lattice.
  ///
  /// The height of the slope peak decides nothing: the Ising chain has a higher one than the square.
  init(_ evidence: Evidence) {
    if let unbinding = evidence.unbinding {
      self = Self.unbound(evidence, unbinding)
      return
    }
    guard evidence.beatsShuffledLabels else {
      self.init(
        .none,
        "What the network predicts does not stand out against networks trained on shuffled labels.")
      return
    }
    if let found = evidence.firstOrder, evidence.sizeCount >= 3 {
      self.init(.firstOrder, found.reasons)
      return
    }
    switch evidence.largestPeak {
    case .atEdge:
      self.init(.none, "The prediction changes fastest at the edge of the scan: no interior peak.")
      return
    case .bracketed(let gap):
      self.init(
        .undecided,
        evidence.isShortScan
          ? "On this lattice the order parameter's distribution has one peak about zero on one side and its weight away from zero on the other side of the interval from \(gap.lowerBound) to \(gap.upperBound): the location is bracketed; so few values have no slope."
          : "The steepest change lies between \(gap.lowerBound) and \(gap.upperBound), where the scan has no values: the location is bracketed, not measured."
      )
      return
    case .located: break
    }
    guard evidence.sizeCount >= 3 else {
      self.init(
        .undecided,
        "A phase transition can only be told from a smooth change by its growth with the lattice: that takes three or more sizes, and here \(evidence.sizeCount == 1 ? "is one" : "are two")."
      )
      return
    }
    guard let extrapolation = evidence.extrapolation, extrapolation.sizeCount >= 3 else {
      self.init(
        .undecided,
        "Fewer than three sizes have their fastest change inside the scan, so its growth cannot be judged."
      )
      return
    }
    self = Self.judge(evidence, extrapolation)
  }

  private init(_ kind: Kind, _ reasons: String...) {
    self.init(kind, reasons)
  }

  private init(_ kind: Kind, _ reasons: [String]) {
    self.kind = kind
    self.reasons = reasons
  }

  /// The transition, and what the energy sees instead of it.
  private static func unbound(_ evidence: Evidence, _ unbinding: VortexUnbinding) -> Verdict {
    let energies = evidence.baseline.energies
    var seen: [String] = []
    if evidence.beatsShuffledLabels, evidence.largestPeak == .located,
      let place = evidence.largestLocation
    {
      seen.append("The mean prediction changes fastest at \(place)")
    } else {
      seen.append("The mean prediction has no peak of its slope inside the scan that counts")
    }
    if let peak = energies?.peaks.last ?? nil {
      seen.append("the specific heat has its bump at \(peak)")
    }
    let bump =
      seen.joined(separator: ", and ")
      + ": prediction and confusion see the energy alone, which is smooth at this transition."
    return Verdict(.vortexUnbinding, unbinding.reasons + [bump])
  }

  private static func judge(_ evidence: Evidence, _ extrapolation: Extrapolation) -> Verdict {
    let crossing = evidence.baseline.bestCrossing
    let grows = evidence.baseline.fluctuationsGrow
    let limit = extrapolation.limit
    let inside = evidence.scan.contains(limit.value)
    if evidence.isPlaneRotor && (crossing != nil || grows) {
      return Verdict(
        .undecided,
        "The prediction changes fastest near \(limit), but spins that turn on a circle have no lasting order on two axes (Mermin and Wagner), and neither the helicity modulus nor eta = 1/4 shows where vortices come apart."
      )
    }
    if let crossing {
      // The learned limit and the crossing are two finite-size locations of one point.
      let width = evidence.scan.upperBound - evidence.scan.lowerBound
      let tolerance = max(4 * hypotenuse(limit.error, crossing.error), 0.03 * width)
      if abs(limit.value - crossing.value) <= tolerance {
        return Verdict(
          .continuous,
          "The learned locations settle at \(limit) as the lattice grows.",
          "Binder's ratio of different sizes crosses at \(crossing), in agreement."
            + (grows ? " The fluctuations of the deciding correlator grow with the lattice." : ""))
      }
      return Verdict(
        .undecided,
        "The learned locations point to \(limit), but Binder's ratio crosses at \(crossing): they do not agree."
      )
    }
    if extrapolation.driftsWithoutLimit {
      return Verdict(
        .crossover,
        "The location moves by \(extrapolation.driftPerDoubling) with every doubling of the lattice and does not settle.",
        "No conventional quantity grows with the lattice: a smooth change that moves with the size, not a phase transition."
      )
    }
    if grows && inside {
      return Verdict(
        .continuous,
        "The learned locations settle at \(limit) as the lattice grows.",
        "The fluctuations of the deciding correlator grow with the lattice.")
    }
    // A chain looks ordered below a temperature that falls with its length; order that stays where it is
    // may only be too small to be seen growing.
    if evidence.looksOrdered && extrapolation.maySettle {
      return Verdict(
        .undecided,
        "The learned locations settle near \(limit), and every lattice by itself looks ordered on one side; but neither a crossing of Binder's ratio nor growing fluctuations were seen in these data.",
        "Larger lattices or more snapshots tell a transition from a smooth change.")
    }
    return Verdict(
      .crossover,
      "The prediction changes fastest near \(limit), but neither do fluctuations grow with the lattice nor does Binder's ratio cross: a smooth change, not a phase transition."
    )
  }

  private static func hypotenuse(_ a: Double, _ b: Double) -> Double {
    (a * a + b * b).squareRoot()
  }
}
