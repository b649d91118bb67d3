/// The function that gives the matrix of all partial derivatives.
///
/// Forward mode where there are no more inputs than outputs, else reverse mode; all directions at once, so
/// that time and memory are those of `f` times the smaller number.
///
/// - Parameter f: of one real floating tensor, with a real or complex value.
/// - Returns: a function whose value has the shape of f's value followed by that of the argument.
public func jacobian(of f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
  { jacobian(of: f, at: $0, mode: nil) }
}

/// The function that gives the matrix of second derivatives of a scalar function.
///
/// Forward mode over the gradient: as many directional derivatives of the gradient as there are inputs, at
/// once.
///
/// - Returns: a function whose value has the argument's shape twice.
public func hessian(of f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
  let gradient = grad(of: f)
  return { jacobian(of: gradient, at: $0, mode: .forward) }
}

/// The gradient of a scalar function, and its Hessian times `tangents`, which is never written out.
///
/// Forward mode over reverse mode: about twice the cost of the gradient, whatever the number of inputs.
///
/// - Parameter tangents: one per argument, of its type.
/// - Note: Pearlmutter 1994, doi:10.1162/neco.1994.6.1.147.
public func hessianVectorProduct(
  of f: @escaping ([Tensor]) -> Tensor, _ arguments: [Tensor], tangents: [Tensor]
) -> (gradients: [Tensor], products: [Tensor]) {
  let gradient = valueAndGradient(of: f)
  let result = jvp({ gradient($0).gradients }, arguments, tangents: tangents)
  return (result.values, result.tangents)
}

/// The function that gives value and gradient of a scalar function for every sample of a batch.
///
/// `vmap` of the gradient: one batched program. The gradients take the memory of the parameters times the
/// number of samples.
///
/// - Parameter f: the value for one sample; the parameters are shared, the samples mapped.
/// - Returns: a function of the parameters and of tensors with a leading axis over samples; its values are
///   `[sample]`, every gradient has that axis in front.
public func perSampleGradients<Parameters: TensorTree>(
  of f: @escaping (Parameters, [Tensor]) -> Tensor
) -> (Parameters, [Tensor]) -> (values: Tensor, gradients: Parameters) {
  { parameters, samples in
    let own = parameters.tensors
    let flags = own.map { _ in false } + samples.map { _ in true }
    let both = vmap(
      { all in
        let sample = Array(all[own.count...])
        let result = valueAndGradient { f(parameters.replacing($0), sample) }(
          Array(all[..<own.count]))
        return [result.value.reshaped([])] + result.gradients
      }, mapped: flags)(own + samples)
    return (both[0], parameters.replacing(Array(both.dropFirst())))
  }
}

enum JacobianMode { case forward, reverse }

func jacobian(of f: (Tensor) -> Tensor, at x: Tensor, mode: JacobianMode?) -> Tensor {
  let trace = Trace([x.type]) { [f($0[0])] }
  let value = trace.program.outputTypes[0]
  require(
    value.scalar.isFloating && x.scalarType.isFloating && !x.scalarType.isComplex,
    "the Jacobian of \(value) with respect to \(x.type); the argument must be real and both floating"
  )
  let shape = value.shape + x.shape
  let isForward = x.count <= value.count || value.scalar.isComplex
  if (mode ?? (isForward ? .forward : .reverse)) == .forward {
    let columns = trace.along(unitVectors(x.type), of: trace.program.forward(1), at: x)
    return columns.reshaped([x.count, value.count]).transposed().reshaped(shape)
  }
  let rows = trace.along(
    unitVectors(value), of: trace.program.reverse(1, seeded: true), at: x)
  return rows.reshaped(shape)
}

extension Trace {
  /// The last output of a derivative program for every one of several directions, its last input.
  func along(_ directions: Tensor, of program: Program, at x: Tensor) -> Tensor {
    let last = program.selecting([program.outputs.count - 1])
    var flags = [Bool](repeating: false, count: last.inputs.count)
    flags[flags.count - 1] = true
    return last.batched(flags, count: directions.shape[0]).replay(
      on: [x] + captures + [directions])[0]
  }
}

/// The directions of all scalars of a type, `[count] + shape`.
func unitVectors(_ type: TensorType) -> Tensor {
  Tensor.identity(type.count, type: type.scalar).reshaped([type.count] + type.shape)
}
