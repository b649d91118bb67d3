public import LandauTensor

/// x + scale · branch(x).
///
/// With L such blocks one after the other a scale of 1/sqrt(L) keeps the sum of order one at any depth
/// (Yang et al. 2023, arXiv:2310.02244).
public struct Residual<Branch: Layer>: Layer {
  public var branch: Branch
  public let scale: Double

  public init(_ branch: Branch, scale: Double = 1) {
    self.branch = branch
    self.scale = scale
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { joined(x, branch(x)) }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    joined(x, branch(x, training: key))
  }

  func joined(_ x: Tensor, _ change: Tensor) -> Tensor {
    precondition(
      change.type == x.type, "the branch of a residual layer made \(change.type) of \(x.type)")
    return scale == 1 ? x + change : x + change * scale
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("branch", &branch, visit)
  }
}

/// factor · layer(x), the factor being no parameter.
public struct Scaled<Inner: Layer>: Layer {
  public var layer: Inner
  public let factor: Double

  public init(_ layer: Inner, by factor: Double) {
    self.layer = layer
    self.factor = factor
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { layer(x) * factor }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    layer(x, training: key) * factor
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("layer", &layer, visit)
  }
}
