/// What a window sees beyond the edge of the array.
///
/// Places are anchored at window element `(window - 1) / 2` (rounded down) with `zero` and `circular`: place p
/// looks at positions `stride p + dilation (w - anchor)`. A window of 3 is centred, one of 2 looks at
/// its own site and the next.
public enum ConvolutionBoundary: Sendable, Hashable {
  /// Windows lie inside; the result is smaller.
  case valid
  /// Zeros outside; a place for every position, or every `stride`-th one.
  case zero
  /// The array is a torus: windows wrap around, as often as they are longer than it. The stride must
  /// divide the extents.
  case circular
  /// So many zeros before and after along each spatial axis.
  case padded(low: [Int], high: [Int])
}

/// The cross-correlation of arrays with kernels, in one to three dimensions.
///
/// `y[n, o, p] = sum over c, w of x[n, c, stride p + dilation w - low] kernel[o, c, w]`, the layout of PyTorch.
///
/// - Parameters:
///   - input: `[batch, channels, spatial…]`.
///   - kernel: `[outputs, channels / groups, window…]`.
///   - stride: positions from one place to the next, per spatial axis; 1 by default.
///   - dilation: positions from one window element to the next; 1 by default.
///   - groups: channels and outputs fall into so many groups, in order, which do not mix.
/// - Returns: `[batch, outputs, places…]`: with extent i and a reach r = dilation (window - 1) + 1,
///   (i - r) / stride + 1 places for `valid`, ceil(i / stride) for `zero`, i / stride for `circular`.
/// - Complexity: 2 multiplications and additions per output, channel of the group and window element, by matrix
///   products on one thread; memory for the windows of one sample or of 512 places.
public func convolution(
  _ input: Tensor, _ kernel: Tensor, boundary: ConvolutionBoundary, stride: [Int]? = nil,
  dilation: [Int]? = nil, groups: Int = 1
) -> Tensor {
  let name = "convolution of \(input.type) with \(kernel.type)"
  requireConvolvable(input, kernel, groups, name)
  let window = Window(
    Array(kernel.shape[2...]), boundary, stride: stride, dilation: dilation, name)
  let spatial = Array(input.shape[2...])
  let op = window.convolution(spatial, window.places(spatial), groups)
  return .apply(.convolution(op), [input, kernel])
}

/// The transpose of `convolution` with the same arguments: what its places saw is given back to where it was.
///
/// - Parameters:
///   - input: `[batch, channels, places…]`.
///   - kernel: `[channels, outputs / groups, window…]`: the kernel whose convolution is transposed.
///   - spatialShape: the extents of the result where several have the same number of places; by default
///     the smallest for `valid` and `padded`, places times stride for `zero` and `circular`.
/// - Returns: `[batch, outputs, spatial…]`.
public func transposedConvolution(
  _ input: Tensor, _ kernel: Tensor, boundary: ConvolutionBoundary, stride: [Int]? = nil,
  dilation: [Int]? = nil, groups: Int = 1, spatialShape: [Int]? = nil
) -> Tensor {
  let name = "transposed convolution of \(input.type) with \(kernel.type)"
  requireConvolvable(input, kernel, groups, name)
  let window = Window(
    Array(kernel.shape[2...]), boundary, stride: stride, dilation: dilation, name)
  let places = Array(input.shape[2...])
  let spatial = spatialShape ?? window.smallestExtents(places)
  require(
    spatial.count == places.count && spatial.allSatisfy({ $0 >= 0 })
      && window.places(spatial) == places,
    "\(name): no \(places) places in \(spatial)")
  var op = window.convolution(spatial, places, groups)
  op.result = .input
  return .apply(.convolution(op), [kernel, input])
}

private func requireConvolvable(
  _ input: Tensor, _ kernel: Tensor, _ groups: Int, _ name: @autoclosure () -> String
) {
  require(
    (3...5).contains(input.rank) && kernel.rank == input.rank,
    "\(name()): both need two axes and then one to three spatial ones")
  require(groups >= 1, "\(name()) in \(groups) groups")
}

/// How windows lie on an array: what convolutions and pooling have in common.
struct Window {
  let extents: [Int]
  let strides: [Int]
  let dilations: [Int]
  let boundary: ConvolutionBoundary
  private let name: String

  init(
    _ extents: [Int], _ boundary: ConvolutionBoundary, stride: [Int]?, dilation: [Int]?,
    _ name: String
  ) {
    let ones = [Int](repeating: 1, count: extents.count)
    (self.extents, self.boundary, self.name) = (extents, boundary, name)
    strides = stride ?? ones
    dilations = dilation ?? ones
    require(
      strides.count == extents.count && dilations.count == extents.count
        && (extents + strides + dilations).allSatisfy { $0 >= 1 },
      "\(name): window \(extents), stride \(strides), dilation \(dilations)")
    if case .padded(let low, let high) = boundary {
      require(
        low.count == extents.count && high.count == extents.count
          && (low + high).allSatisfy { $0 >= 0 },
        "\(name): \(low) and \(high) zeros around \(extents.count) spatial axes")
    }
  }

  /// Positions a window stretches over.
  private var reach: [Int] { zip(extents, dilations).map { ($0 - 1) * $1 + 1 } }

  /// How far the first window begins before the first element.
  var low: [Int] {
    switch boundary {
    case .valid: [Int](repeating: 0, count: extents.count)
    case .zero, .circular: zip(extents, dilations).map { ($0 - 1) / 2 * $1 }
    case .padded(let low, _): low
    }
  }

  /// The number of windows along each axis of an array.
  func places(_ spatial: [Int]) -> [Int] {
    let reach = reach
    return spatial.indices.map { axis in
      let (extent, stride) = (spatial[axis], strides[axis])
      switch boundary {
      case .zero: return (extent + stride - 1) / stride
      case .circular:
        require(
          extent % stride == 0,
          "\(name): the stride \(stride) does not divide the circular extent \(extent)")
        return extent / stride
      case .valid, .padded:
        var total = extent
        if case .padded(let low, let high) = boundary { total += low[axis] + high[axis] }
        require(
          total >= reach[axis], "\(name): a window over \(reach[axis]) positions in \(total)")
        return (total - reach[axis]) / stride + 1
      }
    }
  }

  /// The extents of the array that has so many windows; the smallest where there are several.
  func smallestExtents(_ places: [Int]) -> [Int] {
    let reach = reach
    return places.indices.map { axis in
      let valid = (places[axis] - 1) * strides[axis] + reach[axis]
      switch boundary {
      case .zero, .circular: return places[axis] * strides[axis]
      case .valid: return valid
      case .padded(let low, let high): return valid - low[axis] - high[axis]
      }
    }
  }

  func convolution(_ spatial: [Int], _ places: [Int], _ groups: Int) -> Convolution {
    Convolution(
      input: spatial, window: extents, output: places, strides: strides, dilations: dilations,
      low: low, isPeriodic: boundary == .circular, groups: groups)
  }
}
