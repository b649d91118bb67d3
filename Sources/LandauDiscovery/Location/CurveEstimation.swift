import LandauCore

/// From single predictions to curves with errors.
enum CurveEstimation {
  /// The mean held-out prediction at each parameter.
  ///
  /// The scatter of single predictions gives the test error as if samples were independent; the folds
  /// (chains) tell by how much neighbours in time make that too small. That factor varies slowly with
  /// the parameter, so it is pooled over seven neighbouring parameters: with eight folds each, some fifty
  /// degrees of freedom. It is a property of the snapshots, so it is taken from the average of all
  /// networks: what they differ by is counted among the training errors.
  ///
  static func curve(
    _ ensemble: Ensemble, _ outputs: NetworkOutputs
  ) -> PredictionCurve {
    let (predictions, averages, foldCurves) = (outputs.held, outputs.averages, outputs.curves)
    let folds = ensemble.folds.count
    let found = ensemble.foldSums(4) { sample, out in
      out[0] = Double(predictions[sample])
      out[1] = out[0] * out[0]
      out[2] = Double(averages[sample])
      out[3] = out[2] * out[2]
    }
    let (sums, numbers) = (found.sums, found.numbers)
    var means: [Double] = []
    var spreads: [Double] = []
    var totals: [Double] = []
    var inflation: [Double] = []
    for p in ensemble.parameters.indices {
      let n = numbers[p].reduce(0, +)
      let mean = sums[p].reduce(0) { $0 + $1[0] } / n
      let variance = max(0, sums[p].reduce(0) { $0 + $1[1] } / n - mean * mean)
      let filled = (0..<folds).filter { numbers[p][$0] > 0 }
      let center = sums[p].reduce(0) { $0 + $1[2] } / n
      let within = max(0, sums[p].reduce(0) { $0 + $1[3] } / n - center * center)
      let between = filled.reduce(0.0) {
        let d = sums[p][$1][2] / numbers[p][$1] - center
        return $0 + numbers[p][$1] * d * d
      }
      // Expected to be `within` for independent samples.
      inflation.append(
        within > 0 && filled.count > 1 ? between / Double(filled.count - 1) / within : 1)
      means.append(mean)
      spreads.append(variance.squareRoot())
      totals.append(n)
    }
    let floor = 1e-9 * ParameterGrid(ensemble.parameters).span
    let testErrors = ensemble.parameters.indices.map { p -> Double in
      let window = max(0, p - 3)...min(ensemble.parameters.count - 1, p + 3)
      let factor = max(1, inflation[window].reduce(0, +) / Double(window.count))
      return max(spreads[p] * (factor / totals[p]).squareRoot(), floor)
    }
    let k = Double(foldCurves.count)
    // Each network does without its test part and, from three folds on, its validation part.
    let left = k > 2 ? 2.0 : 1.0
    let center = ensemble.parameters.indices.map { p in foldCurves.reduce(0) { $0 + $1[p] } / k }
    let modes = foldCurves.map { curve in
      zip(curve, center).map { ($0 - $1) * ((k - left) / (left * k)).squareRoot() }
    }
    return PredictionCurve(
      parameters: ensemble.parameters, means: means, testErrors: testErrors, trainingModes: modes,
      spreads: spreads)
  }

  /// Share of the variance of the parameter explained by held-out predictions, jackknife over folds.
  static func r2(_ ensemble: Ensemble, predictions: [Float]) -> Estimate {
    let weights = ParameterGrid(ensemble.parameters).sampleWeights
    let folds = ensemble.folds.count
    var sums = [[Double]](repeating: [0, 0, 0, 0], count: folds)
    for sample in 0..<ensemble.sampleCount {
      let p = ensemble.parameterIndex[sample]
      let f = ensemble.folds.fold[sample]
      let (y, w) = (ensemble.parameters[p], weights[p])
      let residual = Double(predictions[sample]) - y
      sums[f][0] += w
      sums[f][1] += w * y
      sums[f][2] += w * y * y
      sums[f][3] += w * residual * residual
    }
    func value(_ s: [Double]) -> Double {
      let variance = s[2] / s[0] - s[1] / s[0] * (s[1] / s[0])
      return variance > 0 ? 1 - s[3] / s[0] / variance : 0
    }
    let total = (0..<4).map { i in sums.reduce(0) { $0 + $1[i] } }
    let deleted = sums.map { fold in value(zip(total, fold).map { $0 - $1 }) }
    return JackknifedValue(full: value(total), deleted: deleted).estimate
  }

  /// The highest smoothed slope of the mean prediction of a subset of samples.
  static func largestSlope(
    _ ensemble: Ensemble, samples: [Int], labels: [Int], predictions: [Float]
  ) -> Double {
    var sums = [Double](repeating: 0, count: ensemble.parameters.count)
    var squares = sums
    var counts = sums
    for (position, sample) in samples.enumerated() {
      let p = labels[sample]
      sums[p] += Double(predictions[position])
      squares[p] += Double(predictions[position]) * Double(predictions[position])
      counts[p] += 1
    }
    let used = sums.indices.filter { counts[$0] > 1 }
    guard used.count >= 4 else { return 0 }
    let means = used.map { sums[$0] / counts[$0] }
    let errors = used.map { p -> Double in
      let mean = sums[p] / counts[p]
      return max((max(0, squares[p] / counts[p] - mean * mean) / counts[p]).squareRoot(), 1e-9)
    }
    let curve = PredictionCurve(
      parameters: used.map { ensemble.parameters[$0] }, means: means, testErrors: errors,
      trainingModes: [], spreads: errors)
    return SlopePeak(curve, seed: Seed(0), resamples: 1).slope.value
  }

  /// Covariance of a window's correlators over at most ten thousand samples of the whole scan.
  static func covariance(_ ensemble: Ensemble, window: Int) -> [[Double]] {
    let range = ensemble.counts.ranges[window]
    let width = ensemble.counts.featureCount
    let step = max(1, ensemble.sampleCount / 10_000)
    let rows = Array(stride(from: 0, to: ensemble.sampleCount, by: step))
    let n = Double(rows.count)
    var mean = [Double](repeating: 0, count: range.count)
    for row in rows {
      for (i, column) in range.enumerated() {
        mean[i] += Double(ensemble.counts.values[row * width + column]) / n
      }
    }
    var covariance = [[Double]](
      repeating: [Double](repeating: 0, count: range.count), count: range.count)
    var d = mean
    for row in rows {
      for (i, column) in range.enumerated() {
        d[i] = Double(ensemble.counts.values[row * width + column]) - mean[i]
      }
      for i in d.indices {
        let di = d[i] / n
        for j in 0...i { covariance[i][j] += di * d[j] }
      }
    }
    for i in d.indices { for j in 0..<i { covariance[j][i] = covariance[i][j] } }
    return covariance
  }
}
