import CLandauKernels
import LandauCore

/// A convolution with unit strides and few channels of many samples, one of them in each lane of a vector.
///
/// A group of samples is turned so that the same number of all of them is one vector, worked on, and turned back. Then
/// every load is aligned, where a place looks is a table of vectors, with the other side of the torus or a vector of zeros
/// beyond the edge, and nothing is padded or masked: three times as fast as rows of places where rows are short. The
/// convolution and its transpose are the same loop with another table and the two channel axes of the kernel exchanged. Sums for
/// the kernel's gradient are kept for each lane until all groups are done.
final class SampleConvolution: Sendable {
  private let op: Convolution
  private let samples: Int
  private let kernels: lk_samples_convolution
  /// Of a group of channels: planes that are read, and planes that are written (or multiplied, for the kernel's gradient).
  private let planes: Int
  private let outputs: Int
  private let planeCount: Int
  private let placeCount: Int
  private let windowCount: Int
  /// `[place, window]`: where a place looks in a plane, or -1.
  private let sources: [Int32]
  private let layout: ScratchLayout

  /// Bytes of a group of turned samples: half of a second cache.
  private static let mostTurned = 512 << 10
  private static let mostSums = 256 << 10
  /// Products with each turned number, below which rows that fill vectors are taken as they lie.
  private static let leastProducts = 16

  /// Nil where rows of places or columns of windows are better.
  init?(_ op: Convolution, shapes: [Convolution.Role: [Int]], _ scalar: ScalarType) {
    guard let (channels, kernels) = op.fewChannels(shapes, scalar) else { return nil }
    samples = shapes[.input]![0]
    self.kernels = KernelLevel.current.kernels.samples[scalar == .float ? 0 : 1]
    let lanes = self.kernels.width
    windowCount = op.window.reduce(1, *)
    let turns = (samples + lanes - 1) / lanes
    guard samples >= lanes, 4 * turns * lanes <= 5 * samples else { return nil }
    let isTransposed = op.result == .input
    if isTransposed && op.isPeriodic && op.output != op.input { return nil }
    self.op = op
    (planes, outputs) = isTransposed ? (kernels, channels) : (channels, kernels)
    let (plane, places) = isTransposed ? (op.output, op.input) : (op.input, op.output)
    (planeCount, placeCount) = (plane.reduce(1, *), places.reduce(1, *))
    let vector = lanes * scalar.byteCount
    let weights = kernels * channels * windowCount
    let sums = op.result == .kernel ? weights * vector : 0
    let turned = planes * planeCount + outputs * placeCount
    // Rows of places that fill whole vectors need no turning: then each number must be worth it.
    let isEven = places[places.count - 1] % lanes == 0
    guard turned * vector <= Self.mostTurned, sums <= Self.mostSums,
      placeCount * windowCount <= 1 << 20,
      !isEven || weights * placeCount >= Self.leastProducts * turned
    else { return nil }
    let seen = Self.sources(op)
    sources =
      isTransposed ? Self.turned(seen, windowCount: windowCount, planeCount: placeCount) : seen
    layout = ScratchLayout([
      (planes * planeCount + 1) * vector, outputs * placeCount * vector,
      max(weights * scalar.byteCount, sums),
    ])
  }

  /// `[place, window]`: where places of the output look in the input.
  private static func sources(_ op: Convolution) -> [Int32] {
    // One axis after the other: for every place so far the windows so far.
    var table: [[Int32]] = [[0]]
    for axis in op.output.indices {
      table = table.flatMap { row -> [[Int32]] in
        (0..<op.output[axis]).map { place in
          row.flatMap { base -> [Int32] in
            (0..<op.window[axis]).map { w in
              guard base >= 0, let index = op.source(axis, place, w) else { return -1 }
              return base * Int32(op.input[axis]) + Int32(index)
            }
          }
        }
      }
    }
    return table.flatMap { $0 }
  }

  /// The table of the transpose: for every place of the input and of the window the one place of the output that sees it there.
  private static func turned(
    _ sources: [Int32], windowCount: Int, planeCount: Int
  ) -> [Int32] {
    var turned = [Int32](repeating: -1, count: planeCount * windowCount)
    for (entry, source) in sources.enumerated() where source >= 0 {
      turned[Int(source) * windowCount + entry % windowCount] = Int32(entry / windowCount)
    }
    return turned
  }

  var scratchBytes: Int { layout.byteCount }

  /// Groups of samples; outputs where all samples are summed over.
  var pieceCount: Int {
    op.result == .kernel ? outputs : (samples + kernels.width - 1) / kernels.width
  }

  /// - Parameter type: that of the scalars it was made for.
  func run<T: BinaryFloatingPoint>(
    _ type: T.Type, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ pieces: Range<Int>
  ) {
    let parts = layout.pointers(scratch).map { $0.assumingMemoryBound(to: T.self) }
    let result = r.assumingMemoryBound(to: T.self)
    let (first, second) = (a.assumingMemoryBound(to: T.self), b.assumingMemoryBound(to: T.self))
    let lanes = kernels.width
    (parts[0] + planes * planeCount * lanes).update(repeating: 0, count: lanes)
    sources.withUnsafeBufferPointer { sources in
      var shape = lk_lanes(
        channels: planes, outputs: op.result == .kernel ? pieces.count : outputs, plane: planeCount,
        places: placeCount,
        window: windowCount, sources: sources.baseAddress)
      for group in 0..<op.groups {
        switch op.result {
        case .output: convolve(&shape, first, second, result, parts, group, pieces)
        case .input: convolve(&shape, second, first, result, parts, group, pieces)
        case .kernel: multiply(&shape, first, second, result, parts, group, pieces)
        }
      }
    }
  }

  private func convolve<T>(
    _ shape: inout lk_lanes, _ x: UnsafePointer<T>, _ weights: UnsafePointer<T>,
    _ y: UnsafeMutablePointer<T>, _ scratch: [UnsafeMutablePointer<T>], _ group: Int,
    _ turns: Range<Int>
  ) {
    pack(weights + group * outputs * planes * windowCount, to: scratch[2])
    let (inputs, results) = (planes * planeCount, outputs * placeCount)
    forEachTurn(turns) { first, count in
      let item = first * op.groups + group
      kernels.gather(count, op.groups * inputs, inputs, x + item * inputs, scratch[0])
      kernels.convolve(&shape, scratch[2], scratch[0], scratch[1])
      kernels.scatter(count, op.groups * results, results, scratch[1], y + item * results)
    }
  }

  private func multiply<T: BinaryFloatingPoint>(
    _ shape: inout lk_lanes, _ x: UnsafePointer<T>, _ y: UnsafePointer<T>,
    _ kernel: UnsafeMutablePointer<T>, _ scratch: [UnsafeMutablePointer<T>], _ group: Int,
    _ own: Range<Int>
  ) {
    let taps = planes * windowCount
    let weights = own.count * taps
    let (inputs, results) = (planes * planeCount, outputs * placeCount)
    scratch[2].update(repeating: 0, count: weights * kernels.width)
    forEachTurn(0..<(samples + kernels.width - 1) / kernels.width) { first, count in
      let item = first * op.groups + group
      kernels.gather(count, op.groups * inputs, inputs, x + item * inputs, scratch[0])
      kernels.gather(
        count, op.groups * results, own.count * placeCount,
        y + item * results + own.lowerBound * placeCount, scratch[1])
      kernels.products(&shape, scratch[0], scratch[1], scratch[2])
    }
    kernels.fold(weights, scratch[2], kernel + (group * outputs + own.lowerBound) * taps)
  }

  /// The first sample of each group of lanes, and how many they are.
  @inline(__always)
  private func forEachTurn(_ turns: Range<Int>, _ body: (Int, Int) -> Void) {
    for turn in turns {
      let first = turn * kernels.width
      body(first, min(kernels.width, samples - first))
    }
  }

  /// Weights in the order in which blocks of outputs, halving from the largest, use them: `[window, plane, output]` each.
  private func pack<T>(_ weights: UnsafePointer<T>, to packed: UnsafeMutablePointer<T>) {
    let isTransposed = op.result == .input
    let (own, other) =
      isTransposed ? (windowCount, outputs * windowCount) : (planes * windowCount, windowCount)
    var (next, output, block) = (0, 0, kernels.outputs)
    while output < outputs {
      guard output + block <= outputs else {
        block /= 2
        continue
      }
      for w in 0..<windowCount {
        for plane in 0..<planes {
          for k in output..<output + block {
            packed[next] = weights[k * own + plane * other + w]
            next += 1
          }
        }
      }
      output += block
    }
  }
}
