import LandauCore

/// The mean-based method: the path that the mean features travel, in units of their spread.
///
/// The step between neighbouring values is measured along the direction S^-1 (mu_{i+1} - mu_i), of unit variance, that the
/// training parts of each fold give, on the fold's held-out samples. Noise has no direction in common with noise of other
/// samples, so the noise floor that a norm of measured differences has is subtracted by construction.
/// (The norm of the derivative of the mean input as an indicator: Arnold et al. 2021.)
struct FeatureDistance {
  let curve: MethodCurve
  /// The same as a curve whose slope is looked at: independent noise at every value, and the common offset.
  let forSlopes: PredictionCurve

  init(
    _ ensemble: Ensemble, _ readouts: [ClassifierReadout], _ range: Range<Int>,
    inflation: [Double]
  ) {
    let n = range.count
    var steps = [Double](repeating: 0, count: n - 1)
    // Sums over folds of the variances that one value's noise contributes: as the end of the path, as a bend of it, both.
    var end = [Double](repeating: 0, count: n)
    var bend = end
    var mixed = end
    var samplesAt = end
    let k = Double(readouts.count)
    for (fold, readout) in readouts.enumerated() {
      let samples = (0..<ensemble.sampleCount).filter {
        ensemble.folds.fold[$0] == fold && range.contains(ensemble.parameterIndex[$0])
      }
      var features: [Float] = []
      readout.set.features(ensemble, samples: samples, into: &features)
      let moments = FeatureMoments(
        features: features,
        classes: samples.map { Int32(ensemble.parameterIndex[$0] - range.lowerBound) },
        classCount: n)
      let directions = Array(readout.path.directions[range.lowerBound..<range.upperBound - 1])
      for i in 0..<n - 1 {
        steps[i] += Self.dot(directions[i], moments.means[i + 1], minus: moments.means[i]) / k
      }
      for i in 0..<n {
        samplesAt[i] += moments.counts[i]
        let before = i > 0 ? directions[i - 1] : [Double](repeating: 0, count: moments.width)
        let after = i < n - 1 ? directions[i] : before
        let turn = zip(before, after).map { $0 - $1 }
        let scale = inflation[i] / (max(1, moments.counts[i]) * k * k)
        end[i] += scale * moments.quadraticForm(before, before, value: i)
        bend[i] += scale * moments.quadraticForm(turn, turn, value: i)
        mixed[i] += scale * moments.quadraticForm(before, turn, value: i)
      }
    }
    var values = [0.0]
    for step in steps { values.append(values[values.count - 1] + step) }
    // Value i is w_{i-1} mu_i + sum over 0 < j < i of (w_{j-1} - w_j) mu_j - w_0 mu_0.
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    // The spread that is the unit comes from two values' samples: its relative variance is one quarter over their number.
    var inherited = bend[0]
    for i in 1..<n {
      let unit = 4 * max(1, min(samplesAt[i - 1] / inflation[i - 1], samplesAt[i] / inflation[i]))
      inherited += steps[i - 1] * steps[i - 1] / unit
      covariance[i][i] = inherited + end[i]
      for j in i + 1..<max(i + 1, n) {
        covariance[i][j] = inherited + mixed[i]
        covariance[j][i] = covariance[i][j]
      }
      inherited += bend[i]
    }
    // The first value is zero by definition.
    covariance[0][0] = 1e-12
    let parameters = Array(ensemble.parameters[range])
    curve = MethodCurve(parameters: parameters, values: values, covariance: covariance)
    end[0] = bend[0]
    forSlopes = PredictionCurve(
      parameters: parameters, means: values, testErrors: end.map { max($0.squareRoot(), 1e-9) },
      trainingModes: [], spreads: [Double](repeating: 1, count: n))
  }

  private static func dot(_ w: [Double], _ a: [Double], minus b: [Double]) -> Double {
    w.indices.reduce(0) { $0 + w[$1] * (a[$1] - b[$1]) }
  }
}
