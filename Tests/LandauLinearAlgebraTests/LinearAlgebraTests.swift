import LandauCore
import LandauLinearAlgebra
import Testing

struct LinearAlgebraTests {
  private func random(_ count: Int, _ name: String) -> [Double] {
    var rng = Seed(1).child(name).makeStream()
    return (0..<count).map { _ in rng.normal() }
  }

  private func transposed(_ a: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<(rows * columns)).map { a[$0 % rows * columns + $0 / rows] }
  }

  /// All four transposed forms, in both types, against the triple loop.
  @Test(arguments: [(1, 1, 1), (3, 4, 5), (17, 2, 33), (2, 3, 0)])
  func products(rows: Int, columns: Int, inner: Int) {
    let a = random(rows * inner, "left \(rows)")
    let b = random(inner * columns, "right \(columns)")
    var expected = [Double](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<inner { expected[i * columns + j] += a[i * inner + k] * b[k * columns + j] }
      }
    }
    let (at, bt) = (transposed(a, rows, inner), transposed(b, inner, columns))
    for (left, flipLeft) in [(a, false), (at, true)] {
      for (right, flipRight) in [(b, false), (bt, true)] {
        var double = [Double](repeating: .nan, count: rows * columns)
        BLAS.multiply(
          rows: rows, columns: columns, inner: inner, left, transposeLeft: flipLeft, right,
          transposeRight: flipRight, into: &double)
        var float = [Float](repeating: .nan, count: rows * columns)
        BLAS.multiply(
          rows: rows, columns: columns, inner: inner, left.map { Float($0) },
          transposeLeft: flipLeft, right.map { Float($0) }, transposeRight: flipRight, into: &float)
        // At most 33 products of size below 10, each rounded once.
        for (x, y) in zip(double, expected) { #expect(abs(x - y) < 33 * 10 * 0x1p-52) }
        for (x, y) in zip(float, expected) { #expect(abs(Double(x) - y) < 33 * 10 * 0x1p-22) }
      }
    }
  }

  @Test func choleskySolves() throws {
    let count = 7
    let b = random(count * count, "square")
    var a = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0..<count {
        for k in 0..<count { a[i * count + j] += b[i * count + k] * b[j * count + k] }
      }
      a[i * count + i] += 1
    }
    let cholesky = try Cholesky(a, count: count)
    let x = random(count, "solution")
    let rightSide = (0..<count).map { i in (0..<count).reduce(0) { $0 + a[i * count + $1] * x[$1] }
    }
    let found = try cholesky.solve(rightSide)
    for (y, z) in zip(found, x) { #expect(abs(y - z) < 1e-12) }
    let inverse = cholesky.inverse()
    for i in 0..<count {
      for j in 0..<count {
        let entry = (0..<count).reduce(0) { $0 + a[i * count + $1] * inverse[$1 * count + j] }
        #expect(abs(entry - (i == j ? 1 : 0)) < 1e-12)
        #expect(inverse[i * count + j] == inverse[j * count + i])
      }
    }
    let eigen = try SymmetricEigen(a, count: count)
    let sum = eigen.values.reduce(1, *)
    #expect(abs(try Cholesky([4, 0, 0, 9], count: 2).logDeterminant - 3.58351893845611) < 1e-14)
    #expect(sum > 0)
  }

  /// Silent error 11: a factor of a matrix that has none.
  @Test func choleskyRefuses() {
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) {
      try Cholesky([1, 2, 2, 1], count: 2)
    }
    #expect(throws: LinearAlgebraError.notFinite) { try Cholesky([.nan], count: 1) }
    #expect(throws: LinearAlgebraError.notFinite) {
      try Cholesky([1], count: 1).solve([.infinity])
    }
  }

  @Test func eigenvaluesOfTheOpenChain() throws {
    // 2 on the diagonal, -1 beside it: 2 - 2 cos(k pi / (n + 1)).
    let count = 5
    var a = [Double](repeating: 0, count: 25)
    for i in 0..<count {
      a[i * count + i] = 2
      if i > 0 { a[i * count + i - 1] = -1 }
    }
    let eigen = try SymmetricEigen(a, count: count)
    let exact = [0.2679491924311227, 1, 2, 3, 3.732050807568877]
    for (x, y) in zip(eigen.values, exact) { #expect(abs(x - y) < 1e-14) }
    for k in 0..<count {
      let v = eigen.vector(k)
      #expect(abs(v.reduce(0) { $0 + $1 * $1 } - 1) < 1e-14)
      for i in 0..<count {
        let applied = 2 * v[i] - (i > 0 ? v[i - 1] : 0) - (i < count - 1 ? v[i + 1] : 0)
        #expect(abs(applied - eigen.values[k] * v[i]) < 1e-14)
      }
    }
    #expect(throws: LinearAlgebraError.notFinite) { try SymmetricEigen([.infinity], count: 1) }
    #expect(try SymmetricEigen([], count: 0).values.isEmpty)
  }

  /// Values alone against values with vectors, and the trace: backward stable, some ulps of the norm, about 20 here.
  @Test(arguments: [1, 2, 7, 24, 72]) func eigenvaluesOfHermitianMatrices(_ order: Int) {
    let numbers = random(2 * order * order, "hermitian \(order)")
    var full = [Double](repeating: 0, count: 2 * order * order)
    for row in 0..<order {
      for column in 0...row {
        let (here, there) = (2 * (row * order + column), 2 * (column * order + row))
        (full[here], full[there]) = (numbers[here], numbers[here])
        (full[here + 1], full[there + 1]) =
          row == column ? (0, 0) : (numbers[here + 1], -numbers[here + 1])
      }
    }
    // What stands above the diagonal is not read.
    var lower = full
    for row in 0..<order {
      for column in (row + 1)..<max(order, row + 1) { lower[2 * (row * order + column)] = .nan }
    }
    var (alone, beside) = (
      [Double](repeating: 0, count: order), [Double](repeating: 0, count: order)
    )
    let trace = (0..<order).reduce(0) { $0 + full[2 * ($1 * order + $1)] }
    let statuses = [
      lower.withUnsafeMutableBytes { a in
        alone.withUnsafeMutableBytes {
          LAPACK.symmetricEigenvalues(
            .complexDouble, order: order, a.baseAddress!, values: $0.baseAddress!)
        }
      },
      full.withUnsafeMutableBytes { a in
        beside.withUnsafeMutableBytes {
          LAPACK.symmetricEigen(
            .complexDouble, order: order, a.baseAddress!, values: $0.baseAddress!)
        }
      },
    ]
    #expect(statuses == [0, 0])
    for (a, b) in zip(alone, beside) { #expect(abs(a - b) < 1e-12) }
    #expect(abs(alone.reduce(0, +) - trace) < 1e-12 * Double(order))
  }
}
