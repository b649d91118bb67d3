/// What a complex number is taken apart into.
enum ComplexPart: UInt8, Sendable, Hashable, CaseIterable {
  case real
  case imaginary
  case magnitude
}

// Inside the rules cotangents g belong to the pairing Re sum g t, without a conjugate: then holomorphic
// primitives have the same rules as real ones, and linear ones are transposed. The public derivatives
// conjugate once on the way in and once on the way out, which makes them adjoints in Re sum conj(g) t.
extension ComplexPart {
  func resultType(_ input: TensorType) throws(ShapeError) -> TensorType {
    guard let part = input.scalar.part else { throw ShapeError("the \(self) part of \(input)") }
    return input.with(scalar: part)
  }

  func pullback(_ site: Site, _ g: Value, in b: inout ProgramBuilder) -> Value {
    let zero = b.full(0, like: g)
    switch self {
    // Re(g t) = Re(g) Re(t) for real g, and Re(-i g t) = g Im(t).
    case .real: return b.append(.complex, [g, zero])
    case .imaginary: return b.append(.complex, [zero, b.negate(g)])
    case .magnitude:
      let scaled = b.append(.complex, [b.divide(g, Self.nonzero(site.result, in: &b)), zero])
      return b.multiply(scaled, b.unary(.conjugate, site.inputs[0]))
    }
  }

  func pushforward(_ site: Site, _ t: Value, in b: inout ProgramBuilder) -> Value {
    switch self {
    case .real, .imaginary: return b.append(.part(self), [t])
    case .magnitude:
      // Re(conj(z) t) / |z|, zero where z is.
      let product = b.multiply(b.unary(.conjugate, site.inputs[0]), t)
      return b.divide(b.append(.part(.real), [product]), Self.nonzero(site.result, in: &b))
    }
  }

  private static func nonzero(_ magnitude: Value, in b: inout ProgramBuilder) -> Value {
    let vanishes = b.compare(.equal, magnitude, b.full(0, like: magnitude))
    return b.select(vanishes, b.full(1, like: magnitude), magnitude)
  }
}

extension Op {
  static func complexType(_ real: TensorType, _ imaginary: TensorType) throws(ShapeError)
    -> TensorType
  {
    guard real == imaginary, let scalar = real.scalar.complex else {
      throw ShapeError("complex numbers from \(real) and \(imaginary)")
    }
    return real.with(scalar: scalar)
  }

  static func castType(_ input: TensorType, _ scalar: ScalarType) throws(ShapeError) -> TensorType {
    if input.scalar.isComplex && !scalar.isComplex {
      throw ShapeError("\(input) as \(scalar); take real(), imaginary() or abs() of it")
    }
    return input.with(scalar: scalar)
  }

  /// From real numbers to complex ones only the real part comes back.
  static func castPullback(_ site: Site, _ g: Value, in b: inout ProgramBuilder) -> Value {
    let source = b.type(of: site.inputs[0]).scalar
    let isWidened = b.type(of: g).scalar.isComplex && !source.isComplex
    let part = isWidened ? b.append(.part(.real), [g]) : g
    return b.append(.cast(source), [part])
  }
}
