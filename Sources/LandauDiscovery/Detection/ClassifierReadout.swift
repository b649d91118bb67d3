import LandauCore

/// What the methods need of one fold's classifiers, for every sample.
struct ClassifierReadout: Sendable {
  /// Mean parameter under the classifier's probabilities, per range; zero outside of it.
  var expected: [[Float]]
  /// Class at which the cumulated probability passes one half, per range; -1 outside of it. For a cut after value k a
  /// snapshot is put on the lower side where this is at most k.
  var median: [[Int16]]
  /// Probability of the upper training region, per range, of a classifier trained on both regions alone.
  var upper: [[Float]]
  let path: FeaturePath
  let set: TrainingSet

  /// Trains for one fold and reads out.
  init(
    _ ensemble: Ensemble, windows: [Int], fold: Int, ranges: [Range<Int>], steps: Int, seed: Seed
  ) {
    let n = ensemble.parameters.count
    let split = Split(ensemble, fold: fold)
    let fit = ClassifierFit(
      ensemble, windows: windows, split: split, classes: (0..<n).map { [$0] }, steps: steps,
      seed: seed.child("whole"))
    path = fit.path
    set = fit.set
    let samples = ensemble.sampleCount
    var expected = ranges.map { _ in [Float](repeating: 0, count: samples) }
    var median = ranges.map { _ in [Int16](repeating: -1, count: samples) }
    var upper = expected
    fit.forEachPosterior(ensemble) { sample, q in
      let own = ensemble.parameterIndex[sample]
      for (r, range) in ranges.enumerated() where range.contains(own) {
        (expected[r][sample], median[r][sample]) = Self.summary(q, range, ensemble.parameters)
      }
    }
    for (r, range) in ranges.enumerated() {
      let regions = TrainingRegions(of: range)
      let fit = ClassifierFit(
        ensemble, windows: windows, split: split,
        classes: [Array(regions.low), Array(regions.high)],
        steps: steps / 2, isScan: false, seed: seed.child("regions", r))
      fit.forEachPosterior(ensemble) { sample, q in
        guard range.contains(ensemble.parameterIndex[sample]) else { return }
        upper[r][sample] = q[1]
      }
    }
    self.expected = expected
    self.median = median
    self.upper = upper
  }

  private static func summary(
    _ q: UnsafeBufferPointer<Float>, _ range: Range<Int>, _ parameters: [Double]
  ) -> (expected: Float, median: Int16) {
    var (total, weighted) = (0.0, 0.0)
    for i in range {
      total += Double(q[i])
      weighted += Double(q[i]) * parameters[i]
    }
    // A snapshot that the range knows nothing of, to the precision of the numbers, is put in its middle.
    guard total > 0 else {
      let middle = (range.lowerBound + range.upperBound) / 2
      return (Float(parameters[middle]), Int16(middle))
    }
    var sum = 0.0
    var median = range.upperBound - 1
    for i in range {
      sum += Double(q[i])
      if sum > total / 2 {
        median = i
        break
      }
    }
    return (Float(weighted / total), Int16(median))
  }
}
