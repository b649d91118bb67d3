import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct NonlinearFitTests {
  /// NIST StRD, Misra1a: certified to eleven digits, from both of its starting points.
  @Test(arguments: [[500.0, 1e-4], [250, 5e-4]])
  func certifiedValues(start: [Double]) {
    let x = [
      77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760,
    ]
    let y = [
      10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47,
      81.78,
    ]
    let fit = NonlinearFit(
      x, values: y, errors: [Double](repeating: 1, count: 14), initial: start
    ) { x, p in p[0] * (1 - exp(-p[1] * x)) }
    #expect(fit.status == .converged && fit.degreesOfFreedom == 12)
    // The minimum is flat: to 1e-10 in chi-square the parameters are found to 1e-5 of their errors.
    expectClose(fit.parameters[0], 2.3894212918e2, relative: 1e-7)
    expectClose(fit.parameters[1], 5.5015643181e-4, relative: 1e-7)
    expectClose(fit.chiSquare, 1.2455138894e-1, relative: 1e-9)
    let scale = (fit.chiSquare / 12).squareRoot()
    expectClose(fit.covariance[0][0].squareRoot() * scale, 2.7070075241, relative: 1e-6)
    expectClose(fit.covariance[1][1].squareRoot() * scale, 7.2668688436e-6, relative: 1e-6)
  }

  /// A linear model: the two fits must agree, with correlated errors, too.
  @Test func agreesWithTheLinearFit() throws {
    let x = (0..<7).map(Double.init)
    var rng = Seed.test().makeStream()
    let y = x.map { 2 - 0.3 * $0 + 0.1 * rng.normal() }
    let errors = x.map { 0.1 + 0.01 * $0 }
    let covariance = x.indices.map { i in
      x.indices.map { j in errors[i] * errors[j] * pow(0.6, Double(abs(i - j))) }
    }
    let design = x.map { [1, $0] }
    let model = { (x: Double, p: [Double]) in p[0] + p[1] * x }
    let pairs = [
      (
        try #require(LinearFit(design: design, values: y, errors: errors)),
        NonlinearFit(x, values: y, errors: errors, initial: [0, 0], model)
      ),
      (
        try #require(LinearFit(design: design, values: y, covariance: covariance)),
        NonlinearFit(x, values: y, covariance: covariance, initial: [0, 0], model)
      ),
    ]
    for (linear, nonlinear) in pairs {
      #expect(nonlinear.status == .converged)
      expectClose(nonlinear.chiSquare, linear.chiSquare, relative: 1e-8)
      for i in 0..<2 {
        expectClose(nonlinear.parameters[i], linear.coefficients[i], relative: 1e-7)
        for j in 0..<2 {
          expectClose(nonlinear.covariance[i][j], linear.covariance[i][j], relative: 1e-6)
        }
      }
    }
    #expect(pairs[0].0.chiSquare != pairs[1].0.chiSquare)
  }

  /// Correlated noise: chi-square has its mean and the pulls of a parameter variance one. Ignoring the
  /// correlations is found.
  @Test(arguments: [true, false])
  func correlatedNoise(honest: Bool) {
    let x = (0..<8).map { 0.5 * Double($0) }
    let truth = [2.0, 0.7]
    let model = { (x: Double, p: [Double]) in p[0] * exp(-p[1] * x) }
    let covariance = x.indices.map { i in
      x.indices.map { j in 1e-4 * pow(0.7, Double(abs(i - j))) }
    }
    func spread(_ seed: Seed, _ repeats: Int) -> [Estimate] {
      var (squares, chiSquares): ([Double], [Double]) = ([], [])
      for index in 0..<repeats {
        var rng = seed.child("fit", index).makeStream()
        let noise = Autoregression(coefficient: 0.7).chain(x.count, using: &rng)
        let y = zip(x, noise).map { model($0, truth) + 0.01 * $1 }
        let fit =
          honest
          ? NonlinearFit(x, values: y, covariance: covariance, initial: [1, 1], model)
          : NonlinearFit(
            x, values: y, errors: x.map { _ in 0.01 }, initial: [1, 1], model)
        #expect(fit.status == .converged)
        let pull = fit.parameter(1).pull(to: truth[1])
        squares.append(pull * pull)
        chiSquares.append(fit.chiSquare)
      }
      return [Series(squares), Series(chiSquares)].map { $0.estimate(.binning) }
    }
    if honest {
      expectAgreement(with: 1, seed: .test(), minimalBias: 0.4) { spread($0, 400 * $1)[0] }
      expectAgreement(with: 6, seed: .test(), minimalBias: 0.8) { spread($0, 400 * $1)[1] }
    } else {
      expectDisagreement(with: 6, seed: .test()) { spread($0, 400 * $1)[1] }
    }
  }

  /// Silent error 11: a fit that failed and returns numbers all the same.
  @Test func failuresSayWhy() {
    let x = [1.0, 2, 3]
    let errors = [1.0, 1, 1]
    let twice = NonlinearFit(x, values: x, errors: errors, initial: [1, 1]) { x, p in
      (p[0] + p[1]) * x
    }
    #expect(twice.status == .undetermined && twice.parameter(0).error.isNaN)
    #expect(twice.parameter(0).warning == "fit failed: undetermined")
    let few = NonlinearFit([1.0], values: [1], errors: [1], initial: [1, 1]) { x, p in
      p[0] * pow(x, p[1])
    }
    #expect(few.status == .undetermined)
    let infinite = NonlinearFit(x, values: x, errors: errors, initial: [-1]) { x, p in
      log(p[0]) * x
    }
    #expect(infinite.status == .notFinite)
    let singular = NonlinearFit(
      x, values: x, covariance: [[1, 1, 1], [1, 1, 1], [1, 1, 1]], initial: [1]
    ) { x, p in p[0] * x }
    #expect(singular.status == .singularCovariance)
    #expect(LinearFit(design: [[1], [1]], values: [1, 1], covariance: [[1, 1], [1, 1]]) == nil)
    let absent = NonlinearFit(x, values: x, errors: errors, initial: [1, 5]) { x, p in p[0] * x }
    #expect(absent.status == .undetermined)
  }

  /// Silent error 18: a fit without its chi-square.
  @Test func poorFitIsCalledPoor() {
    let x = [1.0, 2, 3, 4]
    let fit = NonlinearFit(x, values: [1, 4, 9, 16], errors: x.map { _ in 0.1 }, initial: [1]) {
      x, p in p[0] * x
    }
    #expect(fit.status == .converged && fit.parameter(0).warning?.hasPrefix("poor fit") == true)
  }

  /// Where the errors are small the bootstrap repeats the covariance.
  @Test func parametricBootstrap() {
    let x = (1...8).map(Double.init)
    let model = { (x: Double, p: [Double]) in p[0] * pow(x, p[1]) }
    let errors = x.map { 0.002 * $0 }
    let y = x.map { model($0, [1.5, 0.8]) }
    let fit = NonlinearFit(x, values: y, errors: errors, initial: [1, 1], model)
    expectAgreement(with: 1, seed: .test(), minimalBias: 0.2) { seed, effort in
      let drawn = fit.parametricBootstrap(
        x, errors: errors, count: 400 * effort, seed: seed, model)
      let ratio = drawn[1].error / fit.parameter(1).error
      return Estimate(ratio, error: 1 / (800 * Double(effort)).squareRoot())
    }
  }
}
