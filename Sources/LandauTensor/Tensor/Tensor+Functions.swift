// Functions composed of primitives such that values keep their digits and derivatives of every order exist.

/// The angle of the point (x, y) to the x axis, from -pi to pi.
public func atan2(_ y: Tensor, _ x: Tensor) -> Tensor { .binary(.arctangent, y, x) }
public func atan(_ x: Tensor) -> Tensor { atan2(x, x.like(1)) }
public func asin(_ x: Tensor) -> Tensor { atan2(x, sqrt((1 - x) * (1 + x))) }
public func acos(_ x: Tensor) -> Tensor { atan2(sqrt((1 - x) * (1 + x)), x) }
public func tan(_ x: Tensor) -> Tensor { sin(x) / cos(x) }
/// Overflows with exp(|x|), where the result is half the largest number.
public func sinh(_ x: Tensor) -> Tensor { 0.5 * (expm1(x) - expm1(-x)) }
/// Overflows with exp(|x|), where the result is half the largest number.
public func cosh(_ x: Tensor) -> Tensor { 0.5 * (exp(x) + exp(-x)) }

/// The logarithm of the gamma function, for x > 0; NaN elsewhere.
///
/// Stirling's series at x + 12, whose first term left out is below 1e-17, less the logarithm of the
/// product x (x + 1) … (x + 11); computed in double. Good to 1e-14 or a few parts in 10^16 of the
/// value, whichever is larger.
public func logGamma(_ x: Tensor) -> Tensor {
  positiveOnly(x) { x in
    let z = x + Double(stirlingShift)
    let square = 1 / (z * z)
    var series = square.like(0)
    for (index, number) in bernoulliNumbers.enumerated().reversed() {
      let order = Double(2 * index + 2)
      series = series * square + number / (order * (order - 1))
    }
    // ln(2 pi) / 2
    let stirling = (z - 0.5) * log(z) - z + 0.918_938_533_204_672_8 + series / z
    var product = x
    for step in 1..<stirlingShift { product = product * (x + Double(step)) }
    return stirling - log(product)
  }
}

/// The derivative of `logGamma`, for x > 0; NaN elsewhere. Same method and accuracy.
public func digamma(_ x: Tensor) -> Tensor {
  positiveOnly(x) { x in
    let z = x + Double(stirlingShift)
    let square = 1 / (z * z)
    var series = square.like(0)
    for (index, number) in bernoulliNumbers.enumerated().reversed() {
      series = series * square + number / Double(2 * index + 2)
    }
    let asymptotic = log(z) - 0.5 / z - series * square
    return (0..<stirlingShift).reduce(asymptotic) { $0 - 1 / (x + Double($1)) }
  }
}

private let stirlingShift = 12
/// B2, B4, … B14.
private let bernoulliNumbers = [
  1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6,
]

/// `function` in double where x > 0; at 1, whose value is not used, elsewhere.
private func positiveOnly(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
  let wide = x.asType(.double)
  let isPositive = wide .> 0
  let value = function(select(isPositive, wide, wide.like(1)))
  return select(isPositive, value, value.like(.nan)).asType(x.scalarType)
}
