#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A whole number of any size from 0, as needed to count configurations exactly.
public struct BigNatural: Sendable, Hashable {
  /// Words of 32 bits, the lowest first, without leading zeros.
  private var words: [UInt32]

  public init(_ value: UInt64 = 0) {
    words = [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)]
    trim()
  }

  /// The number below the product of all primes that leaves these residues (Garner's algorithm).
  ///
  /// - Parameter residues: one for every prime, below it; the primes are different.
  init(residues: [UInt32], fields: [PrimeField]) {
    // Mixed radix: digit k is found modulo prime k from the lower digits.
    var digits: [UInt32] = []
    for (field, residue) in zip(fields, residues) {
      let radix = Self.mixedRadix(digits, fields: fields, in: field)
      let rest = field.minus(field.element(Int(residue)), radix.value)
      digits.append(field.value(field.times(rest, field.inverse(radix.weight))))
    }
    self.init()
    for (digit, field) in zip(digits, fields).reversed() {
      multiplyAdd(field.prime, digit)
    }
  }

  /// The number so far and the product of the primes so far, modulo one more prime.
  private static func mixedRadix(
    _ digits: [UInt32], fields: [PrimeField], in field: PrimeField
  ) -> (value: UInt32, weight: UInt32) {
    var (value, weight) = (UInt32(0), field.one)
    for (digit, other) in zip(digits, fields) {
      value = field.plus(value, field.times(field.element(Int(digit)), weight))
      weight = field.times(weight, field.element(Int(other.prime)))
    }
    return (value, weight)
  }

  /// self * factor + summand, in place.
  mutating func multiplyAdd(_ factor: UInt32, _ summand: UInt32) {
    var carry = UInt64(summand)
    for index in words.indices {
      carry += UInt64(words[index]) * UInt64(factor)
      words[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { words.append(UInt32(carry)) }
    trim()
  }

  public static func + (a: BigNatural, b: BigNatural) -> BigNatural {
    var result = a
    var carry: UInt64 = 0
    for index in 0..<max(a.words.count, b.words.count) {
      if index == result.words.count { result.words.append(0) }
      carry += UInt64(result.words[index])
      if index < b.words.count { carry += UInt64(b.words[index]) }
      result.words[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { result.words.append(UInt32(carry)) }
    return result
  }

  /// 2^exponent.
  public static func powerOfTwo(_ exponent: Int) -> BigNatural {
    var result = BigNatural()
    result.words = [UInt32](repeating: 0, count: exponent / 32) + [1 << UInt32(exponent % 32)]
    return result
  }

  private mutating func trim() {
    while words.last == 0 { words.removeLast() }
  }

  public var isZero: Bool { words.isEmpty }

  /// The number of bits up to the highest that is set.
  public var bitWidth: Int { words.count * 32 - (words.last?.leadingZeroBitCount ?? 0) }

  /// The top 64 bits or so as a fraction, and the power of two that goes with it.
  private var scaled: (fraction: Double, exponent: Int) {
    let top = words.suffix(3).reversed().reduce(0.0) { $0 * 4294967296 + Double($1) }
    return (top, max(0, words.count - 3) * 32)
  }

  /// The nearest double or its neighbour; infinite above 1.8e308.
  public var approximation: Double {
    let (fraction, exponent) = scaled
    return scalbn(fraction, Int32(clamping: exponent))
  }

  /// The natural logarithm, minus infinity of zero.
  public var logarithm: Double {
    let (fraction, exponent) = scaled
    return log(fraction) + Double(exponent) * 0.693147180559945309417
  }

  /// The number itself where it fits.
  public var integer: Int? {
    guard bitWidth < 64 else { return nil }
    return words.reversed().reduce(0) { $0 << 32 | Int($1) }
  }
}

extension BigNatural: Comparable {
  public static func < (a: BigNatural, b: BigNatural) -> Bool {
    if a.words.count != b.words.count { return a.words.count < b.words.count }
    for (x, y) in zip(a.words.reversed(), b.words.reversed()) where x != y { return x < y }
    return false
  }
}

extension BigNatural: CustomStringConvertible, ExpressibleByIntegerLiteral {
  public init(integerLiteral value: UInt64) { self.init(value) }

  /// Decimal digits.
  public var description: String {
    guard !isZero else { return "0" }
    var rest = words
    var groups: [UInt32] = []
    while !rest.isEmpty {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        let value = remainder << 32 | UInt64(rest[index])
        rest[index] = UInt32(value / 1_000_000_000)
        remainder = value % 1_000_000_000
      }
      while rest.last == 0 { rest.removeLast() }
      groups.append(UInt32(remainder))
    }
    let tail = groups.dropLast().reversed().map { group in
      let digits = String(group)
      return String(repeating: "0", count: 9 - digits.count) + digits
    }
    return String(groups.last!) + tail.joined()
  }
}
