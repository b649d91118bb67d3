/// The order in which an elementwise kernel visits its operands: runs of one inner axis.
///
/// Broadcast operands have stride zero, so they are never spread out in memory. Adjacent axes that
/// every operand walks evenly are merged; most kernels end with a single run or rows of one.
struct LoopNest: Sendable {
  /// Extents outside the run, slowest first.
  private(set) var outer: [Int] = []
  private(set) var inner = 1
  /// Elements the run advances per step: 0 or 1.
  private(set) var innerStrides: (Int, Int, Int) = (0, 0, 0)
  /// Elements to advance per step of each outer axis.
  private(set) var outerStrides: [(Int, Int, Int)] = []

  /// - Parameter operands: shapes that broadcast to `shape`; at most three.
  init(_ shape: [Int], operands: [[Int]]) {
    if operands.allSatisfy({ $0 == shape }) {
      inner = shape.reduce(1, *)
      innerStrides = (1, 1, 1)
      return
    }
    var extents: [Int] = []
    var strides: [(Int, Int, Int)] = []
    let all = operands.map { Self.strides($0, in: shape) }
    func stride(_ operand: Int, _ axis: Int) -> Int { operand < all.count ? all[operand][axis] : 0 }
    for axis in shape.indices where shape[axis] != 1 {
      let here = (stride(0, axis), stride(1, axis), stride(2, axis))
      if let last = strides.last,
        last == (here.0 * shape[axis], here.1 * shape[axis], here.2 * shape[axis])
      {
        extents[extents.count - 1] *= shape[axis]
        strides[strides.count - 1] = here
      } else {
        extents.append(shape[axis])
        strides.append(here)
      }
    }
    if let last = extents.popLast() {
      inner = last
      innerStrides = strides.removeLast()
    }
    outer = extents
    outerStrides = strides
  }

  /// One run, in which an operand of stride 0 is one number.
  init(run: Int, strides: (Int, Int, Int)) {
    inner = run
    innerStrides = strides
  }

  private static func strides(_ source: [Int], in shape: [Int]) -> [Int] {
    let missing = shape.count - source.count
    var result = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in source.indices.reversed() {
      if source[axis] != 1 { result[axis + missing] = step }
      step *= source[axis]
    }
    return result
  }

  /// Calls `body` with the offsets of three operands and of the result at the start of every run.
  @inline(__always)
  func forEachRun(_ body: (Int, Int, Int, Int) -> Void) {
    if inner == 0 || outer.contains(0) { return }
    switch outer.count {
    case 0: body(0, 0, 0, 0)
    case 1:
      let step = outerStrides[0]
      for row in 0..<outer[0] { body(row &* step.0, row &* step.1, row &* step.2, row &* inner) }
    default:
      var position = [Int](repeating: 0, count: outer.count)
      var offset = (0, 0, 0)
      var result = 0
      while true {
        body(offset.0, offset.1, offset.2, result)
        result += inner
        var axis = outer.count - 1
        while true {
          let step = outerStrides[axis]
          position[axis] += 1
          offset = (offset.0 + step.0, offset.1 + step.1, offset.2 + step.2)
          if position[axis] < outer[axis] { break }
          let extent = outer[axis]
          offset = (
            offset.0 - extent * step.0, offset.1 - extent * step.1, offset.2 - extent * step.2
          )
          position[axis] = 0
          if axis == 0 { return }
          axis -= 1
        }
      }
    }
  }
}
