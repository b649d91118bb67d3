import CLandauKernels
import LandauCore

/// One elementwise operation on a block: a kernel of CLandauKernels, or the plain Swift one where there is none.
///
/// Both give the same bits.
struct BlockOperation: Sendable {
  let function: lk_block
  /// What the Swift kernel does; its lowest bits are free for which operands are one number.
  private let code: Int32

  /// - Parameter position: of the operand that is one number.
  static func flag(_ position: Int) -> Int32 { 1 << Int32(position) }

  func scalars(_ flags: Int32) -> Int32 { code | flags }

  private init(_ function: lk_block?, _ code: Code) {
    self.function = function ?? Self.plain
    self.code = code.packed
  }

  /// The kernels of a level for a scalar type; none without a level.
  private static func table(_ level: KernelLevel?, _ scalar: ScalarType) -> lk_elementwise? {
    guard let level, scalar == .float || scalar == .double else { return nil }
    return level.kernels.elementwise[scalar == .float ? 0 : 1]
  }

  /// - Parameter level: nil gives the plain Swift kernel.
  init(_ op: UnaryOp, _ scalar: ScalarType, level: KernelLevel? = .current) {
    self.init(
      Self.table(level, scalar).flatMap { Self.kernel(op, $0) }, Code(.unary, op.rawValue, scalar))
  }

  init(_ op: BinaryOp, _ scalar: ScalarType, level: KernelLevel? = .current) {
    self.init(
      Self.table(level, scalar).flatMap { Self.kernel(op, $0) }, Code(.binary, op.rawValue, scalar))
  }

  /// Bytes: 1 where the comparison of numbers of this type holds.
  init(_ op: Comparison, _ scalar: ScalarType, level: KernelLevel? = .current) {
    let kernel = Self.table(level, scalar).flatMap { table -> lk_block? in
      switch op {
      case .equal: table.equal
      case .notEqual: table.not_equal
      case .less: table.less
      case .lessOrEqual: table.less_or_equal
      }
    }
    self.init(kernel, Code(.compare, op.rawValue, scalar))
  }

  /// The third operand where the comparison of the first two holds, else the fourth; nil for other types than
  /// float and double.
  init?(choosing op: Comparison, _ scalar: ScalarType, level: KernelLevel? = .current) {
    guard let table = Self.table(level, scalar) else { return nil }
    let kernel: lk_block? =
      switch op {
      case .equal: table.choose_equal
      case .notEqual: table.choose_not_equal
      case .less: table.choose_less
      case .lessOrEqual: table.choose_less_or_equal
      }
    self.init(kernel, Code(.compare, op.rawValue, scalar))
  }

  init(selecting scalar: ScalarType, level: KernelLevel? = .current) {
    let kernel: lk_block? =
      switch scalar.byteCount {
      case 4: Self.table(level, .float)?.select
      case 8: Self.table(level, .double)?.select
      default: nil
      }
    self.init(kernel, Code(.select, 0, scalar))
  }

  init(casting from: ScalarType, to: ScalarType, level: KernelLevel? = .current) {
    let kernel: lk_block? = from == .bool ? Self.table(level, to)?.from_bytes : nil
    self.init(kernel, Code(.cast, to.rawValue, from))
  }

  init(joining scalar: ScalarType) { self.init(nil, Code(.join, 0, scalar)) }

  init(_ part: ComplexPart, _ scalar: ScalarType) {
    self.init(nil, Code(.part, part.rawValue, scalar))
  }

  private static func kernel(_ op: UnaryOp, _ table: lk_elementwise) -> lk_block? {
    switch op {
    case .negate: table.negate
    case .exponential: table.exponential
    case .logarithm: table.logarithm
    case .tanh: table.tanh
    case .sigmoid: table.sigmoid
    case .squareRoot: table.square_root
    case .absolute: table.absolute
    case .sign: table.sign
    case .conjugate, .logarithmOfOnePlus, .exponentialMinusOne, .sine, .cosine, .errorFunction:
      nil
    }
  }

  private static func kernel(_ op: BinaryOp, _ table: lk_elementwise) -> lk_block? {
    switch op {
    case .add: table.add
    case .subtract: table.subtract
    case .multiply: table.multiply
    case .divide: table.divide
    case .maximum: table.maximum
    case .minimum: table.minimum
    case .power, .arctangent: nil
    }
  }
}

// The plain kernels behind the same C function type: what to do travels in the bits above the flags.
extension BlockOperation {
  private struct Code {
    enum Kind: Int32 { case unary, binary, compare, select, cast, join, part }

    let kind: Kind
    let operation: UInt8
    let scalar: ScalarType

    init(_ kind: Kind, _ operation: UInt8, _ scalar: ScalarType) {
      (self.kind, self.operation, self.scalar) = (kind, operation, scalar)
    }

    init(_ packed: Int32) {
      kind = Kind(rawValue: packed >> 4 & 15)!
      operation = UInt8(packed >> 8 & 255)
      scalar = ScalarType(rawValue: UInt8(packed >> 16 & 15))!
    }

    var packed: Int32 {
      kind.rawValue << 4 | Int32(operation) << 8 | Int32(scalar.rawValue) << 16
    }
  }

  private static let plain: lk_block = { n, scalars, a, b, c, _, r in
    guard let a, let r else { return }
    let (code, n) = (Code(scalars), Int(n))
    func step(_ position: Int) -> Int { scalars & flag(position) == 0 ? 1 : 0 }
    let nest = LoopNest(run: n, strides: (step(0), step(1), step(2)))
    switch code.kind {
    case .unary: Kernel.unary(UnaryOp(rawValue: code.operation)!, code.scalar, n, a, r)
    case .binary:
      Kernel.binary(BinaryOp(rawValue: code.operation)!, code.scalar, nest, a, b!, r)
    case .compare:
      Kernel.compare(Comparison(rawValue: code.operation)!, code.scalar, nest, a, b!, r)
    case .select: Kernel.select(code.scalar.byteCount, nest, a, b!, c!, r)
    case .cast:
      Elementwise.cast(code.scalar, ScalarType(rawValue: code.operation)!, n, a, r)
    case .join: Kernel.join(code.scalar, nest, a, b!, r)
    case .part: Kernel.part(ComplexPart(rawValue: code.operation)!, code.scalar, n, a, r)
    }
  }
}
