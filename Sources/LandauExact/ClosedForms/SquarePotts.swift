public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The ferromagnetic Potts model on the infinite square lattice at its transition, where it is solved.
///
/// H = -J sum over bonds of delta(s_i, s_j), J = 1, k_B = 1, per site. Continuous for q up to 4, of
/// first order above (Baxter 1973).
public struct SquarePotts: Sendable, Hashable {
  public let states: Int

  /// - Throws: `InputError` for fewer than two states.
  public init(states: Int) throws(InputError) {
    guard states >= 2 else {
      throw .notAllowed("states", states, allowed: "whole numbers from 2")
    }
    self.states = states
  }

  private var root: Double { Double(states).squareRoot() }

  public var isFirstOrder: Bool { states > 4 }

  /// ln(1 + sqrt q).
  public var criticalBeta: Double { log1p(root) }
  public var criticalTemperature: Double { 1 / criticalBeta }

  /// The energy at the transition, the mean of both phases where there are two: -(1 + 1 / sqrt q).
  public var meanEnergyPerSite: Double { -(1 + 1 / root) }

  /// The difference of the energies of the two phases; 0 up to q = 4 (Baxter 1973):
  /// 2 (1 + 1/sqrt q) tanh(theta/2) prod tanh^2(n theta), with 2 cosh(theta) = sqrt q.
  public var latentHeatPerSite: Double {
    guard isFirstOrder else { return 0 }
    let theta = acosh(root / 2)
    var product = tanh(theta / 2)
    var n = 1.0
    while true {
      let factor = tanh(n * theta)
      if factor == 1 { break }
      product *= factor * factor
      n += 1
    }
    return 2 * (1 + 1 / root) * product
  }

  public var orderedEnergyPerSite: Double { meanEnergyPerSite - latentHeatPerSite / 2 }
  public var disorderedEnergyPerSite: Double { meanEnergyPerSite + latentHeatPerSite / 2 }

  /// The correlation length of the disordered phase along an axis at the transition (Buffenoir and
  /// Wallon 1993), infinite up to q = 4: 1/xi = 4 sum ln((1 + w_n) / (1 - w_n)) over n >= 0, with
  /// w_n = 1 / (sqrt 2 cosh((n + 1/2) pi^2 / 2v)) and 2 v = theta.
  public var disorderedCorrelationLength: Double {
    guard isFirstOrder else { return .infinity }
    let theta = acosh(root / 2)
    var sum = 0.0
    for n in 0..<100_000 {
      let w = 1 / (2.0.squareRoot() * cosh((Double(n) + 0.5) * Double.pi * Double.pi / theta))
      if w == 0 || w < 1e-18 * sum { break }
      sum += log1p(w) - log1p(-w)
    }
    return 1 / (4 * sum)
  }
}
