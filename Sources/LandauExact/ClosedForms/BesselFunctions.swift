#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Modified Bessel functions of the first kind, by downward recurrence (Miller), which is stable.
enum BesselFunctions {
  /// e^(-x) I_n(x) for n from 0 to `count` - 1 at least, so far as they are above 1e-300; x >= 0.
  static func scaled(_ x: Double, atLeast count: Int = 3) -> [Double] {
    // I_(n-1) = I_(n+1) + (2 n / x) I_n; the sum I_0 + 2 I_1 + 2 I_2 + … is e^x.
    recurrence(x, atLeast: count, slope: { 2 * Double($0) }) { values in
      1 / (values[0] + 2 * values.dropFirst().reduce(0, +))
    }
  }

  /// e^(-x) i_l(x), i_l(x) = sqrt(pi / 2x) I_(l+1/2)(x), the transfer-matrix eigenvalues of a classical
  /// Heisenberg chain.
  static func scaledSpherical(_ x: Double, atLeast count: Int = 3) -> [Double] {
    // i_(l-1) = i_(l+1) + ((2 l + 1) / x) i_l; i_0 = sinh(x) / x.
    recurrence(x, atLeast: count, slope: { 2 * Double($0) + 1 }) { values in
      -expm1(-2 * x) / (2 * x) / values[0]
    }
  }

  private static func recurrence(
    _ x: Double, atLeast count: Int, slope: (Int) -> Double, norm: ([Double]) -> Double
  ) -> [Double] {
    precondition(x >= 0 && x.isFinite, "the argument \(x)")
    // Smaller arguments would overflow the recurrence, and differ from 0 by nothing.
    guard x > 1e-150 else { return [1] + [Double](repeating: 0, count: max(0, count - 1)) }
    // Beyond n of about x + 15 sqrt(x) + 40 the functions are below e^-100 of the first.
    let top = max(count + 20, Int(x.squareRoot() * 15 + 60) + (x < 400 ? 0 : 20))
    var values = [Double](repeating: 0, count: top + 2)
    values[top] = 1e-290
    for n in stride(from: top, through: 1, by: -1) {
      values[n - 1] = values[n + 1] + slope(n) / x * values[n]
      if values[n - 1] > 1e250 {
        for index in (n - 1)...top { values[index] *= 1e-250 }
      }
    }
    let factor = norm(values)
    return values.dropLast().map { $0 * factor }
  }
}
