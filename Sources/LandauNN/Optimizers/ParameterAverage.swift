public import LandauTensor

/// A mean of the parameters over the steps of a run, often better than the last ones.
public struct ParameterAverage: Sendable {
  public enum Kind: Sendable, Hashable {
    /// Weight decay^k for the parameters k steps back, normalised (an exponential moving average).
    case exponential(decay: Double)
    /// The same weight for all steps from `firstStep` on (Polyak and Juditsky 1992; stochastic weight averaging, Izmailov
    /// et al. 2018).
    case uniform(firstStep: Int = 0)
  }

  public let kind: Kind
  /// How many steps were taken in.
  public internal(set) var stepCount = 0
  /// Weighted means, in the types of the parameters; empty before the first step.
  var means: [Tensor] = []

  public init(_ kind: Kind) {
    if case .exponential(let decay) = kind {
      precondition((0..<1).contains(decay), "decay \(decay) is not in [0, 1)")
    }
    self.kind = kind
  }

  /// Takes in the parameters after a step.
  public mutating func update(_ parameters: [Tensor]) {
    stepCount += 1
    guard !means.isEmpty else {
      means = parameters
      return
    }
    precondition(
      means.map(\.type) == parameters.map(\.type),
      "an average of \(means.map(\.type)) was given \(parameters.map(\.type))")
    // Running means: mean += weight (parameter - mean), where the weights make up for the missing past.
    let weight: Double
    switch kind {
    case .exponential(let decay): weight = (1 - decay) / (1 - power(decay, stepCount))
    case .uniform(let first):
      guard stepCount > first + 1 else {
        means = parameters
        return
      }
      weight = 1 / Double(stepCount - first)
    }
    for index in means.indices {
      switch means[index].scalarType {
      case .float, .complexFloat: blend(&means[index], parameters[index], Float(weight))
      case .double, .complexDouble: blend(&means[index], parameters[index], weight)
      case .int32, .bool: means[index] = parameters[index]
      }
    }
  }

  /// The mean so far.
  public var parameters: [Tensor] { means }

  private func blend<T: BinaryFloatingPoint & TensorScalar>(
    _ mean: inout Tensor, _ parameter: Tensor, _ weight: T
  ) {
    Fused.update(&mean, parameter) { (m: T, p: T) in m + weight * (p - m) }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
