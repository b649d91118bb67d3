public import LandauLinearAlgebra
public import LandauTensor

/// The affine map that fits targets best, with a penalty on its weights.
public enum RidgeRegression {
  /// Minimises sum |targets - features · weight - bias|² + penalty |weight|²; the bias is not penalised.
  ///
  /// - Parameters:
  ///   - features: `[…, inputs]`, for instance states of a `Reservoir`.
  ///   - targets: `[…, outputs]` with the same leading axes.
  ///   - penalty: in units of the squared features summed over examples.
  /// - Returns: the layer, in the features' scalar type; the sums are in Double.
  /// - Throws: `LinearAlgebraError` where a number is not finite, or features depend on each other and the penalty
  ///   is zero.
  /// - Complexity: examples · inputs² + inputs³ / 3.
  public static func fit(
    features: Tensor, targets: Tensor, penalty: Double
  ) throws(LinearAlgebraError) -> Dense {
    precondition(
      features.rank >= 1 && features.shape.dropLast() == targets.shape.dropLast() && penalty >= 0,
      "a regression of \(targets.type) on \(features.type) with the penalty \(penalty)")
    let (inputs, outputs) = (features.shape.last!, targets.shape.last!)
    let x = features.asType(.double).reshaped([-1, inputs])
    let y = targets.asType(.double).reshaped([-1, outputs])
    let (middle, level) = (
      x.mean(axes: [0], keepingAxes: true), y.mean(axes: [0], keepingAxes: true)
    )
    let centred = x - middle
    var gram = matmul(centred.transposed(), centred).scalars(Double.self)
    for index in 0..<inputs { gram[index * inputs + index] += penalty }
    let moments = matmul((y - level).transposed(), centred).scalars(Double.self)
    let factor = try Cholesky(gram, count: inputs)
    var columns: [Double] = []
    for output in 0..<outputs {
      columns += try factor.solve(Array(moments[output * inputs..<(output + 1) * inputs]))
    }
    let weight = Tensor(columns, shape: [outputs, inputs]).transposed()
    let bias = (level - matmul(middle, weight)).squeezed(axis: 0)
    let type = features.scalarType
    let layer = Dense(weight: weight.asType(type), bias: bias.asType(type))
    eval(layer.tensors)
    return layer
  }
}
