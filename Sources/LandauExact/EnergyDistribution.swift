import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The probability of each total energy in equilibrium.
public struct EnergyDistribution: Sendable, Hashable {
  /// Total energies in ascending order, all that can occur (some may have probability zero).
  public let energies: [Double]
  /// Adding up to one.
  public let probabilities: [Double]

  init(energies: [Double], probabilities: [Double]) {
    let total = probabilities.reduce(0, +)
    let normalized = probabilities.map { $0 / total }
    if energies.count > 1 && energies[0] > energies[1] {
      self.energies = energies.reversed()
      self.probabilities = normalized.reversed()
    } else {
      self.energies = energies
      self.probabilities = normalized
    }
  }

  /// The mean total energy.
  public var mean: Double { zip(energies, probabilities).reduce(0) { $0 + $1.0 * $1.1 } }

  /// The variance of the total energy.
  public var variance: Double {
    let mean = mean
    return zip(energies, probabilities).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
  }
}

extension KaufmanTorus {
  /// The exact probability of each energy at one temperature.
  ///
  /// The energies are E_0 + 4 |J| k from the ground state up, and their probabilities the Fourier
  /// coefficients of the characteristic function Z(beta - i t) / Z(beta), which Kaufman's products give
  /// at complex temperature. Absolute accuracy about 1e-15 sqrt(N), not relative: probabilities below
  /// that are set to zero. Cost: N times the shorter side; 0.1 s for 64 x 64.
  public func energyDistribution(beta: Double) -> EnergyDistribution {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    guard coupling != 0 else { return EnergyDistribution(energies: [0], probabilities: [1]) }
    let levelCount = siteCount + 1
    var length = 1
    while length < levelCount { length *= 2 }
    let kappa = beta * abs(coupling)
    let real = scaledLogarithm(Complex(kappa)).real
    // With the ground energy taken out, Z is a polynomial in exp(-4 kappa): period pi/2 in the angle. Its
    // conjugate values are filled in, so that the transform with exp(-i ...) gives the coefficients.
    var reals = [Double](repeating: 0, count: length)
    var imaginaries = reals
    for index in 0...length / 2 {
      let angle = Double.pi / 2 * Double(index) / Double(length)
      let value = scaledLogarithm(Complex(kappa, angle))
      let phase = Complex(value.real - real, value.imaginary).exponential()
      (reals[index], imaginaries[index]) = (phase.real, -phase.imaginary)
      if index > 0 {
        (reals[length - index], imaginaries[length - index]) = (phase.real, phase.imaginary)
      }
    }
    FourierTransform.transform(&reals, &imaginaries)
    let unit = abs(coupling)
    let noise = 1e-15 * Double(siteCount).squareRoot() * Double(length)
    return EnergyDistribution(
      energies: (0..<levelCount).map { unit * (groundEnergy + 4 * Double($0)) },
      probabilities: reals[..<levelCount].map { $0 > noise ? $0 : 0 })
  }
}
