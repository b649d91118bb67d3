public import LandauTensor

/// Measures of predictions that are watched and have no useful derivative.
public enum Metrics {
  /// The fraction of examples whose largest logit is that of the label; ties count as right.
  ///
  /// - Parameters:
  ///   - logits: `[batch, class]`.
  ///   - labels: `[batch]` of int32, from 0.
  public static func accuracy(logits: Tensor, labels: Tensor) -> Tensor {
    precondition(
      logits.rank == 2 && labels.shape == [logits.shape[0]] && labels.scalarType == .int32,
      "the accuracy of logits \(logits.type) with labels \(labels.type)")
    let chosen = logits.gathered(labels, axis: 1, batchAxes: 1)
    return (chosen .>= logits.max(axes: [1])).asType(logits.scalarType).mean()
  }
}
