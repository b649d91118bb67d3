import LandauCore
import LandauNN
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The network behind a discovery: branches that see small windows, and a small perceptron behind them.
///
/// Branch k of a TetrisCNN slides its window over the lattice, applies a function f_k to what it sees and
/// averages over all positions. For two-valued spins f_k is a table of 2^n numbers, that is, a sum of
/// products of the window's spins (Walsh and Hadamard), so the averaged branch is exactly
///
///     a_k(x) = sum over subsets S of w_S x_S,   x_S = mean over positions of the product of spins in S.
///
/// The weights w_S are trained directly; a convolution of any width followed by ReLU and 1x1 convolution
/// is a roundabout way to the same tables. (Architecture: arXiv:2411.02237; the reformulation is exact.)
struct TetrisNetwork: TensorTree, Sendable {
  /// `[feature, 1]`, the coefficients of all branches one below the other.
  var branches: Tensor
  var first: Dense
  var second: Dense
  var last: Dense
  /// `[feature, branch]`, one where the feature belongs to the branch.
  let membership: Tensor

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("branches", &branches)
    self.visit("first", &first, visit)
    self.visit("second", &second, visit)
    self.visit("last", &last, visit)
  }

  /// - Parameter x: `[sample, feature]`, standardised correlators.
  /// - Returns: `[sample, 1]`, the standardised label.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let activations = matmul(x, branches * membership)
    return last(tanh(second(tanh(first(activations)))))
  }

  /// Mean of weight (prediction - label)^2 over a batch of `[features, labels, weights]`.
  static func loss(_ network: TetrisNetwork, _ batch: [Tensor]) -> Tensor {
    let difference = network(batch[0]) - batch[1]
    return (batch[2] * difference * difference).mean()
  }

  static let hidden = (first: 32, second: 16)

  /// A network whose first layer already looks where the data are.
  ///
  /// A branch starts from the regression of the label on each of its correlators alone, plus noise, scaled
  /// to unit variance. The units of the first layer are steps of random direction, placed at random
  /// samples and of random steepness (log-uniform from 1 to 10 per standard deviation): a label that
  /// changes fast where many samples crowd, as near an ordered state, is then within reach.
  ///
  /// - Parameters:
  ///   - features: `[sample, feature]` of some training samples, and `labels` theirs.
  init(
    groups: [Range<Int>], features: [Float], labels: [Float],
    using rng: inout some RandomNumberGenerator
  ) {
    let width = groups.last?.upperBound ?? 0
    let count = labels.count
    var weights = (0..<width).map { feature -> Float in
      var covariance: Float = 0
      for row in 0..<count { covariance += features[row * width + feature] * labels[row] }
      return covariance / Float(count)
    }
    // Noise of the same total size in every branch, however many correlators share it.
    for group in groups {
      let amplitude = 0.2 / Float(group.count).squareRoot()
      for feature in group { weights[feature] += amplitude * Float(rng.normal()) }
    }
    var activations = [[Float]](repeating: [Float](repeating: 0, count: count), count: groups.count)
    for (branch, group) in groups.enumerated() {
      for row in 0..<count {
        for feature in group {
          activations[branch][row] += weights[feature] * features[row * width + feature]
        }
      }
      let mean = activations[branch].reduce(0, +) / Float(count)
      let squares = activations[branch].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let scale = 1 / max((squares / Float(count)).squareRoot(), 1e-6)
      for feature in group { weights[feature] *= scale }
      for row in 0..<count { activations[branch][row] *= scale }
    }
    branches = Tensor(weights, shape: [width, 1])
    membership = Tensor(
      (0..<width).flatMap { feature in groups.map { $0.contains(feature) ? Float(1) : 0 } },
      shape: [width, groups.count])
    let steps = Self.steps(activations, using: &rng)
    first = Dense(
      weight: Tensor(steps.weights, shape: [groups.count, Self.hidden.first]),
      bias: Tensor(steps.biases, shape: [Self.hidden.first]))
    // A steep unit would shout down the flat ones; its outgoing weights start smaller.
    let outgoing = (0..<Self.hidden.first * Self.hidden.second).map { index in
      Float(rng.normal()) * (2 / Float(Self.hidden.first)).squareRoot()
        / steps.steepness[index / Self.hidden.second]
    }
    second = Dense(
      weight: Tensor(outgoing, shape: [Self.hidden.first, Self.hidden.second]),
      bias: Tensor([Float](repeating: 0, count: Self.hidden.second), shape: [Self.hidden.second]))
    let final = (0..<Self.hidden.second).map { _ in
      Float(rng.normal()) / Float(Self.hidden.second).squareRoot()
    }
    last = Dense(
      weight: Tensor(final, shape: [Self.hidden.second, 1]), bias: Tensor([Float(0)], shape: [1]))
  }

  /// Steps of random direction through random samples; `activations` are branch by branch.
  static func steps(
    _ activations: [[Float]], using rng: inout some RandomNumberGenerator
  ) -> (weights: [Float], biases: [Float], steepness: [Float]) {
    let branches = activations.count
    var weights = [Float](repeating: 0, count: branches * hidden.first)
    var biases = [Float](repeating: 0, count: hidden.first)
    var steepness = biases
    for unit in 0..<hidden.first {
      let direction = (0..<branches).map { _ in Float(rng.normal()) }
      let length = max(direction.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-3)
      steepness[unit] = Float(exp(rng.uniform() * log(10)))
      let sample = rng.index(below: max(1, activations[0].count))
      for branch in 0..<branches {
        let weight = steepness[unit] * direction[branch] / length
        weights[branch * hidden.first + unit] = weight
        biases[unit] -= weight * activations[branch][sample]
      }
    }
    return (weights, biases, steepness)
  }
}
