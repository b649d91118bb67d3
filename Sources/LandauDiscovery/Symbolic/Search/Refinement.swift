/// What is done to the few formulas that enter the front: constants fitted to the end, parts left out one by one, sums
/// multiplied out and factors taken out, an operation of one value or a constant put in.
struct Refinement {
  private let rules: SymbolicRules
  private let fit: ConstantFit
  /// Structures whose neighbourhood was searched.
  private var refined: Set<UInt64> = []
  /// Structures that were fitted as somebody's neighbour.
  private var tried: Set<UInt64> = []

  init(_ rules: SymbolicRules, _ samples: SymbolicSamples) {
    self.rules = rules
    fit = ConstantFit(samples)
  }

  /// Merges what an island found, best first refined.
  mutating func take(_ found: FormulaRecord, into record: inout FormulaRecord) {
    var joint = record
    joint.merge(found)
    for entry in joint.front where refined.insert(entry.expression.structureHash).inserted {
      refine(entry.expression, into: &record)
    }
    record.merge(found)
  }

  /// Fits a formula to the end and keeps it where it is the best of its size.
  ///
  /// - Returns: the formula as fitted.
  @discardableResult
  mutating func offer(
    _ expression: Expression, to record: inout FormulaRecord, steps: Int = 40
  ) -> Expression {
    var simplified = expression.simplified
    guard rules.fits(simplified), rules.accepts(simplified, isScaled: false) else {
      return simplified
    }
    let scaled = fit.optimize(&simplified.nodes, .none, steps: steps, tolerance: 1e-6)
    // Fitting may have moved a constant to where the rules apply again.
    record.offer(simplified, complexity: rules.complexity(simplified), loss: scaled.loss)
    return simplified
  }

  private mutating func refine(_ expression: Expression, into record: inout FormulaRecord) {
    let fitted = offer(expression, to: &record)
    for neighbor in neighbors(fitted) {
      let structure = neighbor.simplified.structureHash
      if tried.insert(structure).inserted { offer(neighbor, to: &record, steps: 12) }
    }
  }

  /// The formula with a constant set to 0, 1 or -1, with an operation replaced by one of its operands, written another way, or
  /// with one more operation of one value or constant.
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
      result += inserted(expression, at: index)
      guard node.operation.arity > 0 else { continue }
      result += rearranged(expression, at: index)
      let start = expression.subtreeStart(index)
      let second = node.operation.arity == 2 ? expression.subtreeStart(index - 1) : start
      for part in [start..<second, second..<index] where !part.isEmpty {
        result.append(
          Expression(nodes: Array(nodes[..<start]) + nodes[part] + nodes[(index + 1)...]))
      }
    }
    return result
  }

  private func inserted(_ expression: Expression, at index: Int) -> [Expression] {
    let nodes = expression.nodes
    var result = rules.unary.map { unary in
      Expression(nodes: Array(nodes[...index]) + [unary] + nodes[(index + 1)...])
    }
    let start = expression.subtreeStart(index)
    for (operation, value) in [(Expression.Operation.add, 1.0), (.add, -1), (.multiply, 2)]
    where rules.grammar.binary.contains(operation) {
      let constant = Expression.Node(operation: .constant, value: value)
      let part = [constant] + nodes[start...index] + [Expression.Node(operation: operation)]
      result.append(Expression(nodes: Array(nodes[..<start]) + part + nodes[(index + 1)...]))
    }
    return result
  }

  /// The same function with a product of a sum multiplied out, or a factor taken out of a sum; simplification shows which
  /// of these are shorter.
  private func rearranged(_ expression: Expression, at index: Int) -> [Expression] {
    let nodes = expression.nodes
    let operation = nodes[index].operation
    guard operation.arity == 2 else { return [] }
    let (start, second) = (expression.subtreeStart(index), expression.subtreeStart(index - 1))
    let (left, right) = (Array(nodes[start..<second]), Array(nodes[second..<index]))
    func replaced(_ part: [Expression.Node]) -> Expression {
      Expression(nodes: Array(nodes[..<start]) + part + nodes[(index + 1)...])
    }
    func node(_ operation: Expression.Operation) -> [Expression.Node] {
      [Expression.Node(operation: operation)]
    }
    var result: [Expression] = []
    if operation == .multiply || operation == .divide {
      if let (u, v, sign) = summands(left) {
        result.append(replaced(u + right + node(operation) + v + right + node(operation) + sign))
      }
      if operation == .multiply, let (u, v, sign) = summands(right) {
        result.append(replaced(left + u + node(.multiply) + left + v + node(.multiply) + sign))
      }
    } else {
      for variable in expression.variables {
        let x = Expression.variable(variable).nodes
        let sum = [Expression.Node(operation: operation)]
        result.append(
          replaced(x + left + x + node(.divide) + right + x + node(.divide) + sum + node(.multiply))
        )
        result.append(
          replaced(
            left + x + node(.multiply) + right + x + node(.multiply) + sum + x + node(.divide)))
      }
    }
    return result
  }

  /// The two operands of a sum or difference, and which it is.
  private func summands(_ nodes: [Expression.Node])
    -> ([Expression.Node], [Expression.Node], [Expression.Node])?
  {
    guard let last = nodes.last, last.operation == .add || last.operation == .subtract else {
      return nil
    }
    let end = nodes.count - 1
    let second = Expression(nodes: nodes).subtreeStart(end - 1)
    return (Array(nodes[..<second]), Array(nodes[second..<end]), [last])
  }
}
