public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Two coexisting phases in the energy distribution of a finite system at a first-order transition.
///
/// The distribution is binned and reweighted in beta. A peak's place and height are those of the parabola
/// (in the logarithm of the weight) through all bins around the highest one that hold more than
/// `smoothing` of its weight: that is the smoothing. The valley's depth is that of the parabola through the
/// bins around the lowest one that hold less than 1 / `smoothing` of its weight.
public struct DoublePeak: Sendable, Hashable {
  /// Everything with covariances, in the order of the properties below.
  public let quantities: Replicates
  /// Fraction of a peak's height down to which its parabola is fitted.
  public let smoothing: Double

  /// Where both peaks are equally high.
  public var equalHeightBeta: Estimate { quantities[0] }
  /// The energies (totals) of the peaks there.
  public var orderedEnergy: Estimate { quantities[1] }
  public var disorderedEnergy: Estimate { quantities[2] }
  /// Distance of the peaks: the latent heat of this size (a total, not per site).
  public var latentHeat: Estimate { quantities[3] }
  /// Logarithm of the height of the peaks over the valley; the interface's free energy is half of this
  /// on a torus.
  public var barrier: Estimate { quantities[4] }
  /// Where both phases, cut at the valley, have the same weight.
  public var equalWeightBeta: Estimate { quantities[5] }
  /// The mean energies of the two phases there, and their difference.
  public var orderedMean: Estimate { quantities[6] }
  public var disorderedMean: Estimate { quantities[7] }
  public var meanLatentHeat: Estimate { quantities[8] }

  /// A valley must be so many of its errors deep.
  private static let significance = 4.0

  /// - Parameters:
  ///   - reweighting: With data from both phases: a multicanonical or tempered run.
  ///   - beta: Somewhere near the transition.
  ///   - binWidth: In energy; for discrete energies a multiple of their spacing.
  ///   - smoothing: See above, between 0 and 1.
  /// - Throws: `InputError` where the distribution has no two peaks at any nearby beta.
  public init(
    _ reweighting: Reweighting, near beta: Double, binWidth: Double, smoothing: Double = 0.6
  ) throws(InputError) {
    precondition(binWidth > 0, "bins of width \(binWidth)")
    precondition(smoothing > 0 && smoothing < 1, "a smoothing of \(smoothing)")
    self.smoothing = smoothing
    var histogram = WeightedHistogram(reweighting, beta: beta, width: binWidth)
    var found = PeakSearch.split(histogram)
    // Bins are reweighted by their mean energies: good close to the temperature they were filled for.
    for _ in 0..<5 {
      guard let place = found, abs(place.beta - histogram.beta) * binWidth > 0.01 else { break }
      histogram = WeightedHistogram(reweighting, beta: place.beta, width: binWidth)
      found = PeakSearch.split(histogram)
    }
    guard let found else {
      throw InputError(
        "the energy distribution near beta = \(beta) has no two peaks with a valley between")
    }
    let central = PeakSearch(histogram, weights: histogram.weights, split: found.bin)
    guard let windows = central.windows(smoothing: smoothing) else {
      throw InputError("the two peaks near beta = \(beta) are too ragged to be located")
    }
    let count = reweighting.blocks.blocks.count
    let replicates =
      histogram.replicates.isEmpty
      ? [[Double]](repeating: histogram.weights.map { _ in .nan }, count: count)
      : histogram.replicates
    let weights = Replicates(
      values: histogram.weights, replicates: replicates,
      scheme: .jackknife(reweighting.blocks.strata), warning: reweighting.warning)
    // The same bins for all replicates: quantities then change smoothly from one to the next.
    quantities = weights.map { weights in
      PeakSearch(histogram, weights: weights, split: found.bin).quantities(windows)
    }
    guard quantities.values.allSatisfy(\.isFinite) else {
      throw InputError("the two peaks near beta = \(beta) are too ragged to be located")
    }
    // Where errors are unknown the warning says so.
    let barrier = barrier
    guard !barrier.error.isFinite || barrier.value > Self.significance * barrier.error else {
      throw InputError(
        "the valley between two peaks near beta = \(beta) is no deeper than its error allows: "
          + "ln(peak/valley) = \(barrier)")
    }
  }
}

/// One distribution, cut into two phases at a bin.
private struct PeakSearch {
  private let energies: [Double]
  private let logs: [Double]
  private let smoothLogs: [Double]
  private let counts: [Double]
  private let beta: Double
  private let split: Int

  /// The bins of the three parabolas.
  struct Windows {
    var low: Range<Int>
    var high: Range<Int>
    var valley: Range<Int>
  }

  init(_ histogram: WeightedHistogram, weights: [Double], split: Int) {
    energies = histogram.energies
    logs = weights.map { log($0) }
    smoothLogs = Self.smoothed(weights).map { log($0) }
    counts = histogram.counts
    beta = histogram.beta
    self.split = split
  }

  /// See `DoublePeak.quantities`.
  func quantities(_ windows: Windows) -> [Double] {
    let nothing = [Double](repeating: .nan, count: 9)
    guard logs.allSatisfy({ !$0.isNaN }), let low = parabola(windows.low),
      let high = parabola(windows.high), let valley = parabola(windows.valley),
      let equalHeight = solve({ low.vertex($0).height - high.vertex($0).height }),
      let equalWeight = solve({ logSum(0..<split, $0) - logSum(split..<logs.count, $0) })
    else { return nothing }
    let (first, second) = (low.vertex(equalHeight), high.vertex(equalHeight))
    let (ordered, disordered) = (
      mean(0..<split, equalWeight), mean(split..<logs.count, equalWeight)
    )
    return [
      beta + equalHeight, first.energy, second.energy, second.energy - first.energy,
      (first.height + second.height) / 2 - valley.vertex(equalHeight).height, beta + equalWeight,
      ordered, disordered, disordered - ordered,
    ]
  }

  /// Where the parabolas are fitted; nil without two peaks of equal height and a valley.
  func windows(smoothing: Double) -> Windows? {
    func peak(_ range: Range<Int>, _ shift: Double) -> Range<Int>? {
      let best = range.max { smoothHeight($0, shift) < smoothHeight($1, shift) }
      guard let best, smoothHeight(best, shift).isFinite else { return nil }
      let floor = smoothHeight(best, shift) + log(smoothing)
      return window(best, range) { smoothHeight($0, shift) > floor }
    }
    func vertex(_ range: Range<Int>, _ shift: Double) -> (energy: Double, height: Double)? {
      peak(range, shift).flatMap { parabola($0)?.vertex(shift) }
    }
    let parts = [0..<split, split..<logs.count]
    let equalHeight = solve { shift in
      let heights = parts.map { vertex($0, shift)?.height ?? -.infinity }
      return heights[0] - heights[1]
    }
    guard let equalHeight, let low = peak(parts[0], equalHeight),
      let high = peak(parts[1], equalHeight), let first = vertex(parts[0], equalHeight)?.energy,
      let second = vertex(parts[1], equalHeight)?.energy
    else { return nil }
    let between = energies.indices.filter {
      energies[$0] > first && energies[$0] < second && smoothHeight($0, equalHeight).isFinite
    }
    guard let start = between.first, let end = between.last, end - start >= 4,
      let lowest = between.min(by: {
        smoothHeight($0, equalHeight) < smoothHeight($1, equalHeight)
      })
    else { return nil }
    let ceiling = smoothHeight(lowest, equalHeight) - log(smoothing)
    let valley = window(lowest, start..<(end + 1)) { smoothHeight($0, equalHeight) < ceiling }
    return Windows(low: low, high: high, valley: valley)
  }

  /// The logarithm of the mean weight of five neighbours, reweighted: steady enough to choose bins by.
  private func smoothHeight(_ bin: Int, _ shift: Double) -> Double {
    smoothLogs[bin] - shift * (energies[bin] - energies[split])
  }

  private func height(_ bin: Int, _ shift: Double) -> Double {
    logs[bin] - shift * (energies[bin] - energies[split])
  }

  /// Means of five neighbours, fewer at the ends.
  private static func smoothed(_ values: [Double]) -> [Double] {
    values.indices.map { bin in
      let near = values[max(0, bin - 2)..<min(values.count, bin + 3)]
      return near.reduce(0, +) / Double(near.count)
    }
  }

  /// The shift of beta at which a rising function vanishes: more beta favours low energies.
  private func solve(steps: Int = 100, _ difference: (Double) -> Double) -> Double? {
    let scale = 1 / (energies.last! - energies[0])
    var (low, high) = (-scale, scale)
    for _ in 0..<60 where !(difference(low) < 0) { low *= 2 }
    for _ in 0..<60 where !(difference(high) > 0) { high *= 2 }
    guard difference(low) < 0, difference(high) > 0 else { return nil }
    for _ in 0..<steps {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if difference(middle) < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private func logSum(_ range: Range<Int>, _ shift: Double) -> Double {
    let highest = range.map { height($0, shift) }.max() ?? -.infinity
    guard highest.isFinite else { return highest }
    return highest + log(range.reduce(0) { $0 + exp(height($1, shift) - highest) })
  }

  private func mean(_ range: Range<Int>, _ shift: Double) -> Double {
    let highest = range.map { height($0, shift) }.max()!
    let (sum, total) = range.reduce((0.0, 0.0)) { sums, bin in
      let weight = exp(height(bin, shift) - highest)
      return (sums.0 + weight * energies[bin], sums.1 + weight)
    }
    return sum / total
  }

  /// The bins next to one another around `centre` that pass, at least two on either side.
  private func window(_ centre: Int, _ range: Range<Int>, _ passes: (Int) -> Bool) -> Range<Int> {
    var (first, last) = (centre, centre)
    while first > range.lowerBound, passes(first - 1) { first -= 1 }
    while last < range.upperBound - 1, passes(last + 1) { last += 1 }
    first = max(range.lowerBound, min(first, centre - 2))
    last = min(range.upperBound - 1, max(last, centre + 2))
    return first..<(last + 1)
  }

  /// A parabola through logarithms of weights: reweighting only adds a straight line to it.
  private struct Parabola {
    var coefficients: [Double]
    /// The first energy and the distance to the last.
    var origin: Double
    var width: Double
    /// Where the added line vanishes.
    var pivot: Double

    /// The extremum; where that is outside the window, the middle of it.
    func vertex(_ shift: Double) -> (energy: Double, height: Double) {
      let constant = coefficients[0] - shift * (origin - pivot)
      let slope = coefficients[1] - shift * width
      let place = -slope / (2 * coefficients[2])
      let inside = place >= 0 && place <= 1 ? place : 0.5
      return (
        origin + inside * width, constant + inside * (slope + inside * coefficients[2])
      )
    }
  }

  private func parabola(_ window: Range<Int>) -> Parabola? {
    let bins = window.filter { logs[$0].isFinite && counts[$0] > 0 }
    guard let first = bins.first, let last = bins.last, bins.count >= 3 else { return nil }
    let (origin, width) = (energies[first], energies[last] - energies[first])
    let fit = LinearFit.polynomial(
      degree: 2, x: bins.map { (energies[$0] - origin) / width }, values: bins.map { logs[$0] },
      errors: bins.map { 1 / counts[$0].squareRoot() })
    return fit.map {
      Parabola(
        coefficients: $0.coefficients, origin: origin, width: width, pivot: energies[split])
    }
  }

  /// The cut, and the beta of equal heights, for which the valley at the cut is deepest.
  static func split(_ histogram: WeightedHistogram) -> (bin: Int, beta: Double)? {
    let count = histogram.weights.count
    guard count >= 10 else { return nil }
    // Of groups of five bins; the numbers are sums, five times the mean.
    let groupCounts = smoothed(histogram.counts).map { 5 * $0 }
    var best: (bin: Int, beta: Double, depth: Double)?
    for bin in stride(from: 4, to: count - 4, by: max(1, count / 100)) {
      let search = PeakSearch(histogram, weights: histogram.weights, split: bin)
      func peak(_ range: Range<Int>, _ shift: Double) -> Int {
        range.max { search.smoothHeight($0, shift) < search.smoothHeight($1, shift) }!
      }
      let parts = [0..<bin, bin..<count]
      let shift = search.solve(steps: 25) { shift in
        let heights = parts.map { search.smoothHeight(peak($0, shift), shift) }
        return heights[0] - heights[1]
      }
      guard let shift else { continue }
      let peaks = parts.map { peak($0, shift) }
      let depth = search.smoothHeight(peaks[0], shift) - search.smoothHeight(bin, shift)
      // A first sieve; whether the valley stands out is seen when its error is known. Numbers of independent
      // measurements are of the whole range, in which every bin was visited about as often.
      let variance = (peaks + [bin]).reduce(0) { $0 + 1 / groupCounts[$1] }
      if depth.isFinite && depth > variance.squareRoot() && depth > best?.depth ?? 0.1 {
        best = (bin, histogram.beta + shift, depth)
      }
    }
    return best.map { ($0.bin, $0.beta) }
  }
}

extension DoublePeak {
  /// About sixty bins over these energies, each as wide as a whole number of steps between them.
  ///
  /// - Returns: nil for twenty or fewer different energies.
  public static func binWidth(_ energies: [Double]) -> Double? {
    let levels = Set(energies).sorted()
    guard let low = levels.first, let high = levels.last, levels.count > 20 else { return nil }
    let step = zip(levels, levels.dropFirst()).map { $1 - $0 }.min()!
    return step * max(1, ((high - low) / (60 * step)).rounded())
  }
}
