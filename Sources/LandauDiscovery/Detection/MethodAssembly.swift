import LandauCore

/// From the readouts of all folds to the curves, locations and chi-squares of one size.
struct MethodAssembly: Sendable {
  let ensemble: Ensemble
  let readouts: [ClassifierReadout]
  let scan: ScanDistributions?
  let regression: SizeFindings?
  let resamples: Int
  let seed: Seed

  /// In the order of `DetectionMethod.allCases`.
  func findings(_ range: ScanRange, position: Int) -> [MethodSizeFindings] {
    let indices = range.indices(of: ensemble.parameters.count)
    let seed = seed.child(range.rawValue)
    let expected = curve(readouts.map { $0.expected[position] }, indices)
    // By how much autocorrelation widens the scatter: a property of the snapshots, taken from one quantity for all.
    let counts = self.counts(indices)
    let inflation = expected.parameters.indices.map { i in
      let naive = expected.spreads[i] * expected.spreads[i] / counts[i]
      return naive > 0 ? max(1, expected.testErrors[i] * expected.testErrors[i] / naive) : 1
    }
    func optimum(_ method: DetectionMethod) -> DetectionOptimum? {
      let training = counts.reduce(0, +) / Double(counts.count) * trainingShare
      return scan.map {
        DetectionOptimum(method, of: $0.restricted(to: indices), trainingCount: Int(training))
      }
    }
    func judge(
      _ method: DetectionMethod, _ curve: MethodCurve, _ location: MethodLocation,
      _ optimum: DetectionOptimum?
    ) -> MethodSizeFindings {
      MethodSizeFindings(
        method, ensemble, curve: curve, location: location, optimum: optimum,
        spread: expected.spread(at: location.estimate.value))
    }
    return DetectionMethod.allCases.map { method in
      let best = optimum(method)
      let seed = seed.child(method.rawValue)
      switch method {
      case .supervised:
        let rise = curve(readouts.map { $0.upper[position] }, indices)
        return judge(
          method, MethodCurve(rise, floor: probabilityFloor(counts)),
          supervisedLocation(rise, best, seed), best)
      case .confusion:
        let table = ConfusionTable(
          ensemble, medians: readouts.map { $0.median[position] }, range: indices)
        let accuracy = table.curve(ensemble.parameters, inflation: inflation)
        return judge(
          method, accuracy,
          MethodLocation(innerMaximumOf: accuracy, seed: seed, resamples: resamples), best)
      case .prediction:
        if range == .whole, let regression {
          return judge(
            method, MethodCurve(regression.curve), MethodLocation(regression.peak), best)
        }
        return judge(
          method, MethodCurve(expected),
          MethodLocation(SlopePeak(expected, seed: seed, resamples: resamples)), best)
      case .mean:
        let path = FeatureDistance(ensemble, readouts, indices, inflation: inflation)
        return judge(
          method, path.curve,
          MethodLocation(SlopePeak(path.forSlopes, seed: seed, resamples: resamples)), best)
      }
    }
  }

  /// The share of the samples that each network is trained on.
  private var trainingShare: Double {
    let k = Double(readouts.count)
    return k > 2 ? (k - 2) / k : 1 / k
  }

  /// A probability below one over the number of training samples cannot be learned.
  private func probabilityFloor(_ counts: [Double]) -> Double {
    let regions = TrainingRegions(of: 0..<counts.count)
    return 1 / max(1, regions.all.reduce(0) { $0 + counts[$1] } * trainingShare)
  }

  private func counts(_ range: Range<Int>) -> [Double] {
    var counts = [Double](repeating: 0, count: range.count)
    for p in ensemble.parameterIndex where range.contains(p) { counts[p - range.lowerBound] += 1 }
    return counts
  }

  /// The mean of a held-out quantity at each value of a range.
  private func curve(_ quantities: [[Float]], _ range: Range<Int>) -> PredictionCurve {
    let whole = CurveEstimation.curve(ensemble, NetworkOutputs(ensemble, quantities))
    return PredictionCurve(
      parameters: Array(whole.parameters[range]), means: Array(whole.means[range]),
      testErrors: Array(whole.testErrors[range]),
      trainingModes: whole.trainingModes.map { Array($0[range]) },
      spreads: Array(whole.spreads[range]))
  }

  /// Between training regions that have no snapshot in common the slope peaks wherever the network happens to
  /// turn: the gap is all that is known.
  private func supervisedLocation(
    _ rise: PredictionCurve, _ optimum: DetectionOptimum?, _ seed: Seed
  ) -> MethodLocation {
    let peak = MethodLocation(SlopePeak(rise, seed: seed, resamples: resamples))
    guard let open = optimum?.isDetermined.indices.filter({ !optimum!.isDetermined[$0] }),
      let first = open.first, let last = open.last, first > 0, last + 1 < rise.parameters.count
    else { return peak }
    let gap = rise.parameters[first - 1]...rise.parameters[last + 1]
    return gap.contains(peak.estimate.value) ? MethodLocation(bracketed: gap) : peak
  }
}
