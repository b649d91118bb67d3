/// The closed set of primitives; everything else is composed from them.
///
/// Operands of elementwise primitives have equal shapes: broadcasting is a primitive of its own that
/// kernels absorb. Every primitive answers six rules (shape, evaluate, pullback, pushforward, batch, print) in
/// exhaustive switches; `extension` hands them on to a rule of its own, and its result is a bundle that only
/// `result` reads.
enum Op: Sendable, Hashable {
  // Sources.
  case input(Int, TensorType)
  case constant(Constant)
  case full(Fill)
  // Elementwise.
  case unary(UnaryOp)
  case binary(BinaryOp)
  case compare(Comparison)
  case select
  case cast(ScalarType)
  case complex
  case part(ComplexPart)
  case stopGradient
  // Movement.
  case broadcast([Int])
  case reshape([Int])
  case transpose([Int])
  case slice(Slice)
  case pad(Pad)
  case concatenate(axis: Int)
  // Contraction.
  case reduce(Reduction, axes: [Int])
  case matmul
  case convolution(Convolution)
  // Indexing.
  case gather(Indexing)
  case scatterAdd(Indexing, count: Int)
  /// The positions along the last axis in the order of the numbers there.
  case argSort(descending: Bool)
  case randomBits(RandomBits)
  // Operations with rules of their own: linear algebra, control flow, custom derivatives.
  case `extension`(Extension)
  case result(Int)

  /// Whether the result has the very bytes of the first input.
  var keepsBuffer: Bool {
    switch self {
    case .reshape, .stopGradient: true
    default: false
    }
  }
}

/// The same number everywhere. Compared by bits, so that -0 and 0 stay apart.
struct Fill: Sendable, Hashable {
  let bits: UInt64
  let type: TensorType

  init(_ value: Double, _ type: TensorType) {
    bits = value.bitPattern
    self.type = type
  }

  var value: Double { Double(bitPattern: bits) }
}

enum UnaryOp: UInt8, Sendable, Hashable, CaseIterable {
  case negate
  case conjugate
  case exponential
  case logarithm
  /// ln(1 + x)
  case logarithmOfOnePlus
  /// e^x - 1
  case exponentialMinusOne
  case tanh
  case sigmoid
  case sine
  case cosine
  case squareRoot
  case errorFunction
  case absolute
  case sign
}

enum BinaryOp: UInt8, Sendable, Hashable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide
  case power
  /// The angle of the point (second, first): atan2.
  case arctangent
  case maximum
  case minimum
}

enum Comparison: UInt8, Sendable, Hashable, CaseIterable {
  case equal
  case notEqual
  case less
  case lessOrEqual
}

enum Reduction: UInt8, Sendable, Hashable, CaseIterable {
  case sum
  case maximum
  case minimum
}

/// `starts[a] ..< stops[a]` in steps of `strides[a]` along every axis `a`.
struct Slice: Sendable, Hashable {
  let starts: [Int]
  let stops: [Int]
  let strides: [Int]
}

/// Zeros before, after and between the elements along every axis: the transpose of a slice.
struct Pad: Sendable, Hashable {
  let low: [Int]
  let high: [Int]
  let interior: [Int]
}

/// Which axis indices point into, and how many leading axes operand and indices share.
struct Indexing: Sendable, Hashable {
  /// Counted in the operand, shared axes included.
  let axis: Int
  let batchAxes: Int
}
