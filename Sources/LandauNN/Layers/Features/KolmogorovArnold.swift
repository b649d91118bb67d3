public import LandauTensor

/// A layer whose edges are learned functions of one variable and whose nodes only add.
///
/// y_j = sum_i [base_ij silu(x_i) + sum_b coefficient_(i b) j B_b(x_i)] with B-splines B_b on a fixed grid. Liu et
/// al. 2024, arXiv:2404.19756; their spline scale is part of the coefficients here.
public struct KolmogorovArnold: Layer {
  /// `[inputs, outputs]`, weights of the base activation.
  public var base: Tensor
  /// `[inputs · basis functions, outputs]`, the functions of one input side by side.
  public var coefficients: Tensor
  public let basis: SplineBasis
  public let activation: Activation

  /// - Parameter noise: standard deviation of the splines' values at the beginning.
  public init(
    inputs: Int, outputs: Int, basis: SplineBasis = SplineBasis(), activation: Activation = .silu,
    noise: Double = 0.1, type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) {
    base = Initialization.glorotUniform.weights(
      inputs: inputs, outputs: outputs, type: type, using: &rng)
    coefficients =
      .normal([inputs * basis.count, outputs], type: type, using: &rng)
      * (noise / Double(max(1, inputs)).squareRoot())
    coefficients.eval()
    self.basis = basis
    self.activation = activation
  }

  /// - Parameter x: `[…, inputs]`; outside the grid only the base activation is left.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireWidth(x, base.shape[0], "a Kolmogorov-Arnold layer")
    let rows = x.reshaped([-1, base.shape[0]])
    let splines = basis(rows).reshaped([-1, coefficients.shape[0]])
    let sum = matmul(activation(rows), base) + matmul(splines, coefficients)
    return sum.reshaped(x.shape.dropLast() + [base.shape[1]])
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("base", &base)
    visit("coefficients", &coefficients)
  }
}
