import LandauLinearAlgebra
public import LandauCore

/// How much neighbouring cells of a map of two parameters differ: learning by confusion and the mean-based method, made
/// local.
///
/// A cut through a scan of one parameter has two sides; a map has none, but every cell has neighbours along both axes. Along each
/// axis the cells before and behind are compared (at an edge the cell itself and its neighbour), and the change is given per step of
/// the grid, so that the units of the parameters do not matter:
///
/// - confusion: how far above chance their snapshots are told apart, 2 accuracy - 1; at best the total variation distance of
///   the two distributions, half the sum of |P(x|a) - P(x|b)|;
/// - mean: the distance of the mean features in units of their spread, sqrt(d . S^-1 d) with d the difference of the
///   means and S the mean of both covariances.
///
/// The indicator is the length of the vector of both changes. For small steps both are lower bounds to, or equal to, multiples of the
/// root of the Fisher information along the axis. (Local indicators: Arnold, Schaefer, Edelman and Bruder, Phys.
/// Rev. Lett. 132, 207301; Arnold, Lorch, Holtorf and Schaefer, arXiv:2311.10710.)
public struct NeighborMap: Sendable {
  /// Centres of the cells, ascending.
  public let x: [Double]
  public let y: [Double]
  /// Changes per step along each axis, row after row, the row of the first y first; errors are zero where the map is exact.
  public let alongX: [Estimate]
  public let alongY: [Estimate]

  /// Two cells that are compared, and the steps between them.
  struct Pair: Sendable {
    var low: Int
    var high: Int
    var steps: Double
  }

  /// Of every cell along an axis.
  static func pairs(_ columns: Int, _ rows: Int, alongX: Bool) -> [Pair] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        let (at, count) = alongX ? (column, columns) : (row, rows)
        let (low, high) = (max(0, at - 1), min(count - 1, at + 1))
        func cell(_ at: Int) -> Int { alongX ? row * columns + at : at * columns + column }
        return Pair(low: cell(low), high: cell(high), steps: Double(high - low))
      }
    }
  }

  /// Of every cell along the first axis, then along the second.
  static func pairs(_ columns: Int, _ rows: Int) -> [Pair] {
    pairs(columns, rows, alongX: true) + pairs(columns, rows, alongX: false)
  }

  private init(x: [Double], y: [Double], _ change: (Pair) -> Estimate) {
    self.init(x: x, y: y, changes: Self.pairs(x.count, y.count).map(change))
  }

  /// - Parameter changes: one for each of `pairs`.
  private init(x: [Double], y: [Double], changes: [Estimate]) {
    precondition(x.count > 2 && y.count > 2, "a map of \(x.count) x \(y.count) cells")
    let perStep = zip(Self.pairs(x.count, y.count), changes).map { pair, change in
      Estimate(change.value / pair.steps, error: change.error / pair.steps)
    }
    self.x = x
    self.y = y
    alongX = Array(perStep.prefix(x.count * y.count))
    alongY = Array(perStep.suffix(x.count * y.count))
  }

  // MARK: - Confusion

  /// The best possible confusion of neighbours, from the distribution of a sufficient statistic in every cell.
  ///
  /// - Parameter distributions: one row per cell over the same values of the statistic.
  public init(confusionOf distributions: [[Double]], x: [Double], y: [Double]) {
    precondition(
      distributions.count == x.count * y.count,
      "\(distributions.count) distributions for \(x.count) x \(y.count) cells")
    self.init(x: x, y: y) { pair in
      let distance = zip(distributions[pair.low], distributions[pair.high]).reduce(0.0) {
        $0 + abs($1.0 - $1.1) / 2
      }
      return Estimate(distance, error: 0)
    }
  }

  /// How well a predictor of probabilities of cells tells neighbours apart, over the snapshots of both.
  ///
  /// - Parameters:
  ///   - ensemble: its parameter is the number of the cell, row after row.
  ///   - posterior: of a sample; needs no normalisation. Errors are the jackknife over the ensemble's folds.
  public init(
    confusionOf ensemble: Ensemble, x: [Double], y: [Double], posterior: (_ sample: Int) -> [Double]
  ) {
    precondition(
      ensemble.parameters.count == x.count * y.count,
      "\(ensemble.parameters.count) values for \(x.count) x \(y.count) cells")
    // All that a sample's probabilities are asked: whether they favour its own cell over each other one.
    let pairs = Self.pairs(x.count, y.count)
    let found = ensemble.foldSums(pairs.count) { sample, out in
      let q = posterior(sample)
      let own = ensemble.parameterIndex[sample]
      for (index, pair) in pairs.enumerated() {
        guard own == pair.low || own == pair.high else {
          out[index] = 0
          continue
        }
        let (mine, other) = own == pair.low ? (q[own], q[pair.high]) : (q[own], q[pair.low])
        out[index] = mine > other ? 1 : mine == other ? 0.5 : 0
      }
    }
    let changes = pairs.enumerated().map { index, pair in
      let shares = [pair.low, pair.high].map { cell in
        FoldSums(sums: [found.sums[cell]], numbers: [found.numbers[cell]])
          .jackknifed { $0[index] }[0].estimate
      }
      // Cells are sampled independently of one another.
      return Estimate(
        shares[0].value + shares[1].value - 1,
        error: (shares[0].error * shares[0].error + shares[1].error * shares[1].error)
          .squareRoot())
    }
    self.init(x: x, y: y, changes: changes)
  }

  // MARK: - Means

  /// The distance of means where they and their covariances are known, of a sufficient statistic for instance.
  ///
  /// - Parameters:
  ///   - means: `[cell][component]`.
  ///   - covariances: `[cell][component * component]`.
  public init(means: [[Double]], covariances: [[Double]], x: [Double], y: [Double]) {
    precondition(
      means.count == x.count * y.count && covariances.count == means.count,
      "\(means.count) means for \(x.count) x \(y.count) cells")
    self.init(x: x, y: y) { pair in
      let difference = zip(means[pair.high], means[pair.low]).map { $0 - $1 }
      let spread = zip(covariances[pair.low], covariances[pair.high]).map { ($0 + $1) / 2 }
      let direction = Self.direction(along: difference, spread: spread)
      return Estimate(Self.dot(direction, difference), error: 0)
    }
  }

  /// The distance of the mean features of windows, measured on held-out samples of each fold along the direction that the rest
  /// gives: noise has no direction in common with noise of other samples, so nothing of it is left in the mean.
  ///
  /// Errors are the spread of the folds, and the error of the spread that is the unit.
  ///
  /// - Parameter windows: indices of the counted windows.
  public init(meansOf ensemble: Ensemble, x: [Double], y: [Double], windows: [Int]) {
    let count = ensemble.parameters.count
    precondition(
      count == x.count * y.count, "\(count) values for \(x.count) x \(y.count) cells")
    let parts = (0..<ensemble.folds.count).map {
      fold -> (rest: FeatureMoments, held: FeatureMoments) in
      let split = (
        rest: (0..<ensemble.sampleCount).filter { ensemble.folds.fold[$0] != fold },
        held: (0..<ensemble.sampleCount).filter { ensemble.folds.fold[$0] == fold }
      )
      let set = TrainingSet(ensemble, windows: windows, training: split.rest)
      func moments(_ samples: [Int]) -> FeatureMoments {
        var features: [Float] = []
        set.features(ensemble, samples: samples, into: &features)
        return FeatureMoments(
          features: features, classes: samples.map { Int32(ensemble.parameterIndex[$0]) },
          classCount: count)
      }
      return (moments(split.rest), moments(split.held))
    }
    let folds = Double(parts.count)
    self.init(x: x, y: y) { pair in
      let steps = parts.map { rest, held -> Double in
        let spread = zip(rest.covariances[pair.low], rest.covariances[pair.high]).map {
          ($0 + $1) / 2
        }
        let direction = Self.direction(
          along: zip(rest.means[pair.high], rest.means[pair.low]).map { $0 - $1 }, spread: spread)
        return Self.dot(direction, zip(held.means[pair.high], held.means[pair.low]).map { $0 - $1 })
      }
      let mean = steps.reduce(0, +) / folds
      let scatter = steps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (folds * (folds - 1))
      let samples = [pair.low, pair.high].map {
        parts[0].rest.counts[$0] + parts[0].held.counts[$0]
      }
      let unit = mean * mean / (4 * max(1, samples.min()!))
      return Estimate(mean, error: (scatter + unit).squareRoot())
    }
  }

  /// S^-1 d, of unit variance.
  private static func direction(along difference: [Double], spread: [Double]) -> [Double] {
    let width = difference.count
    var matrix = spread
    // Features that are copies of one another must not make the matrix singular.
    let ridge = 1e-6 * (0..<width).reduce(0) { $0 + matrix[$1 * width + $1] } / Double(width)
    for f in 0..<width { matrix[f * width + f] += max(ridge, 1e-300) }
    guard let solved = try? Cholesky(matrix, count: width).solve(difference) else {
      return [Double](repeating: 0, count: width)
    }
    let length = max(dot(solved, difference), 1e-300).squareRoot()
    return solved.map { $0 / length }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  // MARK: - Indicator

  /// The length of the change per step.
  public var indicator: [Estimate] {
    zip(alongX, alongY).map { a, b in
      let length = (a.value * a.value + b.value * b.value).squareRoot()
      guard length > 0 else { return Estimate(0, error: max(a.error, b.error)) }
      let (u, v) = (a.value * a.error / length, b.value * b.error / length)
      return Estimate(length, error: (u * u + v * v).squareRoot())
    }
  }

  /// Along each row the place of the highest inner maximum of the indicator; nil where there is none.
  public var ridge: [Double?] {
    let values = indicator.map(\.value)
    return y.indices.map { row in
      InnerMaximum.exact(
        parameters: x, values: Array(values[row * x.count..<(row + 1) * x.count]))
    }
  }
}
