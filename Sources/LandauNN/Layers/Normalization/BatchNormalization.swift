public import LandauTensor

/// Channels brought to mean 0 and variance 1 over the batch, then scaled and shifted.
///
/// In training by the batch's own mean and variance, which also move the running ones; otherwise by the running
/// ones, so that an example's output does not depend on its company. The running variance is the unbiased
/// one, n/(n - 1) times what normalises the batch. Ioffe and Szegedy 2015, arXiv:1502.03167.
///
/// The running statistics are tensors of the layer that are not trained: a training pass changes them in the
/// layer itself, so a step takes a copy of the model and returns it.
///
///     var layer = layer
///     let y = layer(x, training: key)     // layer.runningMean has moved
public struct BatchNormalization: Layer {
  /// `[channels]`, ones at first.
  public var scale: Tensor
  /// `[channels]`, zeros at first.
  public var offset: Tensor
  /// `[channels]`, zeros at first.
  public var runningMean: Tensor
  /// `[channels]`, ones at first.
  public var runningVariance: Tensor
  /// The share of each batch in the running statistics.
  public let momentum: Double
  public let epsilon: Double

  public init(
    channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5, type: ScalarType = .float
  ) {
    precondition((0...1).contains(momentum), "a share of \(momentum) of each batch")
    scale = .ones([channels], type: type)
    offset = .zeros([channels], type: type)
    runningMean = .zeros([channels], type: type)
    runningVariance = .ones([channels], type: type)
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// - Parameter x: `[batch, channels, space…]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireChannels(x, scale.shape[0], "batch normalisation")
    return normalized(x, runningMean.stoppingGradient(), runningVariance.stoppingGradient())
  }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    let channels = scale.shape[0]
    requireChannels(x, channels, "batch normalisation")
    let axes = [0] + Array(2..<x.rank)
    let mean = x.mean(axes: axes)
    let centred = x - mean.alongChannels(of: x)
    let variance = (centred * centred).mean(axes: axes)
    let count = Double(x.count / max(1, channels))
    let unbiased = variance * (count / max(1, count - 1))
    runningMean = moved(runningMean, toward: mean)
    runningVariance = moved(runningVariance, toward: unbiased)
    return normalized(x, mean, variance)
  }

  private func moved(_ running: Tensor, toward batch: Tensor) -> Tensor {
    (running * (1 - momentum) + batch * momentum).stoppingGradient()
  }

  private func normalized(_ x: Tensor, _ mean: Tensor, _ variance: Tensor) -> Tensor {
    let slope = scale / sqrt(variance + epsilon)
    return (x - mean.alongChannels(of: x)) * slope.alongChannels(of: x)
      + offset.alongChannels(of: x)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("scale", &scale)
    visit("offset", &offset)
    visit("runningMean", &runningMean)
    visit("runningVariance", &runningVariance)
  }
}
