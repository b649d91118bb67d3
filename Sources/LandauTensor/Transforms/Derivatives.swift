/// The function that gives the value of a scalar function and its gradient in every argument.
///
/// - Parameter f: must return one real floating scalar (rank zero, or one element).
/// - Returns: value and gradients, each shaped like its argument; zeros for arguments of int32 or bool.
///   In a complex argument z = x + i y the gradient is dL/dx + i dL/dy: L grows fastest along it, so
///   that descent subtracts it (the convention of PyTorch; JAX gives its conjugate).
/// - Note: derivatives are graphs again, so this nests with itself, `jvp`, `vjp`, `vmap` and `compile`.
public func valueAndGradient(
  of f: @escaping ([Tensor]) -> Tensor
) -> ([Tensor]) -> (value: Tensor, gradients: [Tensor]) {
  { arguments in
    let trace = Trace(arguments.map(\.type)) { [f($0)] }
    let type = trace.program.outputTypes[0]
    require(
      type.count == 1 && type.scalar.isFloating && !type.scalar.isComplex,
      "the gradient of a function with the value \(type); it must be one real floating number (use vjp)"
    )
    let program = trace.program.reverse(arguments.count, seeded: false)
    let results = program.replay(on: arguments + trace.captures)
    return (results[0], results.dropFirst().map { conjugate($0) })
  }
}

/// The gradient of a scalar function of one tensor.
public func grad(of f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
  let both = valueAndGradient { f($0[0]) }
  return { both([$0]).gradients[0] }
}

/// Values and directional derivatives: the Jacobian times `tangents` (forward mode).
///
/// - Parameter tangents: one per argument, of its type.
public func jvp(
  _ f: ([Tensor]) -> [Tensor], _ arguments: [Tensor], tangents: [Tensor]
) -> (values: [Tensor], tangents: [Tensor]) {
  requireTypes("tangents", tangents, of: arguments)
  let trace = Trace(arguments.map(\.type), f)
  let results = trace.program.forward(arguments.count).replay(
    on: arguments + trace.captures + tangents)
  let count = results.count / 2
  return (Array(results[..<count]), Array(results[count...]))
}

/// Values and the transposed Jacobian times `cotangents` (reverse mode).
///
/// - Parameter cotangents: one per value of `f`, of its type.
/// - Note: for complex values the adjoint in the real product Re sum conj(a) b: with J t from `jvp` and g the
///   result here, Re sum conj(w) J t = Re sum conj(g) t for every t. For a holomorphic f it is conj(f'(z)) w,
///   in general conj(df/dz) w + (df/dconj(z)) conj(w).
public func vjp(
  _ f: ([Tensor]) -> [Tensor], _ arguments: [Tensor], cotangents: [Tensor]
) -> (values: [Tensor], cotangents: [Tensor]) {
  let trace = Trace(arguments.map(\.type), f)
  require(
    cotangents.map(\.type) == trace.program.outputTypes,
    "cotangents \(cotangents.map(\.type)) for values \(trace.program.outputTypes)")
  let results = trace.program.reverse(arguments.count, seeded: true).replay(
    on: arguments + trace.captures + cotangents.map { conjugate($0) })
  let count = cotangents.count
  return (Array(results[..<count]), results[count...].map { conjugate($0) })
}

/// The function applied to every element of the leading axis of its arguments at once.
///
/// - Parameter mapped: which arguments have the leading axis (all by default); the others are shared.
/// - Returns: a function whose values all have the leading axis.
public func vmap(
  _ f: @escaping ([Tensor]) -> [Tensor], mapped: [Bool]? = nil
) -> ([Tensor]) -> [Tensor] {
  { arguments in
    let flags = mapped ?? [Bool](repeating: true, count: arguments.count)
    require(
      flags.count == arguments.count,
      "\(flags.count) flags for \(arguments.count) arguments of vmap")
    let batched = zip(arguments, flags).filter { $0.1 }.map { $0.0 }
    let extents = Set(batched.map { $0.shape.first ?? -1 })
    guard let count = extents.first, extents.count == 1, count >= 0 else {
      misuse(
        "vmap needs one common leading extent; the shapes are \(arguments.map(\.shape))")
    }
    let types = zip(arguments, flags).map { argument, flag in
      flag ? argument.type.with(shape: Array(argument.shape.dropFirst())) : argument.type
    }
    let trace = Trace(types, f)
    let all = flags + [Bool](repeating: false, count: trace.captures.count)
    return trace.program.batched(all, count: count).replay(on: arguments + trace.captures)
  }
}

private func requireTypes(_ name: String, _ tensors: [Tensor], of arguments: [Tensor]) {
  require(
    tensors.map(\.type) == arguments.map(\.type),
    "\(name) \(tensors.map(\.type)) for arguments \(arguments.map(\.type))")
}
