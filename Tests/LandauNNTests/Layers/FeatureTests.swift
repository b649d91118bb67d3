import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct FeatureTests {
  @Test func fourierFeaturesByHand() {
    let layer = FourierFeatures(fixedFrequencies: Tensor([0.25, 1.0, 0.5, 0], shape: [2, 2]))
    // Phases 2 pi (1/4 + 1/2) and 2 pi.
    let y = layer(Tensor([1.0, 1])).scalars(Double.self)
    for (a, b) in zip(y, [0.0, 1, -1, 0]) { #expect(abs(a - b) < 1e-15) }
    #expect(layer.isTrained == [false])
    // Fixed means fixed: no derivative reaches the frequencies.
    let gradient = grad { FourierFeatures(fixedFrequencies: $0)(Tensor([1.0, 1])).sum() }(
      layer.fixedFrequencies)
    #expect(gradient.scalars(Double.self) == [0, 0, 0, 0])
  }

  /// Products of features estimate the Gaussian kernel exp(-2 pi² s² |x - y|²).
  @Test func fourierFeaturesApproachAKernel() {
    let (x, y) = (Tensor([0.1, -0.2]), Tensor([0.3, 0.1]))
    let expected: Double = exp(Tensor(-2 * Double.pi * Double.pi * 0.25 * 0.13)).item()
    expectAgreement(with: expected, seed: .test(), minimalBias: 0.04) { seed, effort in
      var rng = seed.makeStream()
      let count = 20_000 * effort
      let layer = FourierFeatures(
        inputs: 2, count: count, deviation: 0.5, type: .double, using: &rng)
      let product = (layer(x) * layer(y)).reshaped([2, count]).sum(axes: [0])
      let mean: Double = product.mean().item()
      let square: Double = (product * product).mean().item()
      return Estimate(mean, error: ((square - mean * mean) / Double(count)).squareRoot())
    }
  }

  /// The divided-difference definition: B_i(x) h^d d! = sum_k (-1)^k binomial(d+1, k) (x - t_(i+k))_+^d.
  @Test(arguments: [1, 2, 3, 4])
  func splinesByDefinition(_ degree: Int) {
    let basis = SplineBasis(low: -1, high: 2, intervalCount: 4, degree: degree)
    let points = Tensor((0..<40).map { -2.9 + 0.17 * Double($0) })
    let values = Numbers(basis(points))
    #expect(values.shape == [40, 4 + degree])
    let (knots, x) = (basis.knots, points.scalars(Double.self))
    let factorial = (1...degree).reduce(1.0) { $0 * Double($1) }
    for row in x.indices {
      for i in 0..<basis.count {
        var (sum, binomial) = (0.0, 1.0)
        for k in 0...(degree + 1) {
          let distance = max(0, (x[row] - knots[i + k]) / 0.75)
          let power = (0..<degree).reduce(1.0) { value, _ in value * distance }
          sum += (k % 2 == 0 ? 1 : -1) * binomial * power
          binomial *= Double(degree + 1 - k) / Double(k + 1)
        }
        #expect(abs(values[row, i] - sum / factorial) < 1e-11)
      }
    }
  }

  @Test func splinesAddUpToOne() {
    let basis = SplineBasis()
    let inside = basis(Tensor((0..<20).map { -1 + 0.0999 * Double($0) }))
    #expect(distance(inside.sum(axes: [1]), .ones([20], type: .double)) < 1e-15)
    #expect(inside.min().item(Double.self) >= 0)
    #expect(basis(Tensor([-5.0, 3])).scalars(Double.self).allSatisfy { $0 == 0 })
  }

  @Test func kolmogorovArnoldByLoop() {
    var rng = Seed.test("layer").makeStream()
    let layer = KolmogorovArnold(inputs: 2, outputs: 3, type: .double, using: &rng)
    let x = numbers([4, 2], .test("x"))
    let (base, coefficients) = (Numbers(layer.base), Numbers(layer.coefficients))
    let (bases, silu) = (Numbers(layer.basis(x)), Numbers(Activation.silu(x)))
    var expected = Numbers(zeros: [4, 3])
    for row in 0..<4 {
      for j in 0..<3 {
        for i in 0..<2 {
          expected[row, j] += base[i, j] * silu[row, i]
          for b in 0..<8 { expected[row, j] += coefficients[8 * i + b, j] * bases[row, i, b] }
        }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }

  /// Far outside the grid only the base activation is left.
  @Test func outsideTheGridTheBaseRules() {
    var rng = Seed.test().makeStream()
    let layer = KolmogorovArnold(inputs: 1, outputs: 2, type: .double, using: &rng)
    let x = Tensor([9.0], shape: [1, 1])
    #expect(distance(layer(x), matmul(Activation.silu(x), layer.base)) == 0)
  }
}

struct EmbeddingTests {
  @Test func looksUp() {
    let layer = Embedding(table: Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2]))
    let y = layer(Tensor([2, 0] as [Int32]))
    #expect(y.shape == [2, 2] && y.scalars(Double.self) == [5, 6, 1, 2])
    // A row that was looked up twice gets both derivatives.
    let gradient = grad { Embedding(table: $0)(Tensor([2, 2, 0] as [Int32])).sum() }(layer.table)
    #expect(gradient.scalars(Double.self) == [1, 1, 0, 0, 2, 2])
  }
}
