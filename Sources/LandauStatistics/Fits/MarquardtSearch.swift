import LandauLinearAlgebra

/// The damped Gauss-Newton iteration behind `NonlinearFit`.
struct MarquardtSearch {
  private(set) var parameters: [Double]
  private(set) var chiSquare: Double
  private(set) var stepCount = 0
  private var residuals: [Double]
  private let scales: [Double]
  private let evaluate: ([Double]) -> [Double]

  /// - Parameter evaluate: The residuals in units of their errors.
  init(initial: [Double], evaluate: @escaping ([Double]) -> [Double]) {
    parameters = initial
    scales = initial.map { $0 == 0 ? 1 : abs($0) }
    self.evaluate = evaluate
    residuals = evaluate(initial)
    chiSquare = residuals.reduce(0) { $0 + $1 * $1 }
  }

  /// Damping after Marquardt, of columns scaled to unit length.
  mutating func run(stepLimit: Int) -> NonlinearFit.Status {
    guard chiSquare.isFinite else { return .notFinite }
    var damping = 1e-3
    var normal = NormalEquations(jacobian(), residuals)
    while stepCount < stepLimit {
      guard normal.isFinite else { return .notFinite }
      // The distance to the minimum of the quadratic approximation, in units of chi-square.
      if let full = normal.step(damping: 0), full.gain <= 1e-10 + 1e-12 * chiSquare {
        return normal.isDetermined ? .converged : .undetermined
      }
      stepCount += 1
      if let step = normal.step(damping: damping), accept(step.change) {
        damping = max(1e-12, damping / 10)
        normal = NormalEquations(jacobian(), residuals)
      } else {
        damping *= 10
        // No downhill step left above rounding: as good as the function can be computed.
        if damping > 1e12 { break }
      }
    }
    guard normal.isDetermined else { return .undetermined }
    return settled(normal) ? .converged : .stepLimit
  }

  /// The inverse of the normal matrix at the present parameters.
  var covariance: [[Double]]? { NormalEquations(jacobian(), residuals).inverse }

  /// Whether the remaining gain is small against one standard deviation.
  private func settled(_ normal: NormalEquations) -> Bool {
    normal.step(damping: 0).map { $0.gain <= 1e-6 * max(1, chiSquare) } ?? false
  }

  private mutating func accept(_ change: [Double]) -> Bool {
    let trial = zip(parameters, change).map { $0 + $1 }
    let there = evaluate(trial)
    let value = there.reduce(0) { $0 + $1 * $1 }
    guard value < chiSquare else { return false }
    (parameters, residuals, chiSquare) = (trial, there, value)
    return true
  }

  /// Minus the derivatives of the residuals, one array per parameter.
  private func jacobian() -> [[Double]] {
    parameters.indices.map { index in
      let width = 6e-6 * max(abs(parameters[index]), 1e-3 * scales[index])
      var (up, down) = (parameters, parameters)
      up[index] += width
      down[index] -= width
      let distance = up[index] - down[index]
      return zip(evaluate(down), evaluate(up)).map { ($0 - $1) / distance }
    }
  }
}

/// The linearised problem at one place, in parameters scaled to unit length of their columns.
private struct NormalEquations {
  private let scales: [Double]
  private let matrix: [Double]
  private let gradient: [Double]
  private var count: Int { scales.count }

  init(_ columns: [[Double]], _ residuals: [Double]) {
    // A column of zeros stays one: damped steps leave that parameter alone.
    scales = columns.map { column in
      let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return length == 0 ? 1 : length
    }
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let unit = zip(columns, scales).map { column, scale in column.map { $0 / scale } }
    matrix = unit.flatMap { row in unit.map { product(row, $0) } }
    gradient = unit.map { product($0, residuals) }
  }

  var isFinite: Bool { scales.allSatisfy(\.isFinite) }

  /// Whether every combination of parameters changes the function, to within the rounding of the
  /// numerical derivatives.
  var isDetermined: Bool {
    guard let eigen = try? SymmetricEigen(matrix, count: count) else { return false }
    return eigen.values[0] > 1e-13
  }

  /// The step to the minimum of the damped problem, and by how much it lowers the undamped chi-square
  /// where the damping is zero.
  func step(damping: Double) -> (change: [Double], gain: Double)? {
    var damped = matrix
    for index in 0..<count { damped[index * count + index] += damping }
    guard let factor = try? Cholesky(damped, count: count),
      let solution = try? factor.solve(gradient)
    else { return nil }
    let gain = zip(solution, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    return (zip(solution, scales).map { $0 / $1 }, gain)
  }

  var inverse: [[Double]]? {
    guard let factor = try? Cholesky(matrix, count: count) else { return nil }
    let flat = factor.inverse()
    return (0..<count).map { row in
      (0..<count).map { flat[row * count + $0] / (scales[row] * scales[$0]) }
    }
  }
}
