import LandauCore

/// One piece of one stream as a commit wrote it: numbers of a series, or configurations.
struct RunBlock: Sendable, Hashable {
  enum Kind: UInt8, Sendable {
    /// Doubles, little-endian.
    case series = 1
    /// Configurations of -1 and +1, one bit each (+1 is 1), first value in the highest bit, each filled up
    /// to whole bytes.
    case bits = 2
    /// Configurations of one byte per value.
    case bytes = 3
  }

  var kind: Kind
  var key: ArchiveKey
  /// Numbers, or configurations.
  var count: Int
  var payloadCount: Int
  var checksum: UInt64

  static let fixedHeaderCount = 64
  private static let magic: [UInt8] = Array("LBK1".utf8)
  static let longestName = 4096

  init(kind: Kind, key: ArchiveKey, count: Int, payload: [UInt8]) {
    self.kind = kind
    self.key = key
    self.count = count
    payloadCount = payload.count
    checksum = Checksum.of(payload)
  }

  /// Everything that stands before the payload.
  var header: [UInt8] {
    let name = Array(key.name.utf8)
    var bytes = Self.magic + [kind.rawValue, 0, 0, 0]
    for word in [key.point, key.chain, count, name.count, payloadCount] {
      bytes += Self.bytes(UInt64(word))
    }
    bytes += Self.bytes(checksum)
    return bytes + Self.bytes(Checksum.of(bytes + name)) + name
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
  }

  /// The header that stands at `offset` in a file, and where its payload begins; nil for anything else.
  static func read(_ path: String, at offset: Int, on disk: some Disk) throws(RunError)
    -> (block: RunBlock, payload: Int)?
  {
    guard let fixed = try disk.read(path, at: offset, count: fixedHeaderCount),
      fixed.count == fixedHeaderCount, fixed.starts(with: magic),
      let kind = Kind(rawValue: fixed[4])
    else { return nil }
    func word(_ index: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(fixed[8 * index + $1]) << UInt64(8 * $1) }
    }
    let words = (1...5).map { Int(clamping: word($0)) }
    guard words[3] <= longestName,
      let name = try disk.read(path, at: offset + fixedHeaderCount, count: words[3]),
      name.count == words[3], Checksum.of(fixed[..<56] + name) == word(7)
    else { return nil }
    var block = RunBlock(
      kind: kind,
      key: ArchiveKey(
        point: words[0], chain: words[1], name: String(decoding: name, as: UTF8.self)),
      count: words[2], payload: [])
    block.payloadCount = words[4]
    block.checksum = word(6)
    return (block, offset + fixedHeaderCount + name.count)
  }
}

/// What the blocks of one stream have in common.
struct StreamName: Sendable, Hashable, Comparable {
  var kind: RunBlock.Kind
  var key: ArchiveKey

  static func < (a: StreamName, b: StreamName) -> Bool {
    (a.kind.rawValue, a.key) < (b.kind.rawValue, b.key)
  }
}

// Payloads.
extension RunBlock {
  static func payload(_ values: [Double]) -> [UInt8] {
    values.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
  }

  static func values(_ payload: [UInt8]) -> [Double] {
    payload.withUnsafeBytes { raw in
      (0..<(payload.count / 8)).map {
        Double(
          bitPattern: UInt64(
            littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
      }
    }
  }

  /// Configurations of `width` values -1 or +1, as bits.
  static func pack(_ spins: [Int8], width: Int) -> [UInt8] {
    let rowBytes = (width + 7) / 8
    var bytes = [UInt8](repeating: 0, count: spins.count / width * rowBytes)
    spins.withUnsafeBufferPointer { spins in
      bytes.withUnsafeMutableBufferPointer { bytes in
        for row in 0..<(spins.count / width) {
          for site in 0..<width where spins[row * width + site] > 0 {
            bytes[row * rowBytes + site >> 3] |= 0x80 >> UInt8(site & 7)
          }
        }
      }
    }
    return bytes
  }

  /// The opposite of `pack`.
  static func unpack(_ bytes: [UInt8], width: Int) -> [Int8] {
    let rowBytes = (width + 7) / 8
    let rows = bytes.count / rowBytes
    return [Int8](unsafeUninitializedCapacity: rows * width) { spins, filled in
      bytes.withUnsafeBufferPointer { bytes in
        for row in 0..<rows {
          for site in 0..<width {
            let bit = bytes[row * rowBytes + site >> 3] >> UInt8(7 - site & 7) & 1
            spins[row * width + site] = bit == 1 ? 1 : -1
          }
        }
      }
      filled = rows * width
    }
  }
}
