public import LandauCore
public import LandauLattice
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Snapshots in one basis and their distribution.
extension TransverseIsingChain {
  /// Independent measurements of all spins along one axis, -1 or +1, shot by shot.
  ///
  /// Signs are drawn in turn, each with its probability given those before it. Where sign s was found at i, the
  /// means of the others are minors of the Schur complement G - s G_{.i} G_{i.} / (1 + s G_ii). Along y and z the signs
  /// are the bonds, and the first spin is a fair coin.
  /// - Complexity: O(N^3/3) for each.
  public func snapshots(_ count: Int, axis: SpinAxis, seed: Seed) -> [Int8] {
    var values: [Int8] = []
    values.reserveCapacity(count * siteCount)
    let (matrix, signCount) = signMatrix(axis)
    for number in 0..<count {
      var rng = seed.child("shot", number).makeStream()
      var signs = [Int8](repeating: 1, count: siteCount)
      Self.eliminate(matrix, signCount) { site, mean in
        signs[site] = 2 * rng.uniform() < 1 + mean ? 1 : -1
        return signs[site]
      }
      if axis != .x {
        var spin: Int8 = rng.uniform() < 0.5 ? 1 : -1
        for site in 0..<siteCount {
          let bond = signs[site]
          signs[site] = spin
          spin *= bond
        }
      }
      values += signs
    }
    return values
  }

  /// The logarithm of the probability of one measurement of all spins, but for the first spin's coin along y and z.
  ///
  /// What is below about exp(-36) of the largest may be lost in rounding.
  public func logProbability(_ spins: ArraySlice<Int8>, axis: SpinAxis) -> Double {
    let spins = Array(spins)
    precondition(spins.count == siteCount, "\(spins.count) of \(siteCount) spins")
    var logarithm = 0.0
    let (matrix, count) = signMatrix(axis)
    Self.eliminate(matrix, count) { site, mean in
      let sign = axis == .x ? spins[site] : spins[site] * spins[(site + 1) % siteCount]
      // The last bond of a ring is the product of the others.
      if axis != .x && isPeriodic && site == siteCount - 1 { return sign }
      let probability = (1 + Double(sign) * mean) / 2
      // What rounding has eaten is impossible, and stays so.
      if !(probability > 0) { logarithm = -.infinity }
      if logarithm.isFinite { logarithm += log(min(1, probability)) }
      return sign
    }
    return logarithm
  }

  /// Visits signs in order with the mean of each given those before, and goes on with the sign that is returned.
  private static func eliminate(
    _ matrix: [Double], _ n: Int, _ choose: (_ site: Int, _ mean: Double) -> Int8
  ) {
    var matrix = matrix
    matrix.withUnsafeMutableBufferPointer { g in
      for i in 0..<n {
        let mean = g[i * n + i]
        let sign = Double(choose(i, mean))
        let factor = sign / max(1 + sign * mean, 1e-300)
        for j in i + 1..<max(i + 1, n) {
          let scale = factor * g[j * n + i]
          for k in i + 1..<n { g[j * n + k] -= scale * g[i * n + k] }
        }
      }
    }
  }

  /// Probabilities of 0, 1, ... signs of -1: of x, or of the bonds along y and z.
  ///
  /// The mean of exp(i theta n) is det((1 + G)/2 + exp(i theta) (1 - G)/2), the product over eigenvalues e_k of G of
  /// (1 + e_k)/2 + exp(i theta) (1 - e_k)/2; a Fourier sum over as many values of theta gives the probabilities.
  ///
  /// - Throws: `LinearAlgebraError`.
  public func distribution(axis: SpinAxis) throws -> [Double] {
    var (matrix, signCount) = signMatrix(axis)
    let count = signCount + 1
    var eigenvalues = [Complex](repeating: Complex(0), count: signCount)
    var vectors = [Complex](repeating: Complex(0), count: signCount * signCount)
    let status = matrix.withUnsafeMutableBytes { a in
      eigenvalues.withUnsafeMutableBytes { w in
        vectors.withUnsafeMutableBytes { v in
          LAPACK.eigen(
            .double, order: signCount, a.baseAddress!, values: w.baseAddress!,
            vectors: v.baseAddress!)
        }
      }
    }
    if status > 0 { throw LinearAlgebraError.noConvergence(remaining: status) }
    let moments = (0..<count).map { index -> Complex in
      let phase = Self.phase(index, of: count)
      return eigenvalues.reduce(Complex(1)) { product, e in
        product * (0.5 * (Complex(1) + e) + 0.5 * phase * (Complex(1) - e))
      }
    }
    return (0..<count).map { n in
      let sum = (0..<count).reduce(0.0) { sum, index in
        sum + (moments[index] * Self.phase(-index * n, of: count)).real
      }
      return max(0, sum / Double(count))
    }
  }

  private static func phase(_ number: Int, of count: Int) -> Complex {
    let angle = 2 * Double.pi * Double(number % count) / Double(count)
    return Complex(cos(angle), sin(angle))
  }
}
