public import LandauTensor

/// How one parameter is treated apart from the others: factors on the learning rate and on the weight decay.
///
/// Chosen by name once, before training; maximal-update parametrisation sets rates this way, and biases and
/// norms are kept from decaying. `fit` takes one per tensor of the model, trained or not:
///
///     optimizer.factors = model.parameterFactors { name, tensor in
///       tensor.rank < 2 ? ParameterFactor(weightDecay: 0) : ParameterFactor()
///     }
public struct ParameterFactor: Sendable, Hashable {
  /// Multiplies the learning rate; 0 freezes the parameter.
  public var learningRate: Double
  /// Multiplies the weight decay, after the factor on the rate; 0 switches it off.
  public var weightDecay: Double
  /// Whether a rule for matrices (`Muon`) may treat it as one. Embeddings and read-outs are matrices, too,
  /// and are usually left to the rule for the rest.
  public var isMatrix: Bool

  public init(learningRate: Double = 1, weightDecay: Double = 1, isMatrix: Bool = true) {
    precondition(
      learningRate >= 0 && weightDecay >= 0,
      "factors \(learningRate) on the rate and \(weightDecay) on the decay")
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.isMatrix = isMatrix
  }
}

extension TensorTree {
  /// One factor per tensor of the tree, chosen by its name and value.
  public func parameterFactors(
    _ choose: (_ name: String, _ tensor: Tensor) -> ParameterFactor
  ) -> [ParameterFactor] {
    named.map { choose($0.name, $0.tensor) }
  }
}

extension MaximalUpdate {
  /// The factors of the parametrisation for an optimiser of a family.
  ///
  /// - Parameter decays: which tensors a weight decay is for (`TensorTree.decays`); all by default.
  public func parameterFactors(_ family: Family, decays: [Bool]? = nil) -> [ParameterFactor] {
    learningRateFactors(family).enumerated().map { index, rate in
      ParameterFactor(learningRate: rate, weightDecay: decays?[index] ?? true ? 1 : 0)
    }
  }
}
