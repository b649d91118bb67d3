public import LandauTensor

extension TensorTree {
  /// Which tensors are trained, in order.
  ///
  /// The others belong to the layer and its file, have no derivative and must not be touched by a decay: their
  /// names begin with `fixed` (drawn once, like a reservoir) or `running` (statistics that training updates).
  public var isTrained: [Bool] {
    named.map { entry in
      let last = entry.name.split(separator: ".").last ?? ""
      return !last.hasPrefix("fixed") && !last.hasPrefix("running")
        && entry.tensor.scalarType.isFloating
    }
  }

  /// Which tensors a weight decay is for: trained ones with two axes or more. Biases, scales and offsets are not.
  public var decays: [Bool] {
    zip(isTrained, tensors).map { $0 && $1.rank >= 2 }
  }

  /// Half the sum of the squares of all tensors that decay: the penalty that is a weight decay under plain
  /// gradient descent.
  public func squaredWeights() -> Tensor {
    let chosen = zip(tensors, decays).filter { $0.1 }.map { $0.0 }
    guard let first = chosen.first else { return .zeros([]) }
    return chosen.dropFirst().reduce((first * first).sum()) { $0 + ($1 * $1).sum() } * 0.5
  }
}
