public import LandauTensor

/// Long short-term memory, one step after the other.
///
/// With the gates i, f, o = sigmoid(x W + b + h U + c) and g = tanh(x W + b + h U + c), the new memory is f m + i g and the
/// new state o tanh(f m + i g). Hochreiter and Schmidhuber 1997; Gers et al. 2000. The bias of the forget gate
/// begins at one, so that memories last at first.
public struct LSTM: Layer {
  /// `[inputs, 4 · units]`: input, forget, candidate, output.
  public var input: Dense
  /// `[units, 4 · units]`, in the same order.
  public var recurrent: Dense

  public init(
    inputs: Int, units: Int, type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) {
    input = .gates(inputs: inputs, units: units, count: 4, type: type, using: &rng)
    recurrent = .gates(inputs: units, units: units, count: 4, type: type, using: &rng)
    let bias = (0..<4 * units).map { (units..<2 * units).contains($0) ? 1.0 : 0.0 }
    input.bias = Tensor(bias).asType(type)
  }

  public var units: Int { recurrent.weight.shape[0] }

  /// All states of a sequence that begins from zeros.
  ///
  /// - Parameter x: `[batch, time, inputs]`.
  /// - Returns: `[batch, time, units]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireSequence(x, input.weight.shape[0])
    let zero = Tensor.zeros([x.shape[0], units], type: x.scalarType)
    return self(x, from: (zero, zero))
  }

  /// All states of a sequence that begins from a state and a memory, `[batch, units]` each.
  public func callAsFunction(_ x: Tensor, from start: (state: Tensor, memory: Tensor)) -> Tensor {
    Recurrence.states(input(x), from: [start.state, start.memory]) { gates, carried in
      let (state, memory) = step(gates, (carried[0], carried[1]))
      return [state, memory]
    }
  }

  /// State and memory after one more input.
  ///
  /// - Parameters:
  ///   - gates: `[batch, 4 · units]`, `input` of the input.
  ///   - carried: `[batch, units]` each.
  public func step(
    _ gates: Tensor, _ carried: (state: Tensor, memory: Tensor)
  ) -> (state: Tensor, memory: Tensor) {
    let sum = gates + recurrent(carried.state)
    func gate(_ index: Int) -> Tensor { sum.sliced(axis: -1, index * units..<(index + 1) * units) }
    let memory = sigmoid(gate(1)) * carried.memory + sigmoid(gate(0)) * tanh(gate(2))
    return (sigmoid(gate(3)) * tanh(memory), memory)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("input", &input, visit)
    self.visit("recurrent", &recurrent, visit)
  }
}
