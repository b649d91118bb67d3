import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Solves the equations of the multistate Bennett acceptance ratio.
///
/// With c(k) = ln N(k) + f(k), the unknown free energies f minimise the convex function
/// sum over measurements of ln sum over k of exp(c(k) + ln w(k, E)) - sum over k of N(k) c(k)
/// (Shirts and Chodera 2008, who call it MBAR; Ferrenberg and Swendsen's equations without bins). Newton's
/// method with a line search, and the self-consistent iteration where that finds no way down.
struct MixtureSolver {
  /// c(k), the first fixed at its initial value.
  private(set) var offsets: [Double]
  private(set) var status = Reweighting.Status.stepLimit
  /// The largest relative violation of the self-consistency equations.
  private(set) var residual = Double.infinity
  private(set) var stepCount = 0
  /// `[level, state]`: the chance that a measurement of this energy came from that state.
  private(set) var membership: [Double]
  /// `[state, state]`: sum over measurements of products of memberships.
  private(set) var products: [Double]

  /// `[level, state]`: logarithms of the weights.
  private let logWeights: [Double]
  private let levelCounts: [Double]
  private let stateCounts: [Double]
  private var totals: [Double]
  private var objective = Double.infinity
  private var stateCount: Int { stateCounts.count }

  /// Logarithm of the mixture's weight of each level; measurements of energy E at another weight w count
  /// w / mixture.
  private(set) var logMixture: [Double]

  init(logWeights: [Double], levels: EnergyLevels, offsets: [Double]) {
    self.logWeights = logWeights
    levelCounts = levels.counts
    stateCounts = levels.stateCounts
    self.offsets = offsets
    membership = [Double](repeating: 0, count: logWeights.count)
    logMixture = [Double](repeating: 0, count: levels.counts.count)
    totals = stateCounts
    products = [Double](repeating: 0, count: stateCounts.count * stateCounts.count)
    objective = evaluate(offsets)
  }

  mutating func solve(tolerance: Double = 1e-10, stepLimit: Int = 500) {
    while stepCount < stepLimit {
      residual = zip(totals, stateCounts).map { abs($0 / $1 - 1) }.max()!
      if residual < tolerance { break }
      stepCount += 1
      if !newtonStep(), !selfConsistentStep() { break }
    }
    residual = zip(totals, stateCounts).map { abs($0 / $1 - 1) }.max()!
    updateProducts()
    // What is left at the limit of rounding is as good as it gets.
    status = residual < 1e-8 ? .converged : .stepLimit
  }

  private mutating func newtonStep() -> Bool {
    updateProducts()
    let gradient = zip(totals, stateCounts).map { $0 - $1 }
    guard let change = solveHessian(gradient.map { -$0 }) else { return false }
    let slope = zip(gradient, change).reduce(0) { $0 + $1.0 * $1.1 }
    let (start, before) = (offsets, objective)
    var length = 1.0
    while length > 1e-3 {
      let value = evaluate(zip(start, change).map { $0 + length * $1 })
      // Close to the minimum the decrease drowns in rounding; the slope is then the better judge.
      if value <= before + 1e-4 * length * slope || (length == 1 && abs(slope) < 1e-9 * abs(before))
      {
        objective = value
        offsets = zip(start, change).map { $0 + length * $1 }
        return true
      }
      length /= 2
    }
    _ = evaluate(start)
    return false
  }

  /// One step of the original iteration; false where it changes nothing.
  private mutating func selfConsistentStep() -> Bool {
    var next = offsets
    for state in 0..<stateCount {
      next[state] += max(-50, min(50, log(stateCounts[state] / totals[state])))
    }
    let shift = next[0] - offsets[0]
    next = next.map { $0 - shift }
    if next == offsets { return false }
    objective = evaluate(next)
    offsets = next
    return true
  }

  /// Minus the second derivatives' inverse applied with the first component fixed; nil where singular.
  func solveHessian(_ right: [Double]) -> [Double]? {
    let count = stateCount
    if count == 1 { return [0] }
    let scales = totals.map { 1 / max($0, 1e-300).squareRoot() }
    var reduced: [Double] = []
    for row in 1..<count {
      for column in 1..<count {
        let diagonal = row == column ? totals[row] : 0
        reduced.append((diagonal - products[row * count + column]) * scales[row] * scales[column])
      }
    }
    guard let factor = try? Cholesky(reduced, count: count - 1),
      (0..<(count - 1)).allSatisfy({ factor.factor[$0 * count] > 1e-7 }),
      let solution = try? factor.solve((1..<count).map { right[$0] * scales[$0] })
    else { return nil }
    return [0] + zip(solution, scales.dropFirst()).map { $0 * $1 }
  }

  /// Fills memberships, mixture and totals, and gives the function to minimise.
  private mutating func evaluate(_ offsets: [Double]) -> Double {
    let states = stateCount
    var sum = 0.0
    var totals = [Double](repeating: 0, count: states)
    membership.withUnsafeMutableBufferPointer { membership in
      logMixture.withUnsafeMutableBufferPointer { mixture in
        logWeights.withUnsafeBufferPointer { logWeights in
          for level in 0..<mixture.count {
            let row = level &* states
            var highest = -Double.infinity
            for state in 0..<states {
              let value = offsets[state] + logWeights[row &+ state]
              membership[row &+ state] = value
              if value > highest { highest = value }
            }
            var total = 0.0
            for state in 0..<states {
              let value = exp(membership[row &+ state] - highest)
              membership[row &+ state] = value
              total += value
            }
            let count = levelCounts[level]
            for state in 0..<states {
              membership[row &+ state] /= total
              totals[state] += count * membership[row &+ state]
            }
            mixture[level] = highest + log(total)
            sum += count * mixture[level]
          }
        }
      }
    }
    self.totals = totals
    return sum - zip(stateCounts, offsets).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private mutating func updateProducts() {
    let states = stateCount
    var products = [Double](repeating: 0, count: states * states)
    membership.withUnsafeBufferPointer { membership in
      products.withUnsafeMutableBufferPointer { products in
        for level in 0..<levelCounts.count {
          let row = level &* states
          for first in 0..<states {
            let value = levelCounts[level] * membership[row &+ first]
            if value == 0 { continue }
            for second in 0...first {
              products[first &* states &+ second] += value * membership[row &+ second]
            }
          }
        }
      }
    }
    for first in 0..<states {
      for second in 0..<first {
        products[second * states + first] = products[first * states + second]
      }
    }
    self.products = products
  }
}
