import LandauCore

/// What a scan is called in the end, and the reasons in plain words.
public struct Verdict: Sendable {
  public enum Kind: String, Sendable { case continuous, crossover, undecided, none }

  public var kind: Kind
  /// Each a full sentence.
  public var reasons: [String]

  /// The evidence a verdict is drawn from.
  struct Evidence {
    var sizeCount: Int
    var beatsShuffledLabels: Bool
    var largestPeak: SlopePeak.Kind
    var extrapolation: Extrapolation?
    var baseline: Baseline
    var scan: ClosedRange<Double>
  }

  /// Draws the verdict.
  ///
  /// - `none`: the network knows no more than one trained on shuffled labels, or the slope has no
  ///   interior peak.
  /// - `undecided`: fewer than three sizes, a gap of the grid where the peak is, or evidence that
  ///   disagrees with itself.
  /// - `continuous`: three or more sizes, locations that settle inside the scan, and conventional
  ///   evidence that something grows with the lattice: Binder's ratio crosses near the learned location,
  ///   or the fluctuations of the deciding correlator grow.
  /// - `crossover`: a peak at every size, but it drifts without limit or nothing grows with the lattice.
  ///
  /// The height of the slope peak decides nothing: the Ising chain has a higher one than the square.
  init(_ evidence: Evidence) {
    guard evidence.beatsShuffledLabels else {
      self.init(
        .none,
        "What the network predicts does not stand out against networks trained on shuffled labels.")
      return
    }
    switch evidence.largestPeak {
    case .atEdge:
      self.init(.none, "The prediction changes fastest at the edge of the scan: no interior peak.")
      return
    case .bracketed(let gap):
      self.init(
        .undecided,
        "The steepest change lies between \(gap.lowerBound) and \(gap.upperBound), where the scan has no values: the location is bracketed, not measured."
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
    self.kind = kind
    self.reasons = reasons
  }

  private static func judge(_ evidence: Evidence, _ extrapolation: Extrapolation) -> Verdict {
    let crossing = evidence.baseline.bestCrossing
    let grows = evidence.baseline.fluctuationsGrow
    let limit = extrapolation.limit
    let inside = evidence.scan.contains(limit.value)
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
    return Verdict(
      .crossover,
      "The prediction changes fastest near \(limit), but neither do fluctuations grow with the lattice nor does Binder's ratio cross: a smooth change, not a phase transition."
    )
  }

  private static func hypotenuse(_ a: Double, _ b: Double) -> Double {
    (a * a + b * b).squareRoot()
  }
}
