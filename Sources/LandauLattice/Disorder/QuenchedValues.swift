import LandauCore

/// How the couplings or the fields of a disordered magnet are drawn: independently, once per realisation.
public enum QuenchedValues: Sendable, Hashable {
  /// The same everywhere: no disorder.
  case constant(Double)
  /// Normal numbers with a mean and a standard deviation (`width`).
  case gaussian(mean: Double = 0, width: Double = 1)
  /// The second value with probability `secondFraction`, else the first; with `isExact` the second on exactly
  /// that fraction of the places, rounded to a whole number, every choice of places equally likely.
  case twoValued(Double, Double, secondFraction: Double, isExact: Bool = false)

  /// +J and -J: the negative one with probability p (`negativeFraction`), or on exactly that fraction.
  public static func bimodal(
    _ strength: Double = 1, negativeFraction: Double = 0.5, isExact: Bool = false
  ) -> QuenchedValues {
    .twoValued(strength, -strength, secondFraction: negativeFraction, isExact: isExact)
  }

  /// Mean over draws.
  public var mean: Double {
    switch self {
    case .constant(let value): value
    case .gaussian(let mean, _): mean
    case .twoValued(let first, let second, let fraction, _):
      (1 - fraction) * first + fraction * second
    }
  }

  /// Variance of one number over draws.
  public var variance: Double {
    switch self {
    case .constant: 0
    case .gaussian(_, let width): width * width
    case .twoValued(let first, let second, let fraction, _):
      fraction * (1 - fraction) * (first - second) * (first - second)
    }
  }

  /// Whether no draw is negative.
  var isNonNegative: Bool {
    switch self {
    case .constant(let value): value >= 0
    case .gaussian(let mean, let width): mean >= 0 && width == 0
    case .twoValued(let first, let second, _, _): first >= 0 && second >= 0
    }
  }

  var isZero: Bool { self == .constant(0) }

  /// - Throws: `InputError` for numbers that are not finite, a negative width, a fraction outside 0 to 1.
  func check(_ name: String) throws(InputError) {
    switch self {
    case .constant(let value): try Self.checkFinite(value, name)
    case .gaussian(let mean, let width):
      try Self.checkFinite(mean, "the mean of \(name)")
      guard width >= 0, width.isFinite else {
        throw .notAllowed("the width of \(name)", width, allowed: "finite numbers from 0")
      }
    case .twoValued(let first, let second, let fraction, _):
      try Self.checkFinite(first, name)
      try Self.checkFinite(second, name)
      guard (0...1).contains(fraction) else {
        throw .notAllowed("the fraction of \(name)", fraction, allowed: "0 to 1")
      }
    }
  }

  private static func checkFinite(_ value: Double, _ name: String) throws(InputError) {
    guard value.isFinite else { throw .notAllowed(name, value, allowed: "finite numbers") }
  }

  /// One number for each of `count` places.
  public func draw(count: Int, using rng: inout some RandomNumberGenerator) -> [Double] {
    switch self {
    case .constant(let value): return [Double](repeating: value, count: count)
    case .gaussian(let mean, let width): return (0..<count).map { _ in mean + width * rng.normal() }
    case .twoValued(let first, let second, let fraction, let isExact):
      guard isExact else {
        return (0..<count).map { _ in rng.uniform() < fraction ? second : first }
      }
      let wanted = Int((fraction * Double(count)).rounded())
      return chosen(wanted, of: count, using: &rng).map { $0 ? second : first }
    }
  }
}

extension QuenchedValues: CustomStringConvertible {
  /// `normal, mean 0.0 and width 1.0`
  public var description: String {
    switch self {
    case .constant(let value): "\(value)"
    case .gaussian(let mean, let width): "normal, mean \(mean) and width \(width)"
    case .twoValued(let first, let second, let fraction, let isExact):
      "\(first), and \(second) \(isExact ? "on exactly a fraction" : "with probability") \(fraction)"
    }
  }
}
