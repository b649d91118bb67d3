import LandauCore
import LandauNN
import LandauTensor
import Testing

struct LayerTests {
  @Test func denseIsAffine() {
    let dense = Dense(
      weight: Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3]), bias: Tensor([0.5, 0, -0.5]))
    let y = dense(Tensor([1.0, 1, 0, 2], shape: [2, 2]))
    #expect(y.scalars(Double.self) == [5.5, 7, 8.5, 8.5, 10, 11.5])
    // Leading axes are a batch.
    #expect(dense(Tensor.zeros([4, 5, 2], type: .double)).shape == [4, 5, 3])
  }

  @Test func treesHaveNamesAndOrder() {
    var rng = Seed(1).makeStream()
    let model = Sequential.perceptron(widths: [3, 4, 1], activation: .tanh, using: &rng)
    #expect(model.named.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    #expect(model.tensors.map(\.shape) == [[3, 4], [4], [4, 1], [1]])
    let doubled = model.replacing(model.tensors.map { $0 * 2 })
    let pairs = zip(doubled.tensors, model.tensors)
    for (a, b) in pairs { #expect(a.scalars(Float.self) == b.scalars(Float.self).map { 2 * $0 }) }
  }

  /// Variances of the named schemes: n numbers estimate a variance to sqrt(2/n); 4.6 sigma.
  @Test(arguments: Initialization.allCases)
  func initialVariances(_ scheme: Initialization) {
    var rng = Seed(2).child(scheme.rawValue).makeStream()
    let (inputs, outputs) = (200, 100)
    let weights = scheme.weights(inputs: inputs, outputs: outputs, type: .double, using: &rng)
    let expected =
      switch scheme {
      case .glorotUniform: 2 / Double(inputs + outputs)
      case .heNormal: 2 / Double(inputs)
      case .lecunNormal, .truncatedNormal: 1 / Double(inputs)
      case .zeros: 0.0
      }
    let variance: Double = (weights * weights).mean().item()
    #expect(abs(variance - expected) <= expected * 4.6 * (2 / 20_000.0).squareRoot())
    #expect(abs(weights.mean().item(Double.self)) <= 4.6 * (expected / 20_000).squareRoot())
  }

  @Test func activations() {
    let x = Tensor([-50.0, -1, 0, 1, 50])
    func values(_ activation: Activation) -> [Double] { activation(x).scalars() }
    #expect(values(.relu) == [0, 0, 0, 1, 50])
    #expect(values(.identity) == x.scalars(Double.self))
    // 30-digit values: log(1 + e) and so on.
    let expected: [(Activation, Double, Double)] = [
      (.softplus, 0.31326168751822286, 1.3132616875182228),
      (.silu, -0.2689414213699951, 0.7310585786300049),
      (.gelu, -0.15865525393145705, 0.8413447460685429),
      (.tanh, -0.7615941559557649, 0.7615941559557649),
      (.sigmoid, 0.2689414213699951, 0.7310585786300049),
      (.leakyRelu, -0.01, 1),
      (.elu, -0.6321205588285577, 1),
      (.selu, -1.1113307378125625, 1.0507009873554805),
      (.mish, -0.3034014613741089, 0.8650983882673103),
    ]
    for (activation, below, above) in expected {
      let y = values(activation)
      #expect(abs(y[1] - below) < 4e-16 && abs(y[3] - above) < 4e-16, "\(activation)")
      #expect(y.allSatisfy { $0.isFinite })
    }
    #expect(grad { Activation.relu($0).sum() }(x).scalars(Double.self) == [0, 0, 0, 1, 1])
  }

  /// At 0 itself, where formulas have their seams: softplus has the derivatives 1/2 and 1/4, elu 1 and 1.
  @Test func activationsAreSmoothAtZero() {
    let zero = Tensor(0.0)
    func derivatives(_ activation: Activation) -> [Double] {
      let first = grad { activation($0) }
      return [first(zero).item(), grad(of: first)(zero).item()]
    }
    #expect(derivatives(.softplus) == [0.5, 0.25])
    #expect(derivatives(.elu) == [1, 1])
    // mish = x tanh(softplus(x)): tanh(log 2) = 3/5, and twice its slope (1 - 9/25)/2.
    let mish = derivatives(.mish)
    #expect(abs(mish[0] - 0.6) < 1e-15 && abs(mish[1] - 0.64) < 1e-15)
    // exp(x) - 1 without cancellation.
    let small: Double = Activation.elu(Tensor(-1e-12)).item()
    #expect(abs(small + 1e-12) < 1e-24)
  }

  @Test func losses() {
    let (p, t) = (Tensor([1.0, 2, 5]), Tensor([1.0, 4, 1]))
    #expect(abs(Loss.meanSquaredError(p, t).item(Double.self) - 20.0 / 3) < 2e-15)
    #expect(Loss.meanAbsoluteError(p, t).item(Double.self) == 2)
    #expect(abs(Loss.huber(p, t, width: 2).item(Double.self) - 8 / 3.0) < 1e-15)
    let logits = Tensor([0.0, 0, 0, 1000, 0, 0], shape: [2, 3])
    let labels = Tensor([1, 0] as [Int32])
    // log 3 and 0: the second row is certain, and does not overflow.
    let entropy: Double = Loss.crossEntropy(logits: logits, labels: labels).item()
    #expect(abs(entropy - 0.5493061443340549) < 1e-15)
    let gradient = grad { Loss.crossEntropy(logits: $0, labels: labels) }(logits)
    let expected = [1.0 / 6, 1.0 / 6 - 0.5, 1.0 / 6, 0, 0, 0]
    for (a, b) in zip(gradient.scalars(Double.self), expected) { #expect(abs(a - b) < 1e-15) }
    let binary: Double = Loss.binaryCrossEntropy(
      logits: Tensor([0.0, 800, -800]), targets: Tensor([0.5, 1, 0])
    ).item()
    #expect(abs(binary - 0.6931471805599453 / 3) < 1e-15)
  }
}
