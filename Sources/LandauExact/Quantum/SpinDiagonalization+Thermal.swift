public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SpinDiagonalization {
  /// Canonical averages at inverse temperature beta: the energy and its heat capacity beta^2 (<E^2> - <E>^2), both total, then the
  /// observables in order.
  ///
  /// Weights are exp(-beta (E - E_0)), so nothing overflows.
  ///
  /// - Throws: `LinearAlgebraError`.
  /// - Complexity: the full spectrum, and O(2^N) for each level, product and observable.
  public func canonicalAverages(
    beta: Double, of observables: [PauliSum]
  ) throws -> (energy: Double, heatCapacity: Double, observables: [Double]) {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    let levels = try spectrum()
    var (total, energy, square) = (0.0, 0.0, 0.0)
    var sums = [Double](repeating: 0, count: observables.count)
    for level in levels {
      let weight = exp(-beta * (level.energy - levels[0].energy))
      guard weight > 1e-18 else { break }
      total += weight
      // From the lowest level, so that nothing cancels where it is cold.
      let height = level.energy - levels[0].energy
      energy += weight * height
      square += weight * height * height
      guard !observables.isEmpty else { continue }
      let state = level.state
      for (index, observable) in observables.enumerated() {
        sums[index] += weight * state.expectation(observable)
      }
    }
    let mean = energy / total
    return (
      levels[0].energy + mean, beta * beta * (square / total - mean * mean),
      sums.map { $0 / total }
    )
  }
}
