import LandauCore

/// Few-valued data in the forms files use: two values turned into -1 and +1, more kept as whole numbers.
struct SpinValues {
  enum Mapping: String, Sendable, Hashable {
    case spins = "-1/+1 as in the file"
    case occupations = "occupations 0/1, taken as -1/+1"
    case booleans = "false/true, taken as -1/+1"
    case levels = "whole numbers as in the file"
    case labels = "labels from 1 on, counted from 0"
  }

  /// In the order of the array.
  var values: [Int8]
  /// The values there are, ascending.
  var levels: [Int8] = [-1, 1]
  var mapping: Mapping
  /// How many are +1; of more than two values, how many are the highest.
  var upCount: Int

  /// - Throws: `InputError` with the position of the first value that is neither.
  init(_ array: NumericArray, name: String, path: String) throws(InputError) {
    var codes = Self.codes(array)
    var seen = (minus: false, zero: false, plus: 0)
    for code in codes {
      switch code {
      case -1: seen.minus = true
      case 0: seen.zero = true
      case 1: seen.plus += 1
      default: break
      }
    }
    let isMixed = seen.minus && seen.zero || codes.contains(Self.other)
    if isMixed, let few = FewValues(array) {
      values = few.values
      levels = few.levels
      mapping = few.isShifted ? .labels : .levels
      upCount = few.highestCount
      return
    }
    if let bad = codes.firstIndex(of: Self.other) {
      throw Self.failure(array, bad, name: name, path: path)
    }
    if seen.minus && seen.zero {
      // Whichever of the two is rarer stands out.
      let minusCount = codes.count { $0 == -1 }
      let zeroCount = codes.count - minusCount - seen.plus
      let index = codes.firstIndex(of: minusCount < zeroCount ? -1 : 0)!
      throw Self.failure(array, index, name: name, path: path)
    }
    if seen.zero { for index in codes.indices where codes[index] == 0 { codes[index] = -1 } }
    mapping = array.element == .bool ? .booleans : seen.zero ? .occupations : .spins
    values = codes
    upCount = seen.plus
  }

  private static let other: Int8 = 2

  /// -1, 0, 1, or `other` for each element.
  private static func codes(_ array: NumericArray) -> [Int8] {
    switch array.element {
    case .bool, .uint8: array.bytes.map { $0 <= 1 ? Int8($0) : other }
    case .int8:
      array.bytes.map { $0 == 0xFF ? -1 : $0 <= 1 ? Int8($0) : other }
    case .int16, .int32, .int64, .uint16, .uint32, .uint64, .float32, .float64:
      wideCodes(array)
    }
  }

  private static func wideCodes(_ array: NumericArray) -> [Int8] {
    let width = array.element.width
    let one = pattern(1, array.element)
    let minusOne = pattern(-1, array.element)
    let minusZero = array.element.isFloat ? UInt64(1) << UInt64(8 * width - 1) : 0
    return array.bytes.withUnsafeBytes { raw in
      (0..<array.count).map { index in
        var bits: UInt64 = 0
        for k in 0..<width { bits |= UInt64(raw[index * width + k]) << UInt64(8 * k) }
        if bits == one { return 1 }
        if bits == 0 || bits == minusZero { return 0 }
        return bits == minusOne ? -1 : other
      }
    }
  }

  /// The bits of a small whole number in a given type; no bits at all for -1 in an unsigned one.
  private static func pattern(_ value: Int, _ element: NumericArray.Element) -> UInt64? {
    switch element {
    case .float32: UInt64(Float(value).bitPattern)
    case .float64: Double(value).bitPattern
    case .uint16, .uint32, .uint64, .uint8, .bool: value < 0 ? nil : UInt64(value)
    case .int8, .int16, .int32, .int64:
      UInt64(bitPattern: Int64(value)) & (~0 >> UInt64(64 - 8 * element.width))
    }
  }

  private static func failure(_ array: NumericArray, _ index: Int, name: String, path: String)
    -> InputError
  {
    let width = array.element.width
    let one = NumericArray(
      shape: [1], element: array.element,
      bytes: Array(array.bytes[(index * width)..<((index + 1) * width)]))
    let value = one.integers.map { "\($0[0])" } ?? "\(one.doubles[0])"
    if array.element.isFloat, one.doubles[0] != one.doubles[0].rounded() {
      return InputError.file(
        path.printable,
        "\(name.printable)\(array.position(of: index)) is \(value): these are real numbers, as of xy, "
          + "heisenberg or phi4, and no spins of two values")
    }
    return InputError.file(
      path.printable,
      "\(name.printable)\(array.position(of: index)) is \(value); "
        + "allowed: -1 and 1, 0 and 1, or booleans, the same two throughout")
  }
}
