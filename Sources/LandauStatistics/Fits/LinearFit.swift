public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A weighted linear least-squares fit: coefficients, their covariance, and how good it is.
public struct LinearFit: Sendable, Hashable {
  public let coefficients: [Double]
  /// Row by row, from the errors of the data as given (not rescaled by the chi-square).
  public let covariance: [[Double]]
  /// Sum of squared residuals in units of the errors.
  public let chiSquare: Double
  /// Number of points less number of coefficients.
  public let degreesOfFreedom: Int

  /// One coefficient with its standard error; `warning` is set when the fit is implausible (p < 0.001).
  public func coefficient(_ index: Int) -> Estimate {
    Estimate(
      coefficients[index], error: covariance[index][index].squareRoot(),
      warning: Self.warning(chiSquare: chiSquare, degreesOfFreedom: degreesOfFreedom))
  }

  /// The chance of a chi-square at least as large; 1 when there are no degrees of freedom.
  public var probability: Double {
    Self.probability(chiSquare: chiSquare, degreesOfFreedom: degreesOfFreedom)
  }

  static func probability(chiSquare: Double, degreesOfFreedom: Int) -> Double {
    degreesOfFreedom == 0
      ? 1 : chiSquareSurvival(chiSquare, degreesOfFreedom: Double(degreesOfFreedom))
  }

  /// Set where the fit is implausible (p < 0.001).
  static func warning(chiSquare: Double, degreesOfFreedom: Int) -> String? {
    guard !(probability(chiSquare: chiSquare, degreesOfFreedom: degreesOfFreedom) >= 1e-3) else {
      return nil
    }
    return "poor fit: chi-square \(Estimate.fixed(chiSquare, digits: 1))"
      + " for \(degreesOfFreedom) degrees of freedom"
  }

  /// The fitted function and its standard error where the basis has the given values.
  public func value(at basis: [Double]) -> Estimate {
    precondition(basis.count == coefficients.count, "\(basis.count) basis values")
    let value = zip(basis, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    var variance = 0.0
    for (row, a) in zip(covariance, basis) {
      variance += a * zip(row, basis).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return Estimate(value, error: max(0, variance).squareRoot())
  }

  /// Fits `values[i]` = sum over k of coefficient k times `design[i][k]`, weighted by 1/errors².
  ///
  /// Householder's QR of the weighted design, columns scaled to unit length; cost of order n k².
  ///
  /// - Returns: nil when the columns are linearly dependent to within 1e-12 (or there are fewer points
  ///   than coefficients): the coefficients are not determined.
  public init?(design: [[Double]], values: [Double], errors: [Double]) {
    let (rowCount, columnCount) = (values.count, design.first?.count ?? 0)
    precondition(
      design.count == rowCount && errors.count == rowCount
        && design.allSatisfy { $0.count == columnCount },
      "a fit of \(rowCount) values with \(errors.count) errors and \(design.count) design rows")
    precondition(errors.allSatisfy { $0 > 0 && $0.isFinite }, "errors must be positive: \(errors)")
    guard columnCount > 0, rowCount >= columnCount else { return nil }
    var columns = (0..<columnCount).map { k in
      zip(design, errors).map { $0[k] / $1 }
    }
    let scales = columns.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    for k in 0..<columnCount { columns[k] = columns[k].map { $0 / scales[k] } }
    var right = zip(values, errors).map { $0 / $1 }
    guard let diagonal = Self.factorize(&columns, &right) else { return nil }
    let inverse = Self.invertUpper(columns, diagonal)
    coefficients = (0..<columnCount).map { i in
      (i..<columnCount).reduce(0) { $0 + inverse[i][$1] * right[$1] } / scales[i]
    }
    covariance = (0..<columnCount).map { i in
      (0..<columnCount).map { j in
        (max(i, j)..<columnCount).reduce(0) { $0 + inverse[i][$1] * inverse[j][$1] }
          / (scales[i] * scales[j])
      }
    }
    chiSquare = right[columnCount...].reduce(0) { $0 + $1 * $1 }
    degreesOfFreedom = rowCount - columnCount
  }

  /// Fits values with correlated errors: minimises the residuals' product with the inverse covariance.
  ///
  /// A covariance estimated from few blocks makes the chi-square too large: of g blocks and n values by
  /// about (g - 1) / (g - n - 2). There should be ten times as many blocks as values.
  ///
  /// - Parameter covariance: Of the values, row by row, symmetric.
  /// - Returns: nil also where the covariance is not positive definite (fewer blocks than values).
  public init?(design: [[Double]], values: [Double], covariance: [[Double]]) {
    guard let whitening = Whitening(covariance: covariance) else { return nil }
    let columns = (0..<(design.first?.count ?? 0)).map { k in
      whitening.apply(design.map { $0[k] })
    }
    self.init(
      design: values.indices.map { row in columns.map { $0[row] } },
      values: whitening.apply(values), errors: [Double](repeating: 1, count: values.count))
  }

  /// Fits a polynomial in `x - centre` of the given degree; coefficient k belongs to power k.
  public static func polynomial(
    degree: Int, x: [Double], values: [Double], errors: [Double], centre: Double = 0
  ) -> LinearFit? {
    let design = x.map { x in
      (0...degree).map { power in (0..<power).reduce(1.0) { product, _ in product * (x - centre) } }
    }
    return LinearFit(design: design, values: values, errors: errors)
  }

  /// Reduces the columns to an upper triangle in place (above the diagonal), rotating `right` along.
  ///
  /// - Returns: the diagonal of the triangle, nil when it shows linear dependence.
  private static func factorize(_ columns: inout [[Double]], _ right: inout [Double]) -> [Double]? {
    var diagonal: [Double] = []
    for k in columns.indices {
      var reflector = Array(columns[k][k...])
      let norm = reflector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 1e-12 else { return nil }
      let pivot = reflector[0] > 0 ? -norm : norm
      reflector[0] -= pivot
      let length = reflector.reduce(0) { $0 + $1 * $1 }
      for other in (k + 1)..<max(k + 1, columns.count) {
        reflect(&columns[other], by: reflector, from: k, length: length)
      }
      reflect(&right, by: reflector, from: k, length: length)
      diagonal.append(pivot)
    }
    return diagonal
  }

  private static func reflect(
    _ vector: inout [Double], by reflector: [Double], from start: Int, length: Double
  ) {
    guard length > 0 else { return }
    var product = 0.0
    for index in reflector.indices { product += reflector[index] * vector[start + index] }
    let factor = 2 * product / length
    for index in reflector.indices { vector[start + index] -= factor * reflector[index] }
  }

  /// The inverse of the upper triangle whose strict part stands in `columns`.
  private static func invertUpper(_ columns: [[Double]], _ diagonal: [Double]) -> [[Double]] {
    let size = diagonal.count
    var inverse = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for j in 0..<size {
      inverse[j][j] = 1 / diagonal[j]
      for i in stride(from: j - 1, through: 0, by: -1) {
        let sum = ((i + 1)...j).reduce(0) { $0 + columns[$1][i] * inverse[$1][j] }
        inverse[i][j] = -sum / diagonal[i]
      }
    }
    return inverse
  }
}
