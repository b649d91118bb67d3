public import LandauCore

/// Entropy and free energy from energies along a path in beta, starting where ln Z is known.
///
/// ln Z(beta) = ln Z(beta_0) - integral of <H>. Between two temperatures the integral is that of the cubic
/// with the measured energies and slopes, dE/dbeta = -(<H^2> - <H>^2); statistical errors are propagated
/// through both. What the cubic misses is estimated apart, by leaving out every other temperature.
public struct ThermodynamicIntegration: Sendable, Hashable {
  public let betas: [Double]
  /// ln Z at each beta; the first is given and has no error.
  public let logPartition: Replicates
  /// S = ln Z + beta <H>, a total in units of k_B.
  public let entropy: Replicates
  /// Systematic error of ln Z (and S) at each beta from the rule of integration: the change when every
  /// other temperature is left out, over 15, summed in modulus. NaN at fewer than three temperatures.
  public let integrationError: [Double]

  /// F = -ln Z / beta; NaN at beta = 0.
  public var freeEnergy: Replicates {
    logPartition.map { values in zip(values, betas).map { $1 == 0 ? .nan : -$0 / $1 } }
  }

  /// - Parameters:
  ///   - betas: From the one where ln Z is known on, rising or falling, all different.
  ///   - energies: Total energies at each, from independent runs. A single exact value may stand at
  ///     beta = 0: see `start`.
  ///   - logPartitionAtStart: ln Z at the first beta: N ln q at beta = 0.
  ///   - start: <H> and its variance at the first beta where they are known exactly; its series is then
  ///     not looked at.
  /// - Throws: `InputError` where the betas do not rise or fall throughout.
  public init(
    betas: [Double], energies: [Series], logPartitionAtStart: Double,
    start: (energy: Double, variance: Double)? = nil
  ) throws(InputError) {
    precondition(betas.count == energies.count, "\(energies.count) series at \(betas.count) betas")
    precondition(betas.count >= 2, "an integration over \(betas.count) temperatures")
    let steps = zip(betas, betas.dropFirst()).map { $1 - $0 }
    guard steps.allSatisfy({ $0 > 0 }) || steps.allSatisfy({ $0 < 0 }) else {
      throw InputError("inverse temperatures \(betas); allowed: all rising or all falling")
    }
    let moments = energies.enumerated().map { index, series -> Replicates in
      if index == 0, let start {
        // Known exactly: two replicates that do not differ.
        let known = [start.energy, start.variance]
        return Replicates(
          values: known, replicates: [known, known],
          scheme: .jackknife([.init(range: 0..<2, shares: [2, 2])]), warning: nil)
      }
      let origin = series.mean
      let squares = series.map { ($0 - origin) * ($0 - origin) }
      return Replicates.jackknife([series, squares]) { means in
        [means[0], means[1] - (means[0] - origin) * (means[0] - origin)]
      }
    }
    let all = Replicates(independent: moments)
    self.betas = betas
    logPartition = all.map { values in
      Self.integrals(betas, values).map { logPartitionAtStart - $0 }
    }
    entropy = all.map { values in
      zip(Self.integrals(betas, values), betas.indices).map { integral, index in
        logPartitionAtStart - integral + betas[index] * values[2 * index]
      }
    }
    integrationError = Self.missed(betas, all.values)
  }

  /// Integrals of the energy from the first beta to each; values are energy and variance in turn.
  private static func integrals(_ betas: [Double], _ values: [Double]) -> [Double] {
    var sum = 0.0
    return betas.indices.map { index in
      if index > 0 { sum += step(betas, values, index - 1, index) }
      return sum
    }
  }

  /// The integral of the cubic Hermite polynomial between two places.
  private static func step(_ betas: [Double], _ values: [Double], _ a: Int, _ b: Int) -> Double {
    let width = betas[b] - betas[a]
    let trapezoid = width / 2 * (values[2 * a] + values[2 * b])
    // Slopes are minus the variances.
    return trapezoid + width * width / 12 * (values[2 * b + 1] - values[2 * a + 1])
  }

  private static func missed(_ betas: [Double], _ values: [Double]) -> [Double] {
    guard betas.count >= 3 else { return betas.map { _ in .nan } }
    var pairs: [Double] = []
    for index in 0..<(betas.count - 2) {
      let fine =
        step(betas, values, index, index + 1) + step(betas, values, index + 1, index + 2)
      pairs.append(abs(step(betas, values, index, index + 2) - fine) / 15)
    }
    var sum = 0.0
    return betas.indices.map { index in
      // Half of each pair belongs to each of its steps; an odd end takes the last pair's.
      if index > 0 {
        sum +=
          pairs[min(index - 1, pairs.count - 1)] / 2 + pairs[
            max(0, min(index - 2, pairs.count - 1))] / 2
      }
      return sum
    }
  }
}
