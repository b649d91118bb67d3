import LandauCore

/// How links of a four-dimensional lattice lie in a file: x fastest, then y, z, t; at a site x, y, z, t links; a
/// matrix row by row.
///
/// Sites in order of `GaugeLinks` with axes t, z, y, x are the same; only the links of a site are in reverse.
struct FileShape: Sendable, Hashable {
  /// lx, ly, lz, lt.
  var extents: [Int]
  var rank: Int
  /// Rows that are stored; of SU(3) two are enough.
  var storedRows: Int
  /// Bytes of a real number.
  var width: Int

  var siteCount: Int { extents.reduce(1, *) }
  var byteCount: Int { siteCount * 4 * storedRows * rank * 2 * width }
  var text: String { extents.map(String.init).joined(separator: "x") }

  /// - Parameter data: `byteCount` bytes.
  func links(_ data: ArraySlice<UInt8>, isBigEndian: Bool) -> GaugeLinks {
    let stored = 2 * storedRows * rank
    let whole = 2 * rank * rank
    var values = [Double](repeating: 0, count: siteCount * 4 * whole)
    data.withUnsafeBytes { bytes in
      for link in 0..<(siteCount * 4) {
        let target = (link / 4 * 4 + 3 - link % 4) * whole
        for index in 0..<stored {
          let offset = (link * stored + index) * width
          values[target + index] = Self.number(bytes, offset, width, isBigEndian)
        }
        if storedRows < rank { Self.completeThirdRow(&values, at: target) }
      }
    }
    return GaugeLinks(sides: extents.reversed(), rank: rank, values: values)
  }

  func bytes(_ links: GaugeLinks, isBigEndian: Bool) -> [UInt8] {
    let stored = 2 * storedRows * rank
    let whole = 2 * rank * rank
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    for link in 0..<(siteCount * 4) {
      let source = (link / 4 * 4 + 3 - link % 4) * whole
      for index in 0..<stored {
        let value = links.values[source + index]
        let pattern = width == 4 ? UInt64(Float(value).bitPattern) : value.bitPattern
        for k in 0..<width {
          let shift = 8 * (isBigEndian ? width - 1 - k : k)
          bytes.append(UInt8(truncatingIfNeeded: pattern >> UInt64(shift)))
        }
      }
    }
    return bytes
  }

  private static func number(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ width: Int, _ isBigEndian: Bool
  ) -> Double {
    if width == 4 {
      let pattern = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      return Double(
        Float(bitPattern: isBigEndian ? UInt32(bigEndian: pattern) : UInt32(littleEndian: pattern)))
    }
    let pattern = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return Double(
      bitPattern: isBigEndian ? UInt64(bigEndian: pattern) : UInt64(littleEndian: pattern))
  }

  /// The third row of SU(3) is the conjugate of the vector product of the others.
  private static func completeThirdRow(_ values: inout [Double], at start: Int) {
    func element(_ index: Int) -> Complex<Double> {
      Complex(values[start + 2 * index], values[start + 2 * index + 1])
    }
    for column in 0..<3 {
      let (p, q) = ((column + 1) % 3, (column + 2) % 3)
      let value = element(p) * element(3 + q) - element(q) * element(3 + p)
      values[start + 2 * (6 + column)] = value.real
      values[start + 2 * (6 + column) + 1] = -value.imaginary
    }
  }
}
