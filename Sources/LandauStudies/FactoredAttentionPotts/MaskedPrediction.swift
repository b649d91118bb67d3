import LandauCore
import LandauNN
import LandauTensor

/// One layer of factored attention trained to predict every site from the others, and what it learned.
struct MaskedPrediction {
  /// `[site, site]`, zero on the diagonal, with the sign that makes V agree with C.
  let weights: [Double]
  /// The exact loss: minus the mean logarithm of the predicted probability, over all configurations and sites.
  let loss: Double
  let status: TrainingReport.Status

  /// - Parameter counts: how often each configuration was seen; distinct ones with their weights are all that the
  ///   pseudo-likelihood needs.
  init(
    _ instance: PottsInstance, counts: [Int], normalization: AttentionNormalization? = nil,
    epochs: Int = 60, seed: Seed, cancellation: Cancellation
  ) {
    var rng = seed.makeStream()
    let seen = counts.indices.filter { counts[$0] > 0 }
    let total = Double(counts.reduce(0, +))
    let data = Self.data(seen, seen.map { Double(counts[$0]) / total })
    // Attention times values is a product: at some starts the gradient is lost between the two. The better of two is kept.
    let starts = (0..<2).map { start in
      var layer = FactoredAttention(
        places: PottsInstance.sites, inputs: PottsInstance.colours, outputs: PottsInstance.colours,
        normalization: normalization, type: .double, using: &rng)
      var optimizer = LBFGS()
      let report = fit(
        &layer, using: &optimizer, training: data,
        options: TrainingOptions(epochs: epochs, batchSize: seen.count),
        seed: seed.child("fit", start), cancellation: cancellation
      ) { layer, batch in Self.loss(layer, batch) }
      return (layer: layer, status: report.status, loss: Self.loss(layer, data).item(Double.self))
    }
    let best = starts[0].loss <= starts[1].loss ? starts[0] : starts[1]
    let layer = best.layer
    status = best.status
    let all = Array(counts.indices)
    loss = Self.loss(layer, Self.data(all, instance.probabilities)).item()
    let (weights, value) = (
      layer.weights.scalars(Double.self), layer.value.scalars(Double.self)
    )
    // A and V may both change their sign; only colours relative to others count in V's columns.
    let sign = Self.agreement(value, instance.matrix) < 0 ? -1.0 : 1
    self.weights = weights.map { sign * $0 }
  }

  /// Configurations `[state, site, colour]` and their weights `[state]`.
  private static func data(_ states: [Int], _ weights: [Double]) -> [Tensor] {
    let colours = states.flatMap { PottsInstance.configuration($0).map { Int32($0) } }
    return [
      Tensor(colours, shape: [states.count, PottsInstance.sites]).oneHot(
        PottsInstance.colours, type: .double), Tensor(weights),
    ]
  }

  /// The weighted cross-entropy of all sites, each predicted from the others.
  private static func loss(_ layer: FactoredAttention, _ batch: [Tensor]) -> Tensor {
    let (x, weights) = (batch[0], batch[1])
    let logits = layer(x)
    let logarithms = (logits * x).sum(axes: [2]) - logits.logSumExp(axes: [2])
    return -(logarithms.mean(axes: [1]) * weights).sum()
  }

  /// The scalar product with C of V[b, a], the weight of colour a for the site where the other has b, less its mean over a.
  private static func agreement(_ value: [Double], _ matrix: [Double]) -> Double {
    let count = PottsInstance.colours
    return (0..<count).reduce(0) { sum, b in
      let mean = (0..<count).reduce(0) { $0 + value[b * count + $1] } / Double(count)
      return sum
        + (0..<count).reduce(0) { $0 + (value[b * count + $1] - mean) * matrix[b * count + $1] }
    }
  }

  /// Pearson's correlation of the off-diagonal weights with the couplings.
  func correlation(with instance: PottsInstance) -> Double {
    let places = weights.indices.filter { !$0.isMultiple(of: PottsInstance.sites + 1) }
    let (a, b) = (places.map { weights[$0] }, places.map { instance.couplings[$0] })
    let count = Double(places.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    func product(_ one: [Double], _ m: Double, _ other: [Double], _ n: Double) -> Double {
      zip(one, other).reduce(0) { $0 + ($1.0 - m) * ($1.1 - n) }
    }
    let norm = (product(a, meanA, a, meanA) * product(b, meanB, b, meanB)).squareRoot()
    return norm > 0 ? product(a, meanA, b, meanB) / norm : 0
  }

  /// Weights over the factor that brings them nearest to the couplings.
  func scaledWeights(to instance: PottsInstance) -> [Double] {
    let square = weights.reduce(0) { $0 + $1 * $1 }
    let factor = zip(weights, instance.couplings).reduce(0) { $0 + $1.0 * $1.1 } / square
    return weights.map { factor * $0 }
  }
}
