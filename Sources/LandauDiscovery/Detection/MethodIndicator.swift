// Indicators as drawn: the curve itself for confusion, slopes by central differences for the others.

extension MethodSizeFindings {
  /// The learned indicator with its errors.
  public var indicator: (x: [Double], y: [Double], errors: [Double]) {
    let x = curve.parameters
    if method == .confusion { return (x, curve.values, curve.errors) }
    let inner = 1..<max(1, x.count - 1)
    return (
      inner.map { x[$0] },
      inner.map { (curve.values[$0 + 1] - curve.values[$0 - 1]) / (x[$0 + 1] - x[$0 - 1]) },
      inner.map {
        max(0, curve.variance(of: $0 + 1, minus: $0 - 1)).squareRoot() / (x[$0 + 1] - x[$0 - 1])
      }
    )
  }
}

extension DetectionOptimum {
  /// The optimal indicator.
  public var indicator: (x: [Double], y: [Double]) {
    if method == .confusion { return (parameters, values) }
    let inner = 1..<max(1, parameters.count - 1)
    return (
      inner.map { parameters[$0] },
      inner.map {
        (values[$0 + 1] - values[$0 - 1]) / (parameters[$0 + 1] - parameters[$0 - 1])
      }
    )
  }
}
