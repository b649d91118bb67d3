// Sums, products and powers. Each rule hands smaller parts on or takes a step towards the normal form, so all end.

extension ExpressionBuilder {
  // MARK: Coefficients and offsets

  /// `x = coefficient * rest`; the rest is nil for a constant.
  mutating func coefficient(_ x: Reference) -> (Double, Reference?) {
    switch operation(x) {
    case .constant: (node(x).value, nil)
    case .negate: (-1, first(x))
    case .multiply:
      if let c = constantValue(first(x)) { (c, second(x)) } else { (1, x) }
    case .divide:
      if let c = constantValue(first(x)) { (c, make(.inverse, second(x))) } else { (1, x) }
    default: (1, x)
    }
  }

  /// `x = offset + rest`; the rest is nil for a constant.
  mutating func offset(_ x: Reference) -> (Double, Reference?) {
    switch operation(x) {
    case .constant: (node(x).value, nil)
    case .add:
      if let k = constantValue(first(x)) { (k, second(x)) } else { (0, x) }
    case .subtract:
      if let k = constantValue(first(x)) { (k, scale(-1, second(x))) } else { (0, x) }
    default: (0, x)
    }
  }

  /// c * x.
  mutating func scale(_ factor: Double, _ x: Reference) -> Reference {
    let (inner, rest) = coefficient(x)
    let c = factor * inner
    guard let rest, c != 0 else { return constant(c) }
    if c == 1 { return rest }
    if c == -1 && operation(rest) == .subtract {
      if let k = constantValue(first(rest)) { return add(constant(-k), second(rest)) }
      return make(.subtract, second(rest), first(rest))
    }
    if c == -1 && operation(rest) == .add, let k = constantValue(first(rest)) {
      return shift(-k, scale(-1, second(rest)))
    }
    if c == -1 { return make(.negate, rest) }
    if operation(rest) == .inverse { return make(.divide, constant(c), first(rest)) }
    return make(.multiply, constant(c), rest)
  }

  /// k + x.
  mutating func shift(_ amount: Double, _ x: Reference) -> Reference {
    let (inner, rest) = offset(x)
    let k = amount + inner
    guard let rest else { return constant(k) }
    if k == 0 { return rest }
    if operation(rest) == .negate { return make(.subtract, constant(k), first(rest)) }
    return make(.add, constant(k), rest)
  }

  // MARK: Sums

  mutating func add(_ a: Reference, _ b: Reference) -> Reference {
    let (ka, ra) = offset(a)
    let (kb, rb) = offset(b)
    guard let ra else { return shift(ka + kb, rb ?? constant(0)) }
    guard let rb else { return shift(ka + kb, ra) }
    return shift(ka + kb, addPure(ra, rb))
  }

  /// A sum as a list of terms, each with its factor; like terms are collected.
  private mutating func collectTerms(
    _ x: Reference, _ factor: Double, _ list: inout [(factor: Double, rest: Reference)],
    _ sum: inout Double
  ) {
    switch operation(x) {
    case .add, .subtract:
      collectTerms(first(x), factor, &list, &sum)
      collectTerms(second(x), operation(x) == .add ? factor : -factor, &list, &sum)
    case .negate: collectTerms(first(x), -factor, &list, &sum)
    default:
      let (c, rest) = coefficient(x)
      guard let rest else {
        sum += factor * c
        return
      }
      if let index = list.firstIndex(where: { areEqual($0.rest, rest) }) {
        list[index].factor += factor * c
      } else {
        list.append((factor * c, rest))
      }
    }
  }

  /// The sum of what has been freed of offsets.
  private mutating func addPure(_ a: Reference, _ b: Reference) -> Reference {
    var list: [(factor: Double, rest: Reference)] = []
    var amount = 0.0
    collectTerms(a, 1, &list, &amount)
    collectTerms(b, 1, &list, &amount)
    list.removeAll { $0.factor == 0 }
    if list.isEmpty { return constant(amount) }
    list.sort { compare($0.rest, $1.rest) < 0 }
    // -u - v is -(u + v); else what is not subtracted comes first.
    let areAllSubtracted = list.allSatisfy { $0.factor == -1 }
    if areAllSubtracted { for index in list.indices { list[index].factor = 1 } }
    var sum: Reference?
    for term in list where term.factor != -1 {
      let next = scale(term.factor, term.rest)
      sum = sum.map { make(.add, $0, next) } ?? next
    }
    for term in list where term.factor == -1 {
      sum = sum.map { make(.subtract, $0, term.rest) } ?? scale(-1, term.rest)
    }
    let whole = sum ?? constant(0)
    return shift(amount, areAllSubtracted ? scale(-1, whole) : whole)
  }

  // MARK: Products

  mutating func multiply(_ a: Reference, _ b: Reference) -> Reference {
    let (ca, xa) = coefficient(a)
    let (cb, xb) = coefficient(b)
    guard let xa else { return scale(ca * cb, xb ?? constant(1)) }
    guard let xb else { return scale(ca * cb, xa) }
    return scale(ca * cb, multiplyPure(xa, xb))
  }

  mutating func divide(_ a: Reference, _ b: Reference) -> Reference {
    let (ca, xa) = coefficient(a)
    let (cb, xb) = coefficient(b)
    guard let xb else { return scale(ca / cb, xa ?? constant(1)) }
    guard let xa else { return scale(ca / cb, raise(xb, -1)) }
    return scale(ca / cb, dividePure(xa, xb))
  }

  /// Numerator and denominator; nil for one.
  private func fraction(_ x: Reference) -> (Reference?, Reference?) {
    switch operation(x) {
    case .divide: (first(x), second(x))
    case .inverse: (nil, first(x))
    default: (x, nil)
    }
  }

  private mutating func product(_ a: Reference?, _ b: Reference?) -> Reference? {
    guard let a else { return b }
    guard let b else { return a }
    return multiply(a, b)
  }

  private mutating func multiplyPure(_ a: Reference, _ b: Reference) -> Reference {
    if let joined = joinedPowers(a, b, sign: 1) { return joined }
    let (na, da) = fraction(a)
    let (nb, db) = fraction(b)
    if da != nil || db != nil {
      // A factor that stands above and below leaves before anything is multiplied out.
      if let na, let db, da == nil, areEqual(na, db) { return nb ?? constant(1) }
      if let nb, let da, db == nil, areEqual(nb, da) { return na ?? constant(1) }
      let numerator = product(na, nb)
      let denominator = product(da, db)
      guard let denominator else { return numerator ?? constant(1) }
      return divide(numerator ?? constant(1), denominator)
    }
    if operation(a) == .exponential && operation(b) == .exponential {
      return exponential(add(first(a), first(b)))
    }
    return multipliedOut(factors(a) + factors(b))
  }

  /// A product as a list.
  private func factors(_ x: Reference) -> [Reference] {
    guard operation(x) == .multiply else { return [x] }
    return factors(first(x)) + factors(second(x))
  }

  /// The product of a list in which powers of one base may stand apart.
  private mutating func multipliedOut(_ list: [Reference]) -> Reference {
    for (i, a) in list.enumerated() {
      for (j, b) in list.enumerated() where j > i {
        guard let joined = joinedPowers(a, b, sign: 1) else { continue }
        var rest: Reference?
        for (k, factor) in list.enumerated() where k != i && k != j {
          rest = product(rest, factor)
        }
        return product(rest, joined) ?? constant(1)
      }
    }
    let sorted = list.sorted { compare($0, $1) < 0 }
    return sorted.dropFirst().reduce(sorted[0]) { make(.multiply, $0, $1) }
  }

  private mutating func dividePure(_ a: Reference, _ b: Reference) -> Reference {
    if areEqual(a, b) { return constant(1) }
    if let joined = joinedPowers(a, b, sign: -1) { return joined }
    if operation(a) == .exponential && operation(b) == .exponential {
      return exponential(add(first(a), scale(-1, first(b))))
    }
    let (na, da) = fraction(a)
    let (nb, db) = fraction(b)
    if da == nil && db == nil { return cancelled(a, b) ?? make(.divide, a, b) }
    let numerator = product(na, db)
    let denominator = product(da, nb)
    guard let denominator else { return numerator ?? constant(1) }
    return divide(numerator ?? constant(1), denominator)
  }

  /// A quotient of products that share a base; nil where they do not.
  private mutating func cancelled(_ a: Reference, _ b: Reference) -> Reference? {
    let (above, below) = (factors(a), factors(b))
    guard above.count + below.count > 2 else { return nil }
    for (i, x) in above.enumerated() {
      for (j, y) in below.enumerated() {
        guard let joined = joinedPowers(x, y, sign: -1) else { continue }
        var numerator: Reference? = joined
        for (k, factor) in above.enumerated() where k != i {
          numerator = product(numerator, factor)
        }
        var denominator: Reference?
        for (k, factor) in below.enumerated() where k != j {
          denominator = product(denominator, factor)
        }
        guard let denominator else { return numerator }
        return divide(numerator ?? constant(1), denominator)
      }
    }
    return nil
  }

  // MARK: Powers

  /// `x = base ^ exponent`.
  func powerForm(_ x: Reference) -> (Reference, Double) {
    switch operation(x) {
    case .inverse: (first(x), -1)
    case .square: (first(x), 2)
    case .cube: (first(x), 3)
    case .squareRoot: (first(x), 0.5)
    case .power: (first(x), node(x).value)
    default: (x, 1)
    }
  }

  /// Exponents that are worth writing: up to twelve, in steps of a twenty-fourth.
  private func isTame(_ exponent: Double) -> Bool {
    abs(exponent) <= 12 && (24 * exponent).rounded() == 24 * exponent
  }

  private mutating func joinedPowers(_ a: Reference, _ b: Reference, sign: Double) -> Reference? {
    let (base, p) = powerForm(a)
    let (other, q) = powerForm(b)
    guard isTame(p + sign * q), areEqual(base, other) else { return nil }
    return raise(base, p + sign * q)
  }

  /// base ^ exponent.
  mutating func raise(_ base: Reference, _ exponent: Double) -> Reference {
    if exponent == 1 { return base }
    if exponent == 0 { return constant(1) }
    if let value = constantValue(base) { return constant(power(value, exponent)) }
    let isWhole = exponent.rounded() == exponent
    let isEven = isWhole && (exponent / 2).rounded() == exponent / 2
    let (c, rest) = coefficient(base)
    if let rest, c != 1, isWhole || c > 0 {
      return scale(power(c, exponent), raise(rest, exponent))
    }
    if operation(base) == .exponential { return exponential(scale(exponent, first(base))) }
    if operation(base) == .absolute && isEven { return raise(first(base), exponent) }
    if operation(base) == .divide && exponent == -1 { return divide(second(base), first(base)) }
    let (inner, p) = powerForm(base)
    if p != 1 && isTame(p * exponent) {
      let isInnerEven = (p / 2).rounded() == p / 2
      // (x^2)^(1/2) is |x|; an odd inner power under a root leaves only x > 0.
      if !isWhole && isInnerEven { return raise(absolute(inner), p * exponent) }
      return raise(inner, p * exponent)
    }
    return switch exponent {
    case -1: make(.inverse, base)
    case 2: make(.square, base)
    case 3: make(.cube, base)
    case 0.5: make(.squareRoot, base)
    default: make(Expression.Node(operation: .power, value: exponent), base)
    }
  }
}
