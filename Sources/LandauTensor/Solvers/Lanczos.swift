import LandauCore
import LandauLinearAlgebra

/// A symmetric operator projected on the Krylov space of a vector: a small tridiagonal matrix.
///
/// Its eigenvalues (Ritz values) approach those of the operator, the extreme ones first.
public struct Lanczos: Sendable {
  /// The diagonal of the tridiagonal matrix.
  public let diagonal: [Double]
  /// Beside the diagonal; one entry fewer.
  public let offDiagonal: [Double]
  /// Ascending.
  public let eigenvalues: [Double]
  /// |A y - eigenvalue y| for each Ritz vector y, as the recursion has it: some eigenvalue of the operator lies
  /// within this distance of the Ritz value.
  public let residuals: [Double]
  /// Squared first components of the small matrix's eigenvectors: the weights of Gauss quadrature for the
  /// spectral measure of the start.
  public let weights: [Double]
  public let status: SolverStatus

  private let space: TensorSpace
  private let basis: [[Double]]
  private let smallVectors: [Double]

  /// Runs `steps` steps from a start of any length.
  ///
  /// - Parameters:
  ///   - start: tensors of any shapes and real types, together one vector.
  ///   - steps: at most as many as there are coordinates; fewer where the space closes early, and then the
  ///     Ritz values are eigenvalues.
  ///   - orthogonalizing: whether every vector is made orthogonal to all before it (twice); without it copies
  ///     of converged eigenvalues turn up.
  ///   - keepingBasis: whether Ritz vectors can be asked for; needed with `orthogonalizing` anyway.
  ///   - apply: the operator on a vector shaped like `start`.
  /// - Complexity: one application per step; `steps` vectors of memory and steps² · dimension operations with
  ///   `orthogonalizing`.
  /// - Note: Lanczos 1950; "twice is enough", Giraud et al. 2005.
  public init(
    start: [Tensor], steps: Int, orthogonalizing: Bool = true, keepingBasis: Bool = true,
    apply: ([Tensor]) -> [Tensor]
  ) {
    require(steps >= 1, "\(steps) steps of Lanczos")
    space = TensorSpace(like: start)
    var (diagonal, offDiagonal, basis): ([Double], [Double], [[Double]]) = ([], [], [])
    var current = space.coordinates(of: start)
    let length = VectorMath.norm(current)
    require(length > 0 && length.isFinite, "Lanczos from a vector of length \(length)")
    for index in current.indices { current[index] /= length }
    var previous: [Double] = []
    var status = SolverStatus.exhausted
    var last = 0.0
    for step in 0..<min(steps, space.dimension) {
      if orthogonalizing || keepingBasis { basis.append(current) }
      var image = space.coordinates(of: apply(space.tensors(current)))
      let alpha = VectorMath.dot(current, image)
      guard alpha.isFinite else {
        status = .notFinite
        break
      }
      diagonal.append(alpha)
      VectorMath.add(-alpha, current, to: &image)
      if step > 0 { VectorMath.add(-last, previous, to: &image) }
      if orthogonalizing {
        for _ in 0..<2 {
          for vector in basis { VectorMath.add(-VectorMath.dot(vector, image), vector, to: &image) }
        }
      }
      last = VectorMath.norm(image)
      // What is left is rounding: the Krylov space is complete.
      let size = abs(alpha) + (offDiagonal.last ?? 0)
      if last <= 1e-13 * max(size, diagonal.map(abs).max() ?? 0) || step + 1 == space.dimension {
        status = .converged
        if step + 1 < space.dimension { last = 0 }
        break
      }
      if step + 1 == min(steps, space.dimension) { break }
      offDiagonal.append(last)
      previous = current
      current = image
      for index in current.indices { current[index] /= last }
    }
    self.diagonal = diagonal
    self.offDiagonal = Array(offDiagonal.prefix(max(0, diagonal.count - 1)))
    self.status = status
    self.basis = basis
    let count = diagonal.count
    let small = Self.diagonalized(diagonal, self.offDiagonal)
    eigenvalues = small.values
    smallVectors = small.vectors
    weights = (0..<count).map { small.vectors[$0] * small.vectors[$0] }
    residuals = (0..<count).map { abs(last * small.vectors[(count - 1) * count + $0]) }
  }

  /// The approximate eigenvector of `eigenvalues[index]`, of unit length, shaped like the start.
  public func vector(_ index: Int) -> [Tensor] {
    require(!basis.isEmpty, "Ritz vectors need keepingBasis")
    let count = diagonal.count
    var sum = [Double](repeating: 0, count: space.dimension)
    for step in 0..<count {
      VectorMath.add(smallVectors[step * count + index], basis[step], to: &sum)
    }
    return space.tensors(sum)
  }

  private static func diagonalized(
    _ diagonal: [Double], _ offDiagonal: [Double]
  ) -> (values: [Double], vectors: [Double]) {
    let count = diagonal.count
    var matrix = [Double](repeating: 0, count: count * count)
    for index in 0..<count { matrix[index * count + index] = diagonal[index] }
    for index in 0..<max(0, count - 1) {
      matrix[(index + 1) * count + index] = offDiagonal[index]
      matrix[index * count + index + 1] = offDiagonal[index]
    }
    // A finite symmetric matrix: the only failure left is LAPACK's iteration, which then gives no values.
    guard let eigen = try? SymmetricEigen(matrix, count: count) else {
      let none = [Double](repeating: .nan, count: count)
      return (none, [Double](repeating: .nan, count: count * count))
    }
    return (eigen.values, eigen.vectors)
  }
}

extension Lanczos {
  /// A standard normal vector shaped like `tensors`, for a start that has a part along every eigenvector.
  public static func start(
    like tensors: [Tensor], using rng: inout some RandomNumberGenerator
  ) -> [Tensor] {
    let space = TensorSpace(like: tensors)
    return space.tensors((0..<space.dimension).map { _ in rng.normal() })
  }
}
