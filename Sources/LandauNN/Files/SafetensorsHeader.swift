import LandauCore
import LandauTensor

/// The header of a safetensors file: a JSON object of entries with three members each.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: ScalarType
    let shape: [Int]
    let begin: Int
    let end: Int
    let byteCount: Int
  }

  static func parse(_ bytes: ArraySlice<UInt8>, source: String) throws(InputError) -> [Entry] {
    var reader = HeaderReader(bytes, source)
    var entries: [Entry] = []
    var names: Set<String> = []
    try reader.object { name, reader throws(InputError) in
      guard names.insert(name).inserted else { throw reader.failure("names \"\(name)\" twice") }
      if name == "__metadata__" {
        try reader.object { _, reader throws(InputError) in _ = try reader.string() }
      } else {
        entries.append(try entry(name, &reader))
      }
    }
    try reader.end()
    return entries
  }

  private static func entry(
    _ name: String, _ reader: inout HeaderReader
  ) throws(InputError) -> Entry {
    var type: ScalarType?
    var shape: [Int]?
    var offsets: [Int] = []
    try reader.object { key, reader throws(InputError) in
      switch key {
      case "dtype":
        let text = try reader.string()
        type = [ScalarType.float, .double, .int32, .bool, .complexFloat].first {
          $0.safetensorsName == text
        }
        if type == nil {
          throw reader.failure("holds \"\(name)\" as \(text); allowed: F32, F64, I32, BOOL, C64")
        }
      case "shape": shape = try reader.integers()
      case "data_offsets": offsets = try reader.integers()
      default: throw reader.failure("says \"\(key)\" of \"\(name)\", which is not in the format")
      }
    }
    guard let type, let shape, offsets.count == 2, offsets[0] <= offsets[1] else {
      throw reader.failure("does not give dtype, shape and data_offsets of \"\(name)\"")
    }
    var byteCount = type.byteCount
    for extent in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
      if overflow { throw reader.failure("gives \"\(name)\" a shape beyond all memory") }
      byteCount = product
    }
    return Entry(
      name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1],
      byteCount: byteCount)
  }
}

/// Reads the part of JSON that headers use: objects, strings and arrays of whole numbers.
struct HeaderReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private let source: String

  init(_ bytes: ArraySlice<UInt8>, _ source: String) {
    self.bytes = bytes
    position = bytes.startIndex
    self.source = source
  }

  func failure(_ reason: String) -> InputError { .file(source, "its header " + reason) }

  private var unreadable: InputError {
    failure("cannot be read at byte \(position - bytes.startIndex)")
  }

  private mutating func skipSpace() {
    while position < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  /// Steps over `character` if it is next.
  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard position < bytes.endIndex, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(InputError) {
    if !take(character) { throw unreadable }
  }

  /// Only white space may follow.
  mutating func end() throws(InputError) {
    skipSpace()
    if position != bytes.endIndex { throw unreadable }
  }

  mutating func object(
    _ member: (String, inout HeaderReader) throws(InputError) -> Void
  ) throws(InputError) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(key, &self)
    } while take(",")
    try expect("}")
  }

  mutating func integers() throws(InputError) -> [Int] {
    try expect("[")
    var result: [Int] = []
    if take("]") { return result }
    repeat {
      skipSpace()
      let start = position
      while position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) { position += 1 }
      guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
        throw unreadable
      }
      result.append(number)
    } while take(",")
    try expect("]")
    return result
  }

  mutating func string() throws(InputError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let result = String(validating: text, as: UTF8.self) else { throw unreadable }
        return result
      case 0x5C: try escape(into: &text)
      case 0..<0x20: throw unreadable
      default: text.append(byte)
      }
    }
    throw unreadable
  }

  private mutating func escape(into text: inout [UInt8]) throws(InputError) {
    guard position < bytes.endIndex else { throw unreadable }
    let byte = bytes[position]
    position += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: text.append(byte)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x75:
      var unit = try hexadecimal()
      if (0xD800..<0xDC00).contains(unit) {
        guard take("\\"), take("u") else { throw unreadable }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw unreadable }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw unreadable }
      text += Array(String(scalar).utf8)
    default: throw unreadable
    }
  }

  private mutating func hexadecimal() throws(InputError) -> UInt32 {
    guard position + 4 <= bytes.endIndex, bytes[position] != 0x2B, bytes[position] != 0x2D,
      let unit = UInt32(
        String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
    else { throw unreadable }
    position += 4
    return unit
  }
}
