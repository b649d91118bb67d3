public import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bends `BondWeights` until all numbers of bonds in their range are visited alike, by Berg's recursion: short runs,
/// each of which corrects the slope of every part by the logarithm of its neighbours' visits, as far as these count
/// beside those of all runs before.
///
/// - Note: Berg, Comput. Phys. Commun. 153, 397 (2003).
public struct BondWeightSearch {
  public private(set) var weights: BondWeights
  /// Ways from one end of the range to the other, in all runs.
  public private(set) var tunnellingCount = 0
  /// The rarest part over the commonest in the last run.
  public private(set) var flatness = 0.0
  /// Sweeps of each chain, all runs together.
  public private(set) var sweepCount = 0
  private var precisions: [Double]

  public init(_ weights: BondWeights) {
    self.weights = weights
    precisions = [Double](repeating: 0, count: weights.slopes.count)
  }

  /// Whether the weights are good: flat enough after enough journeys.
  public var isFinished: Bool { tunnellingCount >= 30 && flatness > 0.3 }

  /// Runs until the weights are good, or the sweeps are used up.
  ///
  /// - Parameters:
  ///   - chains: of one model; they get the weights found.
  ///   - sweeps: of each chain, at most.
  public mutating func run(
    _ chains: [MultibondicChain], sweeps: Int, pool: WorkerPool,
    unless cancellation: Cancellation = .never
  ) {
    guard let first = chains.first else { return }
    let lanes = Lanes(chains)
    var length = max(50, first.model.siteCount / 2)
    while !isFinished && sweepCount < sweeps && !cancellation.isRequested {
      let weights = weights
      let before = chains.reduce(0) { $0 + $1.tunnellingCount }
      let count = length
      pool.forEach(chains.count) { index in
        let chain = lanes.chains[index]
        chain.weights = weights
        for _ in 0..<count where !cancellation.isRequested { chain.sweep(1) }
      }
      tunnellingCount += chains.reduce(0) { $0 + $1.tunnellingCount } - before
      sweepCount += length
      correct(by: chains.map(\.histogram))
      length = Int(1.15 * Double(length)) + 1
    }
    for chain in chains { chain.weights = weights }
  }

  /// One step of the recursion.
  ///
  /// The visits h at the ends of a part say that its slope is wrong by ln(h2/h1) / length, with the variance 1/h1 +
  /// 1/h2 of numbers of independent visits; steps are averaged with the inverse variances.
  mutating func correct(by histograms: [[Int]]) {
    let range = weights.flatRange
    let parts = weights.slopes.count
    let length = Double(range.upperBound - range.lowerBound) / Double(parts)
    let visits = (0...parts).map { end -> Double in
      let centre = Double(range.lowerBound) + Double(end) * length
      let low = max(0, Int((centre - length / 2).rounded()))
      let high = max(low, min(weights.bondCount, Int((centre + length / 2).rounded())))
      let sum = histograms.reduce(0) { sum, histogram in
        sum + histogram[low...high].reduce(0, +)
      }
      return Double(sum) / Double(high - low + 1)
    }
    flatness = visits.min()! / max(1, visits.max()!)
    for part in 0..<parts where visits[part] > 0 && visits[part + 1] > 0 {
      let precision = 1 / (1 / visits[part] + 1 / visits[part + 1])
      precisions[part] += precision
      weights.slopes[part] -=
        precision / precisions[part] * log(visits[part + 1] / visits[part]) / length
    }
  }

  /// Unchecked: each chain is touched by one thread at a time, between the start and the end of a loop of the
  /// pool.
  private struct Lanes: @unchecked Sendable {
    let chains: [MultibondicChain]
    init(_ chains: [MultibondicChain]) { self.chains = chains }
  }
}
