public import LandauCore
public import LandauExact

extension VariationalState {
  /// All 2^N amplitudes, of unit length.
  ///
  /// - Precondition: at most `StateSample.largestEnumerated` spins.
  public func quantumState(pool: WorkerPool) -> QuantumState {
    precondition(siteCount <= StateSample.largestEnumerated, "all amplitudes of \(siteCount) spins")
    let logs = logAmplitudes(Array(0..<UInt64(1) << UInt64(siteCount)), pool: pool)
    let largest = logs.map(\.real).max()!
    return QuantumState(
      siteCount: siteCount, amplitudes: logs.map { ($0 - Complex(largest)).exponential() })
  }
}

extension QuantumState {
  /// |<a|b>|^2: 1 for the same state, whatever its phase.
  public func fidelity(with other: QuantumState) -> Double {
    precondition(
      siteCount == other.siteCount, "states of \(siteCount) and \(other.siteCount) spins")
    return zip(amplitudes, other.amplitudes).reduce(Complex(0)) { $0 + $1.0.conjugate * $1.1 }
      .squaredMagnitude
  }
}
