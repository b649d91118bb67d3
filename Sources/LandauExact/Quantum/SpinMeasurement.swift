public import LandauCore
public import LandauLattice

extension QuantumState {
  /// Independent measurements of all spins, each along its own axis: -1 or 1, shot by shot.
  ///
  /// The state is turned so that the axes become z (x: Hadamard; y: Hadamard after the adjoint phase gate); then basis states are drawn with their
  /// probabilities by bisection of the cumulative sum.
  ///
  /// - Complexity: O(N 2^N) to turn, O(N) per shot.
  public func snapshots(_ count: Int, axes: [SpinAxis], seed: Seed) -> [Int8] {
    precondition(axes.count == siteCount, "\(axes.count) axes of \(siteCount) spins")
    let probabilities = probabilities(axes: axes)
    var cumulative = probabilities
    for index in cumulative.indices.dropFirst() { cumulative[index] += cumulative[index - 1] }
    let total = cumulative[cumulative.count - 1]
    var rng = seed.makeStream()
    var values: [Int8] = []
    values.reserveCapacity(count * siteCount)
    for _ in 0..<count {
      let u = total * rng.uniform()
      var (low, high) = (0, cumulative.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] <= u { low = middle + 1 } else { high = middle }
      }
      for site in 0..<siteCount { values.append(low >> site & 1 == 0 ? 1 : -1) }
    }
    return values
  }

  /// Probabilities of all outcomes, bit i set where spin i is found down along its axis.
  public func probabilities(axes: [SpinAxis]) -> [Double] {
    var psi = amplitudes
    let root = 0.5.squareRoot()
    for (site, axis) in axes.enumerated() where axis != .z {
      let bit = 1 << site
      for state in psi.indices where state & bit == 0 {
        let up = psi[state]
        var down = psi[state | bit]
        if axis == .y { down = Complex(down.imaginary, -down.real) }
        psi[state] = root * (up + down)
        psi[state | bit] = root * (up - down)
      }
    }
    return psi.map(\.squaredMagnitude)
  }
}
