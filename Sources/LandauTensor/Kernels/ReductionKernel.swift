/// Sums and extrema over axes of a row-major array.
///
/// The input is read once, front to back. Where the innermost axis is reduced, a run is folded in sixteen
/// lanes, in blocks, and a fixed tree; where it is kept, runs are added to a row of the result. The order of the
/// additions depends on the shape only.
struct ReductionKernel: Sendable {
  let op: Reduction
  let resultCount: Int
  /// Axes outside the run: extents and elements the result advances per step, slowest first.
  private(set) var outer: [(extent: Int, stride: Int)] = []
  private(set) var run = 1
  private(set) var runIsReduced = true

  init(_ op: Reduction, _ shape: [Int], axes: [Int]) {
    self.op = op
    let kept = shape.indices.map { !axes.contains($0) }
    var strides = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() where kept[axis] {
      strides[axis] = step
      step *= shape[axis]
    }
    resultCount = step
    var merged: [(extent: Int, stride: Int, kept: Bool)] = []
    for axis in shape.indices where shape[axis] != 1 {
      if let last = merged.last, last.kept == kept[axis] {
        merged[merged.count - 1] = (last.extent * shape[axis], strides[axis], kept[axis])
      } else {
        merged.append((shape[axis], strides[axis], kept[axis]))
      }
    }
    if let last = merged.popLast() {
      run = last.extent
      runIsReduced = !last.kept
    }
    outer = merged.map { ($0.extent, $0.stride) }
  }

  func run<T: ElementaryFunctions & SIMDScalar>(
    _ input: UnsafePointer<T>, _ result: UnsafeMutablePointer<T>
  ) {
    switch op {
    case .sum:
      fold(input, result, from: 0, { $0 + $1 }, { $0 + $1 })
    case .maximum:
      fold(
        input, result, from: -.infinity, { $0 > $1 ? $0 : $1 },
        { $0.replacing(with: $1, where: $1 .> $0) })
    case .minimum:
      fold(
        input, result, from: .infinity, { $0 < $1 ? $0 : $1 },
        { $0.replacing(with: $1, where: $1 .< $0) })
    }
  }

  func run(_ input: UnsafePointer<Int32>, _ result: UnsafeMutablePointer<Int32>) {
    switch op {
    case .sum: fold(input, result, from: 0, { $0 &+ $1 }, { $0 &+ $1 })
    case .maximum:
      fold(
        input, result, from: .min, { max($0, $1) }, { $0.replacing(with: $1, where: $1 .> $0) })
    case .minimum:
      fold(
        input, result, from: .max, { min($0, $1) }, { $0.replacing(with: $1, where: $1 .< $0) })
    }
  }

  @inline(__always)
  private func fold<T: SIMDScalar>(
    _ input: UnsafePointer<T>, _ result: UnsafeMutablePointer<T>, from identity: T,
    _ one: (T, T) -> T, _ lanes: (SIMD16<T>, SIMD16<T>) -> SIMD16<T>
  ) {
    result.update(repeating: identity, count: resultCount)
    let n = run
    if n == 0 { return }
    if runIsReduced {
      forEachRun { i, k in
        result[k] = one(result[k], Self.foldRun(input + i, n, identity, one, lanes))
      }
    } else {
      forEachRun { i, k in
        let (x, y) = (input + i, result + k)
        for e in 0..<n { y[e] = one(y[e], x[e]) }
      }
    }
  }

  /// What nothing folds to.
  static func identity<T: BinaryFloatingPoint>(_ op: Reduction) -> T {
    switch op {
    case .sum: 0
    case .maximum: -.infinity
    case .minimum: .infinity
    }
  }

  @inline(__always)
  static func foldRun<T: SIMDScalar>(
    _ x: UnsafePointer<T>, _ n: Int, _ identity: T, _ one: (T, T) -> T,
    _ lanes: (SIMD16<T>, SIMD16<T>) -> SIMD16<T>
  ) -> T {
    var total = identity
    var e = 0
    if n >= 16 {
      // Blocks of 128 additions a lane, then the blocks: the error grows with their numbers, not with n.
      var total16 = SIMD16<T>(repeating: identity)
      let raw = UnsafeRawPointer(x)
      while e + 16 <= n {
        var wide = SIMD16<T>(repeating: identity)
        let end = min(n &- 15, e &+ 2048)
        while e < end {
          let next = raw.loadUnaligned(
            fromByteOffset: e &* MemoryLayout<T>.stride, as: SIMD16<T>.self)
          wide = lanes(wide, next)
          e &+= 16
        }
        total16 = lanes(total16, wide)
      }
      total = foldLanes(total16, one)
    }
    while e < n {
      total = one(total, x[e])
      e &+= 1
    }
    return total
  }

  /// Sixteen lanes to one number by a fixed tree.
  @inline(__always)
  static func foldLanes<T: SIMDScalar>(_ lanes: SIMD16<T>, _ one: (T, T) -> T) -> T {
    var wide = lanes
    for lane in 0..<8 { wide[lane] = one(wide[lane], wide[lane + 8]) }
    for lane in 0..<4 { wide[lane] = one(wide[lane], wide[lane + 4]) }
    return one(one(wide[0], wide[2]), one(wide[1], wide[3]))
  }

  /// Offsets in the input and in the result at the start of every run.
  @inline(__always)
  private func forEachRun(_ body: (Int, Int) -> Void) {
    switch outer.count {
    case 0: body(0, 0)
    case 1:
      let (extent, stride) = outer[0]
      for row in 0..<extent { body(row &* run, row &* stride) }
    default:
      if outer.contains(where: { $0.extent == 0 }) { return }
      var position = [Int](repeating: 0, count: outer.count)
      var (i, k) = (0, 0)
      while true {
        body(i, k)
        i += run
        var axis = outer.count - 1
        while true {
          position[axis] += 1
          k += outer[axis].stride
          if position[axis] < outer[axis].extent { break }
          k -= outer[axis].extent * outer[axis].stride
          position[axis] = 0
          if axis == 0 { return }
          axis -= 1
        }
      }
    }
  }
}
