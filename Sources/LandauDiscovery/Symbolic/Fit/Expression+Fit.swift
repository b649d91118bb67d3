public import LandauCore

/// A formula whose constants were fitted to data.
public struct FittedExpression: Sendable {
  public var expression: Expression
  /// In the order in which they stand; errors from the covariance of the fit, NaN with a warning where the data do
  /// not determine them.
  public var constants: [Estimate]
  /// Mean squared residual in units of the errors squared (of the target's variance where there are no errors).
  public var loss: Double
}

extension Expression {
  /// Fits the constants by least squares, beginning with the values they have.
  ///
  /// Levenberg and Marquardt, at most `steps` steps: a minimum nearby. Where the data have no errors those of the
  /// constants are scaled by the residuals.
  public func fitted(to data: SymbolicData, steps: Int = 60) -> FittedExpression {
    let fit = ConstantFit(data.subset(Array(0..<data.count)))
    return fitted(fit, data, steps: steps)
  }

  func fitted(_ fit: ConstantFit, _ data: SymbolicData, steps: Int = 60) -> FittedExpression {
    var result = self
    let loss = fit.optimize(&result.nodes, .none, steps: steps, tolerance: 1e-12).loss
    let covariance = fit.covariance(result.nodes)
    let freedom = max(1, data.count - result.constants.count)
    let unit = data.errors.isEmpty ? loss * Double(data.count) / Double(freedom) : 1
    let constants = result.constants.enumerated().map { index, value in
      guard let variance = covariance?[index][index], variance >= 0 else {
        return Estimate(value, error: .nan, warning: "not determined by the data")
      }
      return Estimate(value, error: (variance * unit).squareRoot())
    }
    return FittedExpression(expression: result, constants: constants, loss: loss)
  }
}
