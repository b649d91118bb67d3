public import LandauTensor

/// Losses: scalars, averaged over everything.
public enum Loss {
  /// The mean of (prediction - target)².
  public static func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    requireShape(prediction, target)
    let difference = prediction - target
    return (difference * difference).mean()
  }

  /// The mean of |prediction - target|.
  public static func meanAbsoluteError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    requireShape(prediction, target)
    return abs(prediction - target).mean()
  }

  /// Quadratic up to `width`, linear beyond, with a continuous slope.
  public static func huber(
    _ prediction: Tensor, _ target: Tensor, width: Double = 1
  ) -> Tensor {
    requireShape(prediction, target)
    let distance = abs(prediction - target)
    let inside = distance * distance * 0.5
    let outside = (distance - width / 2) * width
    return select(distance .< width, inside, outside).mean()
  }

  /// The mean negative log-probability of the labels, from logits that need not be normalised.
  ///
  /// - Parameters:
  ///   - logits: `[batch, class]`.
  ///   - labels: `[batch]` of int32, from 0.
  ///   - smoothing: the part of each target that is spread evenly over all classes (Szegedy et al. 2016).
  public static func crossEntropy(
    logits: Tensor, labels: Tensor, smoothing: Double = 0
  ) -> Tensor {
    precondition(
      logits.rank == 2 && labels.shape == [logits.shape[0]] && labels.scalarType == .int32,
      "cross-entropy of logits \(logits.type) with labels \(labels.type)")
    precondition((0...1).contains(smoothing), "label smoothing \(smoothing) is not in [0, 1]")
    let chosen = logits.gathered(labels, axis: 1, batchAxes: 1)
    let normalization = logits.logSumExp(axes: [1])
    if smoothing == 0 { return (normalization - chosen).mean() }
    let target = chosen * (1 - smoothing) + logits.mean(axes: [1]) * smoothing
    return (normalization - target).mean()
  }

  /// The mean over the batch of sum p log(p / q), for distributions given as logits.
  ///
  /// - Parameters:
  ///   - logits: of q, `[batch, class]`; need not be normalised.
  ///   - targetLogits: of p, in the same shape.
  public static func kullbackLeibler(logits: Tensor, targetLogits: Tensor) -> Tensor {
    requireShape(logits, targetLogits)
    precondition(logits.rank == 2, "Kullback-Leibler divergence of logits \(logits.type)")
    func normalized(_ x: Tensor) -> Tensor { x - x.logSumExp(axes: [1], keepingAxes: true) }
    let (logQ, logP) = (normalized(logits), normalized(targetLogits))
    return (exp(logP) * (logP - logQ)).sum(axes: [1]).mean()
  }

  /// The mean cross-entropy of probabilities given as logits with targets between 0 and 1.
  public static func binaryCrossEntropy(logits: Tensor, targets: Tensor) -> Tensor {
    requireShape(logits, targets)
    return (Activation.softplus(logits) - logits * targets).mean()
  }

  /// Shapes that would silently broadcast are a mistake in a loss.
  private static func requireShape(_ prediction: Tensor, _ target: Tensor) {
    precondition(
      prediction.type == target.type, "the loss of \(prediction.type) against \(target.type)")
  }
}
