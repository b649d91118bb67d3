import LandauLinearAlgebra

/// A batch of matrix products; transposed operands are read in place and repeated ones not copied.
struct MatmulKernel: Sendable {
  private let batch: [Int]
  private let rows: Int
  private let columns: Int
  private let inner: Int
  private let left: MatrixOperand
  private let right: MatrixOperand
  /// Parts of a single large product: columns where there are more of them than rows, else rows. Always the same, so that sums
  /// do not depend on who makes them.
  private let panels: Int

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
    var panels = 1
    if batch.allSatisfy({ $0 == 1 }), rows * columns * inner >= Self.leastDivided {
      let extent = max(rows, columns)
      if extent >= 2 * Self.leastWidth { panels = 2 }
      while panels > 1, panels < Self.mostPanels, extent / panels >= 3 * Self.leastWidth {
        panels *= 2
      }
    }
    self.panels = panels
  }

  /// Multiplications of a product that is worth dividing; rows or columns of a panel, and panels.
  private static let leastDivided = 1 << 21
  private static let leastWidth = 128
  private static let mostPanels = 8

  /// What may be computed at the same time.
  var pieceCount: Int { panels > 1 ? panels : batch.reduce(1, *) }

  /// Whether the right matrix fits the kernel of small products, and OpenBLAS would hardly get going.
  private var isSmall: Bool {
    (right.isTransposed || !BLAS.hasSmallProducts) && inner > 0
      && inner * ((columns + 15) / 16 * 16) <= 2048 && rows * columns * inner <= 131_072
  }

  func run<T: MatrixElement>(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ r: UnsafeMutablePointer<T>,
    _ pieces: Range<Int>
  ) {
    if panels > 1 {
      for panel in pieces { multiply(panel, a, b, r) }
      return
    }
    if isSmall, let product = T.smallProduct {
      for index in pieces {
        _ = product(
          rows, columns, inner, a + left.offset(index, batch), left.isTransposed ? 1 : inner,
          left.isTransposed ? rows : 1, b + right.offset(index, batch),
          right.isTransposed ? 1 : columns, right.isTransposed ? inner : 1,
          r + index * rows * columns)
      }
      return
    }
    for index in pieces {
      T.multiply(
        rows: rows, columns: columns, inner: inner, a + left.offset(index, batch),
        transposeLeft: left.isTransposed, b + right.offset(index, batch),
        transposeRight: right.isTransposed, adding: false, into: r + index * rows * columns)
    }
  }

  private func multiply<T: MatrixElement>(
    _ panel: Int, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ r: UnsafeMutablePointer<T>
  ) {
    let byColumns = columns > rows
    // Whole vectors of results, whatever the processor.
    let extent = byColumns ? columns : rows
    func edge(_ panel: Int) -> Int {
      panel == panels ? extent : extent * panel / panels / 16 * 16
    }
    let (first, count) = (edge(panel), edge(panel + 1) - edge(panel))
    let (leftPitch, rightPitch) = (
      left.isTransposed ? rows : inner, right.isTransposed ? inner : columns
    )
    T.multiply(
      rows: byColumns ? rows : count, columns: byColumns ? count : columns, inner: inner,
      byColumns ? a : a + first * (left.isTransposed ? 1 : leftPitch),
      transposeLeft: left.isTransposed,
      byColumns ? b + first * (right.isTransposed ? rightPitch : 1) : b,
      transposeRight: right.isTransposed, adding: false,
      into: r + first * (byColumns ? 1 : columns),
      pitches: BLAS.Pitches(left: leftPitch, right: rightPitch, result: columns))
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
