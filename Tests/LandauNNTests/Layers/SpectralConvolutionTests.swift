import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct SpectralConvolutionTests {
  /// On a line: y(j) = sum over k of Re(c(k) exp(2 pi i j k / n) sum over c of w X(k)) / n, c(k) =
  /// 1 for k = 0, else 2.
  @Test func waveByWave() {
    var rng = Seed.test().makeStream()
    let layer = SpectralConvolution(inputs: 2, outputs: 3, modes: [3], type: .double, using: &rng)
    let x = numbers([1, 2, 8], .test("x"))
    let (field, a, b) = (Numbers(x), Numbers(layer.weightReal), Numbers(layer.weightImaginary))
    func wave(_ k: Int, _ j: Int) -> (c: Double, s: Double) {
      let angle = Tensor(2 * Double.pi * Double(k * j % 8) / 8)
      return (cos(angle).item(), sin(angle).item())
    }
    var expected = Numbers(zeros: [1, 3, 8])
    for k in 0..<3 {
      for o in 0..<3 {
        var (re, im) = (0.0, 0.0)
        for i in 0..<2 {
          var (xr, xi) = (0.0, 0.0)
          for j in 0..<8 {
            let (c, s) = wave(k, j)
            xr += field[0, i, j] * c
            xi -= field[0, i, j] * s
          }
          re += a[k, i, o] * xr - b[k, i, o] * xi
          im += a[k, i, o] * xi + b[k, i, o] * xr
        }
        // The imaginary part at frequency zero has no field.
        for j in 0..<8 {
          let (c, s) = wave(k, j)
          expected[0, o, j] += (k == 0 ? re : 2 * (re * c - im * s)) / 8
        }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }

  @Test func movesWithTranslations() {
    var rng = Seed.test().makeStream()
    let layer = SpectralConvolution(
      inputs: 2, outputs: 2, modes: [2, 3], type: .double, using: &rng)
    let x = numbers([2, 2, 5, 8], .test("x"))
    func shifted(_ x: Tensor) -> Tensor {
      x.gathered(Tensor((0..<5).map { Int32(($0 + 2) % 5) }), axis: 2)
        .gathered(Tensor((0..<8).map { Int32(($0 + 3) % 8) }), axis: 3)
    }
    #expect(distance(layer(shifted(x)), shifted(layer(x))) < 1e-14)
  }

  /// The same smooth function on 8 and on 16 sites.
  @Test func doesNotDependOnTheResolution() {
    var rng = Seed.test().makeStream()
    let layer = SpectralConvolution(inputs: 1, outputs: 1, modes: [4], type: .double, using: &rng)
    func sampled(_ count: Int) -> Tensor {
      let angle = Tensor((0..<count).map { 2 * Double.pi * Double($0) / Double(count) })
      return (cos(angle) * 0.7 + sin(angle * 3) - 0.2).reshaped([1, 1, count])
    }
    let fine = layer(sampled(16)).sliced(axis: 2, 0..<16, stride: 2)
    #expect(distance(fine, layer(sampled(8))) < 1e-14)
  }
}
