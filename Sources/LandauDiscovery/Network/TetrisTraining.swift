import LandauCore
import LandauNN
import LandauTensor

/// A trained network with the standardisation it was trained under.
struct TetrisFit: Sendable {
  let set: TrainingSet
  let network: TetrisNetwork?
  /// Labels of the training samples, averaged: what a network without windows predicts.
  let mean: Float

  /// Coefficients of one branch per unit of each correlator, in order of the subset masks 1 ..< 2^n.
  func coefficients(branch: Int) -> [Double] {
    guard let network else { return [] }
    let weights: [Float] = network.branches.scalars()
    return set.groups[branch].map { Double(weights[$0]) / Double(set.scale[$0]) }
  }

  /// Predicted values of the parameter.
  func predict(_ ensemble: Ensemble, samples: some RandomAccessCollection<Int>) -> [Float] {
    standardised(ensemble, samples: samples).map {
      Float(Double($0) * set.labelScale + set.labelCenter)
    }
  }

  /// Mean squared error in units of the variance of the parameter, weighted as in training.
  ///
  /// - Parameter labels: index of the parameter of every sample, where it is not the true one.
  func squaredError(_ ensemble: Ensemble, samples: [Int], labels: [Int]? = nil) -> Double {
    let labels = labels ?? ensemble.parameterIndex
    let predictions = standardised(ensemble, samples: samples)
    var sum = 0.0
    var weight = 0.0
    for (prediction, sample) in zip(predictions, samples) {
      let p = labels[sample]
      let distance = Double(prediction - set.labels[p])
      sum += Double(set.weights[p]) * distance * distance
      weight += Double(set.weights[p])
    }
    return sum / weight
  }

  /// Predictions in units of the training labels, a block of samples at a time.
  private func standardised(
    _ ensemble: Ensemble, samples: some RandomAccessCollection<Int>
  ) -> [Float] {
    guard let network else { return [Float](repeating: mean, count: samples.count) }
    let forward = compile { [network($0[0])] }
    let width = set.columns.count
    let blockSize = 8192
    var features: [Float] = []
    var out: [Float] = []
    out.reserveCapacity(samples.count)
    var start = samples.startIndex
    while start != samples.endIndex {
      let end =
        samples.index(start, offsetBy: blockSize, limitedBy: samples.endIndex) ?? samples.endIndex
      let block = samples[start..<end]
      set.features(ensemble, samples: block, into: &features)
      out += forward([Tensor(features, shape: [block.count, width])])[0].scalars(Float.self)
      start = end
    }
    return out
  }
}

/// Training of one network on one part of the data.
enum TetrisTraining {
  static let batchSize = 512
  static let plenty = 15_000

  /// Trains with AdamW on mini-batches; the learning rate warms up and falls along a cosine.
  ///
  /// With few samples the parameters of the epoch with the lowest validation error are kept. With more
  /// than `plenty` nothing can be overfitted by a network this small, and picking an epoch by its
  /// validation error would pick one at which the learning rate was still high; the epoch of lowest
  /// training error, as a rule the last, is kept.
  ///
  /// - Parameters:
  ///   - windows: indices of the windows the network may look through; none gives the mean.
  ///   - steps: optimiser steps in all, rounded to whole epochs.
  ///   - shuffle: labels that replace the true ones, for the null control.
  static func fit(
    _ ensemble: Ensemble, windows: [Int], split: Split, steps: Int, shuffle: [Int]?, seed: Seed
  ) -> TetrisFit {
    let set = TrainingSet(ensemble, windows: windows, training: split.training)
    let labels = shuffle ?? ensemble.parameterIndex
    let training = batch(ensemble, set, split.training, labels)
    let validation =
      split.training.count > plenty ? nil : batch(ensemble, set, split.validation, labels).tensors
    let mean = training.labels.reduce(0, +) / Float(max(1, training.labels.count))
    guard !windows.isEmpty else { return TetrisFit(set: set, network: nil, mean: mean) }
    var rng = seed.child("initial").makeStream()
    let some = examples(training, width: set.columns.count)
    var network = TetrisNetwork(
      groups: set.groups, features: some.features, labels: some.labels, using: &rng)
    var optimizer = AdamW(learningRate: 5e-3, weightDecay: 1e-4)
    let stepsPerEpoch = (split.training.count + batchSize - 1) / batchSize
    let epochs = max(3, (steps + stepsPerEpoch - 1) / stepsPerEpoch)
    _ = LandauNN.fit(
      &network, using: &optimizer, training: training.tensors,
      validation: validation,
      options: TrainingOptions(
        epochs: epochs, batchSize: batchSize, schedule: .cosine(warmUp: 50), patience: nil),
      seed: seed.child("order"), loss: TetrisNetwork.loss)
    return TetrisFit(set: set, network: network, mean: mean)
  }

  private struct Batch {
    var features: [Float]
    var labels: [Float]
    var weights: [Float]

    var tensors: [Tensor] {
      let count = labels.count
      return [
        Tensor(features, shape: [count, features.count / max(1, count)]),
        Tensor(labels, shape: [count, 1]), Tensor(weights, shape: [count, 1]),
      ]
    }
  }

  private static func batch(
    _ ensemble: Ensemble, _ set: TrainingSet, _ samples: [Int], _ labels: [Int]
  ) -> Batch {
    var features: [Float] = []
    set.features(ensemble, samples: samples, into: &features)
    return Batch(
      features: features, labels: samples.map { set.labels[labels[$0]] },
      weights: samples.map { set.weights[labels[$0]] })
  }

  /// At most two thousand examples spread over the training part, for the initial weights.
  private static func examples(
    _ batch: Batch, width: Int
  ) -> (features: [Float], labels: [Float]) {
    let count = batch.labels.count
    let step = max(1, count / 2000)
    let rows = Array(stride(from: 0, to: count, by: step))
    return (
      rows.flatMap { batch.features[$0 * width..<($0 + 1) * width] }, rows.map { batch.labels[$0] }
    )
  }
}
