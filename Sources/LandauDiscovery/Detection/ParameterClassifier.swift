import LandauCore
import LandauNN
import LandauTensor

/// A network that says which value of the parameter a snapshot comes from: logits, one per value.
///
/// One classifier with as many classes as the grid has values answers every question of the methods at once. With q_i(x)
/// its probabilities, the sum of q_i over i <= k is the optimal answer for the bipartition after value k, so learning by
/// confusion needs one training instead of one per cut (Arnold et al., "Fast detection of phase transitions with
/// multi-task learning-by-confusion", arXiv:2311.09128). Restricted to a part of the classes and normalised again they are the
/// answer for that part of the scan alone.
///
/// Logits are a straight line in the features (an exponential family, see `FeaturePath`) plus a correction that starts at zero: another
/// line, in units of the spread within classes, and a small perceptron. On large lattices slopes reach hundreds per
/// standard deviation of the whole scan; in those units no optimiser would move them in time.
struct ParameterClassifier: TensorTree, Sendable {
  /// Where training starts; not trained.
  let start: Dense
  /// `[feature]`: one over the spread within classes.
  let scale: Tensor
  var linear: Dense
  var first: Dense
  var second: Dense
  var last: Dense

  init(_ path: FeaturePath, using rng: inout some RandomNumberGenerator) {
    let (weights, biases) = path.logits
    let classes = biases.count
    let width = weights.count / classes
    start = Dense(
      weight: Tensor(weights, shape: [width, classes]), bias: Tensor(biases, shape: [classes]))
    scale = Tensor(path.spreads.map { Float(1 / $0) }, shape: [width])
    linear = Dense(
      weight: .zeros([width, classes], type: .float), bias: .zeros([classes], type: .float))
    first = Dense(inputs: width, outputs: 32, using: &rng)
    second = Dense(inputs: 32, outputs: 16, using: &rng)
    last = Dense(weight: .zeros([16, classes], type: .float), bias: nil)
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("linear", &linear, visit)
    self.visit("first", &first, visit)
    self.visit("second", &second, visit)
    self.visit("last", &last, visit)
  }

  /// - Parameter x: `[sample, feature]`, standardised correlators.
  /// - Returns: `[sample, class]`.
  func callAsFunction(_ x: Tensor) -> Tensor {
    start(x) + 3 * linear(x * scale) + last(tanh(second(tanh(first(x)))))
  }

  /// Mean of weight times negative log-probability over a batch of `[features, classes, weights]`.
  static func loss(_ network: ParameterClassifier, _ batch: [Tensor]) -> Tensor {
    let logits = network(batch[0])
    let chosen = logits.gathered(batch[1], axis: 1, batchAxes: 1)
    return (batch[2] * (logits.logSumExp(axes: [1]) - chosen)).mean()
  }
}

/// A trained classifier with the standardisation it was trained under.
struct ClassifierFit: Sendable {
  let set: TrainingSet
  /// The parameter values of each class, by their indices.
  let classes: [[Int]]
  let path: FeaturePath
  let network: ParameterClassifier

  /// Trains on the training part of a split, on the samples of the classes alone, every class of equal weight, every value
  /// of equal weight within its class.
  ///
  /// Batches, schedule and choice of the epoch are those of `TetrisTraining`.
  ///
  /// - Parameter isScan: whether the classes ascend along a scan, so that their means may be smoothed.
  init(
    _ ensemble: Ensemble, windows: [Int], split: Split, classes: [[Int]], steps: Int,
    isScan: Bool = true, seed: Seed
  ) {
    var number: [Int: Int32] = [:]
    for (index, values) in classes.enumerated() {
      for value in values { number[value] = Int32(index) }
    }
    func chosen(_ samples: [Int]) -> [Int] {
      samples.filter { number[ensemble.parameterIndex[$0]] != nil }
    }
    let training = chosen(split.training)
    let set = TrainingSet(ensemble, windows: windows, training: training)
    func batch(_ samples: [Int]) -> (features: [Float], labels: [Int32], tensors: [Tensor]) {
      var features: [Float] = []
      set.features(ensemble, samples: samples, into: &features)
      let labels = samples.map { number[ensemble.parameterIndex[$0]]! }
      var counts = [Int](repeating: 0, count: ensemble.parameters.count)
      for sample in samples { counts[ensemble.parameterIndex[sample]] += 1 }
      let weights = zip(samples, labels).map { sample, label in
        Float(samples.count)
          / Float(
            classes.count * classes[Int(label)].count * counts[ensemble.parameterIndex[sample]])
      }
      let count = samples.count
      return (
        features, labels,
        [
          Tensor(features, shape: [count, set.columns.count]), Tensor(labels),
          Tensor(weights, shape: [count]),
        ]
      )
    }
    let data = batch(training)
    let validation =
      training.count > TetrisTraining.plenty ? nil : batch(chosen(split.validation)).tensors
    path = FeaturePath(
      features: data.features, classes: data.labels,
      parameters: isScan ? classes.map { ensemble.parameters[$0[0]] } : [])
    var rng = seed.child("initial").makeStream()
    var network = ParameterClassifier(path, using: &rng)
    var optimizer = AdamW.adam(learningRate: 5e-3)
    let stepsPerEpoch = (training.count + TetrisTraining.batchSize - 1) / TetrisTraining.batchSize
    _ = LandauNN.fit(
      &network, using: &optimizer, training: data.tensors, validation: validation,
      options: TrainingOptions(
        epochs: max(3, (steps + stepsPerEpoch - 1) / stepsPerEpoch),
        batchSize: TetrisTraining.batchSize, schedule: .cosine(warmUp: 50), patience: nil),
      seed: seed.child("order"), loss: ParameterClassifier.loss)
    self.set = set
    self.classes = classes
    self.network = network
  }

  /// Calls `body` with every sample and its probabilities of all classes.
  func forEachPosterior(
    _ ensemble: Ensemble, _ body: (_ sample: Int, _ posterior: UnsafeBufferPointer<Float>) -> Void
  ) {
    let forward = compile { [network($0[0]).softmax()] }
    let samples = 0..<ensemble.sampleCount
    var features: [Float] = []
    for start in stride(from: 0, to: samples.count, by: 4096) {
      let block = start..<min(samples.count, start + 4096)
      set.features(ensemble, samples: block, into: &features)
      let out: [Float] = forward(
        [Tensor(features, shape: [block.count, set.columns.count])])[0].scalars()
      out.withUnsafeBufferPointer { out in
        for (row, sample) in block.enumerated() {
          body(
            sample,
            UnsafeBufferPointer(rebasing: out[row * classes.count..<(row + 1) * classes.count]))
        }
      }
    }
  }
}
