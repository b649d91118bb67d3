public import LandauTensor

/// A convolution in one to three dimensions, on a torus unless it is told otherwise.
///
/// Layout and placing of windows are those of the function `convolution`. On a torus it moves with translations: by
/// any for a stride of one, else by multiples of the stride.
public struct Convolution: Layer {
  /// `[outputs, inputs / groups, window…]`.
  public var weight: Tensor
  /// `[outputs]`.
  public var bias: Tensor?
  public let boundary: ConvolutionBoundary
  public let stride: [Int]?
  public let dilation: [Int]?
  public let groups: Int

  /// - Parameters:
  ///   - window: extents, one per spatial axis.
  ///   - stride: sites from one place to the next, per spatial axis.
  ///   - dilation: sites from one window element to the next, per spatial axis.
  ///   - groups: parts of the channels that do not mix.
  public init(
    inputs: Int, outputs: Int, window: [Int], boundary: ConvolutionBoundary = .circular,
    stride: [Int]? = nil, dilation: [Int]? = nil, groups: Int = 1, hasBias: Bool = true,
    initialization: Initialization = .heNormal, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      groups >= 1 && inputs % groups == 0 && outputs % groups == 0,
      "a convolution of \(inputs) to \(outputs) channels in \(groups) groups")
    let sites = window.reduce(1, *)
    weight = initialization.weights(
      [outputs, inputs / groups] + window, inputs: inputs / groups * sites,
      outputs: outputs / groups * sites, type: type, using: &rng)
    bias = hasBias ? .zeros([outputs], type: type) : nil
    self.boundary = boundary
    self.stride = stride
    self.dilation = dilation
    self.groups = groups
  }

  /// - Parameter x: `[batch, inputs, space…]`.
  /// - Returns: `[batch, outputs, places…]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let y = convolution(
      x, weight, boundary: boundary, stride: stride, dilation: dilation, groups: groups)
    return bias.map { y + $0.alongChannels(of: y) } ?? y
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weight", &weight)
    visitBias(&bias, visit)
  }
}

/// The transpose of a convolution: what makes a larger field of a smaller one where the stride is above one.
public struct TransposedConvolution: Layer {
  /// `[inputs, outputs / groups, window…]`.
  public var weight: Tensor
  /// `[outputs]`.
  public var bias: Tensor?
  public let boundary: ConvolutionBoundary
  public let stride: [Int]?
  public let dilation: [Int]?
  public let groups: Int

  /// - Parameters: those of `Convolution`.
  public init(
    inputs: Int, outputs: Int, window: [Int], boundary: ConvolutionBoundary = .circular,
    stride: [Int]? = nil, dilation: [Int]? = nil, groups: Int = 1, hasBias: Bool = true,
    initialization: Initialization = .heNormal, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      groups >= 1 && inputs % groups == 0 && outputs % groups == 0,
      "a transposed convolution of \(inputs) to \(outputs) channels in \(groups) groups")
    let sites = window.reduce(1, *)
    // With a stride s an output hears from one in s of the window's elements along each axis.
    let shared = max(1, sites / (stride ?? []).reduce(1, *))
    weight = initialization.weights(
      [inputs, outputs / groups] + window, inputs: inputs / groups * shared,
      outputs: outputs / groups * sites, type: type, using: &rng)
    bias = hasBias ? .zeros([outputs], type: type) : nil
    self.boundary = boundary
    self.stride = stride
    self.dilation = dilation
    self.groups = groups
  }

  /// - Parameter x: `[batch, inputs, places…]`.
  /// - Returns: `[batch, outputs, space…]`, on a torus places times stride.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let y = transposedConvolution(
      x, weight, boundary: boundary, stride: stride, dilation: dilation, groups: groups)
    return bias.map { y + $0.alongChannels(of: y) } ?? y
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weight", &weight)
    visitBias(&bias, visit)
  }
}

/// Visits a bias that may be absent.
func visitBias(_ bias: inout Tensor?, _ visit: (String, inout Tensor) -> Void) {
  guard var present = bias else { return }
  visit("bias", &present)
  bias = present
}
