import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct SecondOrderTests {
  /// (1 - x)² + 100 (y - x²)², minimum 0 at (1, 1).
  private let rosenbrock = { (p: [Tensor]) -> (loss: Double, gradients: [Tensor]) in
    let both = valueAndGradient { (p: [Tensor]) in
      let (x, y) = (p[0].sliced(axis: 0, 0..<1), p[0].sliced(axis: 0, 1..<2))
      let (a, b) = (1 - x, y - x * x)
      return (a * a + b * b * 100).sum()
    }
    let (value, gradients) = both(p)
    return (value.item(), gradients)
  }

  @Test func lbfgsOnRosenbrock() {
    var optimizer = LBFGS()
    var parameters = [Tensor([-1.2, 1.0])]
    var evaluations = 0
    var losses: [Double] = []
    for _ in 0..<60 {
      losses.append(
        optimizer.step(&parameters) {
          evaluations += 1
          return rosenbrock($0)
        })
      if optimizer.search == .stationary { break }
    }
    let (found, loss) = (parameters[0].scalars(Double.self), rosenbrock(parameters).loss)
    expectClose(found[0], 1, absolute: 1e-8)
    expectClose(found[1], 1, absolute: 1e-8)
    #expect(loss < 1e-16)
    // Never uphill, and not many evaluations a step.
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $1 <= $0 })
    #expect(evaluations < 150, "\(evaluations)")
    #expect(losses.firstIndex { $0 < 1e-10 }! < 45, "\(losses)")
  }

  /// On a quadratic with exact line searches the method ends in as many steps as dimensions; Wolfe's loose
  /// searches need a few more.
  @Test func lbfgsOnAQuadraticOfFloats() {
    let curvatures = (0..<8).map { Float($0 + 1) }
    var optimizer = LBFGS()
    var parameters = [Tensor((0..<8).map { Float($0) - 3 })]
    for _ in 0..<30 {
      _ = optimizer.step(&parameters) { p in
        let g = p[0] * Tensor(curvatures)
        return ((p[0] * g).sum().item() / 2, [g])
      }
    }
    #expect(parameters[0].scalars(Double.self).allSatisfy { abs($0) < 1e-5 })
  }

  @Test func frozenParametersStayInLBFGS() {
    var optimizer = LBFGS()
    optimizer.factors = [ParameterFactor(), ParameterFactor(learningRate: 0)]
    var parameters = [Tensor([2.0]), Tensor([3.0])]
    for _ in 0..<5 {
      _ = optimizer.step(&parameters) { p in
        ((p[0] * p[0] + p[1] * p[1]).sum().item(), [p[0] * 2, p[1] * 2])
      }
    }
    #expect(parameters[1].item(Double.self) == 3)
    expectClose(parameters[0].item(Double.self), 0, absolute: 1e-6)
  }

  /// One undamped step on a linear least-squares problem is the solution of the normal equations.
  @Test func gaussNewtonSolvesLinearRegressionInOneStep() {
    var rng = Seed.test().makeStream()
    let x = Tensor.normal([50, 6], type: .double, using: &rng)
    let truth = Tensor.normal([6, 1], type: .double, using: &rng)
    let y = matmul(x, truth)
    let residuals: @Sendable ([Tensor]) -> Tensor = { matmul(x, $0[0]) - y }
    var optimizer = GaussNewton(
      damping: 0, adaptsDamping: false, tolerance: 1e-13,
      curvature: GaussNewton.leastSquares(residuals))
    var parameters = [Tensor.zeros([6, 1], type: .double)]
    let both = valueAndGradient { p in (residuals(p) * residuals(p)).mean() }
    _ = optimizer.step(&parameters) { p in
      let (value, gradients) = both(p)
      return (value.item(), gradients)
    }
    for (a, b) in zip(parameters[0].scalars(Double.self), truth.scalars(Double.self)) {
      expectClose(a, b, absolute: 1e-11)
    }
  }

  /// Logistic regression: the natural gradient with the Fisher matrix is Newton's method there, and the damping
  /// falls while the model predicts well.
  @Test func naturalGradientOnSoftmaxRegression() {
    var rng = Seed.test().makeStream()
    let x = Tensor.normal([60, 4], type: .double, using: &rng)
    let labels = Tensor((0..<60).map { _ in Int32(rng.index(below: 3)) })
    let logits: @Sendable ([Tensor]) -> Tensor = { matmul(x, $0[0]) }
    var optimizer = GaussNewton(
      damping: 1e-2, curvature: GaussNewton.classification(logits: logits))
    var parameters = [Tensor.zeros([4, 3], type: .double)]
    let both = valueAndGradient { p in Loss.crossEntropy(logits: logits(p), labels: labels) }
    for _ in 0..<25 {
      _ = optimizer.step(&parameters) { p in
        let (value, gradients) = both(p)
        return (value.item(), gradients)
      }
    }
    #expect(GradientClipping.norm(of: both(parameters).gradients) < 1e-9)
    #expect(optimizer.damping < 5e-3)
  }

  /// At x on curvature c the worst point is x + radius: the step is -rate c (x + radius).
  @Test func sharpnessAwareStep() {
    var optimizer = SharpnessAware(SGD(learningRate: 0.1), radius: 0.5)
    var parameters = [Tensor([3.0]), Tensor([4.0])]
    _ = optimizer.step(&parameters) { p in
      (((p[0] * p[0] + p[1] * p[1]) / 2).sum().item(), [p[0], p[1]])
    }
    expectClose(parameters[0].item(Double.self), 3 - 0.1 * (3 + 0.5 * 3 / 5), ulps: 2)
    expectClose(parameters[1].item(Double.self), 4 - 0.1 * (4 + 0.5 * 4 / 5), ulps: 2)
  }
}
