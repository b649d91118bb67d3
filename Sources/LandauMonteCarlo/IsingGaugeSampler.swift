public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Exact, independent configurations of the two-dimensional Z2 gauge theory: no Markov chain.
///
/// Up to the gauge, a configuration on the torus is its plaquettes, whose product must be one, and the
/// two winding loops, which cost nothing. So: draw the plaquettes one after the other with the exact
/// probability that each is -1 given how many -1 must still come in all (even or odd), draw the two
/// loops as fair coins, lay links that realise them, and apply a random gauge transformation. Any sides
/// from 1, either sign of beta.
public enum IsingGaugeSampler {
  /// Configurations on the square torus.
  ///
  /// - Returns: `count` configurations one after the other, each `2 side^2` links: those leading down
  ///   and then those leading right, row-major, -1 or +1. Sample number n draws from
  ///   `seed.child("gauge", n)`.
  /// - Throws: `InputError` for a side below 1, a beta that is not finite, or a negative count.
  public static func sample(
    side: Int, beta: Double, count: Int, seed: Seed, pool: WorkerPool? = nil
  ) throws(InputError) -> [Int8] {
    try sample(model: IsingGaugeModel(side: side), beta: beta, count: count, seed: seed, pool: pool)
  }

  /// Configurations of a model on any torus; see `sample(side:beta:count:seed:pool:)`.
  public static func sample(
    model: IsingGaugeModel, beta: Double, count: Int, seed: Seed, pool: WorkerPool? = nil
  ) throws(InputError) -> [Int8] {
    guard beta.isFinite else { throw .notAllowed("beta", beta, allowed: "finite numbers") }
    guard model.dimension == 2 else {
      throw .notAllowed(
        "the number of axes", model.dimension, allowed: "2 for independent configurations")
    }
    guard count >= 0 else {
      throw .notAllowed("the number of samples", count, allowed: "whole numbers from 0")
    }
    let chances = PlaquetteChances(count: model.plaquetteCount, beta: beta)
    let width = model.variableCount
    var links = [Int8](repeating: 1, count: count * width)
    links.withUnsafeMutableBufferPointer { all in
      let all = Samples(all: all)
      let work: @Sendable (Int) -> Void = { index in
        var rng = seed.child("gauge", index).makeStream()
        let links = UnsafeMutableBufferPointer(
          rebasing: all.all[(index * width)..<(index + 1) * width])
        draw(into: links, model: model, chances: chances, using: &rng)
      }
      if let pool { pool.forEach(count, work) } else { for index in 0..<count { work(index) } }
    }
    return links
  }

  /// Shared by the loop; sample n is written by whoever runs index n.
  private struct Samples: @unchecked Sendable {
    let all: UnsafeMutableBufferPointer<Int8>
  }

  private static func draw(
    into links: UnsafeMutableBufferPointer<Int8>, model: IsingGaugeModel,
    chances: PlaquetteChances, using rng: inout RandomStream
  ) {
    let (rows, columns, sites) = (model.rows, model.columns, model.siteCount)
    let down = UnsafeMutableBufferPointer(rebasing: links[..<sites])
    let right = UnsafeMutableBufferPointer(rebasing: links[sites...])
    let coins = rng.next()
    // In the gauge where all links down are 1 except in the last row, a plaquette is the product of its
    // upper and lower link, so each row follows from the one above it.
    for site in 0..<sites { down[site] = 1 }
    for column in 0..<columns { right[column] = 1 }
    right[columns - 1] = coins >> 63 == 0 ? 1 : -1
    var isOdd = false
    for site in 0..<(sites - columns) {
      right[site + columns] = right[site] * chances.draw(site, &isOdd, using: &rng)
    }
    // The last row closes the torus: its links down take up what is left.
    let last = (rows - 1) * columns
    down[last] = coins >> 62 & 1 == 0 ? 1 : -1
    for column in 0..<columns {
      let plaquette = chances.draw(last + column, &isOdd, using: &rng)
      guard column + 1 < columns else { break }
      down[last + column + 1] =
        plaquette * right[last + column] * right[column] * down[last + column]
    }
    gauge(down: down, right: right, rows: rows, columns: columns, using: &rng)
  }

  /// Multiplies every link by random signs at its two ends.
  private static func gauge(
    down: UnsafeMutableBufferPointer<Int8>, right: UnsafeMutableBufferPointer<Int8>, rows: Int,
    columns: Int, using rng: inout RandomStream
  ) {
    let sites = rows * columns
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: sites) { signs in
      for start in stride(from: 0, to: sites, by: 64) {
        var word = rng.next()
        for site in start..<min(start + 64, sites) {
          signs[site] = word & 1 == 0 ? 1 : -1
          word >>= 1
        }
      }
      for row in 0..<rows {
        let here = row * columns
        let below = (row + 1 < rows ? row + 1 : 0) * columns
        for column in 0..<columns {
          let next = column + 1 < columns ? column + 1 : 0
          down[here + column] *= signs[here + column] * signs[below + column]
          right[here + column] *= signs[here + column] * signs[here + next]
        }
      }
    }
  }
}

/// Probabilities of the next plaquette, given how many follow and whether an odd number of -1 must come.
///
/// With t = tanh beta, n independent plaquettes have an even number of -1 with probability
/// (1 + t^n)/2. Given that n plaquettes contain an odd number, the first is -1 with probability
/// (1 - t)/2 (1 + t^(n-1))/2 / ((1 - t^n)/2), and correspondingly for even. Differences of nearly equal
/// numbers are taken through `expm1`.
struct PlaquetteChances: Sendable {
  /// Probability of -1 for plaquette number i, without and with an odd number of -1 to come.
  private let even: [Double]
  private let odd: [Double]

  init(count: Int, beta: Double) {
    // 1 - |t| = 2 / (exp(2 |beta|) + 1) is accurate where |t| is near 1.
    let gap = 2 / (exp(2 * abs(beta)) + 1)
    let logT = log1p(-gap)
    // For negative beta odd powers of t are negative.
    func isNegative(_ n: Int) -> Bool { beta < 0 && n % 2 == 1 }
    // 1 - t^n and 1 + t^n.
    func minus(_ n: Int) -> Double {
      if n == 0 { return 0 }
      return isNegative(n) ? 1 + exp(Double(n) * logT) : -expm1(Double(n) * logT)
    }
    func plus(_ n: Int) -> Double {
      if n == 0 { return 2 }
      return isNegative(n) ? -expm1(Double(n) * logT) : 1 + exp(Double(n) * logT)
    }
    let minusOne = beta < 0 ? 1 - gap / 2 : gap / 2  // probability of -1 of a free plaquette
    var even = [Double](repeating: 0, count: count)
    var odd = [Double](repeating: 0, count: count)
    for index in 0..<count {
      let n = count - index
      // Where t^n is 1 to the last bit all but one plaquette have the sign that beta favours, and the
      // odd one out is any of them.
      let limit = (beta < 0 ? Double(n - 1) : 1) / Double(n)
      even[index] = plus(n) > 0 ? minusOne * minus(n - 1) / plus(n) : limit
      odd[index] = minus(n) > 0 ? minusOne * plus(n - 1) / minus(n) : limit
    }
    self.even = even
    self.odd = odd
  }

  /// Probability that plaquette number `index` is -1, given the parity of what is left.
  @inline(__always)
  func probability(_ index: Int, isOdd: Bool) -> Double { isOdd ? odd[index] : even[index] }

  /// Draws plaquette number `index` and keeps count of the parity that is left.
  @inline(__always)
  func draw(_ index: Int, _ isOdd: inout Bool, using rng: inout RandomStream) -> Int8 {
    let isMinus = rng.uniform() < probability(index, isOdd: isOdd)
    if isMinus { isOdd.toggle() }
    return isMinus ? -1 : 1
  }
}
