public import LandauCore
import LandauLinearAlgebra

/// A least-squares fit of a function that is not linear in its parameters, by Levenberg and Marquardt.
///
///     let fit = NonlinearFit(sizes, values: y, errors: e, initial: [1, 0.5]) { size, p in
///       p[0] * pow(size, -p[1])
///     }
///     guard fit.status == .converged else { … }
///     print(fit.parameter(1), fit.chiSquare, fit.degreesOfFreedom, fit.probability)
public struct NonlinearFit: Sendable, Hashable {
  /// How the search ended; only `converged` results mean anything.
  public enum Status: String, Sendable, Hashable {
    case converged
    /// The parameters are not determined by the data (or fewer data than parameters).
    case undetermined
    /// The covariance of the data is not positive definite.
    case singularCovariance
    /// The function is not finite at the initial parameters.
    case notFinite
    /// Neither converged nor failed after the allowed number of steps.
    case stepLimit
  }

  public let status: Status
  public let parameters: [Double]
  /// Of the parameters, row by row, from the errors of the data as given (not rescaled); NaN unless
  /// converged.
  public let covariance: [[Double]]
  /// Sum of squared residuals in units of the errors.
  public let chiSquare: Double
  /// Number of points less number of parameters.
  public let degreesOfFreedom: Int
  /// Number of steps tried.
  public let stepCount: Int

  /// The chance of a chi-square at least as large; 1 when there are no degrees of freedom.
  public var probability: Double {
    LinearFit.probability(chiSquare: chiSquare, degreesOfFreedom: max(0, degreesOfFreedom))
  }

  /// One parameter with its standard error; `warning` tells of failed and of implausible fits
  /// (p < 0.001).
  public func parameter(_ index: Int) -> Estimate {
    guard status == .converged else {
      return Estimate(
        parameters[index], error: .nan, warning: "fit failed: \(status.rawValue)")
    }
    return Estimate(
      parameters[index], error: covariance[index][index].squareRoot(),
      warning: LinearFit.warning(chiSquare: chiSquare, degreesOfFreedom: degreesOfFreedom))
  }

  /// Fits independent values.
  ///
  /// - Parameters:
  ///   - points: Where the values were measured.
  ///   - errors: One standard error each, positive.
  ///   - initial: Where the search begins. Derivatives are central differences with steps of 6e-6 of a
  ///     parameter's size there, so a parameter that begins at 0 should be of order one.
  ///   - stepLimit: Steps tried before giving up.
  ///   - model: The function at one point.
  /// - Complexity: per step, 2 x parameters + 1 calls of `model` per point.
  public init<Point>(
    _ points: [Point], values: [Double], errors: [Double], initial: [Double],
    stepLimit: Int = 200, _ model: (_ point: Point, _ parameters: [Double]) -> Double
  ) {
    precondition(
      points.count == values.count && errors.count == values.count,
      "a fit of \(values.count) values with \(errors.count) errors at \(points.count) points")
    self.init(
      values: values, whitening: Whitening(errors: errors), initial: initial,
      stepLimit: stepLimit
    ) { parameters in points.map { model($0, parameters) } }
  }

  /// Fits values with correlated errors; see `LinearFit.init(design:values:covariance:)` on covariances
  /// that are themselves estimates.
  ///
  /// - Parameter covariance: Of the values, row by row, symmetric and positive definite.
  public init<Point>(
    _ points: [Point], values: [Double], covariance: [[Double]], initial: [Double],
    stepLimit: Int = 200, _ model: (_ point: Point, _ parameters: [Double]) -> Double
  ) {
    precondition(
      points.count == values.count && covariance.count == values.count,
      "a fit of \(values.count) values with a covariance of \(covariance.count)"
        + " at \(points.count) points")
    guard let whitening = Whitening(covariance: covariance) else {
      self.init(
        failure: .singularCovariance, initial: initial,
        degreesOfFreedom: values.count - initial.count)
      return
    }
    self.init(values: values, whitening: whitening, initial: initial, stepLimit: stepLimit) {
      parameters in points.map { model($0, parameters) }
    }
  }

  private init(failure: Status, initial: [Double], degreesOfFreedom: Int) {
    status = failure
    parameters = initial
    covariance = initial.map { _ in initial.map { _ in .nan } }
    chiSquare = .nan
    self.degreesOfFreedom = degreesOfFreedom
    stepCount = 0
  }

  private init(status: Status, search: MarquardtSearch, degreesOfFreedom: Int) {
    self.status = status
    parameters = search.parameters
    covariance =
      (status == .converged ? search.covariance : nil)
      ?? search.parameters.map { _ in search.parameters.map { _ in .nan } }
    chiSquare = search.chiSquare
    self.degreesOfFreedom = degreesOfFreedom
    stepCount = search.stepCount
  }

  private init(
    values: [Double], whitening: Whitening, initial: [Double], stepLimit: Int,
    predict: ([Double]) -> [Double]
  ) {
    precondition(!initial.isEmpty, "a fit without parameters")
    let freedom = values.count - initial.count
    guard freedom >= 0 else {
      self.init(failure: .undetermined, initial: initial, degreesOfFreedom: freedom)
      return
    }
    self = withoutActuallyEscaping(predict) { predict in
      var search = MarquardtSearch(initial: initial) { parameters in
        whitening.apply(zip(values, predict(parameters)).map { $0 - $1 })
      }
      let status = search.run(stepLimit: stepLimit)
      return NonlinearFit(status: status, search: search, degreesOfFreedom: freedom)
    }
  }
}

extension NonlinearFit {
  /// Fits again to data drawn about the fitted function: errors beyond the quadratic approximation.
  ///
  /// The covariance of the replicates is that of the parameters where the errors of the data are normal
  /// and the model is right; `interval` gives percentiles. Fits that fail are NaN replicates.
  ///
  /// - Parameter model: The function fitted.
  public func parametricBootstrap<Point>(
    _ points: [Point], errors: [Double], count: Int = 500, seed: Seed,
    _ model: (_ point: Point, _ parameters: [Double]) -> Double
  ) -> Replicates {
    precondition(count >= 2, "a bootstrap with \(count) replicates")
    let truth = points.map { model($0, parameters) }
    var rng = seed.child("parametric bootstrap").makeStream()
    let replicates = (0..<count).map { _ -> [Double] in
      let drawn = zip(truth, errors).map { $0 + $1 * rng.normal() }
      let fit = NonlinearFit(
        points, values: drawn, errors: errors, initial: parameters, model)
      return fit.status == .converged
        ? fit.parameters : [Double](repeating: .nan, count: parameters.count)
    }
    return Replicates(
      values: parameters, replicates: replicates,
      scheme: .bootstrap(degreesOfFreedom: .infinity), warning: parameter(0).warning)
  }
}
