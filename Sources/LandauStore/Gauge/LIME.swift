import LandauCore

/// Records of the LIME container: a header of 144 bytes, big-endian, then the data, padded to a multiple of eight.
///
/// The format is that of the SciDAC LIME library (Edwards and Joo): magic number 0x456789ab, version, bits for the
/// beginning and end of a message, length, and a type of up to 127 characters.
enum LIME {
  struct Record {
    var type: String
    var data: ArraySlice<UInt8>
    var beginsMessage = false
    var endsMessage = false
  }

  private static let magic: UInt32 = 0x4567_89AB
  private static let headerLength = 144
  private static let typeLength = 128

  static func isLIME(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x45, 0x67, 0x89, 0xAB])
  }

  /// - Throws: `InputError` where the records do not fill the file.
  static func parse(_ bytes: [UInt8], name: String) throws(InputError) -> [Record] {
    var records: [Record] = []
    var position = 0
    while position < bytes.count {
      guard bytes.count - position >= headerLength else {
        throw .file(name, "a LIME record header is cut off at byte \(position)")
      }
      func number(_ offset: Int, _ width: Int) -> UInt64 {
        bytes[(position + offset)..<(position + offset + width)].reduce(0) { $0 << 8 | UInt64($1) }
      }
      guard number(0, 4) == UInt64(magic) else {
        throw .file(name, "no LIME record begins at byte \(position), where one must")
      }
      let version = number(4, 2)
      guard version == 1 else {
        throw .file(name, "LIME version \(version) is not known; allowed: 1")
      }
      let flags = number(6, 2)
      let length = number(8, 8)
      let start = position + headerLength
      guard length <= UInt64(bytes.count - start) else {
        throw .file(
          name,
          "a LIME record declares \(length) bytes and \(bytes.count - start) are left: it is truncated"
        )
      }
      let type = bytes[(position + 16)..<(position + 16 + typeLength)].prefix { $0 != 0 }
      let end = start + Int(length)
      records.append(
        Record(
          type: String(decoding: type, as: UTF8.self), data: bytes[start..<end],
          beginsMessage: flags & 0x8000 != 0, endsMessage: flags & 0x4000 != 0))
      // The last record may lack its padding.
      position = min(bytes.count, start + (Int(length) + 7) / 8 * 8)
    }
    return records
  }

  /// The records one after the other.
  static func bytes(of records: [Record]) -> [UInt8] {
    var bytes: [UInt8] = []
    for record in records {
      func append(_ value: UInt64, _ width: Int) {
        for shift in (0..<width).reversed() {
          bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift)))
        }
      }
      append(UInt64(magic), 4)
      append(1, 2)
      append((record.beginsMessage ? 0x8000 : 0) | (record.endsMessage ? 0x4000 : 0), 2)
      append(UInt64(record.data.count), 8)
      let type = Array(record.type.utf8.prefix(typeLength - 1))
      bytes += type + [UInt8](repeating: 0, count: typeLength - type.count)
      bytes += record.data
      bytes += [UInt8](repeating: 0, count: (8 - record.data.count % 8) % 8)
    }
    return bytes
  }
}
