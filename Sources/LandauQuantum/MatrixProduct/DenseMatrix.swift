import LandauCore
import LandauLinearAlgebra

/// A row-major matrix of amplitudes.
struct DenseMatrix<Scalar: AmplitudeScalar>: Sendable {
  var rows: Int
  var columns: Int
  var entries: [Scalar]

  init(_ rows: Int, _ columns: Int, _ entries: [Scalar]) {
    precondition(entries.count == rows * columns, "\(entries.count) entries, \(rows) x \(columns)")
    (self.rows, self.columns, self.entries) = (rows, columns, entries)
  }

  init(zeros rows: Int, _ columns: Int) {
    self.init(rows, columns, [Scalar](repeating: .zero, count: rows * columns))
  }

  static func identity(_ count: Int) -> Self {
    var result = Self(zeros: count, count)
    for k in 0..<count { result.entries[k * count + k] = Scalar(real: 1) }
    return result
  }

  static func * (a: Self, b: Self) -> Self {
    precondition(a.columns == b.rows, "\(a.rows) x \(a.columns) times \(b.rows) x \(b.columns)")
    var result = Self(zeros: a.rows, b.columns)
    Scalar.multiply(
      rows: a.rows, columns: b.columns, inner: a.columns, a.entries, b.entries,
      into: &result.entries)
    return result
  }

  /// The transposed matrix times another.
  func transposedTimes(_ b: Self) -> Self {
    precondition(rows == b.rows, "\(rows) x \(columns), transposed, times \(b.rows) x \(b.columns)")
    var result = Self(zeros: columns, b.columns)
    Scalar.multiply(
      rows: columns, columns: b.columns, inner: rows, entries, transposeLeft: true, b.entries,
      into: &result.entries)
    return result
  }

  /// The matrix times another one transposed.
  func timesTransposed(_ b: Self) -> Self {
    precondition(
      columns == b.columns, "\(rows) x \(columns) times \(b.rows) x \(b.columns), transposed")
    var result = Self(zeros: rows, b.rows)
    Scalar.multiply(
      rows: rows, columns: b.rows, inner: columns, entries, b.entries, transposeRight: true,
      into: &result.entries)
    return result
  }

  var conjugated: Self {
    Scalar.isComplex ? Self(rows, columns, entries.map(\.conjugated)) : self
  }

  var adjoint: Self {
    var result = Self(zeros: columns, rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.entries[column * rows + row] = entries[row * columns + column].conjugated
      }
    }
    return result
  }

  mutating func scale(by factor: Double) {
    let factor = Scalar(real: factor)
    for index in entries.indices { entries[index] = factor * entries[index] }
  }

  /// The sum of squared magnitudes.
  var squaredNorm: Double { entries.reduce(0) { $0 + $1.parts.squaredMagnitude } }

  /// Q with orthonormal columns and R with Q R = self; as many columns of Q as the smaller extent.
  func qr() -> (q: Self, r: Self) {
    if rows <= columns { return (.identity(rows), self) }
    var q = self
    var r = Self(zeros: columns, columns)
    q.entries.withUnsafeMutableBytes { q in
      r.entries.withUnsafeMutableBytes { r in
        LAPACK.qr(
          Scalar.lapack, rows: rows, columns: columns, q.baseAddress!, triangle: r.baseAddress!)
      }
    }
    return (q, r)
  }

  /// L and Q with orthonormal rows and L Q = self.
  func lq() -> (l: Self, q: Self) {
    if columns <= rows { return (self, .identity(columns)) }
    let (q, r) = adjoint.qr()
    return (r.adjoint, q.adjoint)
  }

  /// U diag(s) V with orthonormal columns of U and rows of V, s descending.
  ///
  /// - Throws: `LinearAlgebraError`.
  func singularValues() throws(LinearAlgebraError) -> (u: Self, s: [Double], v: Self) {
    let k = min(rows, columns)
    var copy = entries
    var (u, v) = (Self(zeros: rows, k), Self(zeros: k, columns))
    var s = [Double](repeating: 0, count: k)
    let isFinite = copy.withUnsafeBytes {
      LAPACK.allFinite(Scalar.lapack, $0.baseAddress!, count: rows * columns)
    }
    guard isFinite else { throw .notFinite }
    let status = copy.withUnsafeMutableBytes { a in
      u.entries.withUnsafeMutableBytes { u in
        v.entries.withUnsafeMutableBytes { v in
          s.withUnsafeMutableBytes { s in
            LAPACK.singularValues(
              Scalar.lapack, rows: rows, columns: columns, a.baseAddress!, left: u.baseAddress!,
              values: s.baseAddress!, right: v.baseAddress!)
          }
        }
      }
    }
    if status > 0 { throw .noConvergence(remaining: status) }
    return (u, s, v)
  }

  /// The largest singular values and their vectors: at most `maximum`, and as few as leave a part of at most `cutoff` of the
  /// squares behind.
  ///
  /// - Returns: with the discarded part of the sum of squares.
  func truncated(
    maximum: Int, cutoff: Double
  ) throws(LinearAlgebraError) -> (u: Self, s: [Double], v: Self, discarded: Double) {
    let (u, s, v) = try singularValues()
    let total = s.reduce(0) { $0 + $1 * $1 }
    var (kept, discarded) = (s.count, 0.0)
    while kept > 1 {
      let next = discarded + s[kept - 1] * s[kept - 1]
      if kept <= maximum && next > cutoff * total { break }
      discarded = next
      kept -= 1
    }
    let part = total > 0 ? discarded / total : 0
    if kept == s.count { return (u, s, v, part) }
    var left = Self(zeros: rows, kept)
    for row in 0..<rows {
      for k in 0..<kept { left.entries[row * kept + k] = u.entries[row * s.count + k] }
    }
    return (
      left, Array(s[..<kept]), Self(kept, columns, Array(v.entries[..<(kept * columns)])), part
    )
  }

  /// diag(s) times the matrix.
  func rowsScaled(by s: [Double]) -> Self {
    var result = self
    for row in 0..<rows {
      let factor = Scalar(real: s[row])
      for k in row * columns..<(row + 1) * columns { result.entries[k] = factor * entries[k] }
    }
    return result
  }

  /// The matrix times diag(s).
  func columnsScaled(by s: [Double]) -> Self {
    var result = self
    for row in 0..<rows {
      for k in 0..<columns {
        result.entries[row * columns + k] = Scalar(real: s[k]) * entries[row * columns + k]
      }
    }
    return result
  }
}
