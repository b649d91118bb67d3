public import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Evidence for a first-order transition, and what follows from it.
///
/// Two phases coexist at a first-order transition, each the narrower the larger the lattice, with a gap between
/// them that tends to the latent heat: K of `PhaseCoexistence` falls to one and the gap does not close. The interface
/// costs free energy in proportion to L^(d-1), so chains soon stay in one phase, and between two values of a
/// scan the mean makes a step that fluctuations do not explain. Fluctuations grow like L^d, and Binder's ratio has a
/// minimum that deepens like L^d (Vollmayr et al., Z. Phys. B 91, 113, 1993).
///
/// Continuous transitions imitate one of these, not two: four-state Potts and Baxter-Wu lattices may show two
/// peaks, but their gap closes like L^-(d - 1/nu) = L^-1/2 and their shape stays; a tricritical point keeps the
/// gap almost, with a shape that stays; stripes separate slow chains of an Ising model by an energy that
/// closes like 1/L.
public struct FirstOrderEvidence: Sendable {
  /// The transition: where the phases have equal weights, extrapolated in 1/L^d from two sizes or more.
  public var location: Estimate
  /// Energy per site between the phases at the largest size that shows both; nil where energies were not
  /// recorded.
  public var latentHeat: Estimate?
  /// That size.
  public var linearSize: Double
  /// Each a full sentence.
  public var reasons: [String]

  /// - Parameter isEven: whether the deciding correlator is one that a flip of the spins leaves alone: an odd
  ///   one has two peaks wherever there is order.
  init?(_ baseline: Baseline, dimension: Int, isEven: Bool) {
    let found =
      Self.fromPhases(
        baseline.energies?.coexistence ?? [], of: "energy", dimension: dimension)
      ?? Self.fromPhases(baseline.evenAverages, of: "mean square", dimension: dimension)
      ?? (isEven
        ? Self.fromPhases(
          baseline.coexistence, of: "deciding correlator", dimension: dimension) : nil)
      ?? Self.fromBinderRatio(baseline)
    guard let found else { return nil }
    self = found
  }

  private init(location: Estimate, latentHeat: Estimate?, linearSize: Double, reasons: [String]) {
    self.location = location
    self.latentHeat = latentHeat
    self.linearSize = linearSize
    self.reasons = reasons
  }

  /// The sizes up to the largest with proven phases count, and after it those with a step of which fluctuations explain
  /// less than a third by 3 sigma. Asked for: two such sizes or more; a gap that over them falls more slowly
  /// than L^-0.35 and, by 3 sigma, more slowly than L^-1/2; and a shape that sharpens (K falls by 3 sigma, or to within
  /// 0.15 of its limit), or a step at a larger size, or chains that disagree in the largest.
  ///
  /// K falls as the lattice grows, or stays; where it rises by 3 sigma and chains disagree, there or at the size before, they are not in
  /// equilibrium, and that size and the larger ones say nothing of shapes and gaps.
  ///
  /// Of the mean square of a variable K must be within 0.15 of its limit, by 3 sigma, in any case: at the tricritical
  /// point of Blume and Capel's model the density has two peaks on every lattice (K falls from 1.36 to 1.28 between
  /// L = 16 and 32), a gap that closes like L^-0.2 only, and chains that stay in one of them for long.
  static func fromPhases(
    _ all: [PhaseCoexistence], of variable: String, dimension: Int
  ) -> FirstOrderEvidence? {
    let stuck = all.indices.dropFirst().first { losesEquilibrium(all[$0], after: all[$0 - 1]) }
    let sizes = Array(all[..<(stuck ?? all.count)])
    let proven = sizes.lastIndex(where: \.isProven)
    let phases = Array(sizes[..<(proven.map { $0 + 1 } ?? 0)])
    let steps = Array(sizes[phases.count...].drop { !$0.hasUnexplainedStep })
    let used = phases + steps
    guard used.count >= 2, steps.allSatisfy(\.hasUnexplainedStep) else { return nil }
    let gaps = phases.map(\.gap) + steps.map { $0.jump!.unexplained }
    guard let closing = Baseline.exponent(gaps, used.map(\.linearSize)),
      closing.value > -0.35, closing.value + 0.5 > 3 * closing.error
    else { return nil }
    if variable == "mean square", let sharp = phases.last?.kurtosis,
      sharp.value + 3 * sharp.error > 1.15
    {
      return nil
    }
    var reasons: [String] = []
    var isSupported = !steps.isEmpty
    if let first = phases.first, let sharp = phases.last {
      let (before, after) = (first.kurtosis, sharp.kurtosis)
      let falls = before.value - after.value > 3 * hypot(before.error, after.error)
      if phases.count >= 2 && (falls || after.value < 1.15) {
        isSupported = true
        reasons.append(
          "The \(variable) of one lattice has two phases that separate as it grows: kurtosis minus squared skewness is \(before) at L = \(text(first.linearSize)) and \(after) at L = \(text(sharp.linearSize)), where a single peak has 1.512 or more and two sharp ones have 1."
        )
      } else {
        reasons.append(
          "The \(variable) of one lattice has two phases: kurtosis minus squared skewness is \(after) at L = \(text(sharp.linearSize)), where a single peak has 1.512 or more."
        )
      }
      if let barrier = sharp.barrier {
        reasons.append(
          "The valley between the phases has ln(peak/valley) = \(barrier) at L = \(text(sharp.linearSize))."
        )
      }
    }
    if let step = steps.last {
      reasons.append(
        "At L = \(text(step.linearSize)) the \(variable) steps near \(step.jump!.location) by \(step.jump!.unexplained) more than its fluctuations on either side explain."
      )
    }
    if used[used.count - 1].chainsDisagree {
      isSupported = true
      reasons.append(
        "At L = \(text(used[used.count - 1].linearSize)) independent chains stay in different phases."
      )
    }
    guard isSupported else { return nil }
    if let stuck {
      reasons.append(
        "From L = \(text(all[stuck].linearSize)) on chains are not in equilibrium (kurtosis minus squared skewness rises to \(all[stuck].kurtosis)); those sizes are left out."
      )
    }
    let gap = gaps[gaps.count - 1]
    reasons.append(
      "The gap between them, \(gap)\(variable == "energy" ? " per site" : "") at L = \(text(used[used.count - 1].linearSize)), does not close: it goes like L to the power \(closing)."
    )
    return FirstOrderEvidence(
      location: phases.isEmpty
        ? steps[steps.count - 1].jump!.location : location(phases, dimension: dimension),
      latentHeat: variable == "energy" ? gap : nil, linearSize: used[used.count - 1].linearSize,
      reasons: reasons)
  }

  private static func losesEquilibrium(
    _ size: PhaseCoexistence, after smaller: PhaseCoexistence
  ) -> Bool {
    let (before, here) = (smaller.kurtosis, size.kurtosis)
    // A valley that chains could not cross on the smaller lattice is deeper on this one.
    return smaller.isProven && (smaller.chainsDisagree || size.chainsDisagree)
      && here.value - before.value > 3 * hypot(before.error, here.error)
  }

  /// Places of equal weight move as 1/L^d where more than one ordered phase counts. Half of the way from the largest size to the limit is added to
  /// the error: the law is known, where it begins is not.
  private static func location(_ found: [PhaseCoexistence], dimension: Int) -> Estimate {
    let settled = found.filter { !$0.chainsDisagree }
    if settled.count < found.count {
      // Chains that stay in one phase say where they were, and not where both weigh the same: what is known is the largest
      // lattice on which they do not, as well as the places of the others agree with it.
      let place = (settled.last ?? found[found.count - 1]).location
      let spread = found.map { abs($0.location.value - place.value) }.max() ?? 0
      return Estimate(place.value, error: hypot(place.error, spread))
    }
    let last = found[found.count - 1].location
    guard found.count >= 2,
      let fit = LinearFit(
        design: found.map { [1, pow($0.linearSize, -Double(dimension))] },
        values: found.map(\.location.value), errors: found.map { max($0.location.error, 1e-12) })
    else { return last }
    let limit = fit.coefficient(0)
    let stretch =
      fit.degreesOfFreedom > 0
      ? max(1, (fit.chiSquare / Double(fit.degreesOfFreedom)).squareRoot()) : 1
    return Estimate(
      limit.value, error: hypot(limit.error * stretch, (limit.value - last.value) / 2))
  }

  /// A minimum of Binder's ratio below -0.3 that deepens by 3 sigma from the smallest to the largest size. Vectors
  /// of independent regions have 0 or more whatever the number of components; at continuous transitions the minimum
  /// stays where it is. Compared are the logarithms of <m^4>/<m^2>^2 = 3 (1 - U), whose errors do not grow with the value.
  private static func fromBinderRatio(_ baseline: Baseline) -> FirstOrderEvidence? {
    let minima = baseline.binderMinima.compactMap { $0 }
    guard minima.count >= 2, let first = minima.first, let last = minima.last,
      last.value + 3 * last.error < -0.3,
      log((1 - last.value) / (1 - first.value))
        > 3 * hypot(first.error / (1 - first.value), last.error / (1 - last.value)),
      let place = (baseline.energies?.peaks.last ?? nil) ?? baseline.fluctuationPeaks.last ?? nil
    else { return nil }
    return FirstOrderEvidence(
      location: place, latentHeat: nil, linearSize: baseline.linearSizes.last!,
      reasons: [
        "Binder's ratio has a minimum that deepens with the lattice, from \(first) to \(last), where one phase alone has 0 or more: two phases take turns."
      ])
  }

  private static func text(_ size: Double) -> String {
    Estimate.fixed(size, digits: size == size.rounded() ? 0 : 1)
  }
}
