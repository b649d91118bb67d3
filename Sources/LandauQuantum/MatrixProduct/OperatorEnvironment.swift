/// What a part of the chain left of a bond contributes to <bra|O|ket>: `[bra operator, ket]`.
///
/// The same of a part on the right is that of mirrored tensors.
struct OperatorEnvironment<Scalar: AmplitudeScalar>: Sendable {
  /// Bond dimension of the operator.
  var bond: Int
  /// Rows are (bra, operator), columns the ket.
  var matrix: DenseMatrix<Scalar>

  /// Of no sites.
  init() {
    bond = 1
    matrix = .identity(1)
  }

  init(bond: Int, matrix: DenseMatrix<Scalar>) { (self.bond, self.matrix) = (bond, matrix) }

  /// One site more, of a state with itself.
  ///
  /// - Complexity: 8 D chi^3 operations.
  func extended(
    _ tensor: SiteTensor<Scalar>, _ site: MatrixProductOperator<Scalar>.Site
  ) -> Self {
    extended(bra: tensor, ket: tensor, site)
  }

  func extended(
    bra: SiteTensor<Scalar>, ket: SiteTensor<Scalar>, _ site: MatrixProductOperator<Scalar>.Site
  ) -> Self {
    precondition(site.left == bond, "an operator of bond \(site.left) on one of \(bond)")
    let chi = ket.right
    let moved = matrix * ket.wide
    var applied = DenseMatrix<Scalar>(zeros: bra.left * 2, site.right * chi)
    let size = site.right
    moved.entries.withUnsafeBufferPointer { source in
      applied.entries.withUnsafeMutableBufferPointer { target in
        for l in 0..<bra.left {
          for entry in site.entries {
            let from = source.baseAddress! + ((l * bond + entry.left) * 2 + entry.into) * chi
            let to = target.baseAddress! + ((l * 2 + entry.out) * size + entry.right) * chi
            for r in 0..<chi { to[r] += entry.value * from[r] }
          }
        }
      }
    }
    let result = bra.tall.conjugated.transposedTimes(applied)
    return Self(
      bond: site.right, matrix: DenseMatrix(bra.right * site.right, chi, result.entries))
  }
}

extension OperatorEnvironment {
  /// One site more of <bra|A B|ket> for two operators, of bonds (a, b).
  func extended(
    _ tensor: SiteTensor<Scalar>, _ first: MatrixProductOperator<Scalar>.Site,
    _ second: MatrixProductOperator<Scalar>.Site
  ) -> Self {
    let (chi, left) = (tensor.right, tensor.left)
    precondition(first.left * second.left == bond, "operators on a bond of \(bond)")
    let moved = matrix * tensor.wide
    // The operator next to the ket: [l', a, t, b2, r].
    let half = second.right
    var middle = [Scalar](repeating: .zero, count: left * first.left * 2 * half * chi)
    moved.entries.withUnsafeBufferPointer { source in
      middle.withUnsafeMutableBufferPointer { target in
        for outer in 0..<left * first.left {
          for entry in second.entries {
            let from =
              source.baseAddress! + ((outer * second.left + entry.left) * 2 + entry.into) * chi
            let to = target.baseAddress! + ((outer * 2 + entry.out) * half + entry.right) * chi
            for r in 0..<chi { to[r] += entry.value * from[r] }
          }
        }
      }
    }
    // The operator next to the bra: [l', s', b1, b2, r].
    let width = half * chi
    var applied = DenseMatrix<Scalar>(zeros: left * 2, first.right * width)
    middle.withUnsafeBufferPointer { source in
      applied.entries.withUnsafeMutableBufferPointer { target in
        for l in 0..<left {
          for entry in first.entries {
            let from =
              source.baseAddress! + ((l * first.left + entry.left) * 2 + entry.into) * width
            let to = target.baseAddress! + ((l * 2 + entry.out) * first.right + entry.right) * width
            for r in 0..<width { to[r] += entry.value * from[r] }
          }
        }
      }
    }
    let result = tensor.tall.conjugated.transposedTimes(applied)
    let size = first.right * half
    return Self(bond: size, matrix: DenseMatrix(tensor.right * size, chi, result.entries))
  }
}
