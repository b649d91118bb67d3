extension UnaryOp {
  /// Whether the function is linear near every point but its kinks.
  var isLocallyLinear: Bool {
    switch self {
    case .negate, .conjugate, .absolute, .sign: true
    case .exponential, .exponentialMinusOne, .logarithm, .logarithmOfOnePlus, .tanh, .sigmoid,
      .sine, .cosine, .squareRoot, .errorFunction:
      false
    }
  }

  /// The series of f(x(t)) by the recurrence that f's differential equation gives.
  func taylor(_ site: Site, _ x: Series, in b: inout ProgramBuilder) -> Series {
    var y = Series(site.result)
    let orders = 1..<x.terms.count
    let slope = b.weighted(x)
    switch self {
    case .negate, .conjugate, .absolute, .sign: preconditionFailure("\(self) is linear")
    case .exponential:
      // y' = y x'
      for k in orders { y.append(b.integral(slope, y, k)) }
    case .exponentialMinusOne:
      // y' = (y + 1) x'
      var w = Series(b.unary(.exponential, x[0]!))
      for k in orders {
        y.append(b.integral(slope, w, k))
        w.append(y[k])
      }
    case .logarithm: y = b.logarithm(x, of: x[0]!, value: site.result)
    case .logarithmOfOnePlus:
      y = b.logarithm(x, of: b.add(b.full(1, like: x[0]!), x[0]!), value: site.result)
    case .tanh:
      // y' = w x' with w = 1 - y²
      let one = b.full(1, like: site.result)
      var w = Series(b.subtract(one, b.multiply(site.result, site.result)))
      for k in orders {
        y.append(b.integral(slope, w, k))
        w.append(b.difference(nil, b.square(y, k)))
      }
    case .sigmoid:
      // y' = w x' with w = y - y²
      var w = Series(b.subtract(site.result, b.multiply(site.result, site.result)))
      for k in orders {
        y.append(b.integral(slope, w, k))
        w.append(b.difference(y[k], b.square(y, k)))
      }
    case .sine:
      // sin' = cos x', cos' = -sin x'
      var other = Series(b.unary(.cosine, x[0]!))
      for k in orders {
        y.append(b.integral(slope, other, k))
        other.append(b.difference(nil, b.integral(slope, y, k)))
      }
    case .cosine:
      var other = Series(b.unary(.sine, x[0]!))
      for k in orders {
        y.append(b.difference(nil, b.integral(slope, other, k)))
        other.append(b.integral(slope, y, k))
      }
    case .squareRoot:
      // y² = x
      let twice = b.scale(site.result, 2)
      for k in orders {
        let rest = b.difference(x[k], b.square(y, k, from: 1))
        y.append(rest.map { b.divide($0, twice) })
      }
    case .errorFunction:
      // y' = w x' with w = 2/sqrt(pi) exp(-x²)
      var exponent = Series(nil)
      for k in orders { exponent.append(b.difference(nil, b.square(x, k))) }
      let bell = b.unary(.exponential, b.negate(b.multiply(x[0]!, x[0]!)))
      let height = b.scale(bell, 1.1283791670955126)
      let w = b.product(
        .constant(height, order: x.order), b.exponential(exponent, like: site.result),
        value: height)
      for k in orders { y.append(b.integral(slope, w, k)) }
    }
    return y
  }
}

extension ProgramBuilder {
  /// The series of x^r.
  ///
  /// A constant whole exponent is repeated multiplication, right at x = 0 as well. Another constant
  /// exponent expands (x₀ + δ)^r = Σ binom(r, m) x₀^(r-m) δ^m. An exponent r₀ + ε adds the factor
  /// exp(ε log x), which is 1 where x is not positive (or, if complex, zero), as in the other rules of `power`.
  mutating func power(_ x: Series, _ r: Series, value: Value) -> Series {
    let exponent = r[0]!
    var result: Series
    if case .full(let fill) = program[exponent].op, let whole = Int(exactly: fill.value),
      (0...64).contains(whole)
    {
      result =
        whole == 0
        ? .constant(value, order: x.order) : wholePower(x, whole).replacingFirst(value)
    } else {
      result = binomial(x, exponent, value)
    }
    if r.isConstant { return result }
    let zero = full(0, like: x[0]!)
    let positive = compare(type(of: zero).scalar.isComplex ? .notEqual : .less, zero, x[0]!)
    var base = Series(select(positive, x[0]!, full(1, like: x[0]!)))
    for k in 1..<x.terms.count { base.append(x[k].map { select(positive, $0, zero) }) }
    let logarithm = UnaryOp.logarithm.taylor(
      Site(result: unary(.logarithm, base[0]!), inputs: [base[0]!]), base, in: &self)
    let factor = exponential(
      product(r.replacingFirst(nil), logarithm, value: nil), like: value)
    return product(result, factor, value: value)
  }

  /// z y' = x' gives z_0 y_k = x_k - (1/k) Σ j y_j x_{k-j} for z = x or x + 1, whose first term is given.
  mutating func logarithm(_ x: Series, of first: Value, value: Value) -> Series {
    var (y, rate) = (Series(value), Series(nil))
    for k in 1..<x.terms.count {
      let known = k > 1 ? convolution(rate, x, k, over: 1...(k - 1)) : nil
      let term = difference(x[k], scale(known, by: 1 / Double(k))).map { divide($0, first) }
      y.append(term)
      rate.append(scale(term, by: Double(k)))
    }
    return y
  }

  /// The angle of (x, y): its derivative is (x y' - y x') / (x² + y²).
  mutating func arctangent(_ y: Series, _ x: Series, value: Value) -> Series {
    func first(_ a: Series, _ b: inout ProgramBuilder) -> Value { b.multiply(a[0]!, a[0]!) }
    var norm = Series(add(first(x, &self), first(y, &self)))
    for k in 1..<x.terms.count { norm.append(sum(square(x, k), square(y, k))) }
    let across = quotient(x, norm, value: divide(x[0]!, norm[0]!))
    let along = quotient(y, norm, value: divide(y[0]!, norm[0]!))
    let (up, right) = (weighted(y), weighted(x))
    var result = Series(value)
    for k in 1..<x.terms.count {
      result.append(difference(integral(up, across, k), integral(right, along, k)))
    }
    return result
  }

  /// |z| as the root of x² + y²; where z is zero the root is taken for 1, as in the first derivative.
  mutating func magnitude(_ z: Series, value: Value) -> Series {
    func parts(_ part: ComplexPart, _ b: inout ProgramBuilder) -> Series {
      var result = Series(b.append(.part(part), [z[0]!]))
      for k in 1..<z.terms.count {
        result.append(z[k].map { b.append(.part(part), [$0]) })
      }
      return result
    }
    let (x, y) = (parts(.real, &self), parts(.imaginary, &self))
    var norm = Series(multiply(value, value))
    for k in 1..<z.terms.count { norm.append(sum(square(x, k), square(y, k))) }
    let vanishes = compare(.equal, value, full(0, like: value))
    let root = select(vanishes, full(1, like: value), value)
    return UnaryOp.squareRoot.taylor(
      Site(result: root, inputs: [norm[0]!]), norm, in: &self
    ).replacingFirst(value)
  }

  private mutating func wholePower(_ x: Series, _ exponent: Int) -> Series {
    var (result, factor, rest) = (Series?.none, x, exponent)
    while true {
      if rest % 2 == 1 {
        result =
          if let known = result {
            product(known, factor, value: multiply(known[0]!, factor[0]!))
          } else {
            factor
          }
      }
      rest /= 2
      if rest == 0 { return result! }
      factor = product(factor, factor, value: multiply(factor[0]!, factor[0]!))
    }
  }

  private mutating func binomial(_ x: Series, _ r: Value, _ value: Value) -> Series {
    let step = x.replacingFirst(nil)
    var result = Series.constant(value, order: x.order)
    var power = step
    var coefficient = full(1, like: r)
    for m in 1..<x.terms.count {
      let shifted = subtract(r, full(Double(m - 1), like: r))
      coefficient = scale(multiply(coefficient, shifted), 1 / Double(m))
      // Zero where the coefficient is, and not zero times an infinite power of x = 0.
      let zero = full(0, like: r)
      let derivative = select(
        compare(.equal, coefficient, zero), zero,
        multiply(coefficient, self.power(x[0]!, subtract(r, full(Double(m), like: r)))))
      var next = Series(value)
      for k in 1..<x.terms.count {
        next.append(sum(result[k], power[k].map { multiply(derivative, $0) }))
      }
      result = next
      if m < x.order { power = product(power, step, value: nil) }
    }
    return result
  }
}
