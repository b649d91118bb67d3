public import LandauTensor

/// Gated recurrent units, one step after the other.
///
/// With r and z the gates sigmoid(x W + b + h U + c), the candidate is n = tanh(x W + b + r (h U + c)) and the new state
/// (1 - z) n + z h: the reset gate acts behind the product, as in the fast implementations. Cho et al.
/// 2014, arXiv:1406.1078.
public struct GRU: Layer {
  /// `[inputs, 3 · units]`: reset, update, candidate.
  public var input: Dense
  /// `[units, 3 · units]`, in the same order.
  public var recurrent: Dense

  public init(
    inputs: Int, units: Int, type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) {
    input = .gates(inputs: inputs, units: units, count: 3, type: type, using: &rng)
    recurrent = .gates(inputs: units, units: units, count: 3, type: type, using: &rng)
  }

  public var units: Int { recurrent.weight.shape[0] }

  /// All states of a sequence that begins from zeros.
  ///
  /// - Parameter x: `[batch, time, inputs]`.
  /// - Returns: `[batch, time, units]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireSequence(x, input.weight.shape[0])
    return self(x, from: .zeros([x.shape[0], units], type: x.scalarType))
  }

  /// All states of a sequence that begins from `state`, `[batch, units]`.
  public func callAsFunction(_ x: Tensor, from state: Tensor) -> Tensor {
    Recurrence.states(input(x), from: [state]) { gates, state in
      [step(gates, state[0])]
    }
  }

  /// The state after one more input.
  ///
  /// - Parameters:
  ///   - gates: `[batch, 3 · units]`, `input` of the input.
  ///   - state: `[batch, units]`.
  public func step(_ gates: Tensor, _ state: Tensor) -> Tensor {
    let hidden = recurrent(state)
    func part(_ x: Tensor, _ gate: Int) -> Tensor {
      x.sliced(axis: -1, gate * units..<(gate + 1) * units)
    }
    let reset = sigmoid(part(gates, 0) + part(hidden, 0))
    let update = sigmoid(part(gates, 1) + part(hidden, 1))
    let candidate = tanh(part(gates, 2) + reset * part(hidden, 2))
    return (1 - update) * candidate + update * state
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("input", &input, visit)
    self.visit("recurrent", &recurrent, visit)
  }
}

extension Dense {
  /// The weights of several gates side by side: uniform on ±1/sqrt(units), biases zero.
  static func gates(
    inputs: Int, units: Int, count: Int, type: ScalarType,
    using rng: inout some RandomNumberGenerator
  ) -> Dense {
    let bound = 1 / Double(max(1, units)).squareRoot()
    return Dense(
      weight: .uniform([inputs, count * units], low: -bound, high: bound, type: type, using: &rng),
      bias: .zeros([count * units], type: type))
  }
}
