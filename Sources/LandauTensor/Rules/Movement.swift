extension Op {
  static func broadcastType(_ input: TensorType, _ shape: [Int]) throws(ShapeError) -> TensorType {
    let missing = shape.count - input.rank
    guard missing >= 0,
      (0..<input.rank).allSatisfy({ input.shape[$0] == shape[$0 + missing] || input.shape[$0] == 1 }
      )
    else { throw ShapeError("the shape \(input.shape) does not broadcast to \(shape)") }
    return input.with(shape: shape)
  }

  static func broadcastPullback(_ site: Site, _ g: Value, in b: inout ProgramBuilder) -> Value {
    let (source, target) = (b.shape(of: site.inputs[0]), b.shape(of: g))
    let missing = target.count - source.count
    let repeated = (0..<target.count).filter {
      $0 < missing || (source[$0 - missing] == 1 && target[$0] != 1)
    }
    return b.reshape(b.sum(g, repeated), source)
  }

  static func reshapeType(_ input: TensorType, _ shape: [Int]) throws(ShapeError) -> TensorType {
    guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == input.count else {
      throw ShapeError("\(input) cannot be reshaped to \(shape)")
    }
    return input.with(shape: shape)
  }

  static func transposeType(
    _ input: TensorType, _ permutation: [Int]
  ) throws(ShapeError) -> TensorType {
    guard permutation.sorted() == Array(0..<input.rank) else {
      throw ShapeError("\(permutation) is no order of the axes of \(input)")
    }
    return input.with(shape: permutation.map { input.shape[$0] })
  }

  static func inverse(_ permutation: [Int]) -> [Int] {
    var result = permutation
    for (to, from) in permutation.enumerated() { result[from] = to }
    return result
  }

  static func concatenateType(
    _ inputs: [TensorType], _ axis: Int
  ) throws(ShapeError) -> TensorType {
    guard let first = inputs.first, first.shape.indices.contains(axis) else {
      throw ShapeError("concatenate of \(inputs) along axis \(axis)")
    }
    var shape = first.shape
    for input in inputs.dropFirst() {
      var expected = first.shape
      if input.rank == first.rank { expected[axis] = input.shape[axis] }
      guard input.scalar == first.scalar, input.shape == expected else {
        throw ShapeError("concatenate of \(first) and \(input) along axis \(axis)")
      }
      shape[axis] += input.shape[axis]
    }
    return first.with(shape: shape)
  }

  static func concatenatePullback(
    _ site: Site, _ g: Value, _ axis: Int, in b: inout ProgramBuilder
  ) -> [Value?] {
    let shape = b.shape(of: g)
    var offset = 0
    return site.inputs.map { input in
      var (starts, stops) = ([Int](repeating: 0, count: shape.count), shape)
      starts[axis] = offset
      offset += b.shape(of: input)[axis]
      stops[axis] = offset
      let ones = [Int](repeating: 1, count: shape.count)
      return b.append(.slice(Slice(starts: starts, stops: stops, strides: ones)), [g])
    }
  }
}

extension Slice {
  func resultType(_ input: TensorType) throws(ShapeError) -> TensorType {
    let axes = input.shape.indices
    guard starts.count == input.rank, stops.count == input.rank, strides.count == input.rank,
      axes.allSatisfy({
        0 <= starts[$0] && starts[$0] <= stops[$0] && stops[$0] <= input.shape[$0]
          && strides[$0] >= 1
      })
    else { throw ShapeError("slice \(starts) ..< \(stops) by \(strides) of \(input)") }
    return input.with(shape: axes.map { (stops[$0] - starts[$0] + strides[$0] - 1) / strides[$0] })
  }

  /// The pad that puts the elements of the slice back where they came from.
  func transposed(shape: [Int]) -> Pad {
    let counts = shape.indices.map { (stops[$0] - starts[$0] + strides[$0] - 1) / strides[$0] }
    return Pad(
      low: zip(starts, zip(counts, shape)).map { $1.0 == 0 ? $1.1 : $0 },
      high: shape.indices.map {
        counts[$0] == 0 ? 0 : shape[$0] - starts[$0] - (counts[$0] - 1) * strides[$0] - 1
      },
      interior: strides.map { $0 - 1 })
  }

  func batched(_ count: Int) -> Slice {
    Slice(starts: [0] + starts, stops: [count] + stops, strides: [1] + strides)
  }
}

extension Pad {
  func resultType(_ input: TensorType) throws(ShapeError) -> TensorType {
    let axes = input.shape.indices
    guard low.count == input.rank, high.count == input.rank, interior.count == input.rank,
      axes.allSatisfy({ low[$0] >= 0 && high[$0] >= 0 && interior[$0] >= 0 })
    else { throw ShapeError("pad \(low) \(high) \(interior) of \(input)") }
    return input.with(
      shape: axes.map {
        low[$0] + high[$0] + input.shape[$0] + max(0, input.shape[$0] - 1) * interior[$0]
      })
  }

  /// The slice that reads the elements of the padded tensor back.
  func transposed(shape: [Int]) -> Slice {
    Slice(
      starts: low,
      stops: shape.indices.map {
        shape[$0] == 0 ? low[$0] : low[$0] + (shape[$0] - 1) * (interior[$0] + 1) + 1
      },
      strides: interior.map { $0 + 1 })
  }

  var batched: Pad { Pad(low: [0] + low, high: [0] + high, interior: [0] + interior) }
}
