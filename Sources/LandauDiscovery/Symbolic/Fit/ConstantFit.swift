/// Fits the constants of formulas by least squares: Levenberg and Marquardt on exact derivatives, with the factor and
/// the offset of the whole formula solved for exactly after every step.
///
/// Keijzer 2003 (linear scaling); Kommenda et al. 2020, arXiv:1909.05747 (constants of every individual).
final class ConstantFit {
  /// What is fitted besides the constants in the formula.
  enum Frame { case none, factor, factorAndOffset }

  /// A formula f with what surrounds it, `offset + factor * f`, and the losses, per sample, of
  /// it, of `factor * f` with a factor of its own, and of f alone.
  struct Scaled {
    var factor = 1.0
    var offset = 0.0
    var loss = Double.infinity
    var plainFactor = 1.0
    var factorLoss = Double.infinity
    var rawLoss = Double.infinity
  }

  let evaluator: ColumnEvaluator
  private static let orderLimit = 24
  private var normal = [Double](repeating: 0, count: orderLimit * orderLimit)
  private var gradient = [Double](repeating: 0, count: orderLimit)
  private var damped = [Double](repeating: 0, count: orderLimit * orderLimit)
  private var step = [Double](repeating: 0, count: orderLimit)
  private var weighted: UnsafeMutablePointer<Double>
  private let meanTarget: Double
  private let weightSum: Double
  /// Formulas evaluated so far, derivatives counted as one evaluation.
  private(set) var evaluationCount = 0

  init(_ samples: SymbolicSamples) {
    evaluator = ColumnEvaluator(samples)
    weighted = .allocate(capacity: ColumnEvaluator.block)
    weighted.initialize(repeating: 0, count: ColumnEvaluator.block)
    var (sum, weights) = (0.0, 0.0)
    for i in 0..<evaluator.paddedCount {
      sum += evaluator.weights[i] * evaluator.target[i]
      weights += evaluator.weights[i]
    }
    meanTarget = sum / weights
    weightSum = weights
  }

  deinit { weighted.deallocate() }

  // MARK: Losses

  /// Evaluates the formula and solves for what surrounds it.
  func scaled(_ nodes: borrowing [Expression.Node], _ frame: Frame) -> Scaled {
    evaluationCount += 1
    evaluator.evaluate(nodes)
    let (f, y, w, n) = (
      evaluator.output, evaluator.target, evaluator.weights, evaluator.paddedCount
    )
    var result = Scaled()
    var (meanSum, ff, fy) = (0.0, 0.0, 0.0)
    for i in 0..<n {
      let wf = w[i] * f[i]
      meanSum += wf
      ff += wf * f[i]
      fy += wf * y[i]
    }
    guard ff.isFinite, ff > 0 else { return Scaled() }
    result.plainFactor = fy / ff
    if frame == .factorAndOffset {
      let mean = meanSum / weightSum
      var (cff, cfy) = (0.0, 0.0)
      for i in 0..<n {
        let wf = w[i] * (f[i] - mean)
        cff += wf * (f[i] - mean)
        cfy += wf * (y[i] - meanTarget)
      }
      // A formula that hardly varies is a constant as far as the data can tell.
      guard cff > 1e-20 * ff else { return Scaled() }
      result.factor = cfy / cff
      result.offset = meanTarget - result.factor * mean
    } else {
      result.factor = frame == .none ? 1 : result.plainFactor
    }
    var (loss, factorLoss, rawLoss) = (0.0, 0.0, 0.0)
    let (a, b, c) = (result.offset, result.factor, result.plainFactor)
    for i in 0..<n {
      let (r, s, t) = (y[i] - a - b * f[i], y[i] - c * f[i], y[i] - f[i])
      loss += w[i] * r * r
      factorLoss += w[i] * s * s
      rawLoss += w[i] * t * t
    }
    guard loss.isFinite else { return Scaled() }
    result.loss = loss
    result.factorLoss = factorLoss
    result.rawLoss = rawLoss
    return result
  }

  // MARK: The search

  /// Moves the constants to a minimum of the loss nearby.
  ///
  /// - Parameters:
  ///   - steps: tried, at most.
  ///   - tolerance: the relative gain of an accepted step below which the search ends.
  func optimize(
    _ nodes: inout [Expression.Node], _ frame: Frame, steps: Int, tolerance: Double
  ) -> Scaled {
    var best = scaled(nodes, frame)
    let places = nodes.indices.filter { nodes[$0].operation == .constant }
    guard !places.isEmpty, best.loss.isFinite, places.count + 2 <= Self.orderLimit else {
      return best
    }
    var damping = 1e-2
    var trial = nodes
    var isLinearized = false
    for _ in 0..<steps {
      if !isLinearized {
        linearize(nodes, places, best, frame)
        isLinearized = true
      }
      guard solve(order: places.count + extra(frame), damping: damping) else {
        damping *= 10
        if damping > 1e8 { break }
        continue
      }
      for (k, place) in places.enumerated() { trial[place].value = nodes[place].value + step[k] }
      let there = scaled(trial, frame)
      if there.loss < best.loss {
        let gain = 1 - there.loss / best.loss
        swap(&nodes, &trial)
        best = there
        damping = max(1e-10, damping / 10)
        isLinearized = false
        if gain < tolerance { break }
      } else {
        damping *= 10
        if damping > 1e8 { break }
      }
    }
    return best
  }

  /// The inverse of half the second derivative of chi-square by the constants: their covariance for errors as
  /// given; nil where the data do not determine them.
  func covariance(_ nodes: [Expression.Node]) -> [[Double]]? {
    let places = nodes.indices.filter { nodes[$0].operation == .constant }
    guard !places.isEmpty, places.count <= Self.orderLimit else { return nil }
    linearize(nodes, places, scaled(nodes, .none), .none)
    let order = places.count
    var columns: [[Double]] = []
    for k in 0..<order {
      for j in 0..<order { gradient[j] = j == k ? 1 : 0 }
      guard solve(order: order, damping: 0) else { return nil }
      columns.append(step[..<order].map { $0 / Double(evaluator.count) })
    }
    return columns
  }

  private func extra(_ frame: Frame) -> Int {
    switch frame {
    case .none: 0
    case .factor: 1
    case .factorAndOffset: 2
    }
  }

  /// Sums up the normal equations: constants first, then factor and offset.
  private func linearize(
    _ nodes: [Expression.Node], _ places: [Int], _ scaled: Scaled, _ frame: Frame
  ) {
    evaluationCount += 1
    let order = places.count + extra(frame)
    let (count, b, a) = (places.count, scaled.factor, scaled.offset)
    for i in 0..<order * order { normal[i] = 0 }
    for i in 0..<order { gradient[i] = 0 }
    let (y, w, block) = (evaluator.target, evaluator.weights, ColumnEvaluator.block)
    let residuals = weighted
    normal.withUnsafeMutableBufferPointer { normal in
      gradient.withUnsafeMutableBufferPointer { gradient in
        evaluator.differentiate(nodes) { start, f, adjoint in
          for i in 0..<block {
            residuals[i] = w[start + i] * (y[start + i] - a - b * f[i])
          }
          for k in 0..<order {
            let column = k < count ? adjoint(places[k]) : f
            let factor = k < count ? b : 1
            let isOffset = k == count + 1
            var sum = 0.0
            for i in 0..<block { sum += residuals[i] * (isOffset ? 1 : factor * column[i]) }
            gradient[k] += sum
            for j in 0...k {
              let other = j < count ? adjoint(places[j]) : f
              let otherFactor = j < count ? b : 1
              var product = 0.0
              for i in 0..<block {
                let left = isOffset ? 1 : factor * column[i]
                let right = j == count + 1 ? 1 : otherFactor * other[i]
                product += w[start + i] * left * right
              }
              normal[k * order + j] += product
            }
          }
        }
      }
    }
  }

  /// Cholesky's method on the damped normal equations, columns scaled to unit length; false where they are singular.
  private func solve(order n: Int, damping: Double) -> Bool {
    for i in 0..<n where !(normal[i * n + i] > 0 && normal[i * n + i].isFinite) { return false }
    for i in 0..<n {
      for j in 0...i {
        damped[i * n + j] =
          normal[i * n + j] / (normal[i * n + i] * normal[j * n + j]).squareRoot()
      }
      damped[i * n + i] = 1 + damping
    }
    for i in 0..<n {
      for j in 0...i {
        var sum = damped[i * n + j]
        for k in 0..<j { sum -= damped[i * n + k] * damped[j * n + k] }
        if i == j {
          guard sum > 1e-13 else { return false }
          damped[i * n + i] = sum.squareRoot()
        } else {
          damped[i * n + j] = sum / damped[j * n + j]
        }
      }
    }
    for i in 0..<n {
      var sum = gradient[i] / normal[i * n + i].squareRoot()
      for k in 0..<i { sum -= damped[i * n + k] * step[k] }
      step[i] = sum / damped[i * n + i]
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
      var sum = step[i]
      for k in (i + 1)..<max(n, i + 1) { sum -= damped[k * n + i] * step[k] }
      step[i] = sum / damped[i * n + i]
    }
    for i in 0..<n { step[i] /= normal[i * n + i].squareRoot() }
    return true
  }
}
