public import LandauTensor

/// A function of a tensor with parameters: a plain struct whose tensors are its parameters.
///
/// `layer(x)` judges; `layer(x, training: key)` is the same in a training step, where some layers draw random
/// numbers from the key or change statistics that they hold. Nothing else tells one from the other.
public protocol Layer: TensorTree, Sendable {
  /// The layer's value; leading axes are a batch.
  func callAsFunction(_ x: Tensor) -> Tensor

  /// The layer's value in a training step.
  ///
  /// - Parameter key: of the step's random numbers; layers made of several give each its own.
  mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor
}

extension Layer {
  /// Most layers do the same when they are trained.
  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor { self(x) }
}
