#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A measured number with its standard error (one sigma). An exact number is a plain `Double`.
public struct Estimate: Sendable, Hashable {
  public var value: Double
  /// One standard error; NaN when it could not be determined, and then `warning` says why.
  public var error: Double
  /// Integrated autocorrelation time in sweeps, 1/2 for white noise (see the conventions page).
  public var integratedTime: Double?
  /// Number of independent samples the error corresponds to.
  public var effectiveCount: Double?
  /// How well the error itself is known: as from this many squares of normal numbers (its relative
  /// uncertainty is 1/sqrt(2 n)); nil where it is exact or unknown. For Student's t.
  public var degreesOfFreedom: Double?
  /// Why the number should not be taken at face value: a short or frozen chain, say.
  public var warning: String?

  public init(
    _ value: Double, error: Double, integratedTime: Double? = nil, effectiveCount: Double? = nil,
    degreesOfFreedom: Double? = nil, warning: String? = nil
  ) {
    self.value = value
    self.error = error
    self.integratedTime = integratedTime
    self.effectiveCount = effectiveCount
    self.degreesOfFreedom = degreesOfFreedom
    self.warning = warning
  }

  /// Distance to a reference in units of the combined error.
  public func pull(to reference: Double, referenceError: Double = 0) -> Double {
    (value - reference) / (error * error + referenceError * referenceError).squareRoot()
  }
}

extension Estimate: CustomStringConvertible {
  /// `0.7071(12)`: the error in units of the last digit, two digits when it begins with 1 or 2.
  public var description: String {
    guard value.isFinite else { return "\(value)" }
    guard error.isFinite else { return "\(Self.fixed(value, digits: 6))(?)" }
    guard error > 0 else { return "\(Self.fixed(value, digits: 6))(0)" }
    let exponent = Int(floor(log10(error)))
    var digits = 1 - exponent  // two digits of the error
    var shown = (error * pow(10, Double(digits))).rounded()
    if shown >= 29.5 {
      digits -= 1
      shown = (error * pow(10, Double(digits))).rounded()
    }
    if digits <= 0 {
      let unit = pow(10, Double(-digits))
      return "\(Self.fixed((value / unit).rounded() * unit, digits: 0))"
        + "(\(Self.fixed(shown * unit, digits: 0)))"
    }
    // An error of one or more is written with its point, 12.3(1.4), so that no digit is misread.
    let text = error >= 1 ? Self.fixed(error, digits: digits) : Self.fixed(shown, digits: 0)
    return "\(Self.fixed(value, digits: digits))(\(text))"
  }

  /// `value` in fixed notation with a given number of decimals, independent of the locale.
  public static func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var buffer = [CChar](repeating: 0, count: 400)
    let length = withVaList([Int32(max(0, digits)), value]) {
      vsnprintf(&buffer, buffer.count, "%.*f", $0)
    }
    let bytes = buffer[..<min(Int(length), buffer.count - 1)].map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self).replacingNegativeZero
  }
}

extension String {
  fileprivate var replacingNegativeZero: String {
    hasPrefix("-") && !contains(where: { ("1"..."9").contains($0) }) ? String(dropFirst()) : self
  }
}
