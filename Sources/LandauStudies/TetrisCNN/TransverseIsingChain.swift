import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The ground state of the transverse-field Ising ring, H = -sum z_i z_{i+1} - g sum x_i, measured in one basis.
///
/// Jordan and Wigner's fermions are free: with k = (2 m + 1) pi/N (the even sector, where the ground state is) and
/// G(r) = (1/N) sum_k [(g + cos k) cos kr + sin k sin kr] / sqrt(1 + g² + 2 g cos k), a set S of the signs
/// x_i, z_i z_{i+1} or y_i y_{i+1} has the mean product det G(i - j + shift), i and j in S, with the shift 0, 1 or -1
/// (Lieb, Schultz and Mattis 1961; Barouch and McCoy 1971). From these determinants everything follows: exact independent
/// snapshots, their probabilities, and the distribution of the sum of all signs.
struct TransverseIsingChain: Sendable {
  enum Basis: Int, Sendable {
    case x = 0
    case z = 1
    case y = -1
  }

  let sites: Int
  let field: Double
  let basis: Basis
  /// G(r + shift) for r from 1 - N to N - 1.
  private let correlators: [Double]

  init(sites: Int, field: Double, basis: Basis) {
    precondition(sites >= 2 && field > 0, "\(sites) sites in a field of \(field)")
    self.sites = sites
    self.field = field
    self.basis = basis
    let momenta = (0..<sites).map { Double(2 * $0 + 1) * Double.pi / Double(sites) }
    correlators = (1 - sites..<sites).map { distance in
      let r = Double(distance + basis.rawValue)
      return momenta.reduce(0.0) { sum, k in
        let energy = (1 + field * field + 2 * field * cos(k)).squareRoot()
        return sum + ((field + cos(k)) * cos(k * r) + sin(k) * sin(k * r)) / energy
      } / Double(sites)
    }
  }

  /// The mean of one sign: of x, z z' or y y' of neighbours.
  var mean: Double { correlators[sites - 1] }

  /// G(i - j + shift), row-major.
  private var matrix: [Double] {
    (0..<sites * sites).map { correlators[$0 / sites - $0 % sites + sites - 1] }
  }

  /// Independent measurements of all spins, one after the other, -1 or +1.
  ///
  /// Signs are drawn in turn, each with its probability given those before it. Where sign s was found at i, the
  /// means of the others are determinants of the Schur complement G - s G_{.i} G_{i.} / (1 + s G_ii). In z and y the signs
  /// are the bonds, and the first spin is a fair coin.
  /// - Complexity: O(N³/3) for each.
  func snapshots(_ count: Int, seed: Seed) -> [Int8] {
    var values: [Int8] = []
    values.reserveCapacity(count * sites)
    let matrix = matrix
    for number in 0..<count {
      var rng = seed.child("shot", number).makeStream()
      var signs = [Int8](repeating: 1, count: sites)
      eliminate(matrix) { site, mean in
        signs[site] = 2 * rng.uniform() < 1 + mean ? 1 : -1
        return signs[site]
      }
      if basis != .x {
        var spin: Int8 = rng.uniform() < 0.5 ? 1 : -1
        for site in 0..<sites {
          let bond = signs[site]
          signs[site] = spin
          spin *= bond
        }
      }
      values += signs
    }
    return values
  }

  /// The logarithm of the probability of one measurement of all spins, but for the first spin's coin.
  ///
  /// The last bond is the product of the others. What is below about exp(-36) of the largest may be lost in rounding.
  func logProbability(_ spins: ArraySlice<Int8>) -> Double {
    let spins = Array(spins)
    var logarithm = 0.0
    eliminate(matrix) { site, mean in
      let sign = basis == .x ? spins[site] : spins[site] * spins[(site + 1) % sites]
      if basis != .x && site == sites - 1 { return sign }
      let probability = (1 + Double(sign) * mean) / 2
      // What rounding has eaten is impossible, and stays so.
      if !(probability > 0) { logarithm = -.infinity }
      if logarithm.isFinite { logarithm += log(min(1, probability)) }
      return sign
    }
    return logarithm
  }

  /// Visits sites in order with the mean of the sign given those before, and goes on with the sign that is returned.
  private func eliminate(_ matrix: [Double], _ choose: (_ site: Int, _ mean: Double) -> Int8) {
    var matrix = matrix
    let n = sites
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

  /// Probabilities of 0, 1, ... N signs of -1.
  ///
  /// G is a circulant up to the sign of a turn, its eigenvalues e_k are phases, and the mean of exp(i theta n) is the
  /// product of (1 + e_k)/2 + exp(i theta) (1 - e_k)/2; a Fourier sum over N + 1 values of theta gives the probabilities.
  var distribution: [Double] {
    let count = sites + 1
    let eigenvalues = (0..<sites).map { m -> Complex<Double> in
      let k = Double(2 * m + 1) * Double.pi / Double(sites)
      return (0..<sites).reduce(Complex<Double>.zero) {
        $0 + correlators[$1 + sites - 1] * Complex(cos(k * Double($1)), sin(k * Double($1)))
      }
    }
    let moments = (0..<count).map { index -> Complex<Double> in
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

  private static func phase(_ number: Int, of count: Int) -> Complex<Double> {
    let angle = 2 * Double.pi * Double(number % count) / Double(count)
    return Complex(cos(angle), sin(angle))
  }
}
