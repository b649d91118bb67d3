import LandauLinearAlgebra

/// A batch of matrix products; transposed operands are read in place and repeated ones not copied.
struct MatmulKernel: Sendable {
  private let batch: [Int]
  private let rows: Int
  private let columns: Int
  private let inner: Int
  private let left: MatrixOperand
  private let right: MatrixOperand

  init(result shape: [Int], _ left: Operand, _ right: Operand) {
    let rank = shape.count
    self.left = MatrixOperand(left, batchRank: rank - 2)
    self.right = MatrixOperand(right, batchRank: rank - 2)
    inner = left.type.shape[rank - 1]
    columns = shape[rank - 1]
    // One product instead of many where the right matrix is the same throughout.
    let together =
      rank > 2 && self.right.batchStrides.allSatisfy { $0 == 0 } && !self.left.isTransposed
      && left.isPlain
    rows = together ? shape.dropLast().reduce(1, *) : shape[rank - 2]
    batch = together ? [] : Array(shape.dropLast(2))
  }

  func run<T>(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ r: UnsafeMutablePointer<T>,
    _ multiply: (UnsafePointer<T>, Bool, UnsafePointer<T>, Bool, UnsafeMutablePointer<T>) -> Void
  ) {
    let count = batch.reduce(1, *)
    for index in 0..<count {
      let i = left.offset(index, batch)
      let j = right.offset(index, batch)
      multiply(a + i, left.isTransposed, b + j, right.isTransposed, r + index * rows * columns)
    }
  }

  func run(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ r: UnsafeMutablePointer<Float>) {
    run(a, b, r) {
      BLAS.multiply(
        rows: rows, columns: columns, inner: inner, $0, transposeLeft: $1, $2, transposeRight: $3,
        into: $4)
    }
  }

  func run(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ r: UnsafeMutablePointer<Double>
  ) {
    run(a, b, r) {
      BLAS.multiply(
        rows: rows, columns: columns, inner: inner, $0, transposeLeft: $1, $2, transposeRight: $3,
        into: $4)
    }
  }
}

/// How the matrices of one operand lie in memory.
private struct MatrixOperand: Sendable {
  let isTransposed: Bool
  /// Elements to the next matrix along each batch axis; zero repeats.
  let batchStrides: [Int]

  init(_ operand: Operand, batchRank: Int) {
    switch operand.view {
    case .plain:
      isTransposed = false
      batchStrides = Array(StridedCopy.rowMajor(operand.type.shape).prefix(batchRank))
    case .matrixTransposed:
      isTransposed = true
      batchStrides = Array(StridedCopy.rowMajor(operand.type.shape).prefix(batchRank))
    case .broadcast(let source):
      isTransposed = false
      let strides = StridedCopy.rowMajor(source)
      let missing = operand.type.rank - source.count
      batchStrides = (0..<batchRank).map {
        $0 < missing || source[$0 - missing] == 1 ? 0 : strides[$0 - missing]
      }
    }
  }

  func offset(_ index: Int, _ batch: [Int]) -> Int {
    var (rest, offset) = (index, 0)
    for axis in batch.indices.reversed() {
      offset += rest % batch[axis] * batchStrides[axis]
      rest /= batch[axis]
    }
    return offset
  }
}
