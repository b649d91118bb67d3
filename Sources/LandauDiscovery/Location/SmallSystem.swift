/// Systems of a handful of equations, symmetric positive definite, the right side in the last column.
enum SmallSystem {
  /// Gaussian elimination without pivoting; the matrix is overwritten.
  static func solve(_ m: inout [[Double]]) -> [Double] {
    let n = m.count
    for i in 0..<n {
      for row in (i + 1)..<max(n, i + 1) {
        let factor = m[row][i] / m[i][i]
        for column in i...n { m[row][column] -= factor * m[i][column] }
      }
    }
    var x = [Double](repeating: 0, count: n)
    for i in stride(from: n - 1, through: 0, by: -1) {
      let known = ((i + 1)..<max(n, i + 1)).reduce(0.0) { $0 + m[i][$1] * x[$1] }
      x[i] = (m[i][n] - known) / m[i][i]
    }
    return x
  }
}
