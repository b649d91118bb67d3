public import LandauCore

/// A strict reader of JSON (RFC 8259): UTF-8, no duplicate keys, bounded depth, nothing after the end.
public struct JSONReader {
  /// Arrays and objects inside one another; deeper documents are refused.
  public static let deepest = 64

  private let bytes: [UInt8]
  private let name: String
  private var position = 0

  private init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// - Parameter name: what messages call the document, usually its path.
  /// - Throws: `InputError` with line and column of the first thing that is not JSON.
  public static func parse(_ bytes: [UInt8], name: String = "JSON") throws(InputError) -> JSONValue
  {
    var reader = JSONReader(bytes, name: name)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == bytes.count else { throw reader.failure("text after the end") }
    return value
  }

  public static func parse(_ text: String, name: String = "JSON") throws(InputError) -> JSONValue {
    try parse(Array(text.utf8), name: name)
  }

  /// - Throws: `InputError` also when the file cannot be read.
  public static func read(_ path: String) throws(InputError) -> JSONValue {
    try parse(FileBytes.read(path), name: path.printable)
  }

  private mutating func value(depth: Int) throws(InputError) -> JSONValue {
    guard depth <= Self.deepest else { throw failure("nested more than \(Self.deepest) deep") }
    skipSpace()
    guard position < bytes.count else { throw failure("the document ends too early") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(InputError) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    var keys = Set<String>()
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw failure("a key in double quotes is missing")
      }
      let key = try string()
      guard keys.insert(key).inserted else { throw failure("key '\(key.printable)' occurs twice") }
      guard take(":") else { throw failure("':' is missing after key '\(key.printable)'") }
      members.append(JSONValue.Member(key, try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw failure("',' or '}' is missing") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(InputError) -> JSONValue {
    position += 1
    if take("]") { return .array([]) }
    var items: [JSONValue] = []
    repeat { items.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw failure("',' or ']' is missing") }
    return .array(items)
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(InputError) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw failure("not a JSON value") }
    position += text.utf8.count
    return value
  }

  private mutating func number() throws(InputError) -> JSONValue {
    let start = position
    _ = skip("-")
    let firstDigit = position
    guard skipDigits() > 0 else {
      position = start
      throw failure("not a JSON value")
    }
    if bytes[firstDigit] == UInt8(ascii: "0") && position > firstDigit + 1 {
      throw failure("a number may not begin with 0")
    }
    var isWhole = true
    if skip(".") {
      isWhole = false
      guard skipDigits() > 0 else { throw failure("digits are missing after '.'") }
    }
    if skip("e") || skip("E") {
      isWhole = false
      if !skip("+") { _ = skip("-") }
      guard skipDigits() > 0 else { throw failure("digits are missing in the exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw failure("number \(text.printable) is too large")
    }
    return .number(value)
  }

  private mutating func string() throws(InputError) -> String {
    position += 1
    var out: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        let text = String(decoding: out, as: UTF8.self)
        guard text.utf8.elementsEqual(out) else { throw failure("a string is not valid UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw failure("a control character stands in a string")
      default: out.append(byte)
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escape(into out: inout [UInt8]) throws(InputError) {
    guard position < bytes.count else { throw failure("a string does not end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(8)
    case UInt8(ascii: "f"): out.append(12)
    case UInt8(ascii: "n"): out.append(10)
    case UInt8(ascii: "r"): out.append(13)
    case UInt8(ascii: "t"): out.append(9)
    case UInt8(ascii: "u"):
      var code = try fourHexDigits()
      if (0xD800..<0xDC00).contains(code), skip("\\"), skip("u") {
        let low = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
      out += String(Character(scalar)).utf8
    default: throw failure("an unknown escape in a string")
    }
  }

  private mutating func fourHexDigits() throws(InputError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 128
      else { throw failure("\\u needs four hexadecimal digits") }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return skip(character)
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func skipSpace() {
    while position < bytes.count, [32, 9, 10, 13].contains(bytes[position]) { position += 1 }
  }

  private func failure(_ reason: String) -> InputError {
    let before = bytes[..<min(position, bytes.count)]
    let line = before.count { $0 == 10 } + 1
    let column = before.count - (before.lastIndex(of: 10).map { $0 + 1 } ?? 0) + 1
    return InputError.file(name, "line \(line), column \(column): \(reason)")
  }
}
