/// A convolution as matrix products: what the windows see is copied into the columns of a matrix.
///
/// With `[c w, p]` that matrix for one sample and group, the output is `kernel · columns`, the kernel's
/// gradient `output · columnsᵀ`, and the input's the sum of `kernelᵀ · output` put back where the columns
/// came from. Samples with few places are taken several at a time. Strides, dilations, zeros outside and
/// periodic boundaries are all in the table of where columns come from; nothing is padded.
final class ColumnConvolution: Sendable {
  /// Neighbouring places along the last axis that read neighbouring (by the stride) elements.
  private struct Run {
    var place: Int
    var count: Int
    /// Where along the last axis it begins; negative where it is outside the input.
    var source: Int
  }

  private let op: Convolution
  private let samples: Int
  private let channels: Int
  private let outputs: Int
  private let inputCount: Int
  private let outputCount: Int
  private let windowCount: Int
  private let lastOutput: Int
  private let lastStride: Int
  /// For every window element and place, of all axes but the last: where the input's row begins, or -1.
  private let rows: [Int]
  private let rowCount: Int
  /// For every window element of the last axis.
  private let runs: [[Run]]

  /// - Parameter shapes: of the three arrays.
  init(_ op: Convolution, shapes: [Convolution.Role: [Int]]) {
    self.op = op
    let (input, output) = (shapes[.input]!, shapes[.output]!)
    (samples, channels, outputs) = (input[0], input[1], output[1])
    inputCount = op.input.reduce(1, *)
    outputCount = op.output.reduce(1, *)
    windowCount = op.window.reduce(1, *)
    let last = op.input.count - 1
    lastOutput = op.output[last]
    lastStride = op.strides[last]
    rows = Self.rows(op)
    rowCount = op.output[..<last].reduce(1, *)
    runs = (0..<op.window[last]).map { Self.runs(op, axis: last, $0) }
  }

  private static func rows(_ op: Convolution) -> [Int] {
    var windows = [[Int]]()
    // One axis after the other: tables of the windows so far, each over the places so far.
    windows.append([0])
    for axis in op.input.indices.dropLast() {
      windows = windows.flatMap { outer in
        (0..<op.window[axis]).map { w in
          outer.flatMap { base in
            (0..<op.output[axis]).map { place in
              guard base >= 0, let index = op.source(axis, place, w) else { return -1 }
              return base * op.input[axis] + index
            }
          }
        }
      }
    }
    let extent = op.input[op.input.count - 1]
    return windows.flatMap { $0.map { $0 < 0 ? -1 : $0 * extent } }
  }

  private static func runs(_ op: Convolution, axis: Int, _ w: Int) -> [Run] {
    var runs: [Run] = []
    for place in 0..<op.output[axis] {
      let index = op.source(axis, place, w) ?? -1
      if let last = runs.last,
        last.source < 0 ? index < 0 : index == last.source + last.count * op.strides[axis]
      {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(Run(place: place, count: 1, source: index))
      }
    }
    return runs
  }

  /// Samples whose columns make one matrix.
  private var blockSize: Int { min(samples, max(1, 512 / max(1, outputCount))) }

  /// Numbers of memory that a run wants: columns, and outputs side by side.
  var scratchCount: Int {
    blockSize * outputCount * (inner + (blockSize > 1 ? outputs / op.groups : 0))
  }

  /// Blocks of samples; one where all samples are summed over, or nothing is to be done.
  var pieceCount: Int {
    op.result == .kernel || isEmpty ? 1 : (samples + blockSize - 1) / blockSize
  }

  private var isEmpty: Bool {
    samples == 0 || outputCount == 0 || channels * windowCount == 0 || outputs == 0
  }

  /// - Parameters: the operands in the primitive's order.
  func run<T: MatrixElement>(
    _ type: T.Type, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ pieces: Range<Int>
  ) {
    let (a, b) = (a.assumingMemoryBound(to: T.self), b.assumingMemoryBound(to: T.self))
    let r = r.assumingMemoryBound(to: T.self)
    if isEmpty { return r.update(repeating: .zero, count: resultCount) }
    let size = blockSize
    let own =
      pieceCount == 1
      ? 0..<samples : pieces.lowerBound * size..<min(samples, pieces.upperBound * size)
    switch op.result {
    case .output: break
    case .kernel: r.update(repeating: .zero, count: resultCount)
    case .input:
      let sample = channels * inputCount
      (r + own.lowerBound * sample).update(repeating: .zero, count: own.count * sample)
    }
    let columns = scratch.assumingMemoryBound(to: T.self)
    for first in stride(from: own.lowerBound, to: own.upperBound, by: size) {
      for group in 0..<op.groups {
        let block = Block(
          whole: self, first: first, count: min(size, own.upperBound - first), isSingle: size == 1,
          group: group, columns: columns, gathered: columns + size * outputCount * inner)
        switch op.result {
        case .output: block.output(a, b, into: r)
        case .kernel: block.kernelGradient(a, b, addedTo: r)
        case .input: block.inputGradient(a, b, addedTo: r)
        }
      }
    }
  }

  /// Rows of the columns: channels of a group times window elements.
  private var inner: Int { channels / op.groups * windowCount }

  /// Some samples of one group, as matrices.
  private struct Block<T: MatrixElement> {
    let whole: ColumnConvolution
    let first: Int
    let count: Int
    let isSingle: Bool
    let group: Int
    /// `[c w, n p]`
    let columns: UnsafeMutablePointer<T>
    /// Outputs `[o, n p]`; those of a single sample are used where they are.
    let gathered: UnsafeMutablePointer<T>

    var outputs: Int { whole.outputs / whole.op.groups }
    var channels: Int { whole.channels / whole.op.groups }
    var inner: Int { whole.inner }
    var width: Int { count * whole.outputCount }
    var kernelOffset: Int { group * outputs * inner }

    func inputOffset(_ n: Int) -> Int {
      ((first + n) * whole.op.groups + group) * channels * whole.inputCount
    }

    func outputOffset(_ n: Int) -> Int {
      ((first + n) * whole.op.groups + group) * outputs * whole.outputCount
    }

    func output(_ x: UnsafePointer<T>, _ kernel: UnsafePointer<T>, into y: UnsafeMutablePointer<T>)
    {
      fillColumns(from: x)
      T.multiply(
        rows: outputs, columns: width, inner: inner, kernel + kernelOffset, transposeLeft: false,
        columns, transposeRight: false, adding: false,
        into: isSingle ? y + outputOffset(0) : gathered)
      if isSingle { return }
      forEachOutputRow { place, row in
        (y + place).update(from: gathered + row, count: whole.outputCount)
      }
    }

    func kernelGradient(
      _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, addedTo kernel: UnsafeMutablePointer<T>
    ) {
      fillColumns(from: x)
      T.multiply(
        rows: outputs, columns: inner, inner: width, blockOutputs(y), transposeLeft: false,
        columns, transposeRight: true, adding: true, into: kernel + kernelOffset)
    }

    func inputGradient(
      _ kernel: UnsafePointer<T>, _ y: UnsafePointer<T>, addedTo x: UnsafeMutablePointer<T>
    ) {
      T.multiply(
        rows: inner, columns: width, inner: outputs, kernel + kernelOffset, transposeLeft: true,
        blockOutputs(y), transposeRight: false, adding: false, into: columns)
      for n in 0..<count {
        whole.addBack(columns + n * whole.outputCount, width, to: x + inputOffset(n), channels)
      }
    }

    func fillColumns(from x: UnsafePointer<T>) {
      for n in 0..<count {
        whole.copy(x + inputOffset(n), to: columns + n * whole.outputCount, width, channels)
      }
    }

    func blockOutputs(_ y: UnsafePointer<T>) -> UnsafePointer<T> {
      if isSingle { return y + outputOffset(0) }
      forEachOutputRow { place, row in
        (gathered + row).update(from: y + place, count: whole.outputCount)
      }
      return UnsafePointer(gathered)
    }

    /// Where each output of each sample is in the whole array, and where among the gathered ones.
    @inline(__always)
    func forEachOutputRow(_ body: (Int, Int) -> Void) {
      for n in 0..<count {
        for o in 0..<outputs {
          body(outputOffset(n) + o * whole.outputCount, o * width + n * whole.outputCount)
        }
      }
    }
  }

  private var resultCount: Int {
    switch op.result {
    case .input: samples * channels * inputCount
    case .kernel: outputs * (channels / op.groups) * windowCount
    case .output: samples * outputs * outputCount
    }
  }

  /// Calls `body` for every run of every row of the columns: its offset in the columns and in the input
  /// (negative outside), and its length.
  @inline(__always)
  private func forEachRun(_ channels: Int, _ width: Int, _ body: (Int, Int, Int) -> Void) {
    let outerWindow = rows.count / max(1, rowCount)
    rows.withUnsafeBufferPointer { rows in
      for c in 0..<channels {
        for outer in 0..<outerWindow {
          for w in runs.indices {
            let column = ((c * outerWindow + outer) * runs.count + w) * width
            runs[w].withUnsafeBufferPointer { runs in
              for row in 0..<rowCount {
                let base = rows[outer * rowCount + row]
                let place = column + row * lastOutput
                if base < 0 {
                  body(place, -1, lastOutput)
                  continue
                }
                for run in runs {
                  let source = run.source < 0 ? -1 : c * inputCount + base + run.source
                  body(place + run.place, source, run.count)
                }
              }
            }
          }
        }
      }
    }
  }

  private func copy<T: MatrixElement>(
    _ x: UnsafePointer<T>, to columns: UnsafeMutablePointer<T>, _ width: Int, _ channels: Int
  ) {
    let step = lastStride
    forEachRun(channels, width) { place, source, count in
      let target = columns + place
      if source < 0 {
        target.update(repeating: .zero, count: count)
      } else if step == 1 {
        target.update(from: x + source, count: count)
      } else {
        let from = x + source
        for e in 0..<count { target[e] = from[e &* step] }
      }
    }
  }

  private func addBack<T: MatrixElement>(
    _ columns: UnsafePointer<T>, _ width: Int, to x: UnsafeMutablePointer<T>, _ channels: Int
  ) {
    let step = lastStride
    forEachRun(channels, width) { place, source, count in
      if source < 0 { return }
      let (from, target) = (columns + place, x + source)
      if step == 1 {
        for e in 0..<count { target[e] += from[e] }
      } else {
        for e in 0..<count { target[e &* step] += from[e] }
      }
    }
  }
}
