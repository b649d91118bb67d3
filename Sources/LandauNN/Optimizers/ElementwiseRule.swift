import LandauTensor

/// A rule that treats every real number of every parameter alike: one fused loop per parameter.
///
/// Of complex parameters the real and imaginary parts are two numbers, as they are for their gradients.
protocol ElementwiseRule: GradientOptimizer {
  /// Updates parameter `index` and its memories.
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type)
}

extension ElementwiseRule {
  @inline(__always)
  mutating func stepElementwise(_ parameters: inout [Tensor], _ gradients: [Tensor]) {
    requireFit(parameters, gradients)
    state.begin(parameters)
    for index in parameters.indices {
      updateFloating(&parameters[index], gradients[index], index)
    }
  }

  /// Whole numbers and truth values are constants of the model.
  @inline(__always)
  mutating func updateFloating(_ parameter: inout Tensor, _ gradient: Tensor, _ index: Int) {
    switch parameter.scalarType {
    case .float, .complexFloat: update(&parameter, gradient, index, Float.self)
    case .double, .complexDouble: update(&parameter, gradient, index, Double.self)
    case .int32, .bool: break
    }
  }
}
