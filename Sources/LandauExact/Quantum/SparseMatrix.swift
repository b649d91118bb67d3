import LandauCore

/// A real symmetric matrix by the entries of its rows that are not zero.
struct SparseMatrix: SymmetricOperator {
  private var starts = [0]
  private var columns: [Int32] = []
  private var values: [Double] = []

  /// Memory for so many entries at once.
  init(capacity: Int) {
    columns.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  var length: Int { starts.count - 1 }

  /// Adds to the row that is not ended yet.
  mutating func append(_ column: Int32, _ value: Double) {
    guard value != 0 else { return }
    columns.append(column)
    values.append(value)
  }

  mutating func endRow() { starts.append(columns.count) }

  func apply(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>, pool: WorkerPool?
  ) {
    nonisolated(unsafe) let (x, out) = (x, out)
    let blockSize = 4096
    let length = length
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
