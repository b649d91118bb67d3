public import LandauCore
public import LandauLinearAlgebra

/// A real symmetric Hamiltonian in whatever basis its rows are written in: constrained chains, links, colours, random energies.
public struct SparseHamiltonian: Sendable {
  public struct Level: Sendable {
    public var energy: Double
    /// |H v - E v|.
    public var residual: Double
    /// Of unit length.
    public var vector: [Double]
  }

  public let dimension: Int
  private let matrix: SparseMatrix
  private let pool: WorkerPool?

  /// - Parameter row: the entries of a row that are not zero; those of one column add.
  /// - Precondition: the matrix is symmetric.
  public init(
    dimension: Int, pool: WorkerPool = WorkerPool(threadCount: 1),
    row: (Int) -> [(column: Int, value: Double)]
  ) {
    precondition(dimension > 0, "a space of \(dimension) states")
    var matrix = SparseMatrix(capacity: 0)
    for index in 0..<dimension {
      for (column, value) in row(index) {
        precondition(
          (0..<dimension).contains(column) && value.isFinite, "\(value) at (\(index), \(column))")
        matrix.append(Int32(column), value)
      }
      matrix.endRow()
    }
    self.dimension = dimension
    self.matrix = matrix
    self.pool = pool
    precondition(isSymmetric, "the matrix is not symmetric")
  }

  /// Whether x H y = y H x for two vectors without any symmetry.
  private var isSymmetric: Bool {
    var rng = Seed(1).child("symmetry").makeStream()
    let x = (0..<dimension).map { _ in rng.normal() }
    let y = (0..<dimension).map { _ in rng.normal() }
    let (left, right) = (applied(to: x), applied(to: y))
    let scale = (BLAS.dot(left, left) * BLAS.dot(y, y)).squareRoot()
    return abs(BLAS.dot(left, y) - BLAS.dot(x, right)) <= 1e-9 * scale
  }

  /// H x.
  public func applied(to x: [Double]) -> [Double] {
    precondition(x.count == dimension, "\(x.count) amplitudes of \(dimension) states")
    var product = [Double](repeating: 0, count: dimension)
    product.withUnsafeMutableBufferPointer {
      matrix.apply(x, into: $0.baseAddress!, pool: pool)
    }
    return product
  }

  /// The `count` lowest levels, ascending; degenerate ones one by one.
  ///
  /// - Throws: `Interrupted`; `LinearAlgebraError` where they do not converge; `RunError` where there is no room for vectors.
  public func lowest(
    _ count: Int, seed: Seed, cancellation: Cancellation = .never
  ) throws -> [Level] {
    try LowestStates(matrix: matrix, pool: pool, seed: seed, cancellation: cancellation)
      .find(count).map { Level(energy: $0.value, residual: $0.residual, vector: $0.vector) }
  }

  /// All levels.
  ///
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: nine times the cube of the dimension.
  public func spectrum() throws -> SymmetricEigen {
    try SymmetricEigen(matrix.columns(dimension, pool: pool), count: dimension)
  }

  /// All energies, ascending, without vectors: a sixth of the work.
  ///
  /// - Throws: `LinearAlgebraError`.
  public func energies() throws -> [Double] {
    try SymmetricEigen.values(
      of: matrix.columns(dimension, pool: pool), count: dimension)
  }

  /// exp(-i H t) psi, as `SpinDiagonalization.evolved`.
  public func evolved(
    _ psi: [LandauCore.Complex<Double>], by time: Double, tolerance: Double = 1e-10,
    cancellation: Cancellation = .never
  ) throws -> [LandauCore.Complex<Double>] {
    precondition(psi.count == dimension, "\(psi.count) amplitudes of \(dimension) states")
    var parts = psi.map(\.real) + psi.map(\.imaginary)
    try KrylovPropagator(
      matrix: matrix, dimension: dimension, pool: pool, tolerance: tolerance,
      cancellation: cancellation
    ).evolve(&parts, by: time)
    return (0..<dimension).map { Complex(parts[$0], parts[dimension + $0]) }
  }
}
