import LandauCore

/// One snapshot as rows of bits, a bit set for spin -1, each row followed by its own beginning.
///
/// The overhang (the row's first bits repeated after its last) turns a shift around the torus into a
/// plain shift of the bit string.
struct PackedRows {
  let grid: WindowGrid
  let channelCount: Int
  /// Words of one row with its overhang, one spare word at the end included.
  let stride: Int
  private(set) var words: [UInt64]
  private let overhang: Int

  init(siteShape: [Int], channelCount: Int, overhang: Int) {
    grid = WindowGrid(siteShape)
    self.channelCount = channelCount
    self.overhang = overhang
    stride = (grid.columns + overhang + 63) / 64 + 1
    words = [UInt64](repeating: 0, count: stride * grid.rowCount * channelCount)
  }

  /// - Parameter spins: `[channel, layer, row, column]`, entries -1 or +1.
  mutating func pack(_ spins: UnsafeBufferPointer<Int8>) {
    let columnCount = grid.columns
    let total = columnCount + overhang
    words.withUnsafeMutableBufferPointer { words in
      for row in 0..<grid.rowCount * channelCount {
        let source = spins.baseAddress! + row * columnCount
        let target = words.baseAddress! + row * stride
        for word in 0..<stride { target[word] = 0 }
        let whole = columnCount & ~7
        var column = 0
        while column < whole {
          // The eight sign bits of eight spins, gathered into one byte by a multiplication.
          let bytes = UnsafeRawPointer(source + column).loadUnaligned(as: UInt64.self)
          let signs = (UInt64(littleEndian: bytes) >> 7) & 0x0101_0101_0101_0101
          let byte = (signs &* 0x0102_0408_1020_4080) >> 56
          target[column >> 6] |= byte << UInt64(column & 63)
          column += 8
        }
        while column < total {
          let minus = UInt64(UInt8(bitPattern: source[column % columnCount]) >> 7)
          target[column >> 6] |= minus << UInt64(column & 63)
          column += 1
        }
      }
    }
  }
}

/// Where one window stands, and how its products are counted from packed rows.
struct WindowPlan: Sendable {
  let placement: WindowPlacement
  /// 2^(spins in the window), the empty product included.
  let subsetCount: Int
  /// Where each bit of a subset is, from the corner of the window.
  private let bits: [(offset: Window.Offset, channel: Int)]

  /// - Precondition: one to three axes; the window fits; at most 16 spins in the window.
  init(_ snapshots: Snapshots, window: Window) {
    placement = WindowPlacement(snapshots, window: window)
    let channels = snapshots.channels.count
    precondition(
      window.area * channels <= 16,
      "window \(window.name) with \(channels) channels has 2^\(window.area * channels) patterns")
    bits = window.offsets.flatMap { offset in (0..<channels).map { (offset, $0) } }
    subsetCount = 1 << bits.count
  }

  /// Planes and the running product, reused from sample to sample.
  struct Scratch {
    fileprivate var planes: [UInt64]
    fileprivate var product: [UInt64]

    init(_ plans: [WindowPlan]) {
      product = [UInt64](repeating: 0, count: plans.map(\.planeWords).max() ?? 0)
      planes = [UInt64](
        repeating: 0, count: plans.map { $0.planeWords * $0.bits.count }.max() ?? 0)
    }
  }

  private var wordsPerRow: Int { (placement.columns + 63) / 64 }
  private var planeWords: Int { placement.layers * placement.rows * wordsPerRow }

  /// Writes the mean products of subsets 1 ..< 2^n in order of their masks.
  func count(
    _ packed: PackedRows, scratch: inout Scratch, into means: UnsafeMutablePointer<Float>
  ) {
    let words = planeWords
    let scale = -2 / Float(placement.positionCount)
    scratch.planes.withUnsafeMutableBufferPointer { planes in
      for bit in bits.indices { shift(packed, bit: bit, into: planes.baseAddress! + bit * words) }
      scratch.product.withUnsafeMutableBufferPointer { product in
        for word in 0..<words { product[word] = 0 }
        var mask = 0
        for step in 1..<subsetCount {
          let bit = step.trailingZeroBitCount
          mask ^= 1 << bit
          let plane = planes.baseAddress! + bit * words
          var minus = 0
          for word in 0..<words {
            let value = product[word] ^ plane[word]
            product[word] = value
            minus &+= value.nonzeroBitCount
          }
          means[mask - 1] = 1 + scale * Float(minus)
        }
      }
    }
  }

  /// The plane of one spin of the window, for all positions.
  private func shift(_ packed: PackedRows, bit: Int, into plane: UnsafeMutablePointer<UInt64>) {
    let (offset, channel) = bits[bit]
    let grid = packed.grid
    let wordShift = offset.column >> 6
    let bitShift = UInt64(offset.column & 63)
    let lastBits = placement.columns & 63
    let lastMask: UInt64 = lastBits == 0 ? ~0 : (1 << UInt64(lastBits)) - 1
    packed.words.withUnsafeBufferPointer { words in
      var target = plane
      placement.forEachRow { layer, row in
        let from =
          channel * grid.rowCount + grid.row(layer: layer + offset.layer, row: row + offset.row)
        let source = words.baseAddress! + from * packed.stride + wordShift
        for word in 0..<wordsPerRow {
          let low = source[word] >> bitShift
          let high = bitShift == 0 ? 0 : source[word + 1] << (64 - bitShift)
          target[word] = low | high
        }
        target[wordsPerRow - 1] &= lastMask
        target += wordsPerRow
      }
    }
  }
}
