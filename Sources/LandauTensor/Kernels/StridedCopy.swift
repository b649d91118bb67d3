/// Copies elements between two layouts of the same shape: transposes, broadcasts, slices, pads and joins.
struct StridedCopy: Sendable {
  private let shape: [Int]
  private let source: [Int]
  private let target: [Int]
  private let sourceStart: Int
  private let targetStart: Int
  private let elementBytes: Int

  /// - Parameters:
  ///   - shape: extents of what is copied.
  ///   - source: elements to advance in the source per step of each axis; zero repeats.
  ///   - target: the same for the target.
  init(
    shape: [Int], source: [Int], sourceStart: Int = 0, target: [Int], targetStart: Int = 0,
    elementBytes: Int
  ) {
    // Merge axes that both sides walk evenly.
    var merged: (shape: [Int], source: [Int], target: [Int]) = ([], [], [])
    for axis in shape.indices where shape[axis] != 1 {
      if let s = merged.source.last, let t = merged.target.last,
        s == source[axis] * shape[axis], t == target[axis] * shape[axis]
      {
        merged.shape[merged.shape.count - 1] *= shape[axis]
        merged.source[merged.source.count - 1] = source[axis]
        merged.target[merged.target.count - 1] = target[axis]
      } else {
        merged.shape.append(shape[axis])
        merged.source.append(source[axis])
        merged.target.append(target[axis])
      }
    }
    if merged.shape.isEmpty { merged = ([1], [1], [1]) }
    self.shape = merged.shape
    self.source = merged.source
    self.target = merged.target
    self.sourceStart = sourceStart
    self.targetStart = targetStart
    self.elementBytes = elementBytes
  }

  func run(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
    switch elementBytes {
    case 1: run(from.assumingMemoryBound(to: UInt8.self), to.assumingMemoryBound(to: UInt8.self))
    case 4: run(from.assumingMemoryBound(to: UInt32.self), to.assumingMemoryBound(to: UInt32.self))
    case 8: run(from.assumingMemoryBound(to: UInt64.self), to.assumingMemoryBound(to: UInt64.self))
    default: run(from.assumingMemoryBound(to: Word16.self), to.assumingMemoryBound(to: Word16.self))
    }
  }

  @inline(__always)
  private func run<W: BitwiseCopyable>(_ from: UnsafePointer<W>, _ to: UnsafeMutablePointer<W>) {
    if shape.contains(0) { return }
    let last = shape.count - 1
    let (n, s, t) = (shape[last], source[last], target[last])
    var position = [Int](repeating: 0, count: last)
    var (i, j) = (sourceStart, targetStart)
    while true {
      let (x, y) = (from + i, to + j)
      switch (s, t) {
      case (1, 1): y.update(from: x, count: n)
      case (0, 1): y.update(repeating: x.pointee, count: n)
      default: for e in 0..<n { y[e &* t] = x[e &* s] }
      }
      var axis = last - 1
      while true {
        if axis < 0 { return }
        position[axis] += 1
        i += source[axis]
        j += target[axis]
        if position[axis] < shape[axis] { break }
        i -= shape[axis] * source[axis]
        j -= shape[axis] * target[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }

  /// Elements between neighbours along each axis of a row-major array.
  static func rowMajor(_ shape: [Int]) -> [Int] {
    var strides = shape
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step *= shape[axis]
    }
    return strides
  }
}

extension StridedCopy {
  static func broadcast(_ source: [Int], to shape: [Int], _ elementBytes: Int) -> StridedCopy {
    let missing = shape.count - source.count
    let strides = rowMajor(source)
    return StridedCopy(
      shape: shape,
      source: shape.indices.map {
        $0 < missing || source[$0 - missing] == 1 ? 0 : strides[$0 - missing]
      },
      target: rowMajor(shape), elementBytes: elementBytes)
  }

  static func transpose(_ source: [Int], _ order: [Int], _ elementBytes: Int) -> StridedCopy {
    let strides = rowMajor(source)
    let shape = order.map { source[$0] }
    return StridedCopy(
      shape: shape, source: order.map { strides[$0] }, target: rowMajor(shape),
      elementBytes: elementBytes)
  }

  static func slice(
    _ source: [Int], _ slice: Slice, to shape: [Int], _ elementBytes: Int
  ) -> StridedCopy {
    let strides = rowMajor(source)
    return StridedCopy(
      shape: shape, source: zip(strides, slice.strides).map { $0 * $1 },
      sourceStart: zip(strides, slice.starts).reduce(0) { $0 + $1.0 * $1.1 },
      target: rowMajor(shape), elementBytes: elementBytes)
  }

  static func pad(
    _ source: [Int], _ pad: Pad, to shape: [Int], _ elementBytes: Int
  ) -> StridedCopy {
    let strides = rowMajor(shape)
    return StridedCopy(
      shape: source, source: rowMajor(source),
      target: zip(strides, pad.interior).map { $0 * ($1 + 1) },
      targetStart: zip(strides, pad.low).reduce(0) { $0 + $1.0 * $1.1 }, elementBytes: elementBytes)
  }

  /// One part of a concatenation, from `offset` along `axis` of the result on.
  static func part(
    _ source: [Int], at offset: Int, axis: Int, of shape: [Int], _ elementBytes: Int
  ) -> StridedCopy {
    let strides = rowMajor(shape)
    return StridedCopy(
      shape: source, source: rowMajor(source), target: strides,
      targetStart: offset * strides[axis], elementBytes: elementBytes)
  }
}

/// Sixteen bytes that are only moved.
struct Word16: BitwiseCopyable {
  var low: UInt64
  var high: UInt64
}
