import LandauCore

/// What numbers an option takes.
enum NumberRange: Sendable {
  case finite, positive, nonNegative

  var words: String {
    switch self {
    case .finite: "finite numbers"
    case .positive: "numbers above 0"
    case .nonNegative: "numbers from 0"
    }
  }

  func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    return switch self {
    case .finite: true
    case .positive: value > 0
    case .nonNegative: value >= 0
    }
  }
}

// Typed values of options; each is nil when the option is not given.
extension ParsedArguments {
  /// - Throws: when the value is no whole number in `range`.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(InputError) -> Int? {
    guard let text = text(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw .notAllowed(
        "--\(name)", text, allowed: "whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// - Throws: when the value is no whole number that fits in 64 bits.
  func seed(_ name: String = "seed") throws(InputError) -> UInt64? {
    guard let text = text(name) else { return nil }
    guard let value = UInt64(text) else {
      throw .notAllowed("--\(name)", text, allowed: "whole numbers from 0 to \(UInt64.max)")
    }
    return value
  }

  /// - Throws: when the value is no number in `range`; NaN and infinities never are.
  func number(_ name: String, _ range: NumberRange = .finite) throws(InputError) -> Double? {
    guard let text = text(name) else { return nil }
    return try Self.number(text, of: name, range)
  }

  /// A comma list of numbers, the same ones allowed.
  func numbers(_ name: String, _ range: NumberRange = .finite) throws(InputError) -> [Double] {
    guard let text = text(name) else { return [] }
    return try Self.list(text, of: name, range)
  }

  /// One of the given words.
  func choice(_ name: String, _ allowed: [String]) throws(InputError) -> String? {
    guard let text = text(name) else { return nil }
    guard allowed.contains(text) else {
      let hint = Suggestion.hint(for: text, among: allowed)
      throw InputError(
        "--\(name) is \(text); allowed: \(allowed.joined(separator: ", "))\(hint)")
    }
    return text
  }

  /// A number, a comma list, or an evenly spaced scan `START:END:COUNT`, both ends included.
  ///
  /// - Throws: for anything else, values outside `range`, a value given twice, and more than
  ///   `maximumScanCount` of them.
  func scan(_ name: String, _ range: NumberRange) throws(InputError) -> [Double]? {
    guard let text = text(name) else { return nil }
    let values =
      text.contains(":")
      ? try Self.span(text, of: name, range) : try Self.list(text, of: name, range)
    var seen: Set<Double> = []
    for value in values where !seen.insert(value).inserted {
      throw InputError("--\(name) is \(text); \(value) is in it twice")
    }
    return values
  }

  static let maximumScanCount = 10_000

  private static func number(
    _ text: some StringProtocol, of name: String, _ range: NumberRange
  ) throws(InputError) -> Double {
    guard let value = Double(text), range.contains(value) else {
      throw .notAllowed("--\(name)", text.isEmpty ? "empty" : String(text), allowed: range.words)
    }
    return value
  }

  private static func list(
    _ text: String, of name: String, _ range: NumberRange
  ) throws(InputError) -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= maximumScanCount else {
      throw InputError(
        "--\(name) has \(parts.count) values; allowed: 1 to \(maximumScanCount) values")
    }
    var values: [Double] = []
    for part in parts { values.append(try number(part, of: name, range)) }
    return values
  }

  private static func span(
    _ text: String, of name: String, _ range: NumberRange
  ) throws(InputError) -> [Double] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw .notAllowed(
        "--\(name)", text, allowed: "a number, a comma list, or START:END:COUNT")
    }
    let start = try number(parts[0], of: name, range)
    let end = try number(parts[1], of: name, range)
    guard let count = Int(parts[2]), (2...maximumScanCount).contains(count) else {
      throw .notAllowed(
        "COUNT of --\(name)", String(parts[2]),
        allowed: "whole numbers from 2 to \(maximumScanCount)"
      )
    }
    return (0..<count).map { index in
      index == count - 1 ? end : start + (end - start) * Double(index) / Double(count - 1)
    }
  }
}
