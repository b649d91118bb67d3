public import LandauCore
public import LandauNN
import LandauTensor

/// A network that tells phases from the configurational fields of single configurations.
///
/// It sees |mean| and variance, shifted and scaled by the training examples. It interpolates between the phases that it
/// was taught: where both features are smooth, its boundary lies where the training points put it. Train it again with
/// points of an assumed other boundary to see whether its own one stays (`docs/manual/single-replica.md`).
public struct FieldClassifier: Sendable {
  /// A field and the number of its phase.
  public struct Example: Sendable, Hashable {
    public var field: ConfigurationalField
    public var phase: Int

    public init(_ field: ConfigurationalField, phase: Int) {
      self.field = field
      self.phase = phase
    }
  }

  public let phaseCount: Int
  /// How the training went.
  public let report: TrainingReport
  private let standardization: Standardization
  private let network: Sequential

  /// Trains one hidden layer of 12 units by cross-entropy.
  ///
  /// - Parameters:
  ///   - examples: of points deep in the phases, of each about as many.
  ///   - phaseCount: phases are numbered from 0.
  ///   - seed: of weights and batches; the classifier is a pure function of it and of the examples.
  public init(
    training examples: [Example], phaseCount: Int,
    options: TrainingOptions = TrainingOptions(epochs: 40, schedule: .cosine(warmUp: 20)),
    seed: Seed, cancellation: Cancellation = .never
  ) {
    precondition(
      phaseCount >= 2 && examples.allSatisfy { (0..<phaseCount).contains($0.phase) },
      "phases are numbered from 0 to \(phaseCount - 1)")
    let inputs = Self.inputs(examples.map(\.field))
    let standardization = Standardization(of: inputs)
    var rng = seed.child("weights").makeStream()
    var network = Sequential.perceptron(
      widths: [2, 12, phaseCount], activation: .tanh, using: &rng)
    var optimizer = AdamW.adam(learningRate: 2e-2)
    report = fit(
      &network, using: &optimizer,
      training: [standardization(inputs), Tensor(examples.map { Int32($0.phase) })],
      options: options, seed: seed.child("fit"), cancellation: cancellation
    ) { network, batch in Loss.crossEntropy(logits: network(batch[0]), labels: batch[1]) }
    self.phaseCount = phaseCount
    self.standardization = standardization
    self.network = network
  }

  /// The probability of every phase, `[configuration][phase]`.
  public func probabilities(of fields: [ConfigurationalField]) -> [[Double]] {
    if fields.isEmpty { return [] }
    let numbers = network(standardization(Self.inputs(fields))).softmax().scalars(Float.self)
    return fields.indices.map { row in
      numbers[row * phaseCount..<(row + 1) * phaseCount].map(Double.init)
    }
  }

  /// The mean over phases of the share of examples whose most probable phase is theirs: 1/phaseCount for guesses,
  /// however unequal the phases are represented.
  public func balancedAccuracy(on examples: [Example]) -> Double {
    let probabilities = probabilities(of: examples.map(\.field))
    var (right, all) = (
      [Int](repeating: 0, count: phaseCount), [Int](repeating: 0, count: phaseCount)
    )
    for (example, probability) in zip(examples, probabilities) {
      all[example.phase] += 1
      if probability.indices.allSatisfy({ probability[$0] <= probability[example.phase] }) {
        right[example.phase] += 1
      }
    }
    let shares = zip(right, all).filter { $1 > 0 }.map { Double($0) / Double($1) }
    return shares.reduce(0, +) / Double(max(1, shares.count))
  }

  /// `[configuration, 2]`.
  private static func inputs(_ fields: [ConfigurationalField]) -> Tensor {
    Tensor(
      fields.flatMap { [Float(abs($0.mean)), Float($0.variance)] }, shape: [fields.count, 2])
  }
}
