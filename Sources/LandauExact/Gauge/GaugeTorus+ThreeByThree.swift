#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The coefficients of SU(3), by Weyl's integration formula.
///
/// Over the angles a, b, c = -a - b of the eigenvalues, with the antisymmetric sums
/// A_l = sum over permutations of sign exp(i (l_1 a + l_2 b + l_3 c)), chi_r = A_(l(r)) / A_(2,1,0) for
/// l = (p + q + 2, q + 1, 0), and the measure is |A_(2,1,0)|^2 / 6 over (2 pi)^2. So
///
///     d_r c_r = (1/6) mean over a, b of w(a, b) conj(A_l) A_(2,1,0),   w = exp(beta (Re tr / 3 - 1)).
///
/// A_l conj(A_0) is a sum of 36 plane waves, so Fourier coefficients of w are all one needs. With
/// w = exp(-beta) exp(x cos a) exp(x cos b) exp(x cos c) and x = beta/3 that of exp(i (m a + n b)) is
/// W(m, n) = sum over k of e_(m+k) e_(n+k) e_k, e_n = exp(-x) I_n(x).
extension GaugeTorus.Character {
  static func threeByThree(_ beta: Double) -> [GaugeTorus.Character] {
    let waves = WeightWaves(beta: beta)
    // Coefficients fall off like exp(-3 (p^2 + pq + q^2)/beta): below 1e-30 at the end.
    let top = min(waves.reach, Int((24 * beta).squareRoot()) + 12)
    var all: [GaugeTorus.Character] = []
    for p in 0...top {
      for q in 0...(top - p) {
        let dimension = Double((p + 1) * (q + 1) * (p + q + 2)) / 2
        let terms = waves.coefficient(p, q).map { $0 / dimension }
        if let term = GaugeTorus.Character(labels: [p, q], dimension: dimension, terms: terms) {
          all.append(term)
        }
      }
    }
    // What rounding leaves of the smallest ones is no number any more.
    let least = (all.map(\.coefficient).max() ?? 1) * 1e-13
    return all.filter { $0.coefficient > least }
  }
}

/// Fourier coefficients of the weight of a plaquette over the angles of its eigenvalues, with their derivatives.
private struct WeightWaves {
  /// exp(-x) I_n(x) for n from -reach to reach, and its first two derivatives by beta.
  private let factors: [[Double]]
  let reach: Int

  init(beta: Double) {
    let bessel = ScaledBessel(beta, over: 3, atLeast: 44)
    let reach = bessel.reach - 3
    self.reach = reach
    factors = (0...2).map { order in (-reach...reach).map { bessel.derivative(order, $0) } }
  }

  private func factor(_ order: Int, _ n: Int) -> Double {
    abs(n) <= reach ? factors[order][n + reach] : 0
  }

  /// d_r c_r with its first two derivatives.
  ///
  /// Of the 36 terms of conj(A_l) A_(2,1,0) permuting both alike gives the same: six remain, the determinants
  /// sum over k of det e_(l_i - j + k) of three rows i and columns j = 2, 1, 0.
  func coefficient(_ p: Int, _ q: Int) -> [Double] {
    let l = [p + q + 2, q + 1, 0]
    var sums = [0.0, 0.0, 0.0]
    for shift in -reach...reach {
      /// A row, or its derivative.
      func row(_ i: Int, _ order: Int) -> SIMD3<Double> {
        SIMD3(
          factor(order, l[i] - 2 + shift), factor(order, l[i] - 1 + shift),
          factor(order, l[i] + shift))
      }
      func determinant(_ a: Int, _ b: Int, _ c: Int) -> Double {
        let (x, y, z) = (row(0, a), row(1, b), row(2, c))
        return x.x * (y.y * z.z - y.z * z.y) - x.y * (y.x * z.z - y.z * z.x)
          + x.z * (y.x * z.y - y.y * z.x)
      }
      sums[0] += determinant(0, 0, 0)
      sums[1] += determinant(1, 0, 0) + determinant(0, 1, 0) + determinant(0, 0, 1)
      sums[2] +=
        determinant(2, 0, 0) + determinant(0, 2, 0) + determinant(0, 0, 2)
        + 2 * (determinant(1, 1, 0) + determinant(1, 0, 1) + determinant(0, 1, 1))
    }
    return sums
  }
}
