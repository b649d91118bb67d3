import LandauCore

/// The algebraic rules of `simplified`, each small enough to be read and tested on its own.
enum Rewrite: String, CaseIterable, Sendable {
  /// Operations on numbers known now are done now; what they fill stays a fill.
  case foldConstants
  /// A fill comes second and other operands in order, so that equal sums and products look equal.
  case orderOperands
  /// x + 0, x - 0, x * 1, x / 1, x ^ 1 are x; x ^ 2 is x * x; x ^ 0 is 1; x * -1 and 0 - x are -x.
  case neutralOperands
  /// --x is x; a + -b is a - b; a - -b is a + b; -a * c is a * -c.
  case negations
  /// (x * c) * d is x * (c d).
  case mergeScales
  /// Movements of movements are one movement; movements to the same place are none.
  case mergeMovements
  /// What is done to a repeated value is done once and then repeated.
  case delayBroadcasts

  /// A simpler value equal to `op` on `inputs`, or nil where the rule does not apply.
  func apply(_ op: Op, _ inputs: [Value], to s: inout Simplifier) -> Value? {
    switch self {
    case .foldConstants: Self.foldConstants(op, inputs, &s)
    case .orderOperands: Self.orderOperands(op, inputs, &s)
    case .neutralOperands: Self.neutralOperands(op, inputs, &s)
    case .negations: Self.negations(op, inputs, &s)
    case .mergeScales: Self.mergeScales(op, inputs, &s)
    case .mergeMovements: Self.mergeMovements(op, inputs, &s)
    case .delayBroadcasts: Self.delayBroadcasts(op, inputs, &s)
    }
  }

  private static func foldConstants(_ op: Op, _ inputs: [Value], _ s: inout Simplifier) -> Value? {
    if case .constant(let constant) = op, constant.type.count == 1, !constant.isImaginary {
      return s.emit(.full(Fill(constant.firstScalar, constant.type)), [])
    }
    if inputs.isEmpty { return nil }
    switch op {
    case .extension, .result: return nil
    default: break
    }
    guard let type = try? op.resultType(inputs.map { s.type(of: $0) }) else { return nil }
    let fills = inputs.compactMap { s.fill(of: $0) }
    if fills.count == inputs.count {
      switch op {
      case .broadcast, .reshape, .transpose, .slice, .stopGradient:
        return s.emit(.full(Fill(fills[0], type)), [])
      case .unary, .binary, .compare, .cast, .complex, .part, .select:
        let scalars = inputs.enumerated().map { index, input in
          Constant(filling: Fill(fills[index], TensorType([], s.type(of: input).scalar)))
        }
        let result = Constant(computing: op, scalars, TensorType([], type.scalar))
        if result.isImaginary {
          return s.emit(.broadcast(type.shape), [s.emit(.constant(result), [])])
        }
        return s.emit(.full(Fill(result.firstScalar, type)), [])
      default: break
      }
    }
    // Whatever would only take more memory when known is left for later.
    var bytes = 4096
    var constants: [Constant] = []
    for input in inputs {
      switch s.op(of: input) {
      case .constant(let constant):
        constants.append(constant)
        bytes += constant.type.byteCount
      case .full(let fill) where fill.type.byteCount <= 4096:
        constants.append(Constant(filling: fill))
      default: return nil
      }
    }
    if case .broadcast = op { return nil }
    guard type.byteCount <= bytes else { return nil }
    return s.emit(.constant(Constant(computing: op, constants, type)), [])
  }

  private static func orderOperands(_ op: Op, _ inputs: [Value], _ s: inout Simplifier) -> Value? {
    guard op == .binary(.add) || op == .binary(.multiply) else { return nil }
    let (first, second) = (s.fill(of: inputs[0]) != nil, s.fill(of: inputs[1]) != nil)
    let wrong = first == second ? inputs[0].index > inputs[1].index : first
    return wrong ? s.emit(op, [inputs[1], inputs[0]]) : nil
  }

  private static func neutralOperands(
    _ op: Op, _ inputs: [Value], _ s: inout Simplifier
  ) -> Value? {
    guard case .binary(let binary) = op else { return nil }
    let (x, type) = (inputs[0], s.type(of: inputs[0]))
    if binary == .subtract, s.fill(of: x) == 0 { return s.emit(.unary(.negate), [inputs[1]]) }
    guard let number = s.fill(of: inputs[1]) else { return nil }
    switch (binary, number) {
    case (.add, 0), (.subtract, 0), (.multiply, 1), (.divide, 1), (.power, 1): return x
    case (.multiply, -1), (.divide, -1): return s.emit(.unary(.negate), [x])
    case (.power, 2): return s.emit(.binary(.multiply), [x, x])
    case (.power, 0): return s.emit(.full(Fill(1, type)), [])
    default: return nil
    }
  }

  private static func negations(_ op: Op, _ inputs: [Value], _ s: inout Simplifier) -> Value? {
    func negated(_ value: Value) -> Value? {
      s.op(of: value) == .unary(.negate) ? s.inputs(of: value)[0] : nil
    }
    switch op {
    case .unary(.negate): return negated(inputs[0])
    case .binary(.add):
      if let b = negated(inputs[1]) { return s.emit(.binary(.subtract), [inputs[0], b]) }
      if let a = negated(inputs[0]) { return s.emit(.binary(.subtract), [inputs[1], a]) }
      return nil
    case .binary(.subtract):
      return negated(inputs[1]).map { s.emit(.binary(.add), [inputs[0], $0]) }
    case .binary(.multiply):
      guard let number = s.fill(of: inputs[1]), let x = negated(inputs[0]) else { return nil }
      let opposite = s.emit(.full(Fill(-number, s.type(of: x))), [])
      return s.emit(.binary(.multiply), [x, opposite])
    default: return nil
    }
  }

  private static func mergeScales(_ op: Op, _ inputs: [Value], _ s: inout Simplifier) -> Value? {
    guard op == .binary(.multiply), s.type(of: inputs[0]).scalar.isFloating,
      let number = s.fill(of: inputs[1]), s.op(of: inputs[0]) == op
    else { return nil }
    let inner = s.inputs(of: inputs[0])
    guard let other = s.fill(of: inner[1]), s.fill(of: inner[0]) == nil else { return nil }
    let product = s.emit(.full(Fill(number * other, s.type(of: inputs[0]))), [])
    return s.emit(op, [inner[0], product])
  }

  private static func mergeMovements(_ op: Op, _ inputs: [Value], _ s: inout Simplifier) -> Value? {
    guard let x = inputs.first else { return nil }
    let (inner, type) = (s.op(of: x), s.type(of: x))
    switch op {
    case .reshape(let shape):
      if shape == type.shape { return x }
      if case .reshape = inner { return s.emit(op, s.inputs(of: x)) }
      return nil
    case .transpose(let order):
      if order == Array(order.indices) { return x }
      guard case .transpose(let first) = inner else { return nil }
      return s.emit(.transpose(order.map { first[$0] }), s.inputs(of: x))
    case .broadcast(let shape):
      if shape == type.shape { return x }
      if case .broadcast = inner { return s.emit(op, s.inputs(of: x)) }
      return nil
    case .cast(let scalar): return scalar == type.scalar ? x : nil
    case .reduce(.sum, let axes):
      // Over axes of extent 1 there is nothing to add.
      let kept = type.shape.indices.filter { !axes.contains($0) }
      guard axes.allSatisfy({ type.shape[$0] == 1 }) else { return nil }
      return s.emit(.reshape(kept.map { type.shape[$0] }), [x])
    default: return nil
    }
  }

  private static func delayBroadcasts(
    _ op: Op, _ inputs: [Value], _ s: inout Simplifier
  ) -> Value? {
    switch op {
    case .unary, .binary, .compare, .cast: break
    default: return nil
    }
    var source: TensorType?
    var shape: [Int] = []
    for input in inputs {
      guard case .broadcast(let target) = s.op(of: input) else { continue }
      let inner = s.type(of: s.inputs(of: input)[0])
      if let source, source.shape != inner.shape { return nil }
      (source, shape) = (inner, target)
    }
    guard let source else { return nil }
    var small: [Value] = []
    for input in inputs {
      if let number = s.fill(of: input) {
        let type = s.type(of: input).with(shape: source.shape)
        small.append(s.emit(.full(Fill(number, type)), []))
      } else if case .broadcast = s.op(of: input) {
        small.append(s.inputs(of: input)[0])
      } else {
        return nil
      }
    }
    return s.emit(.broadcast(shape), [s.emit(op, small)])
  }
}

extension Constant {
  init(filling fill: Fill) {
    self.init(computing: .full(fill), [], fill.type)
  }

  /// The result of one primitive on constants.
  init(computing op: Op, _ operands: [Constant], _ type: TensorType) {
    let kernel = Kernel(op, result: type, operands: operands.map { Operand($0.type) })
    let storage = Storage(byteCount: type.byteCount)
    withExtendedLifetime(operands) {
      kernel.run(operands.map { UnsafeRawPointer($0.storage.pointer) }, into: storage.pointer)
    }
    self.init(storage: storage, type: type)
  }

  /// The first scalar as a Double, which holds each of the real scalar types exactly.
  var firstScalar: Double {
    switch type.scalar {
    case .float: Double(storage.pointer.load(as: Float.self))
    case .double: storage.pointer.load(as: Double.self)
    case .int32: Double(storage.pointer.load(as: Int32.self))
    case .bool: storage.pointer.load(as: UInt8.self) != 0 ? 1 : 0
    case .complexFloat: Double(storage.pointer.load(as: Complex<Float>.self).real)
    case .complexDouble: storage.pointer.load(as: Complex<Double>.self).real
    }
  }

  /// Whether the first scalar has an imaginary part, so that it is more than `firstScalar`.
  var isImaginary: Bool {
    switch type.scalar {
    case .float, .double, .int32, .bool: false
    case .complexFloat: storage.pointer.load(as: Complex<Float>.self).imaginary != 0
    case .complexDouble: storage.pointer.load(as: Complex<Double>.self).imaginary != 0
    }
  }
}
