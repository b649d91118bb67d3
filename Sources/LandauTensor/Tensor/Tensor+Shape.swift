extension Tensor {
  /// Counts a negative axis from the end.
  func axisIndex(_ axis: Int, rank: Int? = nil) -> Int {
    let rank = rank ?? self.rank
    let index = axis < 0 ? axis + rank : axis
    require((0..<rank).contains(index), "axis \(axis) of a tensor of shape \(shape)")
    return index
  }

  /// Repeats the tensor to `shape` by NumPy's rule: axes align at the end, extents of 1 stretch.
  public func broadcast(to shape: [Int]) -> Tensor {
    if shape == self.shape { return self }
    if case .full(let fill) = node.op, (try? Op.broadcastType(type, shape)) != nil {
      return .full(shape, fill.value, type: scalarType)
    }
    return .apply(.broadcast(shape), [self])
  }

  /// The same scalars in another shape; one extent may be -1 and is then worked out.
  public func reshaped(_ shape: [Int]) -> Tensor {
    var target = shape
    if let unknown = shape.firstIndex(of: -1) {
      let known = shape.reduce(1, *) * -1
      require(known > 0 && count % known == 0, "\(type) cannot be reshaped to \(shape)")
      target[unknown] = count / known
    }
    return target == self.shape ? self : .apply(.reshape(target), [self])
  }

  /// The axes in another order; without an order, reversed.
  public func transposed(axes: [Int]? = nil) -> Tensor {
    let order = axes?.map { axisIndex($0) } ?? (0..<rank).reversed()
    return order == Array(0..<rank) ? self : .apply(.transpose(order), [self])
  }

  /// A new axis of extent 1 in front of `axis` (-1: at the end).
  public func expandedDimension(at axis: Int) -> Tensor {
    var shape = shape
    shape.insert(1, at: axisIndex(axis, rank: rank + 1))
    return reshaped(shape)
  }

  /// Without `axis`, which must have extent 1.
  public func squeezed(axis: Int) -> Tensor {
    var shape = shape
    let extent = shape.remove(at: axisIndex(axis))
    require(extent == 1, "axis \(axis) of shape \(self.shape) has extent \(extent), not 1")
    return reshaped(shape)
  }

  /// The part `range` of one axis, every `stride`-th element of it.
  public func sliced(axis: Int, _ range: Range<Int>, stride: Int = 1) -> Tensor {
    let axis = axisIndex(axis)
    var (starts, stops) = ([Int](repeating: 0, count: rank), shape)
    var strides = [Int](repeating: 1, count: rank)
    (starts[axis], stops[axis], strides[axis]) = (range.lowerBound, range.upperBound, stride)
    return .apply(.slice(Slice(starts: starts, stops: stops, strides: strides)), [self])
  }

  /// Zeros around the tensor and, with `interior`, between its elements; one entry per axis.
  public func padded(low: [Int], high: [Int], interior: [Int]? = nil) -> Tensor {
    let between = interior ?? [Int](repeating: 0, count: rank)
    return .apply(.pad(Pad(low: low, high: high, interior: between)), [self])
  }

  /// Rows along `axis` picked by `indices` (int32), whose axes take the place of `axis`.
  ///
  /// With `batchAxes` the first axes of both are shared: every combination of them has its own indices.
  /// An index out of range stops the program. The derivative adds up repeated rows.
  public func gathered(_ indices: Tensor, axis: Int, batchAxes: Int = 0) -> Tensor {
    .apply(.gather(Indexing(axis: axisIndex(axis), batchAxes: batchAxes)), [self, indices])
  }

  /// Zeros of extent `count` along `axis`, to which the rows of this tensor are added at `indices`.
  ///
  /// The transpose of `gathered`: the axes of this tensor from `axis` on begin with those of `indices`
  /// (the shared ones left out).
  public func scatterAdded(
    _ indices: Tensor, axis: Int, count: Int, batchAxes: Int = 0
  ) -> Tensor {
    require(axis >= 0, "axis \(axis) of scatterAdded counts from the front")
    return .apply(
      .scatterAdd(Indexing(axis: axis, batchAxes: batchAxes), count: count), [self, indices])
  }
}

/// Joins tensors along an axis they have.
public func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  require(!tensors.isEmpty, "concatenated() of no tensors")
  return tensors.count == 1
    ? tensors[0] : .apply(.concatenate(axis: tensors[0].axisIndex(axis)), tensors)
}

/// Joins tensors of equal shape along a new axis.
public func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  require(!tensors.isEmpty, "stacked() of no tensors")
  let place = tensors[0].axisIndex(axis, rank: tensors[0].rank + 1)
  return concatenated(tensors.map { $0.expandedDimension(at: place) }, axis: place)
}
