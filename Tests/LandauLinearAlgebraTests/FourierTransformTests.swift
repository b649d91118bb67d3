import LandauLinearAlgebra
import Testing

struct FourierTransformTests {
  /// A pure oscillation has one frequency, whatever the length.
  @Test(arguments: [1, 2, 5, 8, 12, 31])
  func oscillations(_ n: Int) {
    for frequency in 0..<n {
      // exp(2 pi i f j / n), built by repeated turning of exact quarter turns where there are any.
      var real = (0..<n).map { cosine(frequency * $0 % n, n) }
      var imaginary = (0..<n).map { cosine(frequency * $0 % n, n, quarter: true) }
      FourierTransform.transform(&real, &imaginary)
      for k in 0..<n {
        #expect(abs(real[k] - (k == frequency ? Double(n) : 0)) < 1e-14 * Double(n))
        #expect(abs(imaginary[k]) < 1e-14 * Double(n))
      }
    }
  }

  /// The cosine (or the sine) of j / n of a turn, by its power series.
  private func cosine(_ j: Int, _ n: Int, quarter isSine: Bool = false) -> Double {
    let x = 2 * Double.pi * (Double(j) / Double(n) - (2 * j > n ? 1 : 0))
    var (term, sum, k) = (isSine ? x : 1, 0.0, isSine ? 1.0 : 0)
    while abs(term) > 1e-20 {
      sum += term
      term *= -x * x / ((k + 1) * (k + 2))
      k += 2
    }
    return sum
  }

  @Test func realTransformsKeepTheirInput() {
    let numbers = [1.0, -2, 0.5, 3, 4]
    let forward = FourierTransform.plan(.realForward, extents: [5], count: 1, isFloat: false)
    let backward = FourierTransform.plan(.realBackward, extents: [5], count: 1, isFloat: false)
    var half = [Double](repeating: 0, count: 6)
    half.withUnsafeMutableBytes { half in
      numbers.withUnsafeBytes { forward.run($0.baseAddress!, into: half.baseAddress!) }
    }
    #expect(half[0] == 6.5)
    let before = half
    var back = [Double](repeating: 0, count: 5)
    back.withUnsafeMutableBytes { back in
      half.withUnsafeBytes { backward.run($0.baseAddress!, into: back.baseAddress!) }
    }
    #expect(half == before)
    for (x, y) in zip(back, numbers) { #expect(abs(x - 5 * y) < 1e-14) }
  }

  @Test func statusesAreLAPACKs() {
    var indefinite = [1.0, 2, 2, 1]
    let order = indefinite.withUnsafeMutableBytes {
      LAPACK.cholesky(.double, order: 2, $0.baseAddress!)
    }
    #expect(order == 2)
    var singular: [Float] = [1, 2, 2, 4]
    var pivots: [Int32] = [0, 0]
    let status = singular.withUnsafeMutableBytes {
      LAPACK.factorize(.float, order: 2, $0.baseAddress!, pivots: &pivots)
    }
    #expect(status == 2)
    let numbers: [Float] = [1, .nan, 3]
    #expect(numbers.withUnsafeBytes { !LAPACK.allFinite(.float, $0.baseAddress!, count: 3) })
    #expect(numbers.withUnsafeBytes { LAPACK.allFinite(.float, $0.baseAddress!, count: 1) })
  }
}
