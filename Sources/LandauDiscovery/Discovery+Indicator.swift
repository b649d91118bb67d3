import LandauCore
import LandauLinearAlgebra

extension Discovery {
  /// The correlator that decides: the terms that carry the living branches, as one formula.
  ///
  /// Branches are joined with the signs and weights with which the prediction follows them (a linear fit
  /// of the predictions to the branches' leading terms); terms that move less than a tenth of what the
  /// strongest one moves are left out.
  ///
  /// - Returns: the indicator, and for each ensemble its value in every sample.
  func indicator(
    _ ensembles: [Ensemble], branches: [BranchFindings], fits: [TetrisFit]
  ) -> (Indicator?, [[Float]]) {
    let largest = ensembles[ensembles.count - 1]
    var columns: [Term: Int] = [:]
    var leading: [(term: Term, coefficient: Estimate)] = []
    for (index, branch) in branches.enumerated() where branch.isAlive {
      guard let top = branch.expansion.first?.weight else { continue }
      for found in branch.expansion where found.weight >= 0.1 * top && columns[found.term] == nil {
        columns[found.term] = largest.counts.ranges[index].first {
          largest.counts.terms[$0] == found.term
        }!
        leading.append((found.term, found.coefficient))
      }
    }
    guard !leading.isEmpty else {
      return (nil, ensembles.map { [Float](repeating: 0, count: $0.sampleCount) })
    }
    let features = leading.map { columns[$0.term]! }
    let slopes = followedSlopes(largest, features: features, fits: fits)
    let joined = zip(leading, slopes).map { item, slope in
      (term: item.term, coefficient: slope)
    }
    let deviations = features.map { deviation(largest, column: $0) }
    let top = zip(joined, deviations).map { abs($0.coefficient.value) * $1 }.max() ?? 0
    let kept = joined.indices.filter {
      abs(joined[$0].coefficient.value) * deviations[$0] >= 0.1 * top
    }
    // Only ratios mean anything: the strongest term gets the coefficient one.
    let strongest = kept.max {
      abs(joined[$0].coefficient.value) * deviations[$0] < abs(joined[$1].coefficient.value)
        * deviations[$1]
    }!
    let unit = joined[strongest].coefficient.value
    let terms = kept.map { index in
      let c = joined[index].coefficient
      return (
        term: joined[index].term, coefficient: Estimate(c.value / unit, error: c.error / abs(unit))
      )
    }
    let values = ensembles.map { ensemble in
      let width = ensemble.counts.featureCount
      return (0..<ensemble.sampleCount).map { sample in
        zip(kept, terms).reduce(Float(0)) {
          $0 + Float($1.1.coefficient.value)
            * ensemble.counts.values[sample * width + features[$1.0]]
        }
      }
    }
    let fidelity = fidelity(largest, values: values[values.count - 1], fits: fits)
    return (
      IndicatorWording.describe(
        terms, fidelity: fidelity, siteDimension: largest.siteShape.count,
        channels: largest.channels, bonds: bonds),
      values
    )
  }

  private func deviation(_ ensemble: Ensemble, column: Int) -> Double {
    let width = ensemble.counts.featureCount
    var sum = 0.0
    var squares = 0.0
    for sample in 0..<ensemble.sampleCount {
      let value = Double(ensemble.counts.values[sample * width + column])
      sum += value
      squares += value * value
    }
    let n = Double(ensemble.sampleCount)
    return max(0, squares / n - sum / n * (sum / n)).squareRoot()
  }

  /// How the predictions follow each correlator: least squares, one fit per fold's network.
  private func followedSlopes(
    _ ensemble: Ensemble, features: [Int], fits: [TetrisFit]
  ) -> [Estimate] {
    let step = max(1, ensemble.sampleCount / 5000)
    let samples = Array(stride(from: 0, to: ensemble.sampleCount, by: step))
    let width = ensemble.counts.featureCount
    let rows = samples.map { s in features.map { Double(ensemble.counts.values[s * width + $0]) } }
    let n = Double(rows.count)
    let mean = features.indices.map { i in rows.reduce(0) { $0 + $1[i] } / n }
    let k = features.count
    var gram = [Double](repeating: 0, count: k * k)
    for row in rows {
      for i in 0..<k {
        for j in 0..<k { gram[i * k + j] += (row[i] - mean[i]) * (row[j] - mean[j]) / n }
      }
    }
    // A little ridge decides between correlators that are nearly the same number.
    for i in 0..<k { gram[i * k + i] = 1.02 * gram[i * k + i] + 1e-12 }
    let factor = try? Cholesky(gram, count: k)
    let perFit = fits.map { fit -> [Double] in
      let p = fit.predict(ensemble, samples: samples).map(Double.init)
      let pm = p.reduce(0, +) / n
      let right = (0..<k).map { i in
        zip(rows, p).reduce(0) { $0 + ($1.0[i] - mean[i]) * ($1.1 - pm) } / n
      }
      return (try? factor?.solve(right)) ?? [Double](repeating: .nan, count: k)
    }
    return (0..<k).map { i in
      let values = perFit.map { $0[i] }
      let mean = values.reduce(0, +) / Double(values.count)
      return Estimate(mean, error: JackknifedValue(full: mean, deleted: values).error)
    }
  }

  /// Share of the variance of the predictions explained by their average within sixty quantiles of the
  /// formula's value.
  private func fidelity(_ ensemble: Ensemble, values: [Float], fits: [TetrisFit]) -> Double {
    guard let fit = fits.first else { return 0 }
    let predictions = fit.predict(ensemble, samples: 0..<ensemble.sampleCount).map(Double.init)
    let order = values.indices.sorted { values[$0] < values[$1] }
    let n = order.count
    let mean = predictions.reduce(0, +) / Double(n)
    let total = predictions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard total > 0 else { return 0 }
    let bins = min(60, max(2, n / 20))
    var within = 0.0
    for bin in 0..<bins {
      let part = order[bin * n / bins..<(bin + 1) * n / bins]
      let m = part.reduce(0) { $0 + predictions[$1] } / Double(part.count)
      within += part.reduce(0) { $0 + (predictions[$1] - m) * (predictions[$1] - m) }
    }
    return 1 - within / total
  }
}

/// The words and formulas for an indicator.
enum IndicatorWording {
  static func describe(
    _ terms: [(term: Term, coefficient: Estimate)], fidelity: Double, siteDimension: Int,
    channels: [String], bonds: Set<Term> = []
  ) -> Indicator {
    let links = channels == ["down", "right"]
    func signed(_ value: Double, _ text: String, first: Bool) -> String {
      let sign = value < 0 ? (first ? "-" : " - ") : (first ? "" : " + ")
      let size = abs(value)
      let factor = abs(size - 1) < 0.005 ? "" : "\(Estimate.fixed(size, digits: 2)) "
      return sign + factor + text
    }
    var formula = ""
    var latex = ""
    for (index, item) in terms.enumerated() {
      formula += signed(
        item.coefficient.value, item.term.formula(siteDimension: siteDimension, channels: channels),
        first: index == 0)
      latex += signed(
        item.coefficient.value, item.term.latex(siteDimension: siteDimension, channels: channels),
        first: index == 0)
    }
    var names: [String] = []
    for item in terms {
      let name =
        item.term.familiarName(
          siteDimension: siteDimension, linkChannels: links, bonds: bonds)
        ?? "\(item.term.degree)-spin correlator"
      if !names.contains(name) { names.append(name) }
    }
    return Indicator(
      terms: terms, formula: formula, latex: latex, name: names.joined(separator: " and "),
      fidelity: fidelity, symmetryClass: symmetryClass(terms.map(\.term), links: links))
  }

  private static func symmetryClass(_ terms: [Term], links: Bool) -> String {
    if links {
      return terms.allSatisfy(isGaugeInvariant) ? "gauge invariant" : "not gauge invariant"
    }
    if terms.allSatisfy({ $0.kind == .equality }) {
      return "invariant under permutations of the values"
    }
    if terms.allSatisfy({ $0.kind == .angle }) { return "invariant under rotations" }
    if terms.contains(where: { $0.kind == .level }) { return "not invariant under permutations" }
    if terms.allSatisfy({ !$0.isOdd }) { return "even under the spin flip" }
    if terms.allSatisfy(\.isOdd) { return "odd under the spin flip" }
    return "mixed under the spin flip"
  }

  /// Every vertex is an end of an even number of the links in the product.
  static func isGaugeInvariant(_ term: Term) -> Bool {
    var ends: [Window.Offset: Int] = [:]
    for link in term.factors {
      ends[Window.Offset(row: link.row, column: link.column), default: 0] += 1
      let next =
        link.channel == 0
        ? Window.Offset(row: link.row + 1, column: link.column)
        : Window.Offset(row: link.row, column: link.column + 1)
      ends[next, default: 0] += 1
    }
    return ends.values.allSatisfy { $0 % 2 == 0 }
  }
}
