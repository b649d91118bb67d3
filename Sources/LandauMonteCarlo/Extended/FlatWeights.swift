public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Weights exp(-w(bin of the energy)) of a multicanonical ensemble.
///
/// w = ln g makes all energies equally likely; w = beta E is the canonical ensemble.
public struct FlatWeights: Sendable, Hashable {
  public let bins: EnergyBins
  /// w of each bin, all finite.
  public let logDensities: [Double]
  /// The bins between the lowest and the highest energy that were visited when the weights were found.
  public let knownBins: ClosedRange<Int>

  /// - Parameter logDensities: one per bin.
  /// - Throws: `InputError` where one is not finite.
  public init(bins: EnergyBins, logDensities: [Double]) throws(InputError) {
    precondition(
      logDensities.count == bins.count, "\(logDensities.count) weights for \(bins.count) bins")
    for value in logDensities where !value.isFinite {
      throw .notAllowed("a weight", value, allowed: "finite numbers")
    }
    self.init(unchecked: bins, logDensities)
  }

  /// Flat energies, as far as the density of states is right; the mean of its runs.
  ///
  /// Bins that no run has visited get what lies on the line between their visited neighbours, or what the last
  /// visited has: should the chain find them, they are sampled like others.
  public init(_ density: MeasuredDensityOfStates) {
    // Each run less its mean over the bins that all have visited.
    let common = (0..<density.bins.count).filter { bin in
      density.logCounts.allSatisfy { $0[bin] > -.infinity }
    }
    let shifted = density.logCounts.map { counts in
      let mean = common.reduce(0) { $0 + counts[$1] } / Double(max(1, common.count))
      return counts.map { $0 - mean }
    }
    let means = (0..<density.bins.count).map { bin -> Double? in
      let values = shifted.map { $0[bin] }.filter { $0 > -.infinity }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    let known = means.indices.filter { means[$0] != nil }
    self.init(
      unchecked: density.bins, Self.filled(means), known: known.first.map { $0...known.last! })
  }

  /// The weights of the canonical ensemble.
  public static func canonical(beta: Double, bins: EnergyBins) -> FlatWeights {
    FlatWeights(
      unchecked: bins, (0..<bins.count).map { beta * bins.energy(of: $0) })
  }

  /// Weights that would have made a measured histogram flat; bins that were not visited are extended with the
  /// slopes at the ends of those that were, so that the next run goes further.
  ///
  /// Repeated, this finds weights without Wang-Landau.
  ///
  /// - Parameter histogram: visits per bin with these weights.
  public func flattened(by histogram: [Int]) -> FlatWeights {
    precondition(
      histogram.count == bins.count, "\(histogram.count) counts for \(bins.count) bins")
    var values: [Double?] = zip(logDensities, histogram).map { $1 > 0 ? $0 + log(Double($1)) : nil }
    guard let first = values.firstIndex(where: { $0 != nil }),
      let last = values.lastIndex(where: { $0 != nil })
    else { return self }
    // Slopes over a tenth of the visited range: single bins are noisy.
    let reach = max(1, (last - first) / 10)
    func slope(_ one: Int, _ other: Int) -> Double {
      let places = (min(one, other)...max(one, other)).filter { values[$0] != nil }
      guard let low = places.first, let high = places.last, low < high else { return 0 }
      return (values[high]! - values[low]!) / Double(high - low)
    }
    let (below, above) = (slope(first, first + reach), slope(last - reach, last))
    for bin in 0..<first { values[bin] = values[first]! - below * Double(first - bin) }
    for bin in values.indices.dropFirst(last + 1) {
      values[bin] = values[last]! + above * Double(bin - last)
    }
    return FlatWeights(unchecked: bins, Self.filled(values), known: first...last)
  }

  /// ln of the weight of a total energy, -w; minus infinity outside the bins.
  public func logWeight(_ energy: Double) -> Double {
    bins.bin(of: energy).map { -logDensities[$0] } ?? -.infinity
  }

  private init(
    unchecked bins: EnergyBins, _ logDensities: [Double], known: ClosedRange<Int>? = nil
  ) {
    self.bins = bins
    self.logDensities = logDensities
    knownBins = known ?? 0...(bins.count - 1)
  }

  /// Gaps closed by lines, ends by the last value.
  private static func filled(_ values: [Double?]) -> [Double] {
    let known = values.indices.filter { values[$0] != nil }
    guard let first = known.first, let last = known.last else { return values.map { _ in 0 } }
    var result = values.map { $0 ?? 0 }
    for bin in 0..<first { result[bin] = result[first] }
    for bin in result.indices.dropFirst(last + 1) { result[bin] = result[last] }
    for (low, high) in zip(known, known.dropFirst()) where high > low + 1 {
      let slope = (result[high] - result[low]) / Double(high - low)
      for bin in (low + 1)..<high { result[bin] = result[low] + slope * Double(bin - low) }
    }
    return result
  }
}
