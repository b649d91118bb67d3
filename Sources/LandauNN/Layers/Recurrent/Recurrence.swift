import LandauTensor

/// What recurrent layers have in common.
enum Recurrence {
  /// The first of the carried tensors after every step.
  ///
  /// - Parameters:
  ///   - x: `[batch, time, features]`.
  ///   - start: `[batch, …]` each.
  ///   - step: features `[batch, features]` of one time and what was carried to what is carried on.
  /// - Returns: `[batch, time, …]`.
  static func states(
    _ x: Tensor, from start: [Tensor],
    _ step: (_ features: Tensor, _ carried: [Tensor]) -> [Tensor]
  ) -> Tensor {
    precondition(
      x.rank == 3 && start.allSatisfy { $0.rank == 2 && $0.shape[0] == x.shape[0] },
      "a sequence of \(x.type) from states \(start.map(\.type)); both begin with the batch")
    let states = scan(start, over: [x.transposed(axes: [1, 0, 2])]) { carried, slices in
      let next = step(slices[0], carried)
      return (next, [next[0]])
    }
    return states.outputs[0].transposed(axes: [1, 0, 2])
  }
}

/// Checks the input of a recurrent layer.
func requireSequence(_ x: Tensor, _ inputs: Int) {
  precondition(
    x.rank == 3 && x.shape[2] == inputs,
    "a recurrent layer of \(inputs) inputs was given \(x.type); it takes [batch, time, \(inputs)]")
}
