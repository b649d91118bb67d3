import LandauCore

/// What the first bytes of an NPY file declare: element type, byte order, shape.
///
/// The header is a Python dictionary with exactly the keys `descr`, `fortran_order` and `shape`
/// (format versions 1 to 3 of numpy.lib.format). Nothing in it is evaluated.
struct NPYHeader: Sendable, Hashable {
  var element: NumericArray.Element
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// Where the elements begin.
  var dataOffset: Int
  /// Elements; the product of `shape`, known not to overflow.
  var count: Int
  /// Whether the last axis is that of real and imaginary parts, which lie side by side in either order.
  var holdsPairs: Bool

  var dataByteCount: Int { count * element.width }

  /// Enough for any header this reader accepts.
  static let longestHeader = 65536

  /// - Parameters:
  ///   - bytes: the beginning of the file, at least the whole header.
  ///   - complexAsPairs: whether complex numbers are taken as two real ones along one more axis, or refused.
  init(
    _ bytes: ArraySlice<UInt8>, name: String, complexAsPairs: Bool = false
  ) throws(InputError) {
    guard bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
      throw InputError.file(name, "is not a NumPy array (\(FileFormat.guess(bytes)))")
    }
    let start = bytes.startIndex
    guard bytes.count >= 12 else { throw InputError.file(name, "the NumPy header is cut off") }
    let version = bytes[start + 6]
    guard (1...3).contains(version) else {
      throw InputError.file(name, "NPY version \(version) is not known; allowed: 1, 2 and 3")
    }
    var length = Int(bytes[start + 8]) | Int(bytes[start + 9]) << 8
    var offset = 10
    if version > 1 {
      length |= Int(bytes[start + 10]) << 16 | Int(bytes[start + 11]) << 24
      offset = 12
    }
    guard length <= Self.longestHeader else {
      throw InputError.file(name, "a NumPy header of \(length) bytes is too long to be real")
    }
    guard offset + length <= bytes.count else {
      throw InputError.file(name, "the NumPy header is cut off")
    }
    dataOffset = offset + length
    let text = bytes[(start + offset)..<(start + offset + length)]
    var parser = PythonLiteral(text)
    guard let fields = parser.dictionary(), fields.count == 3,
      case .string(let type)? = fields["descr"],
      case .bool(let fortran)? = fields["fortran_order"],
      case .integers(let shape)? = fields["shape"]
    else {
      throw InputError.file(name, "the NumPy header is damaged or describes a structured array")
    }
    let pairs = complexAsPairs ? ["c8": "f4", "c16": "f8"][type.dropFirst()] : nil
    (element, isBigEndian) = try Self.parseType(
      pairs.map { type.prefix(1) + $0 } ?? type, name: name)
    isFortranOrder = fortran
    holdsPairs = pairs != nil
    self.shape = shape + (pairs == nil ? [] : [2])
    count = try Self.countElements(self.shape, width: element.width, name: name)
  }

  private static func countElements(_ shape: [Int], width: Int, name: String) throws(InputError)
    -> Int
  {
    guard shape.count <= 32 else {
      throw InputError.file(name, "has \(shape.count) axes; allowed: at most 32")
    }
    // A zero extent must not hide an overflow of the others.
    var product = width
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(1, extent))
      guard !overflow, next < 1 << 60 else {
        throw InputError.file(name, "declares shape \(shape), more than any machine holds")
      }
      product = next
    }
    return shape.contains(0) ? 0 : product / width
  }

  private static func parseType(_ text: String, name: String) throws(InputError)
    -> (NumericArray.Element, Bool)
  {
    let order = text.first
    let kind = text.dropFirst()
    guard let order, "<>|=".contains(order) else { throw unreadable(text, name) }
    if let element = NumericArray.Element.allCases.first(where: { $0.typeCode == kind }) {
      return (element, order == ">")
    }
    throw unreadable(text, name)
  }

  private static func unreadable(_ type: String, _ name: String) -> InputError {
    let reason: String =
      switch type.dropFirst().first ?? type.first {
      case "O": "holds Python objects (a pickle), which are refused; save numbers instead"
      case "U", "S", "a": "holds text, not numbers"
      case "c": "holds complex numbers, which are not read"
      case "V": "is a structured array, which is not read"
      case "M", "m": "holds dates or times, which are not read"
      default: "has element type '\(type.printable)'; allowed: bool, integers, float32, float64"
      }
    return InputError.file(name, reason)
  }
}

extension NumericArray.Element {
  /// NumPy's name without the byte order.
  var typeCode: String {
    switch self {
    case .bool: "b1"
    case .int8: "i1"
    case .int16: "i2"
    case .int32: "i4"
    case .int64: "i8"
    case .uint8: "u1"
    case .uint16: "u2"
    case .uint32: "u4"
    case .uint64: "u8"
    case .float32: "f4"
    case .float64: "f8"
    }
  }
}

/// Reads the few Python literals that occur in NPY headers.
private struct PythonLiteral {
  enum Value {
    case string(String)
    case bool(Bool)
    case integers([Int])
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// A whole dictionary up to the end of the text, or nil where the text is anything else.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var fields: [String: Value] = [:]
    while !take("}") {
      guard let key = string(), take(":"), let value = value(),
        fields.updateValue(value, forKey: key) == nil
      else { return nil }
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    skipSpace()
    return rest.isEmpty ? fields : nil
  }

  private mutating func value() -> Value? {
    skipSpace()
    switch rest.first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "("): return integers().map { .integers($0) }
    case UInt8(ascii: "T"): return word("True") ? .bool(true) : nil
    case UInt8(ascii: "F"): return word("False") ? .bool(false) : nil
    default: return nil
    }
  }

  private mutating func string() -> String? {
    skipSpace()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { return nil }
    let text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    return text
  }

  private mutating func integers() -> [Int]? {
    guard take("(") else { return nil }
    var values: [Int] = []
    while !take(")") {
      guard let value = integer() else { return nil }
      values.append(value)
      if !take(",") {
        guard take(")") else { return nil }
        break
      }
    }
    return values
  }

  private mutating func integer() -> Int? {
    skipSpace()
    var value: Int?
    while let byte = rest.first, (48...57).contains(byte) {
      let (product, tooLarge) = (value ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, overflow) = product.addingReportingOverflow(Int(byte) - 48)
      guard !tooLarge, !overflow else { return nil }
      value = sum
      rest.removeFirst()
    }
    _ = take("L")  // Python 2 wrote long integers so.
    return value
  }

  private mutating func word(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == 32 || (9...13).contains($0) }
  }
}
