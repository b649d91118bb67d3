import LandauCore
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauNN

struct ReservoirTests {
  /// Companion matrices have the roots of their polynomial as eigenvalues; complex pairs count by modulus.
  @Test func spectralRadii() {
    // (x - 9/10)(x + 1/2)(x - 1/5) = x³ - 0.6 x² - 0.37 x + 0.09.
    let companion = Tensor([0.6, 0.37, -0.09, 1, 0, 0, 0, 1, 0], shape: [3, 3])
    expectClose(Reservoir.spectralRadius(companion), 0.9, absolute: 1e-9)
    let turn = Tensor([0.3, -0.4, 0.4, 0.3], shape: [2, 2])
    expectClose(Reservoir.spectralRadius(turn), 0.5, absolute: 1e-9)
    // A Jordan block, where norms of powers grow like n.
    expectClose(
      Reservoir.spectralRadius(Tensor([0.7, 5, 0, 0.7], shape: [2, 2])), 0.7, absolute: 1e-7)
    #expect(Reservoir.spectralRadius(Tensor([0.0, 1, 0, 0], shape: [2, 2])) == 0)
    var rng = Seed.test().makeStream()
    let layer = Reservoir(inputs: 1, units: 30, spectralRadius: 0.8, type: .double, using: &rng)
    expectClose(Reservoir.spectralRadius(layer.fixedRecurrent), 0.8, absolute: 1e-7)
  }

  @Test func statesByLoop() {
    var rng = Seed.test().makeStream()
    let layer = Reservoir(
      inputs: 2, units: 6, density: 0.5, leak: 0.3, type: .double, using: &rng)
    let x = numbers([2, 4, 2], .test("x"))
    let (input, recurrent, bias) = (
      Numbers(layer.fixedInput), Numbers(layer.fixedRecurrent), Numbers(layer.fixedBias)
    )
    let sequence = Numbers(x)
    var expected = Numbers(zeros: [2, 4, 6])
    for b in 0..<2 {
      var state = [Double](repeating: 0, count: 6)
      for t in 0..<4 {
        state = (0..<6).map { k in
          var sum = bias[k]
          for i in 0..<2 { sum += sequence[b, t, i] * input[i, k] }
          for i in 0..<6 { sum += state[i] * recurrent[i, k] }
          return 0.7 * state[k] + 0.3 * tanh(Tensor(sum)).item(Double.self)
        }
        for k in 0..<6 { expected[b, t, k] = state[k] }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
    #expect(layer.isTrained == [false, false, false])
  }

  /// The echo-state property: the start is forgotten below a spectral radius of one and not far above it.
  @Test(arguments: [0.8, 3])
  func forgetsItsStart(_ radius: Double) {
    var rng = Seed.test("layer").makeStream()
    let layer = Reservoir(
      inputs: 1, units: 60, spectralRadius: radius, inputScale: 0.1, type: .double, using: &rng)
    let x = numbers([1, 300, 1], .test("x"))
    let apart =
      layer(x, from: numbers([1, 60], .test("a"))) - layer(x, from: numbers([1, 60], .test("b")))
    let last: Double = abs(apart.sliced(axis: 1, 299..<300)).max().item()
    #expect(radius < 1 ? last < 1e-9 : last > 0.01)
  }

  /// A reservoir remembers: its read-out gives back the input of three steps ago.
  @Test func remembers() throws {
    var rng = Seed.test("layer").makeStream()
    let layer = Reservoir(inputs: 1, units: 80, inputScale: 0.2, type: .double, using: &rng)
    let x = numbers([1, 700, 1], .test("x"))
    let states = layer(x)
    func past(_ range: Range<Int>) -> Tensor {
      x.sliced(axis: 1, range.lowerBound - 3..<range.upperBound - 3)
    }
    let readOut = try RidgeRegression.fit(
      features: states.sliced(axis: 1, 50..<500), targets: past(50..<500), penalty: 1e-8)
    let error = readOut(states.sliced(axis: 1, 500..<700)) - past(500..<700)
    let root: Double = sqrt((error * error).mean()).item()
    // The input has a deviation of 1/sqrt(3).
    #expect(root < 0.05)
  }
}

struct RidgeRegressionTests {
  /// At the minimum the gradient of what is minimised is zero, bias included.
  @Test func isStationary() throws {
    let (x, y) = (numbers([20, 3], .test("x")), numbers([20, 2], .test("y")))
    let fit = try RidgeRegression.fit(features: x, targets: y, penalty: 0.7)
    let slope = valueAndGradient { (layer: Dense, data: [Tensor]) in
      let error = data[1] - layer(data[0])
      return (error * error).sum() + (layer.weight * layer.weight).sum() * 0.7
    }(fit, [x, y]).gradient
    #expect(slope.tensors.allSatisfy { abs($0).max().item(Double.self) < 1e-13 })
  }

  @Test func recoversAnAffineMap() throws {
    let x = numbers([30, 3], .test("x"), type: .float)
    let truth = Dense(
      weight: numbers([3, 2], .test("w"), type: .float), bias: Tensor([1, -2] as [Float]))
    let fit = try RidgeRegression.fit(features: x, targets: truth(x), penalty: 0)
    #expect(distance(fit.weight, truth.weight) < 1e-5 && distance(fit.bias!, truth.bias!) < 1e-5)
    // Twice the same feature cannot be told apart without a penalty.
    let twice = concatenated([x, x], axis: 1)
    #expect(throws: (any Error).self) {
      try RidgeRegression.fit(features: twice, targets: truth(x), penalty: 0)
    }
  }
}
