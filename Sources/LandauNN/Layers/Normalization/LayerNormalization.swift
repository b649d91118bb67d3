public import LandauTensor

/// Numbers of the last axis brought to mean 0 and variance 1, then scaled and shifted.
///
/// scale (x - mean) / sqrt(variance + epsilon) + offset, the variance without Bessel's correction.
/// Ba, Kiros and Hinton 2016, arXiv:1607.06450.
public struct LayerNormalization: Layer {
  /// `[width]`, ones at first.
  public var scale: Tensor
  /// `[width]`, zeros at first.
  public var offset: Tensor
  public let epsilon: Double

  public init(width: Int, epsilon: Double = 1e-5, type: ScalarType = .float) {
    scale = .ones([width], type: type)
    offset = .zeros([width], type: type)
    self.epsilon = epsilon
  }

  /// - Parameter x: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireWidth(x, scale.shape[0], "layer normalisation")
    return x.standardized(axes: [-1], epsilon: epsilon) * scale + offset
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("scale", &scale)
    visit("offset", &offset)
  }
}

/// Numbers of the last axis divided by their root mean square, then scaled.
///
/// scale x / sqrt(mean(x²) + epsilon). Zhang and Sennrich 2019, arXiv:1910.07467.
public struct RMSNormalization: Layer {
  /// `[width]`, ones at first.
  public var scale: Tensor
  public let epsilon: Double

  public init(width: Int, epsilon: Double = 1e-6, type: ScalarType = .float) {
    scale = .ones([width], type: type)
    self.epsilon = epsilon
  }

  /// - Parameter x: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireWidth(x, scale.shape[0], "root-mean-square normalisation")
    return x / sqrt((x * x).mean(axes: [-1], keepingAxes: true) + epsilon) * scale
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("scale", &scale)
  }
}

/// Channels in equal groups, each brought to mean 0 and variance 1 over its channels and all sites.
///
/// One group is layer normalisation of a whole field, as many as channels is instance normalisation.
/// Wu and He 2018, arXiv:1803.08494.
public struct GroupNormalization: Layer {
  /// `[channels]`, ones at first.
  public var scale: Tensor
  /// `[channels]`, zeros at first.
  public var offset: Tensor
  public let groupCount: Int
  public let epsilon: Double

  public init(
    channels: Int, groupCount: Int, epsilon: Double = 1e-5, type: ScalarType = .float
  ) {
    precondition(
      groupCount >= 1 && channels % groupCount == 0,
      "\(channels) channels do not fall into \(groupCount) equal groups")
    scale = .ones([channels], type: type)
    offset = .zeros([channels], type: type)
    self.groupCount = groupCount
    self.epsilon = epsilon
  }

  /// - Parameter x: `[batch, channels, space…]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let channels = scale.shape[0]
    requireChannels(x, channels, "group normalisation")
    let grouped = x.reshaped([x.shape[0], groupCount, -1])
    let even = grouped.standardized(axes: [-1], epsilon: epsilon).reshaped(x.shape)
    return even * scale.alongChannels(of: x) + offset.alongChannels(of: x)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("scale", &scale)
    visit("offset", &offset)
  }
}

extension Tensor {
  /// (x - mean) / sqrt(variance + epsilon) over `axes`.
  func standardized(axes: [Int], epsilon: Double) -> Tensor {
    let centred = self - mean(axes: axes, keepingAxes: true)
    let variance = (centred * centred).mean(axes: axes, keepingAxes: true)
    return centred / sqrt(variance + epsilon)
  }

  /// One number per channel in the shape that broadcasts against `[batch, channels, space…]`.
  func alongChannels(of x: Tensor) -> Tensor {
    reshaped([count] + [Int](repeating: 1, count: x.rank - 2))
  }
}

/// Checks the last axis of a layer's input.
func requireWidth(_ x: Tensor, _ width: Int, _ layer: String) {
  precondition(
    x.rank >= 1 && x.shape[x.rank - 1] == width,
    "\(layer) of width \(width) was given \(x.type); its last axis must be \(width)")
}

/// Checks the second axis of a layer's input.
func requireChannels(_ x: Tensor, _ channels: Int, _ layer: String) {
  precondition(
    x.rank >= 2 && x.shape[1] == channels,
    "\(layer) of \(channels) channels was given \(x.type); it takes [batch, \(channels), space…]")
}
