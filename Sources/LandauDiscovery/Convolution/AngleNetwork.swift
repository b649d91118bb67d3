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
  /// f_k: squares, for products of components are what correlators are sums of, then tanh.
  struct Branch: TensorTree, Sendable {
    var first: Dense
    var second: Dense
    var last: Dense

    static let hidden = (first: 24, second: 16)

    /// - Parameter x: `[window, component]`.
    /// - Returns: `[window, 1]`.
    func callAsFunction(_ x: Tensor) -> Tensor { last(features(x)) }

    /// - Returns: `[window, feature]`, what the last layer sums.
    func features(_ x: Tensor) -> Tensor {
      let forms = first(x)
      return tanh(second(forms * forms))
    }

    mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
      self.visit("first", &first, visit)
      self.visit("second", &second, visit)
      self.visit("last", &last, visit)
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

  private static func atPositions(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
    let (samples, positions) = (x.shape[0], x.shape[1])
    let values = function(x.reshaped([samples * positions, x.shape[2]]))
    return values.reshaped([samples, positions, values.shape[1]])
  }

  /// Price of the variance of a branch within snapshots, in units of that of its average over snapshots.
  private static let varianceWeight = 0.02

  /// Mean of weight (prediction - label)^2 over a batch of `[labels, weights, windows ...]`, and a small price on functions that vary
  /// much where their averages do not.
  ///
  /// A function u(first site) - u(second site) averages to nothing on a torus, so f_k is only known up to such: the price takes
  /// the one of least variance. It is on a ratio, which rescaling a branch does not change.
  static func loss(_ network: AngleNetwork, _ batch: [Tensor]) -> Tensor {
    let values = zip(network.branches, batch.dropFirst(2)).map { atPositions($1, $0.callAsFunction) }
    let averages = values.map { $0.mean(axes: [1]) }
    let difference = network.predict(averages) - batch[0]
    let error = (batch[1] * difference * difference).mean()
    return zip(values, averages).reduce(error) { sum, branch in
      let center = branch.1.mean()
      let within = (branch.0 * branch.0).mean() - (branch.1 * branch.1).mean()
      let among = ((branch.1 - center) * (branch.1 - center)).mean()
      return sum + varianceWeight * within / (among + 1e-6)
    }
  }

  /// A network whose branches already tell something: random layers, and in the last of each branch the
  /// regression of the label on the averaged features.
  ///
  /// - Parameters:
  ///   - windows: per branch `[sample, position, component]`, of some training samples.
  ///   - labels: theirs, standardised.
  init(windows: [Tensor], labels: [Float], using rng: inout some RandomNumberGenerator) {
    branches = windows.map { x in
      let width = x.shape[2]
      func random(_ inputs: Int, _ outputs: Int, scale: Double) -> Dense {
        // Bends of the features lie within the range of the data.
        Dense(
          weight: Self.normals([inputs, outputs], scale: scale / Double(inputs).squareRoot(), &rng),
          bias: Self.normals([outputs], scale: 0.5, &rng))
      }
      let hidden = Branch.hidden
      var branch = Branch(
        first: random(width, hidden.first, scale: 1.4),
        second: random(hidden.first, hidden.second, scale: 1),
        last: Dense(weight: .zeros([hidden.second, 1]), bias: .zeros([1])))
      branch.fitLast(
        features: Self.atPositions(x) { branch.features($0) }, labels: labels,
        varianceWeight: Self.varianceWeight)
      return branch
    }
    let count = windows.count
    hidden = Dense(
      weight: Self.normals([count, 16], scale: 1 / Double(count).squareRoot(), &rng),
      bias: Self.normals([16], scale: 1, &rng))
    last = Dense(
      weight: Self.normals([16, 1], scale: 0.25, &rng), bias: .zeros([1]))
  }

  private static func normals(
    _ shape: [Int], scale: Double, _ rng: inout some RandomNumberGenerator
  ) -> Tensor {
    Tensor(
      (0..<shape.reduce(1, *)).map { _ in Float(scale * rng.normal()) }, shape: shape)
  }
}

extension AngleNetwork.Branch {
  /// The regression of the labels on the averaged features, with the price on the variance within snapshots that training has, scaled
  /// to unit variance.
  ///
  /// - Parameter features: `[sample, position, feature]`.
  fileprivate mutating func fitLast(features: Tensor, labels: [Float], varianceWeight: Double) {
    let (count, positions, width) = (features.shape[0], features.shape[1], features.shape[2])
    let all = features.scalars(Float.self)
    let rows = (0..<count).map { sample in
      (0..<width).map { feature in
        (0..<positions).reduce(0.0) {
          $0 + Double(all[(sample * positions + $1) * width + feature])
        } / Double(positions)
      }
    }
    // Some deviations from the averages, with zero for their label: their squares add up to the price.
    let step = max(1, count * positions / 2000)
    let chosen = Array(stride(from: 0, to: count * positions, by: step))
    let scaleOfPrice = (varianceWeight * Double(count) / Double(chosen.count)).squareRoot()
    let deviations = chosen.map { place in
      (0..<width).map {
        scaleOfPrice * (Double(all[place * width + $0]) - rows[place / positions][$0])
      } + [0]
    }
    // A small ridge for features that are nearly alike.
    let ridge = 1e-3 * Double(count).squareRoot()
    let penalties = (0..<width).map { j in (0...width).map { $0 == j ? ridge : 0 } }
    let design = rows.map { $0 + [1] } + deviations + penalties
    let fit = LinearFit(
      design: design,
      values: labels.map(Double.init)
        + [Double](repeating: 0, count: design.count - labels.count),
      errors: [Double](repeating: 1, count: design.count))
    let weights = fit.map { Array($0.coefficients.dropLast()) } ?? [Double](repeating: 1, count: width)
    let values = rows.map { zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 } }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let scale = 1 / max(variance.squareRoot(), 1e-6)
    last = Dense(
      weight: Tensor(weights.map { Float(scale * $0) }, shape: [width, 1]),
      bias: Tensor([Float(-scale * mean)], shape: [1]))
  }
}
