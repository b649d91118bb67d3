/// How a Laplacian is put together.
public enum LaplacianMethod: Sendable, Hashable, CaseIterable {
  /// Second Taylor coefficients along every axis: the value once, and two more orders per axis.
  case taylor
  /// Directional derivatives of the gradient along every axis.
  case forwardOverReverse
}

/// The function that gives the sum of the unmixed second derivatives of a scalar function.
///
/// All axes at once: time and memory are those of a second-order sweep of `f` times the number of axes.
/// Taylor mode needs no reverse sweep; compiled, on tanh networks of 2 to 30 inputs, it took 4 to 12 per cent
/// less time than the other.
///
/// - Parameter f: of real numbers `[dimension]`, with one number; or of `[batch, dimension]`, with `[batch]` or `[batch, 1]`
///   where every row of the value depends on its own row of the argument only.
/// - Returns: a function whose value has the shape of f's value.
public func laplacian(
  of f: @escaping (Tensor) -> Tensor, method: LaplacianMethod = .taylor
) -> (Tensor) -> Tensor {
  { x in
    let trace = Trace([x.type]) { [f($0[0])] }
    let value = trace.program.outputTypes[0]
    requirePoints(x.type, value)
    let dimension = x.shape[x.rank - 1]
    // The same axis in every row: rows do not mix, so that they can be done together.
    let directions = unitVectors(TensorType([dimension], x.scalarType))
      .reshaped([dimension] + (x.rank == 2 ? [1] : []) + [dimension])
      .broadcast(to: [dimension] + x.shape)
    switch method {
    case .taylor:
      // f(x + t e) = f + … + t² f''/2
      let curvature = trace.along(
        directions, of: trace.program.taylor(1, given: 1, order: 2), at: x)
      return curvature.sum(axes: [0]) * 2
    case .forwardOverReverse:
      require(
        !value.scalar.isComplex,
        "the Laplacian of the complex \(value) by forward over reverse mode; use Taylor mode")
      let gradient = trace.program.reverse(1, seeded: false).selecting([1])
      let change = trace.along(directions, of: gradient.forward(1), at: x)
      return (change * directions).sum(axes: [0, -1]).reshaped(value.shape)
    }
  }
}

private func requirePoints(_ x: TensorType, _ value: TensorType) {
  let fits =
    switch x.rank {
    case 1: value.count == 1
    case 2: value.shape == [x.shape[0]] || value.shape == [x.shape[0], 1]
    default: false
    }
  require(
    fits && x.scalar.isFloating && !x.scalar.isComplex && value.scalar.isFloating,
    "the Laplacian of \(value) with respect to \(x); it takes real [dimension] to one number or [batch, dimension] to [batch]"
  )
}
