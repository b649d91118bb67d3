/// A truncated power series c₀ + c₁ t + … + c_K t^K of a program's values; nil stands for zero.
struct Series {
  private(set) var terms: [Value?]

  init(_ value: Value?) { terms = [value] }

  static func constant(_ value: Value, order: Int) -> Series {
    var result = Series(value)
    for _ in 0..<order { result.append(nil) }
    return result
  }

  subscript(k: Int) -> Value? { terms[k] }
  mutating func append(_ term: Value?) { terms.append(term) }

  /// The same series with another number in front.
  func replacingFirst(_ value: Value?) -> Series {
    var result = self
    result.terms[0] = value
    return result
  }

  var order: Int { terms.count - 1 }
  var isConstant: Bool { terms.dropFirst().allSatisfy { $0 == nil } }
}

// Arithmetic of series. Sums over j run over the terms that are there.
extension ProgramBuilder {
  mutating func scale(_ a: Value?, by factor: Double) -> Value? {
    factor == 1 ? a : a.map { scale($0, factor) }
  }

  mutating func sum(_ a: Value?, _ b: Value?) -> Value? {
    guard let a, let b else { return a ?? b }
    return add(a, b)
  }

  mutating func difference(_ a: Value?, _ b: Value?) -> Value? {
    guard let b else { return a }
    return a.map { subtract($0, b) } ?? negate(b)
  }

  /// Σ a_j b_{k-j} over `range`.
  mutating func convolution(
    _ a: Series, _ b: Series, _ k: Int, over range: ClosedRange<Int>,
    by op: Op = .binary(.multiply)
  ) -> Value? {
    var total: Value?
    for j in range {
      if let x = a[j], let y = b[k - j] { total = sum(total, append(op, [x, y])) }
    }
    return total
  }

  /// Σ a_j a_{k-j} over first ≤ j ≤ k - first: equal pairs are computed once.
  mutating func square(_ a: Series, _ k: Int, from first: Int = 0) -> Value? {
    var total: Value?
    for j in first..<max(first, k + 1 - first) where j <= k - j {
      guard let x = a[j], let y = a[k - j] else { continue }
      total = sum(total, scale(multiply(x, y), by: j == k - j ? 1 : 2))
    }
    return total
  }

  /// The series j c_j of t times the derivative.
  mutating func weighted(_ a: Series) -> Series {
    var result = Series(nil)
    for k in 1..<a.terms.count { result.append(scale(a[k], by: Double(k))) }
    return result
  }

  /// Term k of y where y' = w x': (1/k) Σ j x_j w_{k-j}.
  ///
  /// - Parameter slope: `weighted(x)`.
  mutating func integral(_ slope: Series, _ w: Series, _ k: Int) -> Value? {
    scale(convolution(slope, w, k, over: 1...k), by: 1 / Double(k))
  }

  /// The product by a bilinear operation; `value` is its first term.
  mutating func product(
    _ a: Series, _ b: Series, by op: Op = .binary(.multiply), value: Value?
  ) -> Series {
    var result = Series(value)
    for k in 1..<a.terms.count { result.append(convolution(a, b, k, over: 0...k, by: op)) }
    return result
  }

  /// q b = a gives q_k b_0 = a_k - Σ_{j≥1} b_j q_{k-j}.
  mutating func quotient(_ a: Series, _ b: Series, value: Value) -> Series {
    var result = Series(value)
    for k in 1..<a.terms.count {
      let rest = difference(a[k], convolution(b, result, k, over: 1...k))
      result.append(rest.map { divide($0, b[0]!) })
    }
    return result
  }

  /// exp(u) for a series u without constant term.
  mutating func exponential(_ u: Series, like value: Value) -> Series {
    var result = Series(full(1, like: value))
    let slope = weighted(u)
    for k in 1..<u.terms.count { result.append(integral(slope, result, k)) }
    return result
  }
}
