import LandauCore
import LandauLinearAlgebra

/// The Hamiltonian on two neighbouring spins in the bases of what is left and right of them, without a matrix.
///
/// Vectors are `[left, spin, spin, right]`. The cost is two matrix products of 8 D chi^3 operations.
struct TwoSiteOperator<Scalar: AmplitudeScalar> {
  private let left: OperatorEnvironment<Scalar>
  private let right: OperatorEnvironment<Scalar>
  private let chiLeft: Int
  private let chiRight: Int
  /// Spins of both sites, 2 s + s'.
  private let entries: [MatrixProductOperator<Scalar>.Entry]
  /// States that are lifted by `weight` |phi><phi|.
  private let lifted: [[Scalar]]
  private let weight: Double
  var length: Int { 4 * chiLeft * chiRight }

  /// - Parameter right: of mirrored tensors.
  init(
    left: OperatorEnvironment<Scalar>, right: OperatorEnvironment<Scalar>,
    _ first: MatrixProductOperator<Scalar>.Site, _ second: MatrixProductOperator<Scalar>.Site,
    lifting lifted: [[Scalar]] = [], by weight: Double = 0
  ) {
    (self.left, self.right) = (left, right)
    (self.lifted, self.weight) = (lifted, weight)
    chiLeft = left.matrix.columns
    chiRight = right.matrix.columns
    // The bond between the two summed.
    var after: [[MatrixProductOperator<Scalar>.Entry]] = Array(repeating: [], count: second.left)
    for entry in second.entries { after[entry.left].append(entry) }
    entries = MatrixProductOperator<Scalar>.Entry.merged(
      first.entries.flatMap { a in
        after[a.right].map { b in
          .init(
            left: a.left, right: b.right, out: 2 * a.out + b.out, into: 2 * a.into + b.into,
            value: a.value * b.value)
        }
      })
  }

  func apply(_ vector: [Scalar]) -> [Scalar] {
    let (d, size) = (left.bond, right.bond)
    let moved = left.matrix * DenseMatrix(chiLeft, 4 * chiRight, vector)
    var applied = DenseMatrix<Scalar>(zeros: chiLeft * 4, size * chiRight)
    moved.entries.withUnsafeBufferPointer { source in
      applied.entries.withUnsafeMutableBufferPointer { target in
        for l in 0..<chiLeft {
          for entry in entries {
            let from =
              source.baseAddress! + ((l * d + entry.left) * 4 + entry.into) * chiRight
            let to = target.baseAddress! + ((l * 4 + entry.out) * size + entry.right) * chiRight
            let value = entry.value
            for r in 0..<chiRight { to[r] += value * from[r] }
          }
        }
      }
    }
    // Rows of the right environment are (bra, operator): taken as [bra, (operator, ket)].
    let closing = DenseMatrix(chiRight, size * chiRight, right.matrix.entries)
    var result = applied.timesTransposed(closing).entries
    for state in lifted {
      var overlap = Scalar.zero
      for (a, b) in zip(state, vector) { overlap += a.conjugated * b }
      overlap = Scalar(real: weight) * overlap
      for index in result.indices { result[index] += overlap * state[index] }
    }
    return result
  }

  /// The lowest eigenvalue and its vector, by Lanczos' recurrence with complete orthogonalisation from a vector of any length.
  ///
  /// - Parameters:
  ///   - tolerance: of the residual |H v - E v|.
  ///   - limit: of products with H.
  /// - Throws: `LinearAlgebraError`.
  func lowest(
    from start: [Scalar], tolerance: Double, limit: Int
  ) throws -> (energy: Double, vector: [Scalar]) {
    let n = length
    var basis: [Scalar] = []
    var diagonal: [Double] = []
    var beside: [Double] = []
    var next = start
    Self.normalize(&next)
    while true {
      basis += next
      let count = diagonal.count + 1
      var product = apply(next)
      var alpha = 0.0
      for (a, b) in zip(next, product) { alpha += (a.conjugated * b).parts.real }
      diagonal.append(alpha)
      // Twice is enough.
      for _ in 0..<2 { Self.orthogonalize(&product, basis, count) }
      let beta = Self.normalize(&product)
      var matrix = [Double](repeating: 0, count: count * count)
      for k in 0..<count {
        matrix[k * count + k] = diagonal[k]
        if k > 0 { matrix[k * count + k - 1] = beside[k - 1] }
      }
      let eigen = try SymmetricEigen(matrix, count: count)
      let weights = eigen.vector(0)
      let isDone =
        count >= limit || count >= n || beta * abs(weights[count - 1]) < tolerance || beta == 0
      if isDone {
        var vector = [Scalar](repeating: .zero, count: n)
        Scalar.multiply(
          rows: 1, columns: n, inner: count, weights.map { Scalar(real: $0) }, basis, into: &vector)
        return (eigen.values[0], vector)
      }
      beside.append(beta)
      next = product
    }
  }

  @discardableResult
  private static func normalize(_ vector: inout [Scalar]) -> Double {
    let length = vector.reduce(0.0) { $0 + $1.parts.squaredMagnitude }.squareRoot()
    guard length > 0 else { return 0 }
    let scale = Scalar(real: 1 / length)
    for index in vector.indices { vector[index] = scale * vector[index] }
    return length
  }

  /// Takes out the parts along `count` orthonormal vectors, one after another in `basis`.
  private static func orthogonalize(_ vector: inout [Scalar], _ basis: [Scalar], _ count: Int) {
    let n = vector.count
    var overlaps = [Scalar](repeating: .zero, count: count)
    let conjugated = isComplex ? vector.map(\.conjugated) : vector
    Scalar.multiply(rows: count, columns: 1, inner: n, basis, conjugated, into: &overlaps)
    let minus = overlaps.map { Scalar.zero - $0.conjugated }
    Scalar.multiply(
      rows: 1, columns: n, inner: count, minus, basis, adding: true, into: &vector)
  }

  private static var isComplex: Bool { Scalar.isComplex }
}
