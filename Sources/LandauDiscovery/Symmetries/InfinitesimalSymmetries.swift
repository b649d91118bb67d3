public import LandauTensor

/// The linear vector fields along which a function does not change.
///
/// x -> x + epsilon A x leaves V invariant where grad V(x) . A x = 0 at every x: one linear equation for the matrix A per point. Points
/// stacked give a matrix with rows grad V(x) x^T; its null space is the Lie algebra of the linear symmetries of V, and singular values
/// near zero count its dimensions. A. Moskalev et al., arXiv:2210.04345, read learned symmetries off networks so.
public struct InfinitesimalSymmetries: Sendable {
  public let dimension: Int
  /// Of the constraints, descending; units of root mean square of |grad V| |x|.
  public let singularValues: [Double]
  /// `[generator][row * dimension + column]`, of unit Frobenius norm and orthogonal to one another, in order of the singular values.
  public let directions: [[Double]]

  /// - Parameters:
  ///   - points: `[point, axis]`.
  ///   - gradients: of the function at the points, likewise.
  /// - Complexity: the decomposition of a points x dimension^2 matrix.
  public init(points: Tensor, gradients: Tensor) {
    precondition(
      points.rank == 2 && points.shape == gradients.shape && points.shape[0] > 0,
      "\(points.type) points, \(gradients.type) gradients")
    let (count, dimension) = (points.shape[0], points.shape[1])
    precondition(
      count >= dimension * dimension, "\(count) points for \(dimension * dimension) unknowns")
    self.dimension = dimension
    // Row of point: A[i, j] has the coefficient grad_i x_j.
    let products =
      gradients.reshaped([count, dimension, 1]) * points.reshaped([count, 1, dimension])
    let size = sqrt((products * products).sum(axes: [1, 2]).mean()).item(Double.self)
    let scale = 1 / (max(size, .leastNormalMagnitude) * Double(count).squareRoot())
    let (_, values, right) = svd(products.reshaped([count, dimension * dimension]) * scale)
    singularValues = values.scalars(Double.self)
    let rows = right.scalars(Double.self)
    directions = (0..<dimension * dimension).map { row in
      Array(rows[row * dimension * dimension..<(row + 1) * dimension * dimension])
    }
  }

  /// How many singular values are below a bound: what a symmetry's do not exceed, such as the relative error of the gradients.
  public func nullCount(bound: Double) -> Int { singularValues.count { $0 < bound } }

  /// The generators of the smallest singular values.
  public func generators(_ count: Int) -> [[Double]] { Array(directions.suffix(count)) }

  /// The largest symmetric part of any unit combination of generators, as a Frobenius norm: 0 for rotations.
  public func symmetricPart(of generators: [[Double]]) -> Double {
    Self.largestNorm(
      generators.map { a in
        a.indices.map { (a[$0] + a[transposed($0)]) / 2 }
      })
  }

  /// The largest part of a commutator of two generators that is outside their span, over the largest commutator; 0 where they
  /// close under commutation, and where all commute.
  public func closureDefect(of generators: [[Double]]) -> Double {
    var (outside, largest) = (0.0, 0.0)
    for (index, a) in generators.enumerated() {
      for b in generators[..<index] {
        let commutator = zip(product(a, b), product(b, a)).map { $0 - $1 }
        var rest = commutator
        for c in generators {
          let overlap = zip(c, commutator).reduce(0) { $0 + $1.0 * $1.1 }
          for k in rest.indices { rest[k] -= overlap * c[k] }
        }
        outside = max(outside, Self.norm(rest))
        largest = max(largest, Self.norm(commutator))
      }
    }
    return largest > 0 ? outside / largest : 0
  }

  private func transposed(_ k: Int) -> Int { k % dimension * dimension + k / dimension }

  private func product(_ a: [Double], _ b: [Double]) -> [Double] {
    (0..<dimension * dimension).map { k in
      (0..<dimension).reduce(0) {
        $0 + a[k / dimension * dimension + $1] * b[$1 * dimension + k % dimension]
      }
    }
  }

  private static func norm(_ a: [Double]) -> Double {
    a.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The largest singular value of the map from unit combinations to the combined parts.
  private static func largestNorm(_ parts: [[Double]]) -> Double {
    guard let width = parts.first?.count else { return 0 }
    let matrix = Tensor(parts.flatMap { $0 }, shape: [parts.count, width])
    return svd(matrix).values.scalars(Double.self).first ?? 0
  }
}
