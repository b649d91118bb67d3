#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Spin waves on the square torus: what a plane rotator does between its transitions.
///
/// With weight exp(-K/2 int (grad theta)^2) the spins' correlation is |theta_1(z)|^-eta exp(pi eta y^2) up to a
/// factor, z = x + i y in units of the side, theta_1 Jacobi's function of the nome exp(-pi) and eta = 1/(2 pi K).
/// Its Fourier components at 0 and at the smallest wave have a ratio that depends on K alone, whatever
/// the lattice: measured, it gives K. At K = 2/pi, where vortices unbind, it is that of xi/L = 0.7507
/// (Hasenbusch, J. Phys. A 38, 5869, 2005).
///
/// Turns around the torus, rarer than exp(-2 pi^2 K), are left out: 3e-5 in xi/L at K = 2/pi, less above.
struct SpinWavesOnTorus: Sendable {
  /// ln eta and ln(S(0)/S(k) - 1), from small eta to large.
  private let exponents: [Double]
  private let ratios: [Double]

  init() {
    let (logs, weights, cosines) = Self.quadrature()
    let count = 400
    var exponents: [Double] = []
    var ratios: [Double] = []
    for index in 0...count {
      let exponent = log(0.02) + log(1 / 0.02) * Double(index) / Double(count)
      var (zero, wave) = (0.0, 0.0)
      for point in logs.indices {
        let share = weights[point] * exp(-exp(exponent) * logs[point])
        zero += share
        wave += share * cosines[point]
      }
      exponents.append(exponent)
      ratios.append(log(zero / wave - 1))
    }
    self.exponents = exponents
    self.ratios = ratios
  }

  /// The stiffness K for which S(0)/S(k) has this value; NaN outside 0.02 < eta < 1.
  func stiffness(ratio: Double) -> Double {
    guard ratio > 1, case let wanted = log(ratio - 1), wanted <= ratios[0],
      wanted >= ratios[ratios.count - 1]
    else { return .nan }
    var (low, high) = (0, ratios.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if ratios[middle] >= wanted { low = middle } else { high = middle }
    }
    let share = (wanted - ratios[low]) / (ratios[high] - ratios[low])
    let exponent = exponents[low] + share * (exponents[high] - exponents[low])
    return 1 / (2 * Double.pi * exp(exponent))
  }

  /// ln of the correlation's base, weight and cosine of points of a quarter of the torus, denser towards
  /// its edges and the corner where the correlation is singular.
  private static func quadrature() -> (logs: [Double], weights: [Double], cosines: [Double]) {
    let count = 64
    let points = (0..<count).map { index in
      // Flat at both ends, where the rule of midpoints would lose its order.
      let step = (Double(index) + 0.5) / Double(count)
      let rest = 1 - step
      let place = 0.5 * step * step * step * (10 + step * (6 * step - 15))
      return (place: place, weight: step * step * rest * rest)
    }
    var logs: [Double] = []
    var weights: [Double] = []
    var cosines: [Double] = []
    for (x, first) in points {
      for (y, second) in points {
        logs.append(logTheta(x, y) - Double.pi * y * y)
        weights.append(first * second)
        cosines.append(cos(2 * Double.pi * x))
      }
    }
    return (logs, weights, cosines)
  }

  /// ln |theta_1(x + i y)| for 0 <= y <= 1/2 at the nome exp(-pi): four terms are exact to rounding.
  private static func logTheta(_ x: Double, _ y: Double) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    for order in 0..<4 {
      let wave = Double(2 * order + 1)
      let factor = (order % 2 == 0 ? 2 : -2) * exp(-Double.pi * wave * wave / 4)
      real += factor * sin(wave * Double.pi * x) * cosh(wave * Double.pi * y)
      imaginary += factor * cos(wave * Double.pi * x) * sinh(wave * Double.pi * y)
    }
    return log(hypot(real, imaginary))
  }
}
