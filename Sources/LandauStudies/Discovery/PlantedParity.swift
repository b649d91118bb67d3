import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ising spins on a torus whose only preference is for a positive product over a shape of two, three or four spins:
/// P(s) ~ product over positions x of (1 + p tau(x)), tau(x) = product of the spins of the shape at x.
///
/// - Two spins side by side: every row is a periodic Ising chain. The flip of all spins forbids means of single ones.
/// - Three spins, a corner: tau = (1 + X + Y) s over the field of two elements, and (1 + X + Y)^L = 1 + X^L + Y^L = 1 on a torus whose
///   side L is a power of two. So s and tau determine one another, the taus are independent, and s = (1 + X + Y)^(L-1) tau (M. Newman and
///   C. Moore, Phys. Rev. E 60, 5068, 1999). A product of spins has the mean p^w, w the number of taus in it: large.
/// - Four spins, a plaquette: flips of whole rows and columns are symmetries, and leave no product of one, two or three spins
///   a mean.
///
/// Samples are drawn independently and exactly. The likelihood ratio to independent spins depends on the number of negative
/// taus alone, whose distribution is a finite sum, so the accuracy of the best classifier there is is known exactly.
struct PlantedParity: Sendable {
  /// Spins of the shape: 2, 3 or 4.
  let order: Int
  /// A power of two.
  let side: Int
  /// p: the mean of tau, up to what periodic boundaries add.
  let bias: Double
  /// For the plaquette: `powers[m][t]`, the weight of m rows of bonds with product t.
  private let powers: [[Double]]

  init(order: Int, side: Int, bias: Double) {
    precondition((2...4).contains(order), "parities of \(order) spins")
    precondition(side >= 4 && side <= 16 && side & (side - 1) == 0, "a torus of side \(side)")
    precondition(bias > 0 && bias < 1, "bias \(bias)")
    self.order = order
    self.side = side
    self.bias = bias
    powers = order == 4 ? Self.bondPowers(side: side, bias: bias) : []
  }

  /// The shape's offsets.
  var shape: [(row: Int, column: Int)] {
    switch order {
    case 2: [(0, 0), (0, 1)]
    case 3: [(0, 0), (0, 1), (1, 0)]
    default: [(0, 0), (0, 1), (1, 0), (1, 1)]
    }
  }

  // MARK: - Samples

  /// One configuration, row by row.
  func sample(using rng: inout some RandomNumberGenerator) -> [Int8] {
    let bits =
      switch order {
      case 2: chains(using: &rng)
      case 3: corners(using: &rng)
      default: plaquettes(using: &rng)
      }
    return bits.map { $0 ? -1 : 1 }
  }

  /// As many independent spins, the other class.
  func independent(using rng: inout some RandomNumberGenerator) -> [Int8] {
    (0..<side * side).map { _ in rng.next() & 1 == 0 ? 1 : -1 }
  }

  private func isNegative(using rng: inout some RandomNumberGenerator) -> Bool {
    rng.uniform() < (1 - bias) / 2
  }

  /// Rows of bonds, drawn again until a row has an even number of negative ones.
  private func chains(using rng: inout some RandomNumberGenerator) -> [Bool] {
    var bits: [Bool] = []
    for _ in 0..<side {
      var bonds: [Bool]
      repeat {
        bonds = (0..<side).map { _ in isNegative(using: &rng) }
      } while bonds.count { $0 } % 2 == 1
      var spin = rng.next() & 1 == 1
      for bond in bonds {
        bits.append(spin)
        spin = spin != bond
      }
    }
    return bits
  }

  private func corners(using rng: inout some RandomNumberGenerator) -> [Bool] {
    Self.spins(ofCorners: (0..<side * side).map { _ in isNegative(using: &rng) }, side: side)
  }

  /// (1 + X + Y)^(L-1), applied to bits.
  static func spins(ofCorners corners: [Bool], side: Int) -> [Bool] {
    var bits = corners
    for _ in 1..<side {
      let old = bits
      for row in 0..<side {
        for column in 0..<side {
          let right = old[row * side + (column + 1) % side]
          let below = old[(row + 1) % side * side + column]
          bits[row * side + column] = (old[row * side + column] != right) != below
        }
      }
    }
    return bits
  }

  /// Bonds t between one row of spins and the next are rows of a periodic chain, t and t' side by side making a plaquette; their
  /// product over all rows is one. They are drawn one by one, each with the weight of what can still follow.
  private func plaquettes(using rng: inout some RandomNumberGenerator) -> [Bool] {
    var row = Int(rng.next() & UInt64(1 << side - 1))
    var bits: [Bool] = []
    var product = 0
    for index in 0..<side {
      bits += (0..<side).map { row >> $0 & 1 == 1 }
      let left = side - 1 - index
      guard left > 0 else { break }
      let weights = powers[1].indices.map { powers[1][$0] * powers[left][product ^ $0] }
      var u = rng.uniform() * weights.reduce(0, +)
      let bonds = weights.firstIndex { weight in
        u -= weight
        return u < 0
      }
      let chosen = bonds ?? weights.count - 1
      product ^= chosen
      row ^= chosen
    }
    return bits
  }

  /// The weights of products of up to L - 1 rows of bonds.
  private static func bondPowers(side: Int, bias: Double) -> [[Double]] {
    let count = 1 << side
    let one = (0..<count).map { bonds -> Double in
      let turned = bonds >> 1 | (bonds & 1) << (side - 1)
      let negative = (bonds ^ turned).nonzeroBitCount
      return pow((1 + bias) / 2, Double(side - negative)) * pow((1 - bias) / 2, Double(negative))
    }
    var powers = [(0..<count).map { $0 == 0 ? 1.0 : 0 }, one]
    while powers.count < side {
      let last = powers[powers.count - 1]
      let next = (0..<count).map { product in
        (0..<count).reduce(0) { $0 + one[$1] * last[product ^ $1] }
      }
      let total = next.reduce(0, +)
      powers.append(next.map { $0 / total })
    }
    return powers
  }

  // MARK: - What is known

  /// How many patterns of tau have k negative ones, k from 0, up to a common factor.
  var patternCounts: [Double] {
    let sites = side * side
    switch order {
    case 2:
      // Each row has an even number.
      let row = Self.binomials(side).enumerated().map { $0 % 2 == 0 ? $1 : 0 }
      return (1..<side).reduce(row) { product, _ in Self.product(product, row) }
    case 3: return Self.binomials(sites)
    default:
      // Rows and columns of plaquettes have an even number each: the mean over signs e(r), f(c) of the products of
      // 1 + e f z, of which a(L - b) + b(L - a) have e f = -1 where a and b signs are negative.
      let choices = Self.binomials(side)
      var counts = [Double](repeating: 0, count: sites + 1)
      for a in 0...side {
        for b in 0...side {
          let minus = a * (side - b) + b * (side - a)
          let weight = choices[a] * choices[b] / pow(4, Double(side))
          let signed = Self.binomials(minus).enumerated().map { $0 % 2 == 0 ? $1 : -$1 }
          for (k, value) in Self.product(signed, Self.binomials(sites - minus)).enumerated() {
            counts[k] += weight * value
          }
        }
      }
      return counts.map { max(0, $0.rounded()) }
    }
  }

  /// Share of samples that the likelihood ratio tells apart rightly, both classes being as frequent.
  var optimalAccuracy: Double {
    let counts = patternCounts
    let total = counts.reduce(0, +)
    let planted = counts.enumerated().map { $1 * pow((1 - bias) / (1 + bias), Double($0)) }
    let normalization = planted.reduce(0, +)
    return zip(counts, planted).reduce(0) { $0 + max($1.0 / total, $1.1 / normalization) } / 2
  }

  /// For the corner: the largest mean of a product of one or two spins.
  var largestLowerMean: Double {
    guard order == 3 else { return 0 }
    let sites = side * side
    // One spin and its partner; the same spin twice stands for one alone.
    let weights = (0..<sites).map { partner -> Int in
      var bits = [Bool](repeating: false, count: sites)
      bits[0] = true
      if partner > 0 { bits[partner] = true }
      // Reflected, the operator reads off which taus a spin is made of.
      return Self.spins(ofCorners: bits, side: side).count { $0 }
    }
    return pow(bias, Double(weights.min()!))
  }

  private static func binomials(_ n: Int) -> [Double] {
    (0..<n).reduce([1.0]) { row, _ in Self.product(row, [1, 1]) }
  }

  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: a.count + b.count - 1)
    for (i, x) in a.enumerated() {
      for (j, y) in b.enumerated() { result[i + j] += x * y }
    }
    return result
  }
}
