public import LandauTensor

/// Where in a field of features the evidence for a class lies (Grad-CAM).
///
/// Each channel is weighted by the mean derivative of the class's score in it; the map is the positive part of the
/// weighted sum of channels.
/// - Note: Selvaraju et al. 2017, arXiv:1610.02391.
///
/// - Parameters:
///   - features: `[batch, channels, space…]`, e.g. the last convolution's output.
///   - classes: one per example, from 0.
///   - head: the rest of the network, from features to logits `[batch, class]`; examples must not mix in it.
/// - Returns: `[batch, space…]`, not negative, in the scale of score per channel and site.
public func gradientClassMap(
  features: Tensor, classes: [Int], head: @escaping (_ features: Tensor) -> Tensor
) -> Tensor {
  precondition(
    features.rank >= 3 && classes.count == features.shape[0],
    "a class map of features \(features.type) for \(classes.count) examples")
  let labels = Tensor(classes.map { Int32($0) })
  let derivative = grad { features in
    head(features).gathered(labels, axis: 1, batchAxes: 1).sum()
  }(features)
  let space = Array(2..<features.rank)
  let weights = derivative.mean(axes: space, keepingAxes: true)
  let sum = (weights * features).sum(axes: [1])
  let map = maximum(sum, 0)
  map.eval()
  return map
}
