public import LandauTensor

/// A function of a set that does not depend on the order of its members: whole(pool(element(x))).
///
/// Every continuous invariant function has this form. Zaheer et al. 2017, arXiv:1703.06114.
public struct DeepSet<Element: Layer, Whole: Layer>: Layer {
  /// Applied to every member.
  public var element: Element
  /// Applied to what the members became together.
  public var whole: Whole
  public let pooling: Pooling

  public init(element: Element, whole: Whole, pooling: Pooling = .sum) {
    self.element = element
    self.whole = whole
    self.pooling = pooling
  }

  /// - Parameter x: `[…, members, features]`.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

  /// - Parameter mask: bool `[…, members]`, true for members that are there.
  public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
    precondition(x.rank >= 2, "a deep set of \(x.type); it takes […, members, features]")
    return whole(pooling.pool(element(x), mask: mask).squeezed(axis: -2))
  }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    let members = element(x, training: key.folded(0))
    return whole(pooling.pool(members, mask: nil).squeezed(axis: -2), training: key.folded(1))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("element", &element, visit)
    self.visit("whole", &whole, visit)
  }
}

/// The linear map of sets that moves with the order of the members: own(x) + shared(pool(x)).
///
/// With the mean or the sum these are all such maps. Zaheer et al. 2017, arXiv:1703.06114, lemma 3.
public struct SetEquivariant: Layer {
  /// Applied to every member.
  public var own: Dense
  /// Applied to what the members are together; without bias.
  public var shared: Dense
  public let pooling: Pooling

  public init(
    inputs: Int, outputs: Int, pooling: Pooling = .mean,
    initialization: Initialization = .glorotUniform, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    own = Dense(
      inputs: inputs, outputs: outputs, initialization: initialization, type: type, using: &rng)
    shared = Dense(
      inputs: inputs, outputs: outputs, hasBias: false, initialization: initialization, type: type,
      using: &rng)
    self.pooling = pooling
  }

  /// - Parameter x: `[…, members, inputs]`.
  /// - Returns: `[…, members, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

  /// - Parameter mask: bool `[…, members]`, true for members that are there.
  public func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
    precondition(x.rank >= 2, "a layer of sets was given \(x.type); it takes […, members, inputs]")
    return own(x) + shared(pooling.pool(x, mask: mask))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("own", &own, visit)
    self.visit("shared", &shared, visit)
  }
}
