public import LandauTensor

/// Numbers left out at random in training, the others made larger so that the mean stays.
///
/// Each number is zero with the probability `rate` and divided by 1 - rate otherwise; judging leaves all as they
/// are. Srivastava et al. 2014.
public struct Dropout: Layer {
  public let rate: Double

  public init(rate: Double) {
    precondition((0..<1).contains(rate), "a dropout rate of \(rate) is not in [0, 1)")
    self.rate = rate
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    if rate == 0 { return x }
    let isKept = key.bernoulli(x.shape, probability: 1 - rate)
    return select(isKept, x / (1 - rate), x.filled(0))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}
}
