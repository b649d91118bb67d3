import CLandauKernels
import LandauCore

/// A `ReductionKernel` that is fed its input block by block, in order; the result has the same bits.
struct ReductionStream: Sendable {
  private let op: Reduction
  private let resultCount: Int
  private let run: Int
  private let runIsReduced: Bool
  private let axisCount: Int
  private let scalar: ScalarType
  private let extents: SIMD8<Int>
  private let strides: SIMD8<Int>
  private let elementwise: lk_elementwise
  /// Whether many runs are taken at once.
  private let isShort: Bool

  /// What is kept from block to block.
  private struct State<T: SIMDScalar> {
    /// Sums of up to 2048 elements, then of those, in sixteen lanes; elements that do not fill the lanes yet.
    var wide: SIMD16<T>
    var total: SIMD16<T>
    var pending: SIMD16<T>
    var pendingCount = 0
    var wideCount = 0
    /// Elements of the run so far, and where its result is.
    var position = 0
    var result = 0
    var outer = SIMD8<Int>(repeating: 0)

    init(_ identity: T) {
      (wide, total, pending) = (
        SIMD16(repeating: identity), SIMD16(repeating: identity), SIMD16(repeating: identity)
      )
    }
  }

  static let stateBytes = MemoryLayout<State<Double>>.stride

  /// Nil where the plain kernel has to do it.
  init?(_ kernel: ReductionKernel, _ scalar: ScalarType) {
    guard scalar == .float || scalar == .double, kernel.outer.count <= 8, kernel.run > 0 else {
      return nil
    }
    (op, resultCount, axisCount) = (kernel.op, kernel.resultCount, kernel.outer.count)
    (run, runIsReduced) = (kernel.run, kernel.runIsReduced)
    self.scalar = scalar
    var (extents, strides) = (SIMD8<Int>(repeating: 1), SIMD8<Int>(repeating: 0))
    for (axis, step) in kernel.outer.enumerated() {
      (extents[axis], strides[axis]) = (step.extent, step.stride)
    }
    (self.extents, self.strides) = (extents, strides)
    // Runs whose results are neighbours, rows with the same results.
    isShort =
      axisCount > 0
      && (runIsReduced
        ? run < 16 && strides[axisCount - 1] == 1 : run <= 32 && strides[axisCount - 1] == 0)
    elementwise = KernelLevel.current.kernels.elementwise[scalar == .float ? 0 : 1]
  }

  /// Rows of the slowest axis where it is kept: each has results of its own.
  var keptRows: Int? { axisCount > 0 && strides[0] > 0 ? extents[0] : nil }

  /// - Parameter rows: of the slowest axis, which it will be fed; nil for all.
  func begin(
    _ state: UnsafeMutableRawPointer, _ result: UnsafeMutableRawPointer, rows: Range<Int>? = nil
  ) {
    if scalar == .float {
      begin(Float.self, state, result, rows)
    } else {
      begin(Double.self, state, result, rows)
    }
  }

  private func begin<T: BinaryFloatingPoint & SIMDScalar>(
    _ type: T.Type, _ state: UnsafeMutableRawPointer, _ result: UnsafeMutableRawPointer,
    _ rows: Range<Int>?
  ) {
    let identity: T = ReductionKernel.identity(op)
    var first = State(identity)
    var own = 0..<resultCount
    if let rows {
      let row = strides[0]
      own = rows.lowerBound * row..<rows.upperBound * row
      first.outer[0] = rows.lowerBound
      first.result = own.lowerBound
    }
    state.bindMemory(to: State<T>.self, capacity: 1).initialize(to: first)
    (result.assumingMemoryBound(to: T.self) + own.lowerBound).update(
      repeating: identity, count: own.count)
  }

  /// Takes the next `count` elements.
  func add(
    _ x: UnsafeRawPointer, _ count: Int, _ state: UnsafeMutableRawPointer,
    _ result: UnsafeMutableRawPointer
  ) {
    if scalar == .float {
      addNumbers(x.assumingMemoryBound(to: Float.self), count, state, result)
    } else {
      addNumbers(x.assumingMemoryBound(to: Double.self), count, state, result)
    }
  }

  @inline(__always)
  private func addNumbers<T: ElementaryFunctions & SIMDScalar>(
    _ x: UnsafePointer<T>, _ count: Int, _ state: UnsafeMutableRawPointer,
    _ result: UnsafeMutableRawPointer
  ) {
    let y = result.assumingMemoryBound(to: T.self)
    let state = state.assumingMemoryBound(to: State<T>.self)
    switch op {
    case .sum:
      feed(
        x, count, state, y, elementwise.add, elementwise.fold, elementwise.fold_run,
        elementwise.fold_runs, elementwise.fold_rows,
        { $0 + $1 }, { $0 + $1 })
    case .maximum:
      feed(
        x, count, state, y, nil, elementwise.fold_maximum, elementwise.fold_run_maximum,
        elementwise.fold_runs_maximum, elementwise.fold_rows_maximum,
        { $0 > $1 ? $0 : $1 },
        { $0.replacing(with: $1, where: $1 .> $0) })
    case .minimum:
      feed(
        x, count, state, y, nil, elementwise.fold_minimum, elementwise.fold_run_minimum,
        elementwise.fold_runs_minimum, elementwise.fold_rows_minimum,
        { $0 < $1 ? $0 : $1 },
        { $0.replacing(with: $1, where: $1 .< $0) })
    }
  }

  private typealias FoldRun =
    @convention(c) (
      Int, UnsafeRawPointer?, Double, UnsafeMutableRawPointer?
    ) -> Void
  private typealias FoldRuns =
    @convention(c) (
      Int, Int, UnsafeRawPointer?, Double, UnsafeMutableRawPointer?
    ) -> Void
  private typealias FoldRows =
    @convention(c) (Int, Int, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Void
  private typealias Fold = @convention(c) (Int, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Void

  /// - Parameters:
  ///   - block: the operation on whole blocks, where there is a kernel.
  ///   - foldLanes: the operation of sixteen lanes with more of them.
  ///   - foldRun: the operation of a result with a whole run.
  ///   - foldRuns: the same for many short ones with a result each.
  ///   - foldRows: the operation of a row of results with many narrow rows.
  @inline(__always)
  private func feed<T: BinaryFloatingPoint & SIMDScalar>(
    _ x: UnsafePointer<T>, _ count: Int, _ state: UnsafeMutablePointer<State<T>>,
    _ result: UnsafeMutablePointer<T>, _ block: lk_block?, _ foldLanes: Fold,
    _ foldRun: FoldRun, _ foldRuns: FoldRuns, _ foldRows: FoldRows, _ one: (T, T) -> T,
    _ lanes: (SIMD16<T>, SIMD16<T>) -> SIMD16<T>
  ) {
    let identity: T = ReductionKernel.identity(op)
    var done = 0
    while done < count {
      let whole =
        isShort && state.pointee.position == 0 ? wholeRuns(state.pointee, count &- done) : 0
      if whole > 1 {
        let (from, to) = (x + done, result + state.pointee.result)
        if runIsReduced {
          foldRuns(whole, run, from, Double(identity), to)
        } else {
          foldRows(whole, run, from, to)
        }
        done &+= whole &* run
        skip(&state.pointee, whole &- 1)
        advance(&state.pointee)
        continue
      }
      let n = min(run &- state.pointee.position, count &- done)
      let from = x + done
      let isWhole = n == run
      if !runIsReduced {
        let to = result + state.pointee.result + state.pointee.position
        if let block, n >= 16 {
          block(n, 0, to, from, nil, nil, to)
        } else {
          for e in 0..<n { to[e] = one(to[e], from[e]) }
        }
      } else if isWhole && n < 256 {
        let k = state.pointee.result
        foldRun(n, from, Double(identity), result + k)
      } else {
        fold(from, n, &state.pointee, identity, foldLanes, lanes)
      }
      done &+= n
      state.pointee.position &+= n
      if state.pointee.position == run {
        if runIsReduced && !(isWhole && n < 256) {
          let k = state.pointee.result
          result[k] = one(result[k], finish(&state.pointee, identity, one, lanes))
        }
        advance(&state.pointee)
      }
    }
  }

  @inline(__always)
  private func fold<T: SIMDScalar>(
    _ x: UnsafePointer<T>, _ count: Int, _ state: inout State<T>, _ identity: T, _ foldLanes: Fold,
    _ lanes: (SIMD16<T>, SIMD16<T>) -> SIMD16<T>
  ) {
    var (from, left) = (x, count)
    while left > 0 {
      if state.pendingCount > 0 || left < 16 {
        let n = min(16 &- state.pendingCount, left)
        for e in 0..<n { state.pending[state.pendingCount &+ e] = from[e] }
        state.pendingCount &+= n
        from += n
        left &-= n
        if state.pendingCount == 16 {
          state.wide = lanes(state.wide, state.pending)
          state.pendingCount = 0
          state.wideCount &+= 16
        }
      } else {
        let n = min(left / 16 * 16, 2048 &- state.wideCount)
        withUnsafeMutablePointer(to: &state.wide) { foldLanes(n, from, $0) }
        from += n
        left &-= n
        state.wideCount &+= n
      }
      if state.wideCount == 2048 {
        state.total = lanes(state.total, state.wide)
        state.wide = SIMD16(repeating: identity)
        state.wideCount = 0
      }
    }
  }

  /// The fold of the run that is complete.
  @inline(__always)
  private func finish<T: SIMDScalar>(
    _ state: inout State<T>, _ identity: T, _ one: (T, T) -> T,
    _ lanes: (SIMD16<T>, SIMD16<T>) -> SIMD16<T>
  ) -> T {
    var total = identity
    if run >= 16 {
      if state.wideCount > 0 { state.total = lanes(state.total, state.wide) }
      total = ReductionKernel.foldLanes(state.total, one)
    }
    for e in 0..<state.pendingCount { total = one(total, state.pending[e]) }
    state.wide = SIMD16(repeating: identity)
    state.total = SIMD16(repeating: identity)
    (state.pendingCount, state.wideCount) = (0, 0)
    return total
  }

  /// Runs of the innermost axis outside them that are whole among the next `count` numbers.
  @inline(__always)
  private func wholeRuns<T>(_ state: State<T>, _ count: Int) -> Int {
    min(count / run, extents[axisCount &- 1] &- state.outer[axisCount &- 1])
  }

  /// Passes over runs of the innermost axis outside them, which has more.
  @inline(__always)
  private func skip<T>(_ state: inout State<T>, _ runs: Int) {
    state.outer[axisCount &- 1] &+= runs
    state.result &+= runs &* strides[axisCount &- 1]
  }

  /// To the next run.
  @inline(__always)
  private func advance<T>(_ state: inout State<T>) {
    state.position = 0
    var axis = axisCount &- 1
    while axis >= 0 {
      state.outer[axis] &+= 1
      state.result &+= strides[axis]
      if state.outer[axis] < extents[axis] { return }
      state.result &-= extents[axis] &* strides[axis]
      state.outer[axis] = 0
      axis &-= 1
    }
  }
}
