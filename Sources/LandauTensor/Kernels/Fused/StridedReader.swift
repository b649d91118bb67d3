/// Reads any range of a view's elements, in row-major order, into a block.
struct StridedReader: Sendable {
  /// More axes than this are not read in place.
  static let mostAxes = 8

  private let rank: Int
  private let extents: SIMD8<Int>
  private let strides: SIMD8<Int>
  private let offset: Int
  private let elementBytes: Int
  /// Whether rows are so short that several are read at once.
  private let isNarrow: Bool
  /// After so many elements they come again; nil where they do not.
  let period: Int?

  /// Nil where the view has too many axes.
  init?(_ view: StridedView, elementBytes: Int) {
    let view = view.merged
    guard view.shape.count <= Self.mostAxes, !view.shape.isEmpty else { return nil }
    rank = view.shape.count
    var (extents, strides) = (SIMD8<Int>(repeating: 1), SIMD8<Int>(repeating: 0))
    for axis in view.shape.indices {
      (extents[axis], strides[axis]) = (view.shape[axis], view.strides[axis])
    }
    (self.extents, self.strides) = (extents, strides)
    offset = view.offset
    self.elementBytes = elementBytes
    isNarrow = rank > 1 && extents[rank - 1] <= 16
    period = view.strides[0] == 0 ? view.shape.dropFirst().reduce(1, *) : nil
  }

  /// Whole rows of the innermost axis, one after the other along the axis outside it.
  @inline(__always)
  private func copy<W: BitwiseCopyable>(
    _ rows: Int, _ x: UnsafePointer<W>, _ y: UnsafeMutablePointer<W>
  ) {
    let (inner, step, along) = (extents[rank &- 1], strides[rank &- 1], strides[rank &- 2])
    if step == 0, inner == 2 {
      for row in 0..<rows {
        let value = x[row &* along]
        (y[2 &* row], y[2 &* row &+ 1]) = (value, value)
      }
      return
    }
    for row in 0..<rows {
      for e in 0..<inner { y[row &* inner &+ e] = x[row &* along &+ e &* step] }
    }
  }

  /// The elements `start ..< start + count`: where they are, or copied to `block`.
  func read(
    _ base: UnsafeRawPointer, _ start: Int, _ count: Int, block: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    switch elementBytes {
    case 1: read(base.assumingMemoryBound(to: UInt8.self), start, count, block)
    case 4: read(base.assumingMemoryBound(to: UInt32.self), start, count, block)
    case 8: read(base.assumingMemoryBound(to: UInt64.self), start, count, block)
    default: read(base.assumingMemoryBound(to: Word16.self), start, count, block)
    }
  }

  @inline(__always)
  private func read<W: BitwiseCopyable>(
    _ base: UnsafePointer<W>, _ start: Int, _ count: Int, _ block: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    let last = rank - 1
    var position = SIMD8<Int>(repeating: 0)
    var (rest, place) = (start, offset)
    for axis in stride(from: last, through: 0, by: -1) {
      let extent = extents[axis]
      let index = axis == 0 ? rest : rest % extent
      rest = axis == 0 ? 0 : rest / extent
      position[axis] = index
      place += index * strides[axis]
    }
    let (inner, step) = (extents[last], strides[last])
    var within = position[last]
    if step == 1, within + count <= inner { return UnsafeRawPointer(base + place) }
    let target = block.assumingMemoryBound(to: W.self)
    var done = 0
    while true {
      let rows =
        within == 0 && isNarrow
        ? min(count &- done, inner &* (extents[last &- 1] &- position[last &- 1])) / inner : 0
      if rows > 1 {
        copy(rows, base + place, target + done)
        done &+= rows &* inner
        place &+= (rows &- 1) &* strides[last &- 1]
        position[last &- 1] &+= rows &- 1
      } else {
        let run = min(inner &- within, count &- done)
        let (x, y) = (base + place, target + done)
        switch step {
        case 0:
          let value = x.pointee
          for e in 0..<run { y[e] = value }
        case 1: for e in 0..<run { y[e] = x[e] }
        default: for e in 0..<run { y[e] = x[e &* step] }
        }
        done &+= run
      }
      if done == count { return UnsafeRawPointer(block) }
      // To the start of the next run.
      place &-= within &* step
      within = 0
      var axis = last &- 1
      while axis >= 0 {
        place &+= strides[axis]
        position[axis] &+= 1
        if position[axis] < extents[axis] { break }
        place &-= extents[axis] &* strides[axis]
        position[axis] = 0
        axis &-= 1
      }
    }
  }
}
