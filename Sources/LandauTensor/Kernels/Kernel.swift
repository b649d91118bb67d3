/// An operand as a kernel sees it: its type, and how its buffer differs from that.
struct Operand: Sendable {
  enum View: Sendable, Hashable {
    /// The buffer holds the operand in row-major order.
    case plain
    /// The buffer has this shape and stands for its broadcast.
    case broadcast(from: [Int])
    /// The buffer holds the operand with its last two axes exchanged.
    case matrixTransposed
  }

  let type: TensorType
  let view: View

  init(_ type: TensorType, _ view: View = .plain) {
    self.type = type
    self.view = view
  }

  var isPlain: Bool { view == .plain }

  /// The shape of the buffer for kernels that take broadcast operands.
  var sourceShape: [Int] {
    if case .broadcast(let source) = view { source } else { type.shape }
  }
}

/// The evaluate rule: a primitive with everything that shapes and types decide worked out.
enum Kernel: Sendable {
  case none
  case fill(Fill)
  case copy(byteCount: Int)
  case unary(UnaryOp, ScalarType, count: Int)
  case binary(BinaryOp, ScalarType, LoopNest)
  case compare(Comparison, ScalarType, LoopNest)
  case select(elementBytes: Int, LoopNest)
  case cast(ScalarType, ScalarType, count: Int)
  case complex(ScalarType, LoopNest)
  case part(ComplexPart, ScalarType, count: Int)
  case strided(StridedCopy)
  case pad(StridedCopy, byteCount: Int)
  case join([StridedCopy])
  case reduce(ReductionKernel, ScalarType)
  case matmul(MatmulKernel, ScalarType)
  case convolution(ConvolutionKernel)
  case gather(IndexKernel, elementBytes: Int)
  case scatterAdd(IndexKernel, ScalarType)
  case sort(SortKernel, ScalarType)
  case random(RandomKernel)
  /// Several operations at once; writes several results.
  case fused(FusedKernel)
  case `extension`(ExtensionKernel)

  init(_ op: Op, result: TensorType, operands: [Operand]) {
    let (shape, bytes) = (result.shape, result.scalar.byteCount)
    func nest() -> LoopNest { LoopNest(shape, operands: operands.map(\.sourceShape)) }
    switch op {
    case .input: preconditionFailure("an input is given, not computed")
    case .constant: self = .none
    case .full(let fill): self = .fill(fill)
    case .unary(let op): self = .unary(op, result.scalar, count: result.count)
    case .binary(let op): self = .binary(op, result.scalar, nest())
    case .compare(let op): self = .compare(op, operands[0].type.scalar, nest())
    case .select: self = .select(elementBytes: bytes, nest())
    case .cast(let to): self = .cast(operands[0].type.scalar, to, count: result.count)
    case .complex: self = .complex(result.scalar, nest())
    case .part(let part):
      self = .part(part, operands[0].type.scalar, count: result.count)
    case .stopGradient, .reshape: self = .copy(byteCount: result.byteCount)
    case .broadcast: self = .strided(.broadcast(operands[0].type.shape, to: shape, bytes))
    case .transpose(let order): self = .strided(.transpose(operands[0].type.shape, order, bytes))
    case .slice(let slice):
      self = .strided(.slice(operands[0].type.shape, slice, to: shape, bytes))
    case .pad(let pad):
      self = .pad(.pad(operands[0].type.shape, pad, to: shape, bytes), byteCount: result.byteCount)
    case .concatenate(let axis):
      var offset = 0
      var parts: [StridedCopy] = []
      for operand in operands {
        parts.append(.part(operand.type.shape, at: offset, axis: axis, of: shape, bytes))
        offset += operand.type.shape[axis]
      }
      self = .join(parts)
    case .reduce(let op, let axes):
      // A sum of complex numbers is a sum over pairs, which stay.
      let (source, part) = (operands[0].type.shape, result.scalar.part)
      self = .reduce(
        ReductionKernel(op, part == nil ? source : source + [2], axes: axes), part ?? result.scalar)
    case .matmul:
      self = .matmul(MatmulKernel(result: shape, operands[0], operands[1]), result.scalar)
    case .convolution(let op):
      var shapes = [op.result: shape]
      for (role, operand) in zip(op.operands, operands) { shapes[role] = operand.type.shape }
      self = .convolution(ConvolutionKernel(op, shapes: shapes, result.scalar))
    case .gather(let indexing):
      let kernel = IndexKernel(
        indexing, operands[0].type.shape, indices: operands[1].type.shape)
      self = .gather(kernel, elementBytes: bytes)
    case .scatterAdd(let indexing, _):
      self = .scatterAdd(
        IndexKernel(indexing, shape, indices: operands[1].type.shape), result.scalar)
    case .argSort(let descending):
      let count = shape[shape.count - 1]
      let kernel = SortKernel(
        rows: result.count / max(1, count), count: count, descending: descending)
      self = .sort(kernel, operands[0].type.scalar)
    case .randomBits(let bits):
      self = .random(
        RandomKernel(
          keyCount: operands[0].type.count / 2, count: bits.shape.reduce(1, *), scalar: bits.scalar)
      )
    case .extension(let operation):
      self = .extension(operation.rule.kernel(operands.map(\.type)))
    case .result: preconditionFailure("a result is a buffer of its bundle")
    }
  }

  /// Whether operand `position` of the primitive may come in this view.
  static func accepts(_ view: Operand.View, _ op: Op, _ type: TensorType) -> Bool {
    switch view {
    case .plain: return true
    case .broadcast(let source):
      // Only batch axes may repeat: the matrices themselves must be there.
      return op == .matmul && source.count >= 2
        && Array(source.suffix(2)) == Array(type.shape.suffix(2))
    case .matrixTransposed: return op == .matmul
    }
  }
}
