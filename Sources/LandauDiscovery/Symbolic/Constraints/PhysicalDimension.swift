/// What a quantity is measured in: exponents of base units.
///
///     let velocity = PhysicalDimension.length / .time
///     let energy = PhysicalDimension.mass * velocity * velocity
///
/// Exponents are kept in twelfths, so that square, cube and fourth roots are exact. The bases are length,
/// mass, time, current, temperature, amount of substance, luminous intensity, and one to choose.
public struct PhysicalDimension: Sendable, Hashable {
  private var twelfths: SIMD8<Int16>

  private init(_ twelfths: SIMD8<Int16>) { self.twelfths = twelfths }

  private static func base(_ index: Int) -> PhysicalDimension {
    var exponents = SIMD8<Int16>()
    exponents[index] = 12
    return PhysicalDimension(exponents)
  }

  /// That of a number.
  public static let none = PhysicalDimension(SIMD8())
  public static let length = base(0)
  public static let mass = base(1)
  public static let time = base(2)
  public static let current = base(3)
  public static let temperature = base(4)
  public static let amount = base(5)
  public static let luminosity = base(6)
  /// One more, for what a problem counts in: a price, a charge apart from currents.
  public static let other = base(7)
  public static let energy = mass * length.raised(to: 2) / time.raised(to: 2)

  public static func * (a: PhysicalDimension, b: PhysicalDimension) -> PhysicalDimension {
    PhysicalDimension(a.twelfths &+ b.twelfths)
  }

  public static func / (a: PhysicalDimension, b: PhysicalDimension) -> PhysicalDimension {
    PhysicalDimension(a.twelfths &- b.twelfths)
  }

  /// - Parameter exponent: such that all exponents of the result are twelfths.
  public func raised(to exponent: Double) -> PhysicalDimension {
    guard let result = power(exponent) else {
      preconditionFailure("\(self) to the power \(exponent) is not a dimension in twelfths")
    }
    return result
  }

  /// Nil where an exponent is no twelfth, or far beyond use.
  func power(_ exponent: Double) -> PhysicalDimension? {
    var result = SIMD8<Int16>()
    for index in 0..<8 {
      let value = Double(twelfths[index]) * exponent
      guard abs(value) < 10_000, abs(value.rounded() - value) < 1e-6 else { return nil }
      result[index] = Int16(value.rounded())
    }
    return PhysicalDimension(result)
  }
}

extension PhysicalDimension: CustomStringConvertible {
  private static let symbols = ["m", "kg", "s", "A", "K", "mol", "cd", "u"]

  /// In base units, `kg m^2 s^-2`; 1 for a number.
  public var description: String {
    let parts = Self.symbols.indices.filter { twelfths[$0] != 0 }.map { index in
      let exponent = Double(twelfths[index]) / 12
      return exponent == 1
        ? Self.symbols[index] : "\(Self.symbols[index])^\(Expression.digits(exponent))"
    }
    return parts.isEmpty ? "1" : parts.joined(separator: " ")
  }
}

extension Expression {
  /// What the units of a formula come to.
  public enum DimensionCheck: Sendable, Hashable {
    case consistent(PhysicalDimension)
    /// A constant with free units can give it any.
    case any
    /// Unlike quantities are added, or a function takes what is no number.
    case inconsistent
  }

  /// The units of the value.
  ///
  /// - Parameters:
  ///   - variables: the units of the variables.
  ///   - constantsCarryUnits: whether every constant has the units that its place asks for; else they are numbers.
  public func dimension(of variables: [PhysicalDimension], constantsCarryUnits: Bool)
    -> DimensionCheck
  {
    var stack: [DimensionCheck] = []
    stack.reserveCapacity(16)
    for node in nodes {
      let result: DimensionCheck
      switch node.operation.arity {
      case 0:
        if node.operation == .variable {
          result = .consistent(variables[Int(node.index)])
        } else {
          // Zero has every unit.
          result = constantsCarryUnits || node.value == 0 ? .any : .consistent(.none)
        }
      case 1: result = Self.dimension(node, stack.removeLast())
      default:
        let b = stack.removeLast()
        result = Self.dimension(node.operation, stack.removeLast(), b)
      }
      if result == .inconsistent { return .inconsistent }
      stack.append(result)
    }
    return stack[0]
  }

  private static func dimension(_ node: Node, _ x: DimensionCheck) -> DimensionCheck {
    guard case .consistent(let units) = x else {
      // A function gives a number of a number, whatever constant made it one.
      return isTranscendental(node.operation) ? .consistent(.none) : x
    }
    func power(_ exponent: Double) -> DimensionCheck {
      units.power(exponent).map { .consistent($0) } ?? .inconsistent
    }
    switch node.operation {
    case .negate, .absolute: return x
    case .inverse: return power(-1)
    case .square: return power(2)
    case .cube: return power(3)
    case .squareRoot: return power(0.5)
    case .power: return power(node.value)
    default: return units == .none ? x : .inconsistent
    }
  }

  private static func isTranscendental(_ operation: Operation) -> Bool {
    switch operation {
    case .exponential, .logarithm, .sine, .cosine, .hyperbolicTangent: true
    default: false
    }
  }

  private static func dimension(
    _ operation: Operation, _ a: DimensionCheck, _ b: DimensionCheck
  ) -> DimensionCheck {
    switch (operation, a, b) {
    case (_, .inconsistent, _), (_, _, .inconsistent): .inconsistent
    case (.add, .any, _), (.subtract, .any, _): b
    case (.add, _, .any), (.subtract, _, .any): a
    case (.add, .consistent, .consistent), (.subtract, .consistent, .consistent):
      a == b ? a : .inconsistent
    case (_, .any, _), (_, _, .any): .any
    case (.multiply, .consistent(let u), .consistent(let v)): .consistent(u * v)
    case (_, .consistent(let u), .consistent(let v)): .consistent(u / v)
    }
  }
}
