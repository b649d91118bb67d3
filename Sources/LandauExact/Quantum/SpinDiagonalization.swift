public import LandauCore
public import LandauLattice
import LandauLinearAlgebra

/// Exact diagonalisation of a sum of Pauli products in one sector.
///
///     let ring = try Lattice.named("chain", sides: [16])
///     let model = PauliSum.transverseIsing(ring, transverseField: 1)
///     let ground = try SpinDiagonalization(model).lowest(1, seed: Seed(1))[0]
///     print(ground.energy, ground.state.expectation(model))
public struct SpinDiagonalization: Sendable {
  public struct Level: Sendable {
    /// Total, in the units of the couplings.
    public var energy: Double
    /// |H psi - E psi|; the error of the energy is at most its square over the gap.
    public var residual: Double
    /// In the basis of the sector.
    let vector: [Double]
    let basis: SpinBasis

    /// All 2^N amplitudes.
    public var state: QuantumState {
      QuantumState(siteCount: basis.siteCount, amplitudes: basis.expanded(vector))
    }
  }

  public let hamiltonian: PauliSum
  public let basis: SpinBasis
  let matrix: any SymmetricOperator
  let pool: WorkerPool?

  /// All states, or those of one sector.
  ///
  /// - Throws: `InputError` where the Hamiltonian does not commute with what the sector keeps.
  public init(
    _ hamiltonian: PauliSum, basis: SpinBasis? = nil, pool: WorkerPool = WorkerPool(threadCount: 1)
  ) throws {
    let basis = basis ?? SpinBasis(siteCount: hamiltonian.siteCount)
    precondition(basis.siteCount == hamiltonian.siteCount, "a basis of \(basis.siteCount) spins")
    precondition(basis.siteCount > 1, "one spin has no matrix here")
    self.hamiltonian = hamiltonian
    self.basis = basis
    self.pool = pool
    if basis.downCount != nil && !hamiltonian.conservesMagnetization {
      throw InputError("the Hamiltonian does not conserve the number of down spins")
    }
    if let group = basis.group {
      guard group.commutes(with: hamiltonian) else {
        throw InputError("the Hamiltonian does not commute with the symmetries of the sector")
      }
      // A flip of all spins exchanges numbers of up and down ones.
      if let down = basis.downCount, 2 * down != basis.siteCount, group.flipsSpins {
        throw InputError(
          "a flip of all spins keeps the number of down spins only at half of \(basis.siteCount), not at \(down)"
        )
      }
    }
    matrix =
      basis.isFull
      ? PauliOperator(hamiltonian, pool: pool) : try SparseMatrix(hamiltonian, basis, pool: pool)
  }

  /// The `count` lowest levels, ascending; degenerate ones one by one.
  ///
  /// - Throws: `Interrupted`; `LinearAlgebraError` where they do not converge; `RunError` where there is no room for vectors.
  /// - Complexity: some hundred products with vectors, for each level; memory for as many vectors.
  public func lowest(
    _ count: Int, seed: Seed, cancellation: Cancellation = .never
  ) throws -> [Level] {
    try LowestStates(
      matrix: matrix, isComplex: matrix.length > basis.dimension, pool: pool, seed: seed,
      cancellation: cancellation
    ).find(count).map {
      Level(energy: $0.value, residual: $0.residual, vector: $0.vector, basis: basis)
    }
  }

  /// All levels of a small sector, ascending.
  ///
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: nine times the cube of the dimension, four times as much where products are complex.
  public func spectrum() throws -> [Level] {
    let (n, length) = (basis.dimension, matrix.length)
    let isComplex = length > n
    // Column j of H is H e_j: real parts, then imaginary ones.
    let columns = matrix.columns(n, pool: pool)
    guard isComplex else {
      let eigen = try SymmetricEigen(columns, count: n)
      return (0..<n).map {
        Level(energy: eigen.values[$0], residual: 0, vector: eigen.vector($0), basis: basis)
      }
    }
    var entries = (0..<n * n).map { place -> Complex in
      let (row, column) = (place / n, place % n)
      return Complex(columns[column * length + row], columns[column * length + n + row])
    }
    var values = [Double](repeating: 0, count: n)
    let status = entries.withUnsafeMutableBytes { entries in
      values.withUnsafeMutableBytes { values in
        LAPACK.symmetricEigen(
          .complexDouble, order: n, entries.baseAddress!, values: values.baseAddress!)
      }
    }
    if status > 0 { throw LinearAlgebraError.noConvergence(remaining: status) }
    return (0..<n).map { k in
      let column = (0..<n).map { entries[$0 * n + k] }
      return Level(
        energy: values[k], residual: 0, vector: column.map(\.real) + column.map(\.imaginary),
        basis: basis)
    }
  }
}

extension SpinSymmetryGroup {
  func commutes(with sum: PauliSum) -> Bool {
    elements.allSatisfy { element in
      sum.transformed(
        site: { (element.image(1 << UInt32($0)) ^ element.flipMask).trailingZeroBitCount },
        flipping: element.flipMask != 0) == sum
    }
  }

  var flipsSpins: Bool { elements.contains { $0.flipMask != 0 } }
}
