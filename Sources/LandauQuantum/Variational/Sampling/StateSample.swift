public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Basis states with which averages over |psi|^2 are taken.
public struct StateSample: Sendable {
  /// Draws of one chain after another.
  public var states: [UInt64]
  /// Equally long chains; as many as states where all are independent.
  public var chainCount: Int
  /// Of each state, sum 1; nil for equal ones.
  public var weights: [Double]?
  /// Accepted moves over attempted ones; nil where nothing is rejected.
  public var acceptanceRate: Double?

  public init(
    states: [UInt64], chainCount: Int, weights: [Double]? = nil, acceptanceRate: Double? = nil
  ) {
    precondition(
      chainCount >= 1 && states.count % chainCount == 0,
      "\(states.count) states in \(chainCount) chains")
    self.states = states
    self.chainCount = chainCount
    self.weights = weights
    self.acceptanceRate = acceptanceRate
  }

  public static let largestEnumerated = 24

  /// All basis states, or those with so many down spins, with their exact probabilities.
  ///
  /// - Complexity: 2^N amplitudes; at most `largestEnumerated` sites.
  public static func enumerating(
    _ state: some VariationalState, downCount: Int? = nil, pool: WorkerPool
  ) -> StateSample {
    precondition(
      state.siteCount <= largestEnumerated, "an enumeration of \(state.siteCount) spins")
    let all = (0..<UInt64(1) << UInt64(state.siteCount)).filter {
      downCount == nil || $0.nonzeroBitCount == downCount
    }
    let logs = state.logAmplitudes(all, pool: pool).map(\.real)
    let largest = logs.max()!
    let raw = logs.map { exp(2 * ($0 - largest)) }
    let sum = raw.reduce(0, +)
    return StateSample(states: all, chainCount: all.count, weights: raw.map { $0 / sum })
  }

  /// Values of all states as a series of every chain.
  func chains(_ values: [Double]) -> [[Double]] {
    let length = values.count / chainCount
    return (0..<chainCount).map { Array(values[$0 * length..<($0 + 1) * length]) }
  }
}
