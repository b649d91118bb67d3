/// CRC-64 as in xz (ECMA-182, reflected): finds every burst of damage up to 64 bits, misses other damage
/// once in 2^64.
package struct Checksum: Sendable, Hashable {
  private var register: UInt64 = ~0

  package init() {}

  var value: UInt64 { ~register }

  /// The value in sixteen hexadecimal digits.
  package var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Eight bytes at a time, each through a table of its own.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var crc = register
    Self.tables.withUnsafeBufferPointer { table in
      var index = 0
      while index + 8 <= bytes.count {
        crc ^= UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        var next: UInt64 = 0
        for k in 0..<8 {
          next ^= table[(7 - k) << 8 | Int(truncatingIfNeeded: crc >> UInt64(8 * k)) & 0xFF]
        }
        crc = next
        index += 8
      }
      while index < bytes.count {
        crc = table[Int(truncatingIfNeeded: crc ^ UInt64(bytes[index])) & 0xFF] ^ crc >> 8
        index += 1
      }
    }
    register = crc
  }

  static func of(_ bytes: [UInt8]) -> UInt64 {
    var sum = Checksum()
    sum.update(bytes)
    return sum.value
  }

  private static let tables: [UInt64] = {
    var table = [UInt64](repeating: 0, count: 2048)
    for byte in 0..<256 {
      var value = UInt64(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xC96C_5795_D787_0F42 : value >> 1 }
      table[byte] = value
    }
    for byte in 0..<256 {
      for k in 1..<8 {
        let before = table[(k - 1) << 8 | byte]
        table[k << 8 | byte] = table[Int(before & 0xFF)] ^ before >> 8
      }
    }
    return table
  }()
}
