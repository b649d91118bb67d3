/// The tensor of one spin 1/2 in a matrix-product state: amplitudes `[left, spin, right]`, row-major, spin 0 up.
struct SiteTensor<Scalar: AmplitudeScalar>: Sendable {
  var left: Int
  var right: Int
  var entries: [Scalar]

  init(left: Int, right: Int, _ entries: [Scalar]) {
    precondition(
      entries.count == 2 * left * right, "\(entries.count) entries, \(left) x 2 x \(right)")
    (self.left, self.right, self.entries) = (left, right, entries)
  }

  /// `[left spin, right]`.
  var tall: DenseMatrix<Scalar> { DenseMatrix(2 * left, right, entries) }
  /// `[left, spin right]`.
  var wide: DenseMatrix<Scalar> { DenseMatrix(left, 2 * right, entries) }

  init(tall: DenseMatrix<Scalar>) {
    self.init(left: tall.rows / 2, right: tall.columns, tall.entries)
  }

  init(wide: DenseMatrix<Scalar>) {
    self.init(left: wide.rows, right: wide.columns / 2, wide.entries)
  }

  /// The matrix of one spin state, `[left, right]`.
  func matrix(_ spin: Int) -> DenseMatrix<Scalar> {
    var result = DenseMatrix<Scalar>(zeros: left, right)
    for l in 0..<left {
      for r in 0..<right {
        result.entries[l * right + r] = entries[(2 * l + spin) * right + r]
      }
    }
    return result
  }

  /// `[right, spin, left]`: the state read from the other end.
  var mirrored: SiteTensor {
    var result = entries
    for l in 0..<left {
      for s in 0..<2 {
        for r in 0..<right {
          result[(2 * r + s) * left + l] = entries[(2 * l + s) * right + r]
        }
      }
    }
    return SiteTensor(left: right, right: left, result)
  }

  /// A 2 x 2 matrix on the spin: new[s'] = sum over s of m[s', s] old[s].
  func applying(_ m: [Scalar]) -> SiteTensor {
    var result = self
    for l in 0..<left {
      for r in 0..<right {
        let (up, down) = (entries[2 * l * right + r], entries[(2 * l + 1) * right + r])
        result.entries[2 * l * right + r] = m[0] * up + m[1] * down
        result.entries[(2 * l + 1) * right + r] = m[2] * up + m[3] * down
      }
    }
    return result
  }
}
