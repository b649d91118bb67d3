import CLandauKernels
import LandauCore

/// A convolution with unit strides without matrices of windows; best where channels are few.
///
/// The convolution itself and its transpose are the same loop: the transpose is a convolution of the outputs with the
/// kernel turned around and its two channel axes exchanged. The kernel's gradient adds up products of places and
/// what they see, over blocks of samples whose size depends on the shapes only.
final class DirectConvolution: Sendable {
  private let op: Convolution
  private let samples: Int
  /// Of a group: planes that are padded, and planes that are written (or multiplied, for the kernel's gradient).
  private let planes: Int
  private let outputs: Int
  private let geometry: PlaneGeometry
  private let taps: [Int]
  private let kernels: lk_convolution
  /// Samples whose padded planes lie in the second cache together.
  private let blockSize: Int
  private let layout: ScratchLayout

  /// Nil where columns of windows and one large product are better.
  init?(_ op: Convolution, shapes: [Convolution.Role: [Int]], _ scalar: ScalarType) {
    guard let (channels, outputs) = op.fewChannels(shapes, scalar) else { return nil }
    self.op = op
    samples = shapes[.input]![0]
    kernels = KernelLevel.current.kernels.convolution[scalar == .float ? 0 : 1]
    let isTransposed = op.result == .input
    (planes, self.outputs) = isTransposed ? (outputs, channels) : (channels, outputs)
    let low =
      isTransposed
      ? op.low.indices.map { (op.window[$0] - 1) * op.dilations[$0] - op.low[$0] } : op.low
    geometry = PlaneGeometry(
      input: isTransposed ? op.output : op.input, places: isTransposed ? op.input : op.output,
      window: op.window, dilations: op.dilations, low: low, isPeriodic: op.isPeriodic,
      lanes: kernels.width)
    taps = geometry.taps(planes)
    let bytes = scalar.byteCount
    let padded = planes * geometry.paddedCount * bytes
    let vectors = self.outputs * geometry.vectorCount * geometry.lanes * bytes
    blockSize =
      op.result == .kernel ? min(samples, max(1, 131_072 / (padded + vectors))) : 1
    let slack = geometry.lanes * bytes
    let spread = geometry.isEven ? 0 : vectors * blockSize
    layout = ScratchLayout([
      padded * blockSize + slack, spread,
      isTransposed ? taps.count * self.outputs * bytes : 0,
      geometry.isEven ? 0 : geometry.vectorCount * geometry.lanes * bytes,
    ])
  }

  var scratchBytes: Int { layout.byteCount }

  /// Samples; outputs where all samples are summed over.
  var pieceCount: Int { op.result == .kernel ? outputs : samples }

  /// - Parameter type: that of the scalars it was made for.
  func run<T: BinaryFloatingPoint>(
    _ type: T.Type, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ pieces: Range<Int>
  ) {
    let parts = layout.pointers(scratch).map { $0.assumingMemoryBound(to: T.self) }
    let result = r.assumingMemoryBound(to: T.self)
    let (first, second) = (
      a.assumingMemoryBound(to: T.self), b.assumingMemoryBound(to: T.self)
    )
    let slack = planes * geometry.paddedCount * blockSize
    (parts[0] + slack).update(repeating: 0, count: geometry.lanes)
    for group in 0..<op.groups {
      switch op.result {
      case .output: convolve(first, second, result, parts, group, pieces)
      case .input:
        turn(first, to: parts[2], group)
        convolve(second, UnsafePointer(parts[2]), result, parts, group, pieces)
      case .kernel: addProducts(first, second, result, parts, group, pieces)
      }
    }
  }

  /// Numbers of the weights of a group.
  private var weightCount: Int { taps.count * outputs }

  /// The weights of a group for the transpose: `[channel, output, window turned around]`.
  private func turn<T>(
    _ kernel: UnsafePointer<T>, to turned: UnsafeMutablePointer<T>, _ group: Int
  ) {
    let window = geometry.windowOffsets.count
    let from = kernel + group * weightCount
    for channel in 0..<outputs {
      for output in 0..<planes {
        for w in 0..<window {
          turned[(channel * planes + output) * window + w] =
            from[(output * outputs + channel) * window + window - 1 - w]
        }
      }
    }
  }

  /// Calls `body` with how planes are padded.
  @inline(__always)
  private func withPadding(_ body: (UnsafePointer<lk_padding>) -> Void) {
    geometry.rowSources.withUnsafeBufferPointer { rows in
      geometry.edges.withUnsafeBufferPointer { edges in
        geometry.edgeSources.withUnsafeBufferPointer { edgeSources in
          var padding = lk_padding(
            rows: rows.count, width: geometry.paddedWidth, sources: rows.baseAddress,
            main_start: geometry.main.start, main_source: geometry.main.source,
            main_count: geometry.main.count, edge_count: edges.count, edges: edges.baseAddress,
            edge_sources: edgeSources.baseAddress)
          body(&padding)
        }
      }
    }
  }

  private func convolve<T>(
    _ x: UnsafePointer<T>, _ weights: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>,
    _ scratch: [UnsafeMutablePointer<T>], _ group: Int, _ own: Range<Int>
  ) {
    let weights = op.result == .output ? weights + group * weightCount : weights
    let (padded, spread) = (scratch[0], scratch[1])
    let pitch = geometry.isEven ? geometry.placeCount : geometry.vectorCount * geometry.lanes
    withPadding { padding in
      taps.withUnsafeBufferPointer { taps in
        geometry.bases.withUnsafeBufferPointer { bases in
          for n in own {
            let item = n * op.groups + group
            kernels.pad(
              padding, planes, geometry.planeCount, x + item * planes * geometry.planeCount, padded)
            let target = y + item * outputs * geometry.placeCount
            kernels.convolve(
              outputs, taps.count, taps.baseAddress, weights, padded, bases.count,
              bases.baseAddress, geometry.isEven ? target : spread, pitch)
            if !geometry.isEven {
              forEachRow(outputs) { place, vector, count in
                (target + place).update(from: spread + vector, count: count)
              }
            }
          }
        }
      }
    }
  }

  private func addProducts<T: BinaryFloatingPoint>(
    _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ kernel: UnsafeMutablePointer<T>,
    _ scratch: [UnsafeMutablePointer<T>], _ group: Int, _ own: Range<Int>
  ) {
    let weights = kernel + group * weightCount + own.lowerBound * taps.count
    weights.update(repeating: 0, count: own.count * taps.count)
    let (padded, spread, masks) = (scratch[0], scratch[1], scratch[3])
    let (inputPitch, placeCount) = (planes * geometry.paddedCount, geometry.placeCount)
    let pitch = geometry.isEven ? placeCount : geometry.vectorCount * geometry.lanes
    if !geometry.isEven { fillMasks(masks) }
    withPadding { padding in
      taps.withUnsafeBufferPointer { taps in
        geometry.bases.withUnsafeBufferPointer { bases in
          for first in stride(from: 0, to: samples, by: blockSize) {
            let count = min(blockSize, samples - first)
            for n in 0..<count {
              let item = (first + n) * op.groups + group
              kernels.pad(
                padding, planes, geometry.planeCount, x + item * planes * geometry.planeCount,
                padded + n * inputPitch)
              if !geometry.isEven {
                let from = y + (item * outputs + own.lowerBound) * placeCount
                let to = spread + n * own.count * pitch
                to.update(repeating: 0, count: own.count * pitch)
                forEachRow(own.count) { place, vector, count in
                  (to + vector).update(from: from + place, count: count)
                }
              }
            }
            var block = lk_samples(
              count: count, input_pitch: inputPitch,
              output_pitch: geometry.isEven
                ? op.groups * outputs * placeCount : own.count * pitch,
              pitch: pitch, vectors: bases.count, bases: bases.baseAddress,
              masks: geometry.isEven ? nil : UnsafeRawPointer(masks))
            let places =
              y + ((first * op.groups + group) * outputs + own.lowerBound) * placeCount
            kernels.gradient(
              &block, own.count, taps.count, taps.baseAddress, padded,
              geometry.isEven ? places : UnsafePointer(spread), weights)
          }
        }
      }
    }
  }

  /// Bits all set in lanes that are places, none in the others.
  private func fillMasks<T>(_ masks: UnsafeMutablePointer<T>) {
    let lanes = geometry.lanes
    for vector in 0..<geometry.vectorCount {
      let first = vector % geometry.rowVectors * lanes
      for lane in 0..<lanes {
        let byte: UInt8 = first + lane < geometry.rowPlaces ? 0xFF : 0
        UnsafeMutableRawPointer(masks + vector * lanes + lane).initializeMemory(
          as: UInt8.self, repeating: byte, count: MemoryLayout<T>.stride)
      }
    }
  }

  /// For every row of places of every plane: where it is among places, among vectors, and its length.
  @inline(__always)
  private func forEachRow(_ planes: Int, _ body: (Int, Int, Int) -> Void) {
    let (width, vectors) = (geometry.rowPlaces, geometry.rowVectors * geometry.lanes)
    let rows = planes * (geometry.vectorCount / geometry.rowVectors)
    for row in 0..<rows { body(row * width, row * vectors, width) }
  }
}
