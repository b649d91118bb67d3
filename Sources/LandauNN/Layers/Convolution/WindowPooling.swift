public import LandauTensor

/// The mean, sum or maximum of every window of a field.
public struct WindowPooling: Layer {
  public let pooling: Pooling
  public let window: [Int]
  public let stride: [Int]?
  public let boundary: ConvolutionBoundary

  /// - Parameter stride: sites from one window to the next; the window's extents by default.
  public init(
    _ pooling: Pooling, window: [Int], stride: [Int]? = nil,
    boundary: ConvolutionBoundary = .circular
  ) {
    precondition(
      pooling != .sum || boundary == .circular || boundary == .valid,
      "windows that reach beyond the edge are averaged or searched for the maximum, not summed")
    self.pooling = pooling
    self.window = window
    self.stride = stride
    self.boundary = boundary
  }

  /// - Parameter x: `[batch, channels, space…]`.
  /// - Returns: `[batch, channels, places…]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch pooling {
    case .maximum: maxPooling(x, window: window, stride: stride, boundary: boundary)
    case .mean: averagePooling(x, window: window, stride: stride, boundary: boundary)
    case .sum:
      averagePooling(x, window: window, stride: stride, boundary: boundary)
        * Double(window.reduce(1, *))
    }
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}
}

/// The mean, sum or maximum over all sites: what is left does not depend on translations.
public struct GlobalPooling: Layer {
  public let pooling: Pooling

  public init(_ pooling: Pooling = .mean) { self.pooling = pooling }

  /// - Parameter x: `[batch, channels, space…]`.
  /// - Returns: `[batch, channels]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(x.rank >= 3, "pooling over all sites of \(x.type)")
    let sites = Array(2..<x.rank)
    return switch pooling {
    case .sum: x.sum(axes: sites)
    case .mean: x.mean(axes: sites)
    case .maximum: x.max(axes: sites)
    }
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}
}

/// Channels and sites side by side: `[batch, …]` becomes `[batch, all]`.
public struct Flatten: Layer {
  public init() {}

  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(x.rank >= 1, "a scalar has no batch to keep")
    return x.reshaped([x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}
}
