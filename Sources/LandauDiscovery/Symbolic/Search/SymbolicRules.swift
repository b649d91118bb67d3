/// The grammar made ready for one data set: what a formula has to satisfy, fast.
struct SymbolicRules: Sendable {
  let grammar: SymbolicGrammar
  let variableCount: Int
  private let costs: [Int]
  private let parities: [(variable: Int, parity: Parity)]
  private let dimensions: [PhysicalDimension]?
  private let targetDimension: PhysicalDimension
  /// Unary operations with the exponents of powers.
  let unary: [Expression.Node]

  init(_ grammar: SymbolicGrammar, _ data: SymbolicData) {
    self.grammar = grammar
    variableCount = data.variables.count
    costs = Expression.Operation.allCases.map { grammar.costs[$0] ?? 1 }
    parities = data.names.indices.compactMap { index in
      grammar.parities[data.names[index]].flatMap { $0 == .none ? nil : (index, $0) }
    }
    dimensions = data.dimensions
    targetDimension = data.targetDimension ?? .none
    unary =
      grammar.unary.filter { $0 != .power }.map { Expression.Node(operation: $0) }
      + grammar.exponents.map { Expression.Node(operation: .power, value: $0) }
  }

  func complexity(_ expression: Expression) -> Int {
    expression.nodes.reduce(0) { $0 + costs[Int($1.operation.rawValue)] }
  }

  /// Whether a constant may be added to the whole: not to odd functions, nor to what has units that numbers lack.
  var allowsOffset: Bool {
    parities.allSatisfy { $0.parity == .even }
      && (dimensions == nil || grammar.constantsCarryUnits || targetDimension == .none)
  }

  /// Whether units and parities are as they have to be.
  ///
  /// - Parameter isScaled: whether a constant factor is still to come, which may carry units.
  func accepts(_ expression: Expression, isScaled: Bool) -> Bool {
    for (variable, parity) in parities where expression.parity(in: variable) != parity {
      return false
    }
    guard let dimensions else { return true }
    let check = expression.dimension(
      of: dimensions, constantsCarryUnits: grammar.constantsCarryUnits)
    switch check {
    case .inconsistent: return false
    case .any: return true
    case .consistent(let units):
      return units == targetDimension || isScaled && grammar.constantsCarryUnits
    }
  }

  /// Whether every number is finite and sizes are within the limits.
  func fits(_ expression: Expression) -> Bool {
    var constants = 0
    var complexity = 0
    for node in expression.nodes {
      complexity += costs[Int(node.operation.rawValue)]
      guard node.operation == .constant else { continue }
      constants += 1
      if !node.value.isFinite || abs(node.value) > 1e15 { return false }
    }
    return complexity <= grammar.largestComplexity && constants <= grammar.constantLimit
      && expression.nodes.count <= ColumnEvaluator.nodeLimit
  }
}
