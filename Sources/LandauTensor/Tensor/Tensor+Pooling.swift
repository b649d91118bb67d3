/// The largest number in every window, in one to three dimensions.
///
/// - Parameters:
///   - input: `[batch, channels, spatial…]`.
///   - window: extent along each spatial axis.
///   - stride: positions from one window to the next; the window's extents by default.
/// - Returns: `[batch, channels, places…]`, placed as in `convolution`; elements outside the array do not
///   count. Numbers that tie share the derivative.
/// - Complexity: copies the windows: memory for places times window elements.
public func maxPooling(
  _ input: Tensor, window: [Int], stride: [Int]? = nil, boundary: ConvolutionBoundary = .valid
) -> Tensor {
  let pool = Window(
    window, boundary, stride: stride ?? window, dilation: nil, "max pooling of \(input.type)")
  return pool.views(of: input, outside: -.infinity).max(axes: [0])
}

/// The mean of every window, in one to three dimensions; elements outside the array do not count.
///
/// Arguments and result are those of `maxPooling`.
public func averagePooling(
  _ input: Tensor, window: [Int], stride: [Int]? = nil, boundary: ConvolutionBoundary = .valid
) -> Tensor {
  let pool = Window(
    window, boundary, stride: stride ?? window, dilation: nil, "average pooling of \(input.type)")
  let total = pool.views(of: input, outside: 0).sum(axes: [0])
  let spatial = Array(input.shape.dropFirst(2))
  return total
    / Tensor(pool.insideCounts(spatial), shape: pool.places(spatial)).asType(
      input.scalarType)
}

extension Window {
  /// `[window elements, batch, channels, places…]`: what each element of the windows sees.
  fileprivate func views(of input: Tensor, outside: Double) -> Tensor {
    require(
      (1...3).contains(extents.count) && input.rank == extents.count + 2,
      "a window \(extents) on \(input.type): there must be two axes and then one to three spatial ones"
    )
    let spatial = Array(input.shape[2...])
    let places = places(spatial)
    require(
      insideCounts(spatial).allSatisfy { $0 > 0 } && !places.contains(0),
      "a window \(extents) on \(input.type) would see no element at all at some places")
    let frame = framed(input, outside, places)
    var views = [frame]
    for axis in extents.indices {
      views = views.flatMap { view in
        (0..<extents[axis]).map { w in
          view.sliced(
            axis: axis + 2, w..<(w + (places[axis] - 1) * strides[axis] + 1), stride: strides[axis])
        }
      }
    }
    return stacked(views)
  }

  /// The array with everything around it that windows see.
  private func framed(_ input: Tensor, _ outside: Double, _ places: [Int]) -> Tensor {
    var result = input
    for axis in extents.indices {
      let (extent, low) = (input.shape[axis + 2], low[axis])
      let end = (places[axis] - 1) * strides[axis] + extents[axis] - low
      if low == 0 && end <= extent { continue }
      if boundary == .circular {
        let positions = (-low..<end).map { Int32((($0 % extent) + extent) % extent) }
        result = result.gathered(Tensor(positions), axis: axis + 2)
      } else {
        func margin(_ count: Int) -> Tensor {
          var shape = result.shape
          shape[axis + 2] = count
          return .full(shape, outside, type: input.scalarType)
        }
        let parts = [margin(low), result, margin(Swift.max(0, end - extent))]
        result = concatenated(parts.filter { $0.shape[axis + 2] > 0 }, axis: axis + 2)
      }
    }
    return result
  }

  /// How many elements of each window lie inside the array.
  func insideCounts(_ spatial: [Int]) -> [Double] {
    let places = places(spatial)
    var counts = [1.0]
    for axis in extents.indices {
      let along = (0..<places[axis]).map { place -> Double in
        let first = place * strides[axis] - low[axis]
        if boundary == .circular { return Double(extents[axis]) }
        return Double(
          Swift.max(0, Swift.min(spatial[axis], first + extents[axis]) - Swift.max(0, first)))
      }
      counts = counts.flatMap { outer in along.map { outer * $0 } }
    }
    return counts
  }
}
