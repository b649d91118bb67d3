public import LandauTensor

/// Maximal-update parametrisation: one learning rate serves all widths and depths.
///
/// Which axes of a tensor grow with the width is found by comparing a model with a smaller one of the same
/// make, the base. With r the ratio of the growing axis to the base (Yang et al. 2022, arXiv:2203.03466,
/// table 8):
///
/// | | inputs grow | outputs grow | initial scale | multiplier | rate of SGD | rate of Adam |
/// |---|---|---|---|---|---|---|
/// | first weights, biases, norms | no | yes | 1 | 1 | r | 1 |
/// | hidden weights | yes | yes | 1 | 1 | 1 | 1/r |
/// | last weights | yes | no | sqrt(r) | 1/r | r | 1 |
///
/// Initial scales are relative to variance 1/inputs. The multiplier is for `Scaled` around the last layer; scores of
/// attention are divided by headWidth instead of its root. In depth, residual branches are scaled by 1/sqrt(depth)
/// (`Residual`) and Adam's rates inside them by 1/sqrt(depth ratio), SGD's by 1 (Yang et al. 2023,
/// arXiv:2310.02244). At the base everything is one.
public struct MaximalUpdate: Sendable, Hashable {
  /// How an optimiser's step depends on the size of gradients.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    /// Steps are proportional to gradients.
    case sgd
    /// Steps are of the learning rate's size, whatever the gradient's: Adam, RMSProp, Lion.
    case adam
  }

  /// How a tensor grows with the width, and by which ratio.
  public enum Role: Sendable, Hashable {
    case fixed
    case input(ratio: Double)
    case hidden(ratio: Double)
    case output(ratio: Double)
  }

  /// One per tensor of the model.
  public let roles: [Role]
  /// Which tensors lie in a residual branch.
  public let isInBranch: [Bool]
  public let depthRatio: Double

  /// - Parameters:
  ///   - base: the same model at the width where the learning rate was found; names must be equal.
  ///   - depthRatio: number of residual branches over that of the model where the rate was found.
  ///   - isInBranch: by name; tensors behind a component "branch" (`Residual`) by default.
  public init(
    model: some TensorTree, base: some TensorTree, depthRatio: Double = 1,
    isInBranch: (String) -> Bool = { $0.split(separator: ".").contains("branch") }
  ) {
    let (tensors, small) = (model.named, base.named)
    precondition(
      tensors.map(\.name) == small.map(\.name),
      "model and base have different tensors: \(tensors.map(\.name)) and \(small.map(\.name))")
    precondition(depthRatio > 0, "a depth ratio of \(depthRatio)")
    roles = zip(tensors, small).map { Self.role($0.name, $0.tensor.shape, $1.tensor.shape) }
    self.isInBranch = tensors.map { isInBranch($0.name) }
    self.depthRatio = depthRatio
  }

  /// Matrices are `[inputs, outputs]`, kernels `[outputs, inputs, window…]`, vectors have outputs alone.
  private static func role(_ name: String, _ shape: [Int], _ base: [Int]) -> Role {
    precondition(shape.count == base.count, "\(name) is \(shape) in the model, \(base) in the base")
    let (input, output) =
      switch shape.count {
      case 0, 1: (nil as Int?, 0)
      case 2: (0, 1)
      default: (1, 0)
      }
    func ratio(_ axis: Int?) -> Double {
      guard let axis, axis < shape.count, base[axis] > 0 else { return 1 }
      return Double(shape[axis]) / Double(base[axis])
    }
    let growing = (ratio(input), ratio(output))
    switch (growing.0 != 1, growing.1 != 1) {
    case (false, false): return .fixed
    case (false, true): return .input(ratio: growing.1)
    case (true, true): return .hidden(ratio: growing.0)
    case (true, false): return .output(ratio: growing.0)
    }
  }

  /// Factors on weights that were drawn with variance 1/inputs, one per tensor.
  public var initialScales: [Double] {
    roles.map { if case .output(let ratio) = $0 { ratio.squareRoot() } else { 1 } }
  }

  /// What the last layer's output is multiplied by: the `factor` of a `Scaled` around it.
  public var outputMultiplier: Double {
    for role in roles { if case .output(let ratio) = role { return 1 / ratio } }
    return 1
  }

  /// Factors on the learning rate, one per tensor.
  public func learningRateFactors(_ family: Family) -> [Double] {
    zip(roles, isInBranch).map { role, inBranch in
      switch family {
      case .sgd:
        switch role {
        case .fixed, .hidden: 1
        case .input(let ratio), .output(let ratio): ratio
        }
      case .adam:
        (role.hiddenRatio.map { 1 / $0 } ?? 1) / (inBranch ? depthRatio.squareRoot() : 1)
      }
    }
  }

  /// The model with its weights scaled to the parametrisation's initial sizes.
  public func initialized<Model: TensorTree>(_ model: Model) -> Model {
    model.replacing(
      zip(model.tensors, initialScales).map { tensor, scale in
        guard scale != 1 else { return tensor }
        let scaled = tensor * scale
        scaled.eval()
        return scaled
      })
  }
}

extension MaximalUpdate.Role {
  fileprivate var hiddenRatio: Double? {
    if case .hidden(let ratio) = self { ratio } else { nil }
  }
}
