extension Tensor {
  /// The positions along `axis` in the order of the numbers there, int32.
  ///
  /// Stable: equal numbers (both zeros are equal) keep their order. NaN comes last in either direction.
  ///
  /// - Complexity: O(n log n) comparisons per row of n.
  public func argSorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    let axis = axisIndex(axis)
    let order = Tensor.apply(.argSort(descending: descending), [movingToEnd(axis)])
    return order.movingEnd(to: axis)
  }

  /// The numbers along `axis` in order, as `argSorted` puts them; derivatives follow the numbers.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    takingAlong(argSorted(axis: axis, descending: descending), axis: axis)
  }

  /// The `count` largest numbers along `axis`, largest first, and their positions (int32).
  public func topK(_ count: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
    let axis = axisIndex(axis)
    require(
      count >= 0 && count <= shape[axis], "the \(count) largest of \(shape[axis]) in \(type)")
    let indices = argSorted(axis: axis, descending: true).sliced(axis: axis, 0..<count)
    return (takingAlong(indices, axis: axis), indices)
  }

  /// The numbers at `indices` along `axis`: the element at i of a row of the result is the element at
  /// `indices`[i] of the same row here.
  ///
  /// - Parameter indices: int32, of this tensor's shape but for the extent along `axis`.
  public func takingAlong(_ indices: Tensor, axis: Int) -> Tensor {
    let axis = axisIndex(axis)
    var expected = shape
    if indices.rank == rank { expected[axis] = indices.shape[axis] }
    require(
      indices.shape == expected && indices.scalarType == .int32,
      "the elements at \(indices.type) along axis \(axis) of \(type)")
    let (source, places) = (movingToEnd(axis), indices.movingToEnd(axis))
    let taken = source.reshaped([count / Swift.max(1, shape[axis]), shape[axis]]).gathered(
      places.reshaped([count / Swift.max(1, shape[axis]), indices.shape[axis]]), axis: 1,
      batchAxes: 1)
    return taken.reshaped(places.shape).movingEnd(to: axis)
  }

  /// The position of the largest number along `axis`, the first one of equals, int32; NaN counts as largest.
  public func argMax(axis: Int = -1) -> Tensor {
    argExtremum(axis, max(axes: [axis], keepingAxes: true))
  }

  /// The position of the smallest number along `axis`, the first one of equals, int32; NaN counts as smallest.
  public func argMin(axis: Int = -1) -> Tensor {
    argExtremum(axis, min(axes: [axis], keepingAxes: true))
  }

  private func argExtremum(_ axis: Int, _ extremum: Tensor) -> Tensor {
    let axis = axisIndex(axis)
    var along = [Int](repeating: 1, count: rank)
    along[axis] = shape[axis]
    let positions = Tensor.range(shape[axis]).reshaped(along).broadcast(to: shape)
    let beyond = positions.like(Double(shape[axis]))
    let first = select(self .== extremum, positions, beyond)
    // A NaN equals nothing, but differs from itself.
    let isMissing = self .!= self
    let missing = select(isMissing, positions - beyond, first).min(axes: [axis])
    return select(missing .< 0, missing + Double(shape[axis]), missing)
  }

  private func movingToEnd(_ axis: Int) -> Tensor {
    var order = Array(0..<rank)
    order.append(order.remove(at: axis))
    return transposed(axes: order)
  }

  private func movingEnd(to axis: Int) -> Tensor {
    var order = Array(0..<rank)
    order.insert(order.removeLast(), at: axis)
    return transposed(axes: order)
  }
}

// Running totals by doubling: after k rounds an element holds what the 2^k elements up to it give, so that n
// elements take log2(n) rounds. Everything is composed, hence derivatives of any order, and rounding
// errors grow with log n.
extension Tensor {
  /// The sums of the first, the first two, … elements along `axis`; from the end with `reversed`.
  ///
  /// - Complexity: O(n log n) per row of n, as for the other running totals.
  public func cumulativeSum(axis: Int, reversed: Bool = false) -> Tensor {
    accumulated(axis, reversed) { $0 + $1 }
  }

  /// The products of the first, the first two, … elements along `axis`; from the end with `reversed`.
  public func cumulativeProduct(axis: Int, reversed: Bool = false) -> Tensor {
    accumulated(axis, reversed) { $0 * $1 }
  }

  /// The largest of the first, the first two, … elements along `axis`; from the end with `reversed`.
  public func cumulativeMaximum(axis: Int, reversed: Bool = false) -> Tensor {
    accumulated(axis, reversed) { maximum($0, $1) }
  }

  /// log(sum(exp(x))) of the first, the first two, … elements along `axis`; from the end with `reversed`.
  public func cumulativeLogSumExp(axis: Int, reversed: Bool = false) -> Tensor {
    accumulated(axis, reversed) { logAddExp($0, $1) }
  }

  private func accumulated(
    _ axis: Int, _ reversed: Bool, _ combine: (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let axis = axisIndex(axis)
    let count = shape[axis]
    var (result, step) = (self, 1)
    while step < count {
      let early = result.sliced(axis: axis, 0..<(count - step))
      let late = result.sliced(axis: axis, step..<count)
      let parts =
        reversed
        ? [combine(late, early), result.sliced(axis: axis, (count - step)..<count)]
        : [result.sliced(axis: axis, 0..<step), combine(early, late)]
      result = concatenated(parts, axis: axis)
      step *= 2
    }
    return result
  }
}

/// log(exp(a) + exp(b)) without overflow.
public func logAddExp(_ a: Tensor, _ b: Tensor) -> Tensor {
  let top = maximum(a, b).stoppingGradient()
  // Where both are infinite their difference would be no number.
  let origin = select(abs(top) .< .infinity, top, top.like(0))
  return log(exp(a - origin) + exp(b - origin)) + origin
}
