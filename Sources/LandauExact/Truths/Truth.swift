import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A reference value and an independent way to compute it, without sampling.
public struct Truth: Sendable {
  /// Unique, e.g. `square 8x8 T=2.0 energy per site`.
  public let name: String
  /// E.g. `ising square torus`.
  public let group: String
  /// From the literature or from other code.
  public let reference: Double
  /// How far the computed value may be from the reference: the last digit that is known.
  public let tolerance: Double
  /// Whose the value is.
  public let source: String
  /// Whether it takes more than about a tenth of a second.
  public let isLong: Bool
  /// Computes the value.
  public let compute: @Sendable () throws -> Double

  /// - Parameter digits: the reference as it was printed; the tolerance is one unit of its last decimal,
  ///   and not below four ulps; a number without decimals is exact.
  init(
    _ group: String, _ name: String, _ digits: String, source: String, isLong: Bool = false,
    _ compute: @escaping @Sendable () throws -> Double
  ) {
    guard let reference = Double(digits) else { preconditionFailure("no number: \(digits)") }
    let decimals = digits.split(separator: ".").dropFirst().first?.count
    self.name = name
    self.group = group
    self.reference = reference
    self.source = source
    self.isLong = isLong
    self.compute = compute
    tolerance = max(
      decimals.map { pow(10, -Double($0)) } ?? 0, 4 * max(reference.ulp, Double(1).ulp))
  }

  /// What comes out of checking one.
  public struct Outcome: Sendable, Hashable {
    public let computed: Double
    /// |computed - reference| / tolerance; not a number where the computation gave none.
    public let deviation: Double
    public var agrees: Bool { deviation <= 1 }
  }

  /// Computes and compares.
  public func check() throws -> Outcome {
    let computed = try compute()
    return Outcome(computed: computed, deviation: abs(computed - reference) / tolerance)
  }
}

/// All reference values that need no sampling.
public enum TruthRegister {
  /// Names are unique; the ones that are not long take a few seconds together.
  public static let exact: [Truth] =
    squareIsing + squareTorus + magnetizationMoments + densitiesOfStates + planarConstants
    + planarIsing + chains + potts + clock + gauge + scalar + disorder + exponents
}

/// What several truths share, computed by the first that asks.
final class Shared<Value: Sendable>: Sendable {
  private let stored = Mutex<Value?>(nil)
  private let make: @Sendable () throws -> Value

  init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  func callAsFunction() throws -> Value {
    try stored.withLock { stored in
      if let stored { return stored }
      let value = try make()
      stored = value
      return value
    }
  }
}
