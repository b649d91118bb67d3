import LandauCore
import LandauLattice

/// A sum of Pauli products in a basis of fewer states, as a sparse matrix.
///
/// With g b = r' for a state b that H leads to from r, the element is (r'|H|r) = h_b chi(g) (s_r' / s_r)^(1/2): the norms of both
/// combinations, and the character of the element that names b by its representative.
struct SectorMatrix: SymmetricOperator {
  let length: Int
  private let starts: [Int]
  private let columns: [Int32]
  private let values: [Double]

  /// - Precondition: the sum commutes with the group of the basis and, where it has a number of down spins, conserves it.
  init(_ sum: PauliSum, _ basis: SpinBasis, pool: WorkerPool) throws {
    precondition(
      !basis.isFull && basis.siteCount == sum.siteCount, "a full basis, or of other sites")
    let terms = sum.terms
    let isComplex = !sum.isReal
    let dimension = basis.dimension
    let blockSize = 1024
    let blocks = try pool.map((dimension + blockSize - 1) / blockSize) { block in
      Self.rows(block * blockSize..<min(dimension, (block + 1) * blockSize), terms, basis)
    }
    length = isComplex ? 2 * dimension : dimension
    var starts = [0]
    var columns: [Int32] = []
    var values: [Double] = []
    let count = blocks.reduce(0) { $0 + $1.columns.count } * (isComplex ? 4 : 1)
    columns.reserveCapacity(count)
    values.reserveCapacity(count)
    // Upper half: A u - B v; lower half: B u + A v.
    for isLower in isComplex ? [false, true] : [false] {
      for block in blocks {
        var next = 0
        for length in block.lengths {
          for entry in next..<next + length {
            let (column, a, b) = (block.columns[entry], block.real[entry], block.imaginary[entry])
            let pairs =
              isLower
              ? [(column, b), (column + Int32(dimension), a)]
              : isComplex ? [(column, a), (column + Int32(dimension), -b)] : [(column, a)]
            for (column, value) in pairs where value != 0 {
              columns.append(column)
              values.append(value)
            }
          }
          next += length
          starts.append(columns.count)
        }
      }
    }
    (self.starts, self.columns, self.values) = (starts, columns, values)
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
        let (smallest, character) = basis.group?.representative(target) ?? (target, 1)
        guard let column = basis.index(of: smallest) else { continue }
        let scale = character * basis.weights[column] / basis.weights[row]
        rows.columns.append(Int32(column))
        // This is column `row` of H; row `row` is its conjugate.
        rows.real.append(scale * real)
        rows.imaginary.append(-scale * imaginary)
        length += 1
      }
      rows.lengths.append(length)
    }
    return rows
  }

  func apply(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>, pool: WorkerPool?
  ) {
    nonisolated(unsafe) let (x, out) = (x, out)
    let blockSize = 4096
    let run = { @Sendable (block: Int) in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          for row in block * blockSize..<min(length, (block + 1) * blockSize) {
            var sum = 0.0
            for entry in starts[row]..<starts[row + 1] {
              sum += values[entry] * x[Int(columns[entry])]
            }
            out[row] = sum
          }
        }
      }
    }
    let blocks = (length + blockSize - 1) / blockSize
    if let pool, blocks > 1 {
      pool.forEach(blocks, run)
    } else {
      for block in 0..<blocks { run(block) }
    }
  }
}
