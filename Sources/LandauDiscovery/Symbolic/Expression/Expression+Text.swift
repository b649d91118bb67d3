#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Expression: CustomStringConvertible {
  /// Plain text, variables as x0, x1 …
  public var description: String { text() }

  /// Plain text with the usual precedence of operations.
  ///
  /// - Parameters:
  ///   - names: of the variables; x0, x1 … where there are too few.
  ///   - constants: written in place of the constants, in their order; six digits where it is nil.
  public func text(_ names: [String] = [], constants: [String]? = nil) -> String {
    ExpressionPrinter(names: names, constants: constants, isLatex: false).print(self)
  }

  /// The formula for LaTeX's mathematics mode; see `text`.
  public func latex(_ names: [String] = [], constants: [String]? = nil) -> String {
    ExpressionPrinter(names: names, constants: constants, isLatex: true).print(self)
  }

  /// A number with so many significant digits, independent of the locale's decimal point.
  static func digits(_ value: Double, _ count: Int = 6) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let length = withVaList([Int32(count), value]) { vsnprintf(&buffer, buffer.count, "%.*g", $0) }
    return String(
      decoding: buffer[..<min(Int(length), 63)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

private struct ExpressionPrinter {
  /// How tightly the outermost operation binds.
  enum Strength: Int, Comparable {
    case sum = 1
    case product, sign, power, atom
    static func < (a: Strength, b: Strength) -> Bool { a.rawValue < b.rawValue }
  }

  private struct Part {
    var text: String
    var strength: Strength
    var isConstant = false

    init(_ text: String, _ strength: Strength, isConstant: Bool = false) {
      self.text = text
      self.strength = strength
      self.isConstant = isConstant
    }
  }

  var names: [String]
  var constants: [String]?
  var isLatex: Bool

  func print(_ expression: Expression) -> String {
    var stack: [Part] = []
    var constantCount = 0
    for node in expression.nodes {
      switch node.operation.arity {
      case 0:
        stack.append(leaf(node, constantCount))
        if node.operation == .constant { constantCount += 1 }
      case 1: stack.append(unary(node, stack.removeLast()))
      default:
        let b = stack.removeLast()
        stack.append(binary(node.operation, stack.removeLast(), b))
      }
    }
    return stack[0].text
  }

  private func leaf(_ node: Expression.Node, _ position: Int) -> Part {
    if node.operation == .variable {
      let index = Int(node.index)
      let name = index < names.count ? names[index] : "x\(index)"
      return Part(name, .atom)
    }
    var text = Expression.digits(node.value)
    if let constants, position < constants.count { text = constants[position] }
    if isLatex, let exponent = text.firstIndex(of: "e") {
      let power = Int(text[text.index(after: exponent)...]) ?? 0
      text = "\(text[..<exponent]) \\cdot 10^{\(power)}"
      return Part(text, .product)
    }
    return Part(text, text.hasPrefix("-") ? .sum : .atom, isConstant: true)
  }

  private func enclosed(_ part: Part, below strength: Strength) -> String {
    if part.strength >= strength { return part.text }
    return isLatex ? "\\left(\(part.text)\\right)" : "(\(part.text))"
  }

  private func binary(_ operation: Expression.Operation, _ a: Part, _ b: Part) -> Part {
    switch operation {
    case .add, .subtract:
      var sign = operation == .add ? "+" : "-"
      var right = enclosed(b, below: .product)
      // a + -2 * b
      if right.hasPrefix("-") {
        sign = operation == .add ? "-" : "+"
        right.removeFirst()
      }
      return Part("\(a.text) \(sign) \(right)", .sum)
    case .multiply:
      let left = a.isConstant ? a.text : enclosed(a, below: .product)
      let right = enclosed(b, below: isLatex ? .product : .sign)
      return Part(isLatex ? "\(left) \\, \(right)" : "\(left) * \(right)", .product)
    default:
      if isLatex { return Part("\\frac{\(a.text)}{\(b.text)}", .power) }
      return Part("\(enclosed(a, below: .product)) / \(enclosed(b, below: .sign))", .product)
    }
  }

  private func unary(_ node: Expression.Node, _ x: Part) -> Part {
    func function(_ name: String) -> Part {
      Part(isLatex ? "\\\(name)\\left(\(x.text)\\right)" : "\(name)(\(x.text))", .atom)
    }
    func raised(_ exponent: String) -> Part {
      let base = enclosed(x, below: .atom)
      return Part(isLatex ? "\(base)^{\(exponent)}" : "\(base)^\(exponent)", .power)
    }
    switch node.operation {
    case .negate: return Part("-\(enclosed(x, below: .product))", .sum)
    case .inverse:
      return isLatex
        ? Part("\\frac{1}{\(x.text)}", .power) : Part("1 / \(enclosed(x, below: .sign))", .product)
    case .square: return raised("2")
    case .cube: return raised("3")
    case .squareRoot: return isLatex ? Part("\\sqrt{\(x.text)}", .atom) : function("sqrt")
    case .power: return raised(exponent(node.value))
    case .exponential: return function("exp")
    case .logarithm: return function(isLatex ? "ln" : "log")
    case .sine: return function("sin")
    case .cosine: return function("cos")
    case .hyperbolicTangent: return function("tanh")
    default: return isLatex ? Part("\\left|\(x.text)\\right|", .atom) : function("abs")
    }
  }

  /// Whole numbers and fractions of two and three, in parentheses where they are not plain.
  private func exponent(_ value: Double) -> String {
    for denominator in [1, 2, 3, 6] {
      let numerator = (value * Double(denominator)).rounded()
      guard abs(numerator - value * Double(denominator)) < 1e-9 else { continue }
      let text = denominator == 1 ? "\(Int(numerator))" : "\(Int(numerator))/\(denominator)"
      return isLatex || (denominator == 1 && numerator > 0) ? text : "(\(text))"
    }
    return isLatex ? Expression.digits(value) : "(\(Expression.digits(value)))"
  }
}
