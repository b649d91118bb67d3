public import LandauCore
public import LandauLattice
import LandauStatistics

/// The energy of a variational state from local energies of sampled basis states.
///
/// The variance of the local energy vanishes in every eigenstate. The V-score N Var(E) / (E - E_inf)^2, E_inf = Tr H / 2^N, compares states of different
/// models and sizes; with total energies and N spins it does not depend on units or on a constant added to H.
///
/// - Note: Wu et al. 2023, arXiv:2302.04919 (V-score).
public struct StateEnergy: Sendable {
  /// Total, in the units of the couplings; the mean is an upper bound of the ground-state energy.
  public var energy: Estimate
  /// <|E_loc|^2> - |<E_loc>|^2, which is <H^2> - <H>^2.
  public var variance: Double
  public var vScore: Double
  public var acceptanceRate: Double?

  /// - Parameters:
  ///   - energies: local energies of the states of the sample.
  ///   - isThorough: errors by the Gamma method within chains; otherwise from the means of chains where there are eight or more, which is
  ///     enough for the progress of an optimisation.
  public init(
    _ sample: StateSample, energies: [Complex<Double>], hamiltonian: PauliSum,
    isThorough: Bool = true
  ) {
    let count = Double(sample.states.count)
    let weights = sample.weights
    func mean(_ value: (Complex<Double>) -> Double) -> Double {
      guard let weights else { return energies.reduce(0) { $0 + value($1) } / count }
      return zip(weights, energies).reduce(0) { $0 + $1.0 * value($1.1) }
    }
    let (real, imaginary) = (mean(\.real), mean(\.imaginary))
    let square = mean {
      ($0.real - real) * ($0.real - real) + ($0.imaginary - imaginary) * ($0.imaginary - imaginary)
    }
    let chains = sample.chains(energies.map(\.real))
    if weights != nil {
      energy = Estimate(real, error: 0)
    } else if sample.chainCount == sample.states.count {
      energy = .mean(of: chains.map { $0[0] })
    } else if sample.chainCount >= 8 && !isThorough {
      energy = .mean(of: chains.map { $0.reduce(0, +) / Double($0.count) })
    } else {
      energy = Series(chains).estimate()
    }
    variance = square
    let distance = real - hamiltonian.infiniteTemperatureEnergy
    vScore = Double(hamiltonian.siteCount) * square / (distance * distance)
    acceptanceRate = sample.acceptanceRate
  }
}

extension StateEnergy {
  /// The V-score with its error, by the jackknife over chains.
  public static func vScore(
    _ sample: StateSample, energies: [Complex<Double>], hamiltonian: PauliSum
  ) -> Estimate {
    let whole = StateEnergy(sample, energies: energies, hamiltonian: hamiltonian)
    if sample.weights != nil { return Estimate(whole.vScore, error: 0) }
    // About a reference, so that squares lose no digits.
    let reference = whole.energy.value
    let distances = energies.map { Complex($0.real - reference, $0.imaginary) }
    func series(_ value: (Complex<Double>) -> Double) -> Series {
      let values = distances.map(value)
      // Independent draws are one chain whose order has no meaning.
      return Series(sample.chainCount == values.count ? [values] : sample.chains(values))
    }
    let distance = reference - hamiltonian.infiniteTemperatureEnergy
    let count = Double(hamiltonian.siteCount)
    return Estimate.jackknife([series(\.real), series(\.squaredMagnitude)]) { means in
      let mean = distance + means[0]
      return count * (means[1] - means[0] * means[0]) / (mean * mean)
    }
  }
}

extension PauliSum {
  /// Tr H / 2^N: the coefficient of the identity.
  public var infiniteTemperatureEnergy: Double {
    coefficients[Product(flips: 0, signs: 0)] ?? 0
  }
}
