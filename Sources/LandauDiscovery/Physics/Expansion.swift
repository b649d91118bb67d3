public import LandauCore

/// One term of a branch's exact expansion in functions of its variables.
public struct ExpansionTerm: Sendable {
  public var term: Term
  /// Coefficient of the activation (in units of its standard deviation over the data) per unit of the
  /// correlator; the error is the jackknife spread over folds, each with a training seed of its own.
  public var coefficient: Estimate
  /// |coefficient| times the standard deviation of the correlator over the data: what the term moves.
  public var weight: Double
}

/// Merges the expansions of one branch from several trainings.
enum Expansion {
  /// The activation of a branch is only defined up to sign and scale. Each training's is divided by the
  /// standard deviation of its activation over the data and its sign chosen so that it agrees with the
  /// first one's.
  ///
  /// - Parameters:
  ///   - coefficients: per training, in order of the columns of the window, per unit of correlator.
  ///   - covariance: of the correlators over the data.
  ///   - terms: what the columns are.
  static func merge(
    _ coefficients: [[Double]], covariance: [[Double]], terms: [Term]
  ) -> [ExpansionTerm] {
    let normalised = normalise(coefficients, covariance: covariance)
    var order: [Term] = []
    var columns: [Term: [Int]] = [:]
    for (column, term) in terms.enumerated() {
      if columns[term] == nil { order.append(term) }
      columns[term, default: []].append(column)
    }
    return order.map { term in
      let indices = columns[term]!
      let perTraining = normalised.map { c in indices.reduce(0) { $0 + c[$1] } }
      let mean = perTraining.reduce(0, +) / Double(perTraining.count)
      let value = JackknifedValue(full: mean, deleted: perTraining)
      let deviation = indices.map { covariance[$0][$0].squareRoot() }.max() ?? 0
      return ExpansionTerm(
        term: term, coefficient: Estimate(mean, error: value.error), weight: abs(mean) * deviation)
    }.sorted { $0.weight > $1.weight }
  }

  private static func normalise(_ coefficients: [[Double]], covariance: [[Double]]) -> [[Double]] {
    func inner(_ a: [Double], _ b: [Double]) -> Double {
      var total = 0.0
      for i in a.indices where a[i] != 0 {
        var row = 0.0
        for j in b.indices { row += covariance[i][j] * b[j] }
        total += a[i] * row
      }
      return total
    }
    guard let first = coefficients.first else { return [] }
    // The reference sign: the term that moves the first activation most counts as positive.
    let strongest = first.indices.max {
      abs(first[$0]) * covariance[$0][$0].squareRoot() < abs(first[$1])
        * covariance[$1][$1].squareRoot()
    }
    let referenceSign: Double = strongest.map { first[$0] < 0 ? -1 : 1 } ?? 1
    return coefficients.map { c in
      let size = max(inner(c, c), 1e-300).squareRoot()
      let sign: Double = inner(c, first) < 0 ? -referenceSign : referenceSign
      return c.map { sign * $0 / size }
    }
  }
}
