import LandauCore
import LandauLinearAlgebra

/// Means and covariances of features along a scan, and the exponential family that runs through them.
///
/// In an exponential family q_i(x) = exp(theta_i . x + b_i) the means move as d mu = S d theta with S the covariance of x,
/// and d b = -mu . d theta. So theta follows from the steps of the means, by the trapezoidal rule. Snapshots of a
/// model in equilibrium whose energy is among the features are such a family (theta = -N beta); for all others it is where
/// a classifier's training starts. Means are smoothed along the scan first, piece by piece between gaps.
struct FeaturePath: Sendable {
  /// `[step][feature]`: S^-1 (mu_{i+1} - mu_i) between neighbouring values of the parameter.
  let thetaSteps: [[Double]]
  let biasSteps: [Double]
  /// `[step][feature]`: along the step, of unit variance (the mean of both) at the two values it joins.
  let directions: [[Double]]
  /// `[value][feature]`, smoothed.
  let means: [[Double]]
  /// `[feature]`: standard deviation within a value, averaged over them.
  let spreads: [Double]
  private let width: Int

  /// - Parameters:
  ///   - features: `[sample, feature]` row by row; `classes`: the value each sample belongs to.
  ///   - parameters: the values, ascending; empty where classes are no scan and are not to be smoothed.
  init(features: [Float], classes: [Int32], parameters: [Double]) {
    let classCount = parameters.isEmpty ? Int(classes.max() ?? 0) + 1 : parameters.count
    let moments = FeatureMoments(features: features, classes: classes, classCount: classCount)
    let width = moments.width
    let means =
      parameters.isEmpty ? moments.means : Self.smoothed(moments, parameters: parameters)
    var steps: [[Double]] = []
    var biases: [Double] = []
    var directions: [[Double]] = []
    for i in 0..<classCount - 1 {
      let around = max(0, i - 2)...min(classCount - 1, i + 3)
      var pooled = [Double](repeating: 0, count: width * width)
      for value in around {
        for index in pooled.indices {
          pooled[index] += moments.covariances[value][index] / Double(around.count)
        }
      }
      // Features that are copies of one another must not make the matrix singular.
      let ridge = 1e-6 * (0..<width).reduce(0) { $0 + pooled[$1 * width + $1] } / Double(width)
      for f in 0..<width { pooled[f * width + f] += max(ridge, 1e-12) }
      let step = (0..<width).map { means[i + 1][$0] - means[i][$0] }
      let theta =
        (try? Cholesky(pooled, count: width).solve(step)) ?? [Double](repeating: 0, count: width)
      // Pooled covariances choose the direction; its unit is the spread at the two values alone.
      let spread = [i, i + 1].reduce(0.0) {
        $0 + moments.quadraticForm(theta, theta, value: $1) / 2
      }
      let length = max(spread, 1e-300).squareRoot()
      steps.append(theta)
      directions.append(theta.map { $0 / length })
      let middle = zip(means[i], means[i + 1]).map { ($0 + $1) / 2 }
      biases.append(-zip(theta, middle).reduce(0) { $0 + $1.0 * $1.1 })
    }
    thetaSteps = steps
    biasSteps = biases
    self.directions = directions
    self.means = means
    spreads = (0..<width).map { f in
      let variance = moments.covariances.reduce(0) { $0 + $1[f * width + f] }
      return max((variance / Double(classCount)).squareRoot(), 1e-3)
    }
    self.width = width
  }

  /// Weights `[feature, value]` and biases `[value]` of the family's logits, centred over the values.
  var logits: (weights: [Float], biases: [Float]) {
    let n = means.count
    var theta = [[Double]](repeating: [Double](repeating: 0, count: width), count: n)
    var bias = [Double](repeating: 0, count: n)
    for i in 1..<n {
      theta[i] = zip(theta[i - 1], thetaSteps[i - 1]).map { $0 + $1 }
      bias[i] = bias[i - 1] + biasSteps[i - 1]
    }
    // A common shift changes no probability; in the middle of the scan it costs the least precision.
    let (middle, offset) = (theta[n / 2], bias[n / 2])
    return (
      (0..<width).flatMap { f in theta.map { Float($0[f] - middle[f]) } },
      bias.map { Float($0 - offset) }
    )
  }

  private static func smoothed(_ moments: FeatureMoments, parameters: [Double]) -> [[Double]] {
    var means = moments.means
    for piece in ParameterGrid(parameters).pieces where piece.count >= 5 {
      for f in 0..<moments.width {
        let errors = piece.map { value in
          let variance = moments.covariances[value][f * moments.width + f]
          return max((variance / max(1, moments.counts[value])).squareRoot(), 1e-9)
        }
        let smooth = Smoothing.values(
          x: Array(parameters[piece]), y: piece.map { means[$0][f] }, errors: errors)
        for (value, mean) in zip(piece, smooth) { means[value][f] = mean }
      }
    }
    return means
  }
}

/// Means and covariances of features within each value of the parameter.
struct FeatureMoments: Sendable {
  let width: Int
  var counts: [Double]
  /// `[value][feature]`.
  var means: [[Double]]
  /// `[value][feature * feature]`.
  var covariances: [[Double]]

  /// a S b with the covariance S of one value.
  func quadraticForm(_ a: [Double], _ b: [Double], value: Int) -> Double {
    let matrix = covariances[value]
    var sum = 0.0
    for f in 0..<width {
      for g in 0..<width { sum += a[f] * matrix[f * width + g] * b[g] }
    }
    return sum
  }

  init(features: [Float], classes: [Int32], classCount: Int) {
    let width = features.count / max(1, classes.count)
    self.width = width
    counts = [Double](repeating: 0, count: classCount)
    means = [[Double]](repeating: [Double](repeating: 0, count: width), count: classCount)
    covariances = [[Double]](
      repeating: [Double](repeating: 0, count: width * width), count: classCount)
    for (row, value) in classes.enumerated() {
      counts[Int(value)] += 1
      for f in 0..<width { means[Int(value)][f] += Double(features[row * width + f]) }
    }
    for value in 0..<classCount {
      for f in 0..<width { means[value][f] /= max(1, counts[value]) }
    }
    var d = [Double](repeating: 0, count: width)
    for (row, value) in classes.enumerated() {
      let c = Int(value)
      for f in 0..<width { d[f] = Double(features[row * width + f]) - means[c][f] }
      covariances[c].withUnsafeMutableBufferPointer { matrix in
        for f in 0..<width {
          for g in 0...f { matrix[f * width + g] += d[f] * d[g] }
        }
      }
    }
    for value in 0..<classCount {
      let scale = 1 / max(1, counts[value] - 1)
      for f in 0..<width {
        for g in 0...f {
          covariances[value][f * width + g] *= scale
          covariances[value][g * width + f] = covariances[value][f * width + g]
        }
      }
    }
  }
}
