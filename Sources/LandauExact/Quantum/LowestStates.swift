import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The lowest eigenvalues of a symmetric operator and their vectors, by Lanczos' recurrence.
///
/// Vectors of the recurrence are kept and not made orthogonal again: copies of an eigenvalue appear only after it has
/// converged, and then the search ends. What was found before is projected out, so that states of equal energy are found one after the
/// other. Where memory ends a recurrence starts again from the best vector.
struct LowestStates {
  let matrix: any SymmetricOperator
  /// Whether vectors are real parts and, below them, imaginary parts: then i times a vector is the same state.
  var isComplex = false
  var pool: WorkerPool?
  var seed: Seed
  var cancellation = Cancellation.never
  /// Of the residual |H v - E v|, in units of the largest |H| seen: the error of E is its square.
  private static let tolerance = 1e-11
  /// Bytes for the vectors of a recurrence.
  private static let memory = 1 << 31

  struct Pair: Sendable {
    var value: Double
    /// Of unit length.
    var vector: [Double]
    var residual: Double
  }

  /// The `count` lowest, ascending.
  ///
  /// - Returns: fewer than `count` where the space is smaller.
  /// - Throws: `Interrupted`; `LinearAlgebraError` where the tridiagonal matrix could not be diagonalised or recurrences
  ///   do not converge; `RunError` where there is no room for their vectors.
  func find(_ count: Int) throws -> [Pair] {
    var found: [Pair] = []
    var known: [[Double]] = []
    while found.count < count && known.count < matrix.length {
      var vector = start(found.count)
      var pair: Pair?
      for _ in 0..<200 {
        try cancellation.check()
        guard normalize(&vector, besides: known) > 1e-8 else { break }
        let best = try improve(vector, besides: known)
        vector = best.pair.vector
        if best.isConverged {
          pair = best.pair
          break
        }
      }
      guard var pair else { throw LinearAlgebraError.noConvergence(remaining: count - found.count) }
      normalize(&pair.vector, besides: known)
      found.append(pair)
      known.append(pair.vector)
      if isComplex {
        let half = matrix.length / 2
        known.append(pair.vector[half...].map { -$0 } + pair.vector[..<half])
      }
    }
    return found.sorted { $0.value < $1.value }
  }

  /// Positive numbers at first: where no element off the diagonal is positive the lowest state is of one sign, and the overlap saves
  /// a fifth of the products. Their scatter sees all sectors. Of either sign for the states above.
  private func start(_ number: Int) -> [Double] {
    var rng = seed.child("start", number).makeStream()
    return (0..<matrix.length).map { _ in number == 0 ? 0.5 + rng.uniform() : rng.normal() }
  }

  /// One recurrence until the lowest value has converged, the space is exhausted or the memory full.
  ///
  /// Its vectors w are stored as they come, of lengths l, instead of v = w / l of unit length: that saves a pass over memory
  /// each. With them the recurrence beta v' = H v - alpha v - beta_0 v_0 is
  /// w' = (H w - alpha w) / l - (beta_0 / l_0) w_0, with alpha = w H w / l^2 and beta = |w'|.
  private func improve(_ start: [Double], besides known: [[Double]]) throws -> (
    pair: Pair, isConverged: Bool
  ) {
    let n = matrix.length
    let limit = max(20, min(400, Self.memory / (8 * n)))
    let basis = try RecurrenceVectors(count: limit + 1, length: n)
    basis[0].update(from: start, count: n)
    var lengths = [1.0]
    var diagonal: [Double] = []
    var beside: [Double] = []
    var scale = 0.0
    while true {
      try cancellation.check()
      let k = diagonal.count
      let (last, next) = (basis[k], basis[k + 1])
      matrix.apply(last, into: next, pool: pool)
      let alpha = BLAS.dot(next, last, count: n) / (lengths[k] * lengths[k])
      diagonal.append(alpha)
      let former = k > 0 ? beside[k - 1] / lengths[k - 1] : 0
      var square = Self.subtract(
        alpha / lengths[k], last, former, basis[max(0, k - 1)], from: next, over: lengths[k],
        count: n)
      for old in known { BLAS.add(-BLAS.dot(next, old, count: n), old, to: next, count: n) }
      if !known.isEmpty { square = BLAS.dot(next, next, count: n) }
      let beta = square.squareRoot()
      beside.append(beta)
      lengths.append(beta)
      scale = max(scale, abs(alpha) + beta)
      let isExhausted = beta <= 1e-13 * scale || k + 1 == n - known.count
      let isDue = (k + 1) % 5 == 0 || isExhausted || k + 1 == limit
      guard isDue else { continue }
      let (value, weights) = try lowest(diagonal, beside)
      let residual = isExhausted ? 0 : beta * abs(weights[weights.count - 1])
      let isConverged = residual <= Self.tolerance * scale
      if isConverged || k + 1 == limit {
        let vector = basis.sum(zip(weights, lengths).map { $0 / $1 })
        return (Pair(value: value, vector: vector, residual: residual), isConverged)
      }
    }
  }

  /// The lowest eigenvalue of the tridiagonal matrix, and its vector.
  private func lowest(_ diagonal: [Double], _ beside: [Double]) throws -> (Double, [Double]) {
    let eigen = try SymmetricEigen(diagonal: diagonal, beside: beside)
    return (eigen.values[0], eigen.vector(0))
  }

  /// vector = vector / length - (a x + b y), in one pass over memory.
  ///
  /// - Returns: the square of its length afterwards.
  private static func subtract(
    _ a: Double, _ x: UnsafePointer<Double>, _ b: Double, _ y: UnsafePointer<Double>,
    from vector: UnsafeMutablePointer<Double>, over length: Double, count: Int
  ) -> Double {
    var sums = SIMD8<Double>.zero
    var rest = 0.0
    let inverse = 1 / length
    let (x, y) = (UnsafeRawPointer(x), UnsafeRawPointer(y))
    let vector = UnsafeMutableRawPointer(vector)
    for place in stride(from: 0, to: 8 * (count & ~7), by: 64) {
      var value = inverse * vector.loadUnaligned(fromByteOffset: place, as: SIMD8<Double>.self)
      value -= a * x.loadUnaligned(fromByteOffset: place, as: SIMD8<Double>.self)
      value -= b * y.loadUnaligned(fromByteOffset: place, as: SIMD8<Double>.self)
      sums += value * value
      vector.storeBytes(of: value, toByteOffset: place, as: SIMD8<Double>.self)
    }
    for place in stride(from: 8 * (count & ~7), to: 8 * count, by: 8) {
      var value = inverse * vector.load(fromByteOffset: place, as: Double.self)
      value -= a * x.load(fromByteOffset: place, as: Double.self)
      value -= b * y.load(fromByteOffset: place, as: Double.self)
      rest += value * value
      vector.storeBytes(of: value, toByteOffset: place, as: Double.self)
    }
    return sums.sum() + rest
  }

  /// Takes out the parts along what was found and scales to unit length.
  ///
  /// - Returns: the length before.
  @discardableResult
  private func normalize(_ vector: inout [Double], besides known: [[Double]]) -> Double {
    for old in known { BLAS.add(-BLAS.dot(vector, old), old, to: &vector) }
    let length = BLAS.dot(vector, vector).squareRoot()
    if length > 0 { BLAS.scale(1 / length, &vector) }
    return length
  }
}
