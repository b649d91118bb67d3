import LandauCore
import LandauNN
import LandauTensor
import Testing

/// Optimisers against steps worked out by hand from their defining formulas.
struct OptimizerTests {
  private func run(_ optimizer: some GradientOptimizer, _ gradients: [Double], from start: Double)
    -> [Double]
  {
    var optimizer = optimizer
    var parameters = [Tensor([start])]
    return gradients.map {
      optimizer.step(&parameters, gradients: [Tensor([$0])])
      return parameters[0].item()
    }
  }

  private func expect(_ found: [Double], _ expected: [Double]) {
    for (x, y) in zip(found, expected) { #expect(abs(x - y) < 1e-15) }
  }

  @Test func plainDescent() {
    expect(run(SGD(learningRate: 0.1), [1, -2], from: 1), [0.9, 1.1])
  }

  @Test func momentum() {
    // v = 1, then 0.5 + 2 = 2.5, then 1.25 - 1 = 0.25.
    expect(run(SGD(learningRate: 0.1, momentum: 0.5), [1, 2, -1], from: 0), [-0.1, -0.35, -0.375])
  }

  @Test func nesterov() {
    // Moves by g + 0.5 v: 1.5, then 2 + 1.25 = 3.25.
    expect(
      run(SGD(learningRate: 0.1, momentum: 0.5, isNesterov: true), [1, 2], from: 0),
      [-0.15, -0.475])
  }

  @Test func adam() {
    // First step: mean and square are unbiased to g and g², so the step is the rate times sign g.
    let first = 1 - 0.1 * 2 / (2 + 1e-8)
    // Second: m = (0.9 * 0.2 - 0.1) / 0.19, v = (0.999 * 0.004 + 0.001) / 0.001999.
    let mean = (0.9 * 0.2 - 0.1) / (1 - 0.81)
    let square = (0.999 * 0.004 + 0.001) / (1 - 0.998001)
    let second = first - 0.1 * mean / (square.squareRoot() + 1e-8)
    expect(run(AdamW.adam(learningRate: 0.1), [2, -1], from: 1), [first, second])
  }

  @Test func decayIsDecoupled() {
    // A zero gradient leaves the decay alone: 1 - 0.1 * 0.5 per step.
    expect(
      run(AdamW(learningRate: 0.1, weightDecay: 0.5), [0, 0], from: 2), [1.9, 1.9 * 0.95])
    let withGradient = run(AdamW(learningRate: 0.1, weightDecay: 0.5), [3], from: 2)
    expect(withGradient, [1.9 - 0.1 * 3 / (3 + 1e-8)])
  }

  /// Silent error 15: single precision that computes something else.
  @Test func floatParametersMoveAlike() {
    var rng = Seed(1).makeStream()
    let start = Tensor.normal([37], type: .double, using: &rng)
    var double = AdamW(learningRate: 0.01)
    var float = double
    var a = [start]
    var b = [start.asType(.float)]
    for _ in 0..<20 {
      let gradient = Tensor.normal([37], type: .double, using: &rng)
      double.step(&a, gradients: [gradient])
      float.step(&b, gradients: [gradient.asType(.float)])
    }
    let pairs = zip(a[0].scalars(Double.self), b[0].scalars(Double.self))
    // Twenty roundings of numbers up to 4, half an ulp (2.4e-7) each.
    for (x, y) in pairs { #expect(abs(x - y) < 5e-6) }
  }

  @Test func schedules() {
    let cosine = LearningRateSchedule.cosine(warmUp: 4, final: 0.1)
    #expect((0..<4).map { cosine.factor(step: $0, of: 105) } == [0.25, 0.5, 0.75, 1])
    #expect(abs(cosine.factor(step: 54, of: 105) - 0.55) < 1e-12)
    #expect(abs(cosine.factor(step: 104, of: 105) - 0.1) < 1e-12)
    #expect(abs(cosine.factor(step: 1000, of: 105) - 0.1) < 1e-12)
    #expect(LearningRateSchedule.constant.factor(step: 7, of: 9) == 1)
  }
}
