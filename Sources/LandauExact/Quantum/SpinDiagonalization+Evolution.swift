public import LandauCore
import LandauLattice

extension SpinDiagonalization {
  /// exp(-i H t) psi.
  ///
  /// - Parameters:
  ///   - time: in units of the inverse couplings; may be negative.
  ///   - tolerance: of the length of the difference from the exact state.
  /// - Precondition: all states, no sector.
  /// - Throws: `Interrupted`; `LinearAlgebraError`.
  /// - Complexity: about a product with a vector for each unit of phase that the widest spread of energies gathers; memory for 40 vectors,
  ///   fewer of many spins.
  public func evolved(
    _ state: QuantumState, by time: Double, tolerance: Double = 1e-10,
    cancellation: Cancellation = .never
  ) throws -> QuantumState {
    precondition(basis.isFull, "states evolve in the basis of all states")
    precondition(state.siteCount == hamiltonian.siteCount, "a state of \(state.siteCount) spins")
    let count = state.amplitudes.count
    var psi = state.amplitudes.map(\.real) + state.amplitudes.map(\.imaginary)
    try KrylovPropagator(
      matrix: matrix, dimension: count, pool: pool, tolerance: tolerance,
      cancellation: cancellation
    ).evolve(&psi, by: time)
    return QuantumState(
      siteCount: state.siteCount,
      amplitudes: (0..<count).map { Complex(psi[$0], psi[count + $0]) })
  }
}
