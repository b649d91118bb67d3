import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// The code of the manual's page on networks, run, and compared with the page line by line.
struct NetworksManualTests {
  @Test func theExamplesRun() {
    var rng = Seed(1).child("model").makeStream()
    let network = Sequential([
      Convolution(inputs: 1, outputs: 8, window: [3, 3], using: &rng),
      Activation.gelu,
      GlobalPooling(.mean),
      Dense(inputs: 8, outputs: 2, using: &rng),
    ])
    let spins = Tensor.ones([16, 1, 32, 32])
    let scores = network(spins)
    #expect(scores.shape == [16, 2])

    var model = Sequential([
      Dense(inputs: 4, outputs: 16, using: &rng), BatchNormalization(channels: 16),
      Activation.relu, Dropout(rate: 0.2), Dense(inputs: 16, outputs: 1, using: &rng),
    ])
    let key = RandomKey(Seed(7))
    let trained = model(Tensor.ones([32, 4]), training: key)
    let judged = model(Tensor.ones([32, 4]))
    #expect(trained.shape == [32, 1] && judged.shape == [32, 1])

    let objective = TrainingObjective<Sequential>(stateful: { model, batch, context in
      var model = model
      let output = context.isTraining ? model(batch[0], training: context.key) : model(batch[0])
      return (Loss.meanSquaredError(output, batch[1]), model)
    })
    let x = numbers([64, 4], .test("x"), type: .float)
    let y = sin(x.sum(axes: [1], keepingAxes: true))
    var rule0 = AdamW(learningRate: 1e-2)
    let before = model.named.first { $0.name == "1.runningMean" }!.tensor
    let report = fit(
      &model, using: &rule0, objective: objective, training: [x, y],
      options: TrainingOptions(epochs: 30, batchSize: 32), seed: Seed(1))
    #expect(report.trainingLosses.last! < report.trainingLosses[0])
    // Training has moved the running statistics, and taken them over into the model.
    let after = model.named.first { $0.name == "1.runningMean" }!.tensor
    #expect(distance(before, after) > 0.01)

    let equivariant = Sequential([
      LiftingConvolution(inputs: 1, outputs: 4, group: .p4m, using: &rng),
      Activation.tanh,
      GroupConvolution(inputs: 4, outputs: 4, group: .p4m, using: &rng),
      GroupPooling(.mean), GlobalPooling(.mean),
    ])
    let invariant = equivariant(spins)
    #expect(invariant.shape == [16, 4])

    let ring = MessageGraph(neighbors: (0..<10).map { [($0 + 9) % 10, ($0 + 1) % 10] })
    let messages = MessagePassing(
      message: Sequential.perceptron(widths: [4, 16, 8], activation: .silu, using: &rng),
      update: Dense(inputs: 10, outputs: 2, using: &rng), graph: ring)
    let nodes = messages(Tensor.ones([5, 10, 2]))
    #expect(nodes.shape == [5, 10, 2])

    let block = TransformerBlock(width: 16, headCount: 4, using: &rng)
    let sequence = Tensor.ones([2, 6, 16])
    let seen = block(sequence, mask: Attention.causalMask(queries: 6))
    #expect(seen.shape == [2, 6, 16])
  }

  @Test func theParametrisationRuns() {
    func perceptron(_ width: Int, multiplier: Double = 1) -> Sequential {
      var rng = Seed(3).makeStream()
      return Sequential([
        Dense(inputs: 8, outputs: width, initialization: .lecunNormal, using: &rng),
        Residual(
          Sequential([
            Activation.relu,
            Dense(inputs: width, outputs: width, initialization: .lecunNormal, using: &rng),
          ]), scale: 1),
        Scaled(
          Dense(inputs: width, outputs: 1, initialization: .lecunNormal, using: &rng),
          by: multiplier),
      ])
    }
    let rule = MaximalUpdate(model: perceptron(512), base: perceptron(64))
    let wide = rule.initialized(perceptron(512, multiplier: rule.outputMultiplier))
    var optimizer = AdamW.adam(learningRate: 0.003)
    optimizer.factors = rule.factors(.adam)
    #expect(optimizer.factors.map(\.learningRate) == [1, 1, 0.125, 1, 1, 1])
    #expect(wide(Tensor.ones([2, 8])).shape == [2, 1])
  }

  @Test func thePageShowsTheseExamples() throws {
    try expectPageShowsCode("networks.md", minimum: 50)
  }
}
