public import LandauTensor

/// A shift and scale that give training examples mean 0 and variance 1; others are treated with the same numbers.
///
/// Fitted to training examples alone: statistics of the others would let them leak into the training.
public struct Standardization: TensorTree, Sendable {
  /// In the shape of one example with extents of 1 where statistics are shared.
  public private(set) var mean: Tensor
  /// The standard deviation; 1 where all training examples are equal (to twelve digits).
  public private(set) var scale: Tensor

  /// - Parameters:
  ///   - training: `[count, …]`, real.
  ///   - sharedAxes: axes of the example (from 0, the leading axis not counted) over which one mean and scale is
  ///     taken; every entry has its own by default. All axes: one mean and scale for everything.
  public init(of training: Tensor, sharedAxes: [Int] = []) {
    precondition(
      training.rank >= 1 && training.count > 0 && [.float, .double].contains(training.scalarType),
      "a standardisation of \(training.type)")
    let axes = [0] + sharedAxes.map { $0 + 1 }
    // In Double: sums of many float squares would lose digits.
    let wide = training.asType(.double)
    let mean = wide.mean(axes: axes, keepingAxes: true)
    let centred = wide - mean
    let deviation = sqrt((centred * centred).mean(axes: axes, keepingAxes: true))
    let scale = select(
      deviation .> abs(mean) * 1e-12, deviation, deviation.filled(1))
    let shape = Array(mean.shape.dropFirst())
    self.mean = mean.reshaped(shape).asType(training.scalarType)
    self.scale = scale.reshaped(shape).asType(training.scalarType)
    eval([self.mean, self.scale])
  }

  /// (x - mean) / scale.
  public func callAsFunction(_ x: Tensor) -> Tensor { (x - mean) / scale }

  /// The inverse: x · scale + mean.
  public func inverse(_ x: Tensor) -> Tensor { x * scale + mean }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("mean", &mean)
    visit("scale", &scale)
  }
}
