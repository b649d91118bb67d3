public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// exp(2 pi i p / q), kept as the fraction p/q: products are exact.
public struct RootOfUnity: Sendable, Hashable {
  /// In lowest terms, from 0 to the denominator less one.
  public let numerator: Int
  public let denominator: Int

  public static let one = RootOfUnity(0, 1)
  public static let minusOne = RootOfUnity(1, 2)

  /// - Precondition: a denominator from 1 on.
  public init(_ numerator: Int, _ denominator: Int) {
    precondition(denominator >= 1, "a denominator of \(denominator)")
    let turns = ((numerator % denominator) + denominator) % denominator
    var (a, b) = (turns, denominator)
    while a != 0 { (a, b) = (b % a, a) }
    self.numerator = turns / b
    self.denominator = denominator / b
  }

  public static func * (a: RootOfUnity, b: RootOfUnity) -> RootOfUnity {
    RootOfUnity(
      a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }

  public var conjugate: RootOfUnity { RootOfUnity(-numerator, denominator) }

  public var isReal: Bool { denominator <= 2 }

  /// Exact for multiples of a quarter turn.
  public var value: LandauCore.Complex<Double> {
    switch (numerator, denominator) {
    case (0, 1): return Complex(1)
    case (1, 2): return Complex(-1)
    case (1, 4): return .i
    case (3, 4): return -.i
    default:
      let angle = 2 * Double.pi * Double(numerator) / Double(denominator)
      return Complex(cos(angle), sin(angle))
    }
  }
}
