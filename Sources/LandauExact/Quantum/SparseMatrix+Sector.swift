import LandauCore
import LandauLattice

/// A sum of Pauli products in a basis of fewer states, as a sparse matrix.
///
/// With g b = r' for a state b that H leads to from r, the element is (r'|H|r) = h_b chi(g) (s_r' / s_r)^(1/2): the norms of both
/// combinations, and the character of the element that names b by its representative.
extension SparseMatrix {
  /// - Precondition: the sum commutes with the group of the basis and, where it has a number of down spins, conserves it.
  init(_ sum: PauliSum, _ basis: SpinBasis, pool: WorkerPool) throws {
    precondition(
      !basis.isFull && basis.siteCount == sum.siteCount, "a full basis, or of other sites")
    let terms = sum.terms
    let isComplex = !sum.isReal || !basis.isReal
    let dimension = basis.dimension
    let blockSize = 1024
    let blocks = try pool.map((dimension + blockSize - 1) / blockSize) { block in
      Self.rows(block * blockSize..<min(dimension, (block + 1) * blockSize), terms, basis)
    }
    self.init(capacity: blocks.reduce(0) { $0 + $1.columns.count } * (isComplex ? 4 : 1))
    // Upper half: A u - B v; lower half: B u + A v.
    for isLower in isComplex ? [false, true] : [false] {
      for block in blocks {
        var next = 0
        for length in block.lengths {
          for entry in next..<next + length {
            let (column, a, b) = (block.columns[entry], block.real[entry], block.imaginary[entry])
            append(column, isLower ? b : a)
            if isComplex { append(column + Int32(dimension), isLower ? a : -b) }
          }
          next += length
          endRow()
        }
      }
    }
  }

  private struct Rows: Sendable {
    var lengths: [Int] = []
    var columns: [Int32] = []
    var real: [Double] = []
    var imaginary: [Double] = []
  }

  private static func rows(
    _ range: Range<Int>, _ terms: [(product: PauliSum.Product, coefficient: Double)],
    _ basis: SpinBasis
  ) -> Rows {
    var rows = Rows()
    for row in range {
      let state = basis.states[row]
      var first = 0
      var length = 0
      while first < terms.count {
        // Products that flip the same spins lead to the same state.
        var (real, imaginary) = (0.0, 0.0)
        let flips = terms[first].product.flips
        while first < terms.count, terms[first].product.flips == flips {
          let (factor, isReal) = terms[first].product.phase(UInt64(state))
          if isReal {
            real += terms[first].coefficient * factor
          } else {
            imaginary += terms[first].coefficient * factor
          }
          first += 1
        }
        guard real != 0 || imaginary != 0 else { continue }
        let target = state ^ UInt32(flips)
        let (smallest, character) = basis.group?.representative(target) ?? (target, Complex(1))
        guard let column = basis.index(of: smallest) else { continue }
        let scale = basis.weights[column] / basis.weights[row]
        // This is column `row` of H; row `row` is its conjugate.
        let value: Complex = scale * character * Complex(real, imaginary)
        let element = value.conjugate
        rows.columns.append(Int32(column))
        rows.real.append(element.real)
        rows.imaginary.append(element.imaginary)
        length += 1
      }
      rows.lengths.append(length)
    }
    return rows
  }
}
