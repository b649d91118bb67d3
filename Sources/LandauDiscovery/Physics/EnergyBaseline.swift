public import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the energies recorded with the snapshots say: the specific heat, and whether two phases coexist.
public struct EnergyBaseline: Sendable {
  /// beta^2 N var(e) at each parameter, per size; N var(e) where the parameter is neither temperature nor
  /// beta.
  public var specificHeat: [[Estimate]]
  /// Where it is largest, per size; nil at an edge of the scan.
  public var peaks: [Estimate?]
  /// Its height there, from reweighting where histograms allow it.
  public var heights: [Estimate]
  /// What there is of two phases, per size.
  public var coexistence: [PhaseCoexistence]

  /// Exponent of L with which the peaks grow: alpha/nu at a continuous transition, the dimension where
  /// two phases coexist; nil for fewer than three sizes.
  public var growth: Estimate? {
    guard linearSizes.count >= 3, peaks.last! != nil else { return nil }
    return Baseline.exponent(heights, linearSizes)
  }

  let linearSizes: [Double]

  /// - Returns: nil where some size has no recorded energies.
  public init?(_ ensembles: [Ensemble]) {
    guard ensembles.allSatisfy({ $0.observables["energyPerSite"] != nil }) else { return nil }
    linearSizes = ensembles.map(\.linearSize)
    specificHeat = []
    peaks = []
    heights = []
    coexistence = []
    for ensemble in ensembles {
      let energies = ensemble.observables["energyPerSite"]!
      var curve = ensemble.fluctuations { energies[$0] }
      for (index, parameter) in ensemble.parameters.enumerated() {
        let beta = ensemble.inverseTemperature(parameter) ?? 1
        curve[index].full *= beta * beta
        curve[index].deleted = curve[index].deleted.map { beta * beta * $0 }
      }
      let (peak, height) = Baseline.peak(curve, at: ensemble.parameters)
      specificHeat.append(curve.map(\.estimate))
      peaks.append(peak)
      let phases = PhaseCoexistence(ensemble, values: energies, energies: energies, isEnergy: true)
      heights.append(phases.largestFluctuation ?? height)
      coexistence.append(phases)
    }
  }
}

extension Ensemble {
  /// beta at a value of the scanned parameter; nil where that is neither a temperature nor beta.
  func inverseTemperature(_ parameter: Double) -> Double? {
    switch parameterName {
    case "temperature": parameter > 0 ? 1 / parameter : nil
    case "beta": parameter
    default: nil
    }
  }

  /// Axes along which there is more than one site.
  var dimension: Int { max(1, siteShape.count { $0 > 1 }) }
}
