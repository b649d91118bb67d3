import LandauCore
import LandauLinearAlgebra
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct KernelAlignmentTests {
  private func features(_ shape: [Int], _ name: String) -> Tensor {
    var rng = Seed.test(name).makeStream()
    return .normal(shape, type: .double, using: &rng)
  }

  private func rotation(_ count: Int) throws -> Tensor {
    let g = features([count, count], "rotation")
    let eigen = try SymmetricEigen((g + g.transposed()).scalars(), count: count)
    return Tensor(eigen.vectors, shape: [count, count])
  }

  @Test func rotationsShiftsAndScalesChangeNothing() throws {
    let x = features([50, 8], "x")
    let moved = matmul(x, try rotation(8)) * 3.7 + 11
    expectClose(KernelAlignment.linear(x, moved), 1, absolute: 1e-10)
    expectClose(KernelAlignment.debiased(x, moved), 1, absolute: 1e-10)
    let other = features([50, 5], "y")
    let before = KernelAlignment.linear(x, other)
    expectClose(KernelAlignment.linear(moved, other), before, absolute: 1e-12)
    // Not under an arbitrary linear map.
    let stretched = x * Tensor((0..<8).map { Double($0 * $0 + 1) })
    #expect(KernelAlignment.linear(x, stretched) < 0.9)
  }

  /// Independent Gaussian features: the plain alignment is biased to about p/n where features are many, the debiased one
  /// is zero on average.
  @Test func independentFeaturesAreUnrelated() {
    let plain = KernelAlignment.linear(features([40, 100], "a"), features([40, 100], "b"))
    #expect(plain > 0.5)
    expectAgreement(with: 0, seed: .test(), minimalBias: 0.02) { seed, effort in
      let values = (0..<(100 * effort)).map { index -> Double in
        var rng = seed.child("pair", index).makeStream()
        let x = Tensor.normal([40, 100], type: .double, using: &rng)
        let y = Tensor.normal([40, 100], type: .double, using: &rng)
        return KernelAlignment.debiased(x, y)
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let freedom = Double(values.count - 1)
      return Estimate(
        mean, error: (spread / (freedom * Double(values.count))).squareRoot(),
        degreesOfFreedom: freedom)
    }
  }

  /// The estimate without diagonals equals the mean over all quadruples of different examples (Song et al. 2012, eq. 4).
  @Test func debiasedAgreesWithTheSumOverQuadruples() {
    let (x, y) = (features([6, 2], "x"), features([6, 3], "y"))
    func gram(_ x: Tensor) -> [[Double]] {
      let k = matmul(x, x.transposed()).scalars(Double.self)
      return (0..<6).map { Array(k[($0 * 6)..<($0 * 6 + 6)]) }
    }
    func mean(_ k: [[Double]], _ l: [[Double]]) -> Double {
      var (sum, count) = (0.0, 0.0)
      for i in 0..<6 {
        for j in 0..<6 where j != i {
          for q in 0..<6 where q != i && q != j {
            for r in 0..<6 where r != i && r != j && r != q {
              sum += k[i][j] * (l[i][j] + l[q][r] - 2 * l[i][q])
              count += 1
            }
          }
        }
      }
      return sum / count
    }
    let (k, l) = (gram(x), gram(y))
    let expected = mean(k, l) / (mean(k, k) * mean(l, l)).squareRoot()
    expectClose(KernelAlignment.debiased(x, y), expected, absolute: 1e-12)
  }
}
