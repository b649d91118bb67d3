import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is known of a model from elsewhere, printed beside the results when they are complete.
///
/// Only the report, the JSON result and the figure read it, when the analysis is complete.
struct ScalingReference: Sendable, Hashable {
  /// `beta`, `nu`, `orderExponent`, `gamma`, `eta`, `latentHeatPerSite`.
  var name: String
  var value: Double
  /// 0 for exact values.
  var error: Double
  var source: String

  private init(_ name: String, _ value: Double, error: Double = 0, _ source: String) {
    self.name = name
    self.value = value
    self.error = error
    self.source = source
  }

  static func all(for system: ScalingSystem) -> [ScalingReference] {
    criticalBeta(system) + exponents(system) + latentHeat(system)
  }

  private static func criticalBeta(_ system: ScalingSystem) -> [ScalingReference] {
    let lattice = system.cell.name
    let strength = abs(system.coupling)
    func exact(_ value: Double, _ source: String) -> [ScalingReference] {
      [ScalingReference("beta", value / strength, source)]
    }
    switch system.spins {
    case .ising, .clock(2):
      guard let (value, error, source) = ising(lattice) else { return [] }
      return [ScalingReference("beta", value / strength, error: error / strength, source)]
    case .clock(4): return ising(lattice).map { exact(2 * $0.0, "two Ising models: \($0.2)") } ?? []
    case .potts(let states):
      return potts(lattice, states).map { exact($0, "exact (Baxter, Temperley, Ashley 1978)") }
        ?? []
    case .clock(3):
      return potts(lattice, 3).map { exact($0 / 1.5, "exact (three-state Potts model)") } ?? []
    case .vector(2) where lattice == "square":
      return [
        ScalingReference("beta", 1.1199 / strength, error: 0.0001 / strength, "Hasenbusch 2005")
      ]
    case .vector, .clock: return []
    }
  }

  private static func ising(_ lattice: String) -> (Double, Double, String)? {
    let three = Double(3).squareRoot()
    switch lattice {
    case "square": return (Onsager.criticalReducedCoupling, 0, "exact (Onsager 1944)")
    case "triangular": return (log(3.0) / 4, 0, "exact (Houtappel 1950)")
    case "honeycomb": return (log(2 + three) / 2, 0, "exact (Houtappel 1950)")
    case "kagome": return (log(3 + 2 * three) / 4, 0, "exact (Kano, Naya 1953)")
    case "cubic": return (0.221654626, 5e-9, "Ferrenberg, Xu, Landau 2018")
    default: return nil
    }
  }

  /// Of the solvable lattices: roots of polynomials in exp(beta) - 1.
  private static func potts(_ lattice: String, _ states: Int) -> Double? {
    let q = Double(states)
    switch lattice {
    case "square": return log(1 + q.squareRoot())
    case "triangular": return log(1 + root { v in v * v * v + 3 * v * v - q })
    case "honeycomb": return log(1 + root { v in v * v * v - 3 * q * v - q * q })
    default: return nil
    }
  }

  /// The positive root of a function that is negative below it and positive above.
  private static func root(_ function: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while function(high) < 0 { (low, high) = (high, 2 * high) }
    for _ in 0..<100 {
      let middle = 0.5 * (low + high)
      if function(middle) < 0 { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }

  private static func exponents(_ system: ScalingSystem) -> [ScalingReference] {
    func table(
      _ nu: Double, _ order: Double, _ gamma: Double, _ eta: Double,
      error: [Double] = [0, 0, 0, 0],
      _ source: String
    ) -> [ScalingReference] {
      [
        ScalingReference("nu", nu, error: error[0], source),
        ScalingReference("orderExponent", order, error: error[1], source),
        ScalingReference("gamma", gamma, error: error[2], source),
        ScalingReference("eta", eta, error: error[3], source),
      ]
    }
    switch (system.dimension, system.spins) {
    case (2, .ising), (2, .clock(2)), (2, .potts(2)), (2, .clock(4)):
      return table(1, 0.125, 1.75, 0.25, "exact")
    case (2, .potts(3)), (2, .clock(3)):
      return table(5.0 / 6, 1.0 / 9, 13.0 / 9, 4.0 / 15, "exact")
    case (2, .potts(4)): return table(2.0 / 3, 1.0 / 12, 7.0 / 6, 0.25, "exact, with logarithms")
    case (3, .ising), (3, .potts(2)), (3, .clock(2)), (3, .clock(4)):
      return table(
        0.629971, 0.326419, 1.237075, 0.036298, error: [4e-6, 3e-6, 1e-5, 2e-6],
        "conformal bootstrap (Kos et al. 2016)")
    case (3, .vector(2)):
      return table(
        0.67169, 0.34864, 1.31778, 0.03810, error: [7e-5, 5e-5, 2e-4, 8e-5], "Hasenbusch 2019")
    case (3, .vector(3)):
      return table(
        0.7117, 0.3693, 1.3964, 0.03788, error: [5e-4, 2e-4, 9e-4, 1.3e-4],
        "conformal bootstrap (Chester et al. 2021)")
    default: return []
    }
  }

  /// Of Potts models on the square lattice with more than four states.
  private static func latentHeat(_ system: ScalingSystem) -> [ScalingReference] {
    guard case .potts(let states) = system.spins, states > 4, system.cell.name == "square" else {
      return []
    }
    // Baxter 1973: 2 (1 + 1/sqrt q) tanh(theta/2) prod tanh^2(n theta), 2 cosh theta = sqrt q.
    let root = Double(states).squareRoot()
    let theta = acosh(root / 2)
    var product = tanh(theta / 2)
    for n in 1...2000 {
      let factor = tanh(Double(n) * theta)
      product *= factor * factor
    }
    let value = 2 * (1 + 1 / root) * product * abs(system.coupling)
    return [ScalingReference("latentHeatPerSite", value, "exact (Baxter 1973)")]
  }
}
