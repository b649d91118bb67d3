import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A network that slides windows over unit vectors in the plane.
///
/// What `TetrisNetwork` is where a window has finitely many functions. Branch k sees the 2n components of the n vectors in
/// its window, applies a perceptron f_k to them and averages over positions,
///
///     a_k(x) = mean over positions r of f_k(cos t(r + o_1), sin t(r + o_1), ..., sin t(r + o_n)),
///
/// which is a convolution followed by 1x1 convolutions and a mean; a perceptron behind predicts the label from the a_k.
/// No symmetry is built in: whether f_k depends on differences of angles alone is for the data to say.
/// (Architecture: arXiv:2411.02237.)
struct AngleNetwork: TensorTree, Sendable {
  /// f_k: squares of linear forms, for products of components are what correlators are sums of, and what tanh makes of them.
  struct Branch: TensorTree, Sendable {
    var forms: Dense
    var bends: Dense
    var last: Dense

    /// - Parameter x: `[window, component]`.
    /// - Returns: `[window, 1]`.
    func callAsFunction(_ x: Tensor) -> Tensor { last(features(x)) }

    /// - Returns: `[window, feature]`, what the last layer sums.
    func features(_ x: Tensor) -> Tensor {
      let linear = forms(x)
      let squares = linear * linear
      return concatenated([squares, tanh(bends(squares))], axis: 1)
    }

    mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
      self.visit("forms", &forms, visit)
      self.visit("bends", &bends, visit)
      self.visit("last", &last, visit)
    }

    /// Random forms, as many as there are products of two components and single ones, and random bends within the range of the
    /// data; the last layer is still zero.
    init(components: Int, using rng: inout some RandomNumberGenerator) {
      let width = components * (components + 3) / 2 + 10
      forms = Dense(
        weight: AngleNetwork.normals(
          [components, width], scale: 1.4 / Double(components).squareRoot(), &rng),
        bias: AngleNetwork.normals([width], scale: 0.5, &rng))
      bends = Dense(
        weight: AngleNetwork.normals([width, 16], scale: 1 / Double(width).squareRoot(), &rng),
        bias: AngleNetwork.normals([16], scale: 0.5, &rng))
      last = Dense(weight: .zeros([width + 16, 1]), bias: .zeros([1]))
    }

    init(forms: Dense, bends: Dense, last: Dense) {
      (self.forms, self.bends, self.last) = (forms, bends, last)
    }
  }

  var branches: [Branch]
  var hidden: Dense
  var last: Dense

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    for index in branches.indices { self.visit("branch\(index)", &branches[index], visit) }
    self.visit("hidden", &hidden, visit)
    self.visit("last", &last, visit)
  }

  /// - Parameter windows: per branch `[sample, position, component]`.
  /// - Returns: `[sample, 1]`, the standardised label.
  func callAsFunction(_ windows: [Tensor]) -> Tensor {
    predict(zip(branches, windows).map { Self.average($1, $0.callAsFunction) })
  }

  private func predict(_ activations: [Tensor]) -> Tensor {
    last(tanh(hidden(concatenated(activations, axis: 1))))
  }

  /// The mean over positions of a function of windows, `[sample, output]`.
  private static func average(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
    atPositions(x, function).mean(axes: [1])
  }

  fileprivate static func atPositions(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
    let (samples, positions) = (x.shape[0], x.shape[1])
    let values = function(x.reshaped([samples * positions, x.shape[2]]))
    return values.reshaped([samples, positions, values.shape[1]])
  }

  /// Price of the variance of a branch over windows, in units of its squared covariance with the label.
  private static let varianceWeight = 0.02

  /// Mean of weight (prediction - label)^2 over a batch of `[labels, weights, windows ...]`, and a small price on functions that vary
  /// without the label.
  ///
  /// A function u(first site) - u(second site) averages to nothing on a torus, and what one branch adds of the direction of an
  /// ordered lattice another may take away, so the f_k are only known up to such. The price is var f_k / cov(f_k, label)^2,
  /// which rescaling does not change; by itself it is least for f_k = E[label | window].
  static func loss(_ network: AngleNetwork, _ batch: [Tensor]) -> Tensor {
    let values = zip(network.branches, batch.dropFirst(2)).map {
      atPositions($1, $0.callAsFunction)
    }
    let averages = values.map { $0.mean(axes: [1]) }
    let difference = network.predict(averages) - batch[0]
    let error = (batch[1] * difference * difference).mean()
    return zip(values, averages).reduce(error) { sum, branch in
      let center = branch.1.mean()
      let variance = (branch.0 * branch.0).mean() - center * center
      let covariance = ((branch.1 - center) * batch[0]).mean()
      return sum + varianceWeight * variance / (covariance * covariance + 1e-6)
    }
  }

  /// A network that already tells something: random layers, each followed by a regression of the label.
  ///
  /// The last layer of each branch is the regression on its averaged features; the head has steps where the data are, as
  /// `TetrisNetwork` has, and the regression on them.
  ///
  /// - Parameters:
  ///   - windows: per branch `[sample, position, component]`, of some training samples.
  ///   - labels: theirs, standardised.
  init(windows: [Tensor], labels: [Float], using rng: inout some RandomNumberGenerator) {
    var activations: [[Float]] = []
    branches = []
    for x in windows {
      var branch = Branch(components: x.shape[2], using: &rng)
      branch.fitLast(
        features: Self.atPositions(x) { branch.features($0) }, labels: labels,
        varianceWeight: Self.varianceWeight)
      activations.append(Self.average(x, branch.callAsFunction).scalars(Float.self))
      branches.append(branch)
    }
    let width = TetrisNetwork.hidden.first
    let steps = TetrisNetwork.steps(activations, using: &rng)
    hidden = Dense(
      weight: Tensor(steps.weights, shape: [windows.count, width]),
      bias: Tensor(steps.biases, shape: [width]))
    let joined = concatenated(
      activations.map { Tensor($0, shape: [labels.count, 1]) }, axis: 1)
    let heights = tanh(hidden(joined)).scalars(Float.self)
    last = Self.regression(
      of: labels,
      on: labels.indices.map { row in
        heights[row * width..<(row + 1) * width].map(Double.init)
      }, deviations: [], ridge: 0.03)
  }

  /// The affine map of features that is nearest to the labels.
  ///
  /// - Parameters:
  ///   - rows: features of each sample.
  ///   - deviations: rows whose image should be small.
  ///   - ridge: price of a weight of one, in units of the mean squared error.
  fileprivate static func regression(
    of labels: [Float], on rows: [[Double]], deviations: [[Double]], ridge: Double
  ) -> Dense {
    let width = rows[0].count
    let height = ridge * Double(labels.count).squareRoot()
    let penalties = (0..<width).map { j in (0..<width).map { $0 == j ? height : 0 } }
    let zeros = deviations + penalties
    let fit = LinearFit(
      design: rows.map { $0 + [1] } + zeros.map { $0 + [0] },
      values: labels.map(Double.init) + [Double](repeating: 0, count: zeros.count),
      errors: [Double](repeating: 1, count: labels.count + zeros.count))
    let weights = fit?.coefficients ?? [Double](repeating: 0, count: width + 1)
    return Dense(
      weight: Tensor(weights.dropLast().map { Float($0) }, shape: [width, 1]),
      bias: Tensor([Float(weights[width])], shape: [1]))
  }

  fileprivate static func normals(
    _ shape: [Int], scale: Double, _ rng: inout some RandomNumberGenerator
  ) -> Tensor {
    Tensor(
      (0..<shape.reduce(1, *)).map { _ in Float(scale * rng.normal()) }, shape: shape)
  }
}

extension AngleNetwork.Branch {
  /// The regression of the labels on the averaged features, with a price on the variance within snapshots, scaled to averages of
  /// variance one.
  ///
  /// - Parameter features: `[sample, position, feature]`.
  fileprivate mutating func fitLast(features: Tensor, labels: [Float], varianceWeight: Double) {
    let (count, positions, width) = (features.shape[0], features.shape[1], features.shape[2])
    let means = features.mean(axes: [1]).scalars(Float.self)
    let rows = (0..<count).map { row in means[row * width..<(row + 1) * width].map(Double.init) }
    let all = features.scalars(Float.self)
    // Some deviations from the averages: their squares add up to the price.
    let step = max(1, count * positions / 2000)
    let chosen = Array(stride(from: 0, to: count * positions, by: step))
    let price = (varianceWeight * Double(count) / Double(chosen.count)).squareRoot()
    let deviations = chosen.map { place in
      (0..<width).map { price * (Double(all[place * width + $0]) - rows[place / positions][$0]) }
    }
    last = AngleNetwork.regression(of: labels, on: rows, deviations: deviations, ridge: 1e-3)
    let weights = last.weight.scalars(Float.self).map(Double.init)
    let values = rows.map { zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 } }
    let n = Double(count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let scale = 1 / max(variance.squareRoot(), 1e-6)
    last = Dense(
      weight: Tensor(weights.map { Float(scale * $0) }, shape: [width, 1]),
      bias: Tensor([Float(-scale * mean)], shape: [1]))
  }
}
