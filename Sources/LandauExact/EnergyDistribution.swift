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
    // With the ground energy taken out, Z is a polynomial in exp(-4 kappa): period pi/2 in the angle.
    var transform = [Complex](repeating: Complex(0), count: length)
    for index in 0...length / 2 {
      let angle = Double.pi / 2 * Double(index) / Double(length)
      let value = scaledLogarithm(Complex(kappa, angle))
      let phase = Complex(value.real - real, value.imaginary).exponential()
      transform[index] = phase
      if index > 0 { transform[length - index] = Complex(phase.real, -phase.imaginary) }
    }
    FastFourier.transform(&transform)
    let unit = abs(coupling)
    let noise = 1e-15 * Double(siteCount).squareRoot() * Double(length)
    return EnergyDistribution(
      energies: (0..<levelCount).map { unit * (groundEnergy + 4 * Double($0)) },
      probabilities: transform[..<levelCount].map { $0.real > noise ? $0.real : 0 })
  }
}

/// A fast Fourier transform of power-of-two length.
enum FastFourier {
  /// In place, sum over x(j) exp(+2 pi i j k / n); n a power of two.
  static func transform(_ values: inout [Complex]) {
    let length = values.count
    precondition(length > 0 && length & (length - 1) == 0, "a length of \(length)")
    reverseBits(&values)
    let roots = (0..<max(1, length / 2)).map {
      Complex.unit(angle: 2 * Double.pi * Double($0) / Double(length))
    }
    var half = 1
    while half < length {
      let stride = length / (2 * half)
      for start in Swift.stride(from: 0, to: length, by: 2 * half) {
        for k in 0..<half {
          let turned = roots[k * stride] * values[start + k + half]
          values[start + k + half] = values[start + k] - turned
          values[start + k] = values[start + k] + turned
        }
      }
      half *= 2
    }
  }

  private static func reverseBits(_ values: inout [Complex]) {
    var reversed = 0
    for index in 1..<max(1, values.count) {
      var bit = values.count >> 1
      while reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
      if index < reversed { values.swapAt(index, reversed) }
    }
  }
}
