/// What is done to the few formulas that enter the front: constants fitted to the end, parts left out one by one.
struct Refinement {
  private let rules: SymbolicRules
  private let fit: ConstantFit
  /// Structures that were looked at.
  private var seen: Set<UInt64> = []

  init(_ rules: SymbolicRules, _ samples: SymbolicSamples) {
    self.rules = rules
    fit = ConstantFit(samples)
  }

  /// Merges what an island found, best first refined.
  mutating func take(_ found: FormulaRecord, into record: inout FormulaRecord) {
    var joint = record
    joint.merge(found)
    for entry in joint.front where seen.insert(entry.expression.structureHash).inserted {
      refine(entry.expression, into: &record)
    }
    record.merge(found)
  }

  /// Fits a formula to the end and keeps it where it is the best of its size.
  ///
  /// - Returns: the formula as fitted.
  @discardableResult
  mutating func offer(_ expression: Expression, to record: inout FormulaRecord) -> Expression {
    var simplified = expression.simplified
    guard rules.fits(simplified), rules.accepts(simplified, isScaled: false) else {
      return simplified
    }
    let scaled = fit.optimize(&simplified.nodes, .none, steps: 40, tolerance: 1e-9)
    // Fitting may have moved a constant to where the rules apply again.
    record.offer(simplified, complexity: rules.complexity(simplified), loss: scaled.loss)
    return simplified
  }

  private mutating func refine(_ expression: Expression, into record: inout FormulaRecord) {
    let fitted = offer(expression, to: &record)
    for neighbor in neighbors(fitted) {
      let structure = neighbor.simplified.structureHash
      if seen.insert(structure).inserted { offer(neighbor, to: &record) }
    }
  }

  /// The formula with a constant set to 0, 1 or -1, or with an operation replaced by one of its operands.
  private func neighbors(_ expression: Expression) -> [Expression] {
    var result: [Expression] = []
    let nodes = expression.nodes
    for (index, node) in nodes.enumerated() {
      if node.operation == .constant {
        for value in [0.0, 1, -1] where value != node.value {
          var changed = expression
          changed.nodes[index].value = value
          result.append(changed)
        }
      }
      guard node.operation.arity > 0 else { continue }
      let start = expression.subtreeStart(index)
      let second = node.operation.arity == 2 ? expression.subtreeStart(index - 1) : start
      for part in [start..<second, second..<index] where !part.isEmpty {
        result.append(
          Expression(nodes: Array(nodes[..<start]) + nodes[part] + nodes[(index + 1)...]))
      }
    }
    return result
  }
}
