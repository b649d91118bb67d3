/// What formulas are made of, what each part costs, and how large they may be.
public struct SymbolicGrammar: Sendable, Hashable {
  public var binary: [Expression.Operation]
  /// Operations of one value that the search tries; `power` with each of the exponents.
  public var unary: [Expression.Operation]
  public var exponents: [Double]
  /// The complexity of operations that do not cost 1.
  public var costs: [Expression.Operation: Int]
  /// The largest complexity of a formula.
  public var largestComplexity: Int
  /// Fitted constants in one formula, at most.
  public var constantLimit: Int
  /// Whether constants have the units that their place asks for; else they are numbers.
  public var constantsCarryUnits: Bool
  /// Required of the formula in a variable, by the variable's name.
  public var parities: [String: Parity]

  /// - Note: what algebra makes of the operations may appear without being listed: x * x is a square.
  public init(
    binary: [Expression.Operation] = [.add, .subtract, .multiply, .divide],
    unary: [Expression.Operation] = [
      .square, .squareRoot, .inverse, .exponential, .logarithm, .hyperbolicTangent,
    ],
    exponents: [Double] = [], largestComplexity: Int = 20, constantLimit: Int = 6,
    constantsCarryUnits: Bool = true, parities: [String: Parity] = [:]
  ) {
    self.binary = binary
    self.unary = unary
    self.exponents = exponents
    costs = [
      .exponential: 2, .logarithm: 2, .sine: 2, .cosine: 2, .hyperbolicTangent: 2, .power: 2,
    ]
    self.largestComplexity = largestComplexity
    self.constantLimit = constantLimit
    self.constantsCarryUnits = constantsCarryUnits
    self.parities = parities
  }

  /// The sum of the costs of all parts; a constant or a variable costs 1.
  public func complexity(_ expression: Expression) -> Int {
    expression.nodes.reduce(0) { $0 + (costs[$1.operation] ?? 1) }
  }

  /// For what a network's branch or prediction computes from correlators: smooth and monotone parts.
  public static let readOut = SymbolicGrammar(
    binary: [.add, .subtract, .multiply],
    unary: [.square, .absolute, .inverse, .hyperbolicTangent],
    largestComplexity: 16, constantLimit: 4)
}
