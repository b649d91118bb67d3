import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// Every rule, stopped and taken up from its written state, continues bit for bit.
struct OptimizerStateTests {
  private static func rules() -> [any Optimizer] {
    let curvature = GaussNewton.leastSquares { p in p[0].sum(axes: [1]) - p[1] }
    return [
      SGD(learningRate: 0.01), SGD(learningRate: 0.01, momentum: 0.9),
      SGD(learningRate: 0.01, momentum: 0.9, isNesterov: true, weightDecay: 0.1), Adagrad(),
      RMSProp(), AdamW(), Lion(learningRate: 0.3),
      SGLD(learningRate: 0.01, stream: Seed(3).makeStream()), Muon(),
      SpectralSphere(), SpectralSphere(isTangential: false), LBFGS(history: 3),
      GaussNewton(curvature: curvature), SharpnessAware(AdamW()),
      SharpnessAware(SGD(learningRate: 0.01, momentum: 0.5)),
    ]
  }

  private func evaluate(_ p: [Tensor], _ step: Int) -> (loss: Double, gradients: [Tensor]) {
    var rng = Seed(9).child("data", step % 2).makeStream()
    let target = Tensor.normal([3, 4], type: .double, using: &rng)
    let both = valueAndGradient { p in
      let d = p[0] - target
      let e = p[0].sum(axes: [1]) - p[1]
      return (d * d).sum() + (e * e).mean() + exp(p[1]).sum()
    }
    let (value, gradients) = both(p)
    return (value.item(), gradients)
  }

  private func advance<O: Optimizer>(_ optimizer: inout O, _ p: inout [Tensor], _ steps: Range<Int>)
  {
    for step in steps { _ = optimizer.step(&p) { evaluate($0, step) } }
  }

  private func check<O: Optimizer>(_ fresh: O) throws {
    let start = [Tensor.ones([3, 4], type: .double), Tensor([0.5, 0.1, -0.2])]
    var (whole, first, second) = (fresh, fresh, fresh)
    var (a, b) = (start, start)
    advance(&whole, &a, 0..<9)
    advance(&first, &b, 0..<5)
    // Through bytes, as a checkpoint would.
    let bytes = Safetensors.encode(first.state.named)
    try second.state.restore(try Safetensors.decode(bytes, source: "memory"))
    advance(&second, &b, 5..<9)
    for (x, y) in zip(a, b) {
      #expect(x.scalars(Double.self) == y.scalars(Double.self), "\(O.self)")
    }
    #expect(a[0].scalars(Double.self) != start[0].scalars(Double.self), "\(O.self) moved")
    #expect(second.state.stepCount == 9)
    // Without the state the rest would differ (plain descent has nothing to forget).
    guard !first.state.named.dropFirst().isEmpty else { return }
    var forgetful = fresh
    var c = start
    var again = fresh
    advance(&again, &c, 0..<5)
    advance(&forgetful, &c, 5..<9)
    #expect(a[0].scalars(Double.self) != c[0].scalars(Double.self), "\(O.self) has no memory")
  }

  @Test func everyRuleContinuesBitForBit() throws {
    for rule in Self.rules() { try check(rule) }
  }

  @Test func foreignStatesAreRefused() throws {
    var adam = AdamW()
    var parameters = [Tensor([1.0])]
    adam.step(&parameters, gradients: [Tensor([1.0])])
    var lion = Lion()
    #expect { try lion.state.restore(adam.state.named) } throws: { "\($0)".contains("square.0") }
    #expect(lion.state.stepCount == 0)
    var sgld = SGLD(learningRate: 0.1, stream: Seed(1).makeStream())
    #expect(throws: InputError.self) { try sgld.state.restore(adam.state.named) }
    #expect(throws: InputError.self) {
      try adam.state.restore([("number.stepCount", Tensor(0.5))])
    }
  }

  @Test func factorsScaleRateAndDecay() {
    func moved(_ factor: ParameterFactor, _ rule: some GradientOptimizer) -> Double {
      var rule = rule
      rule.factors = [ParameterFactor(), factor]
      var parameters = [Tensor([2.0]), Tensor([2.0])]
      rule.step(&parameters, gradients: [Tensor([1.0]), Tensor([1.0])])
      return parameters[1].item()
    }
    let sgd = SGD(learningRate: 0.1, weightDecay: 0.5)
    expectClose(moved(ParameterFactor(), sgd), 2 - 0.1 - 0.1, ulps: 2)
    expectClose(moved(ParameterFactor(weightDecay: 0), sgd), 1.9, ulps: 2)
    expectClose(moved(ParameterFactor(learningRate: 0.5), sgd), 2 - 0.05 - 0.05, ulps: 2)
    #expect(moved(ParameterFactor(learningRate: 0), sgd) == 2)
    #expect(moved(ParameterFactor(learningRate: 0), AdamW()) == 2)
    var rng = Seed(1).makeStream()
    let model = Sequential.perceptron(widths: [2, 3, 1], activation: .tanh, using: &rng)
    let factors = model.parameterFactors { name, tensor in
      name.hasSuffix("bias") ? ParameterFactor(weightDecay: 0) : ParameterFactor()
    }
    #expect(factors.map(\.weightDecay) == [1, 0, 1, 0])
  }

  @Test func clipping() {
    let gradients = [Tensor([3.0, 0]), Tensor([-4.0])]
    #expect(GradientClipping.norm(of: gradients) == 5)
    let short = GradientClipping.norm(1)(gradients)
    expectClose(GradientClipping.norm(of: short), 1, ulps: 2)
    expectClose(short[1].item(Double.self), -0.8, ulps: 2)
    #expect(GradientClipping.norm(6)(gradients)[0].scalars(Double.self) == [3, 0])
    let held = GradientClipping.value(2)(gradients)
    #expect(held[0].scalars(Double.self) == [2, 0] && held[1].item(Double.self) == -2)
    let long = [Tensor((0..<11).map { Float($0) })]
    expectClose(GradientClipping.norm(of: long), 385.0.squareRoot(), ulps: 1)
  }

  @Test func averages() {
    var exponential = ParameterAverage(.exponential(decay: 0.5))
    var uniform = ParameterAverage(.uniform())
    var late = ParameterAverage(.uniform(firstStep: 2))
    for value in [1.0, 2, 6, 8] {
      exponential.update([Tensor([value])])
      uniform.update([Tensor([value])])
      late.update([Tensor([value])])
    }
    func value(_ average: ParameterAverage) -> Double { average.parameters[0].item() }
    // (8 + 6/2 + 2/4 + 1/8) / (1 + 1/2 + 1/4 + 1/8).
    expectClose(value(exponential), 11.625 / 1.875, ulps: 4)
    expectClose(value(uniform), 17.0 / 4, ulps: 4)
    #expect(value(late) == 7)
  }

  @Test func moreSchedules() {
    #expect(LearningRateSchedule.warmUp(steps: 4).factor(step: 1, of: 9) == 0.5)
    #expect(LearningRateSchedule.warmUp(steps: 4).factor(step: 7, of: 9) == 1)
    let step = LearningRateSchedule.step(interval: 10, factor: 0.5)
    #expect([0, 9, 10, 25].map { step.factor(step: $0, of: 30) } == [1, 1, 0.5, 0.25])
    let exponential = LearningRateSchedule.exponential(final: 0.01)
    expectClose(exponential.factor(step: 50, of: 101), 0.1, ulps: 4)
    expectClose(exponential.factor(step: 100, of: 101), 0.01, ulps: 4)
    let linear = LearningRateSchedule.linear(warmUp: 2, final: 0.5)
    #expect([0, 1, 2, 4, 6].map { linear.factor(step: $0, of: 7) } == [0.5, 1, 1, 0.75, 0.5])
    let cycle = LearningRateSchedule.oneCycle(rise: 0.25, start: 0.1, final: 0)
    expectClose(cycle.factor(step: 0, of: 101), 0.1, ulps: 2)
    #expect(cycle.factor(step: 25, of: 101) == 1)
    expectClose(cycle.factor(step: 100, of: 101), 0, absolute: 1e-15)
  }
}
