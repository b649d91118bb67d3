/// The exact change between a function of n two-valued spins and its products of spins.
///
/// Every f on {-1, +1}^n is a sum over subsets S of coefficient(S) times the product of the spins in S,
/// with coefficient(S) = 2^-n sum over patterns p of f(p) (-1)^|p & S|, where bit i of p is set for a
/// minus spin. The matrix (-1)^|p & S| is symmetric and its own inverse up to 2^n.
public enum WalshHadamard {
  /// Replaces each row of `values` by its transform, without the factor 2^-n.
  ///
  /// Applied to frequencies of patterns it gives the mean products: entry S is the average over
  /// positions of the product of the spins in S.
  ///
  /// - Parameter values: `[row, 2^n]`.
  /// - Complexity: O(rows n 2^n), in place.
  public static func transformRows(_ values: inout [Float], rowLength: Int) {
    precondition(
      rowLength > 0 && rowLength & (rowLength - 1) == 0,
      "row length \(rowLength) is no power of two")
    precondition(values.count % rowLength == 0, "\(values.count) values in rows of \(rowLength)")
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: buffer.count, by: rowLength) {
        transform(base + start, count: rowLength)
      }
    }
  }

  /// The coefficients of a function given by its values on the patterns.
  public static func coefficients(ofTable table: [Float]) -> [Float] {
    var values = table
    transformRows(&values, rowLength: table.count)
    let scale = 1 / Float(table.count)
    return values.map { $0 * scale }
  }

  /// The values on the patterns of a function given by its coefficients.
  public static func table(ofCoefficients coefficients: [Float]) -> [Float] {
    var values = coefficients
    transformRows(&values, rowLength: coefficients.count)
    return values
  }

  private static func transform(_ row: UnsafeMutablePointer<Float>, count: Int) {
    var half = 1
    while half < count {
      for block in stride(from: 0, to: count, by: 2 * half) {
        for index in block..<block + half {
          let a = row[index]
          let b = row[index + half]
          row[index] = a + b
          row[index + half] = a - b
        }
      }
      half *= 2
    }
  }
}
