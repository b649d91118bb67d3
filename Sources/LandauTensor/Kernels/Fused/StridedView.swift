/// How the elements of a value lie in another value's buffer: an offset and a step per axis.
struct StridedView: Sendable, Hashable {
  let shape: [Int]
  /// Elements to advance per step along each axis; zero repeats.
  let strides: [Int]
  let offset: Int

  private init(_ shape: [Int], _ strides: [Int], _ offset: Int) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// The whole buffer in row-major order.
  init(_ shape: [Int]) { self.init(shape, StridedCopy.rowMajor(shape), 0) }

  var count: Int { shape.reduce(1, *) }

  /// Axes that are walked evenly merged, those of extent 1 left out.
  var merged: StridedView {
    var (extents, steps): ([Int], [Int]) = ([], [])
    for axis in shape.indices where shape[axis] != 1 {
      if let step = steps.last, step == strides[axis] * shape[axis] {
        extents[extents.count - 1] *= shape[axis]
        steps[steps.count - 1] = strides[axis]
      } else {
        extents.append(shape[axis])
        steps.append(strides[axis])
      }
    }
    return StridedView(extents, steps, offset)
  }

  /// Whether the elements are neighbours in order.
  var isContiguous: Bool {
    let view = merged
    return view.strides.isEmpty || view.strides == [1]
  }

  /// Whether it is one element, repeated.
  var isScalar: Bool { strides.indices.allSatisfy { strides[$0] == 0 || shape[$0] == 1 } }

  func broadcast(to target: [Int]) -> StridedView {
    let missing = target.count - shape.count
    let steps = target.indices.map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
    return StridedView(target, steps, offset)
  }

  func transposed(_ order: [Int]) -> StridedView {
    StridedView(order.map { shape[$0] }, order.map { strides[$0] }, offset)
  }

  func sliced(_ slice: Slice, to target: [Int]) -> StridedView {
    StridedView(
      target, zip(strides, slice.strides).map { $0 * $1 },
      offset + zip(strides, slice.starts).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// The same elements in another shape; nil where that takes more than one step per axis.
  func reshaped(to target: [Int]) -> StridedView? {
    let view = merged
    if target.contains(0) || view.shape.contains(0) { return nil }
    var steps = [Int](repeating: 0, count: target.count)
    var axis = target.count - 1
    for (extent, stride) in zip(view.shape, view.strides).reversed() {
      var (left, step) = (extent, stride)
      while left > 1 {
        while axis >= 0, target[axis] == 1 { axis -= 1 }
        guard axis >= 0, left % target[axis] == 0 else { return nil }
        steps[axis] = step
        step *= target[axis]
        left /= target[axis]
        axis -= 1
      }
    }
    return StridedView(target, steps, offset)
  }
}
