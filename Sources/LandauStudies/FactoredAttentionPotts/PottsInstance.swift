import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Potts model of few sites with random couplings of all pairs and one random matrix of colours, enumerated.
///
/// H = -sum over i < j of J_ij C(s_i, s_j), J_ij normal, C symmetric with rows that sum to zero (any other C is this one with
/// fields); beta = 1.
struct PottsInstance: Sendable {
  static let (sites, colours) = (8, 3)
  static let width = 0.5
  static var stateCount: Int { (0..<sites).reduce(1) { product, _ in product * colours } }

  /// `[site, site]`, symmetric, zero on the diagonal.
  let couplings: [Double]
  /// C, `[colour, colour]`.
  let matrix: [Double]
  /// Of every configuration; the colour of site i is digit i of its number in base `colours`.
  let probabilities: [Double]
  /// -<ln p(s_i | others)>, averaged over the sites, in nats.
  let conditionalEntropy: Double

  init(seed: Seed) throws(InputError) {
    var rng = seed.makeStream()
    let matrix = Self.centred(using: &rng)
    self.matrix = matrix
    let lattice = try Lattice.complete(siteCount: Self.sites)
    let drawn = lattice.bonds.map { _ in Self.width * rng.normal() }
    var couplings = [Double](repeating: 0, count: Self.sites * Self.sites)
    for (bond, coupling) in zip(lattice.bonds, drawn) {
      couplings[Int(bond.source) * Self.sites + Int(bond.target)] = coupling
      couplings[Int(bond.target) * Self.sites + Int(bond.source)] = coupling
    }
    self.couplings = couplings
    let colours = 0..<Self.colours
    let spins = DiscreteModel.SpinSpace(
      pairEnergies: colours.map { a in colours.map { -matrix[a * Self.colours + $0] } },
      orderVectors: colours.map { a in colours.map { $0 == a ? 1 : 0 } })
    let model = try DiscreteModel(
      name: "potts", lattice: lattice, couplings: drawn, spins: spins)
    let weights = (0..<Self.stateCount).map { state in
      exp(-model.energy(of: Self.configuration(state).span))
    }
    let sum = weights.reduce(0, +)
    probabilities = weights.map { $0 / sum }
    conditionalEntropy = Self.conditionalEntropy(probabilities)
  }

  static func configuration(_ state: Int) -> [UInt8] {
    var rest = state
    return (0..<sites).map { _ in
      defer { rest /= colours }
      return UInt8(rest % colours)
    }
  }

  private static func centred(using rng: inout some RandomNumberGenerator) -> [Double] {
    let count = colours
    var matrix = [Double](repeating: 0, count: count * count)
    for a in 0..<count {
      for b in 0...a {
        matrix[a * count + b] = rng.normal()
        matrix[b * count + a] = matrix[a * count + b]
      }
    }
    let rows = (0..<count).map { a in
      (0..<count).reduce(0) { $0 + matrix[a * count + $1] } / Double(count)
    }
    let mean = rows.reduce(0, +) / Double(count)
    // Rows and columns of one sum first: the result is symmetric to the last bit.
    return matrix.indices.map {
      matrix[$0] - (rows[$0 / count] + rows[$0 % count]) + mean
    }
  }

  private static func conditionalEntropy(_ probabilities: [Double]) -> Double {
    var entropy = 0.0
    var stride = 1
    for _ in 0..<sites {
      for (state, probability) in probabilities.enumerated() where probability > 0 {
        let base = state - state / stride % colours * stride
        let marginal = (0..<colours).reduce(0) { $0 + probabilities[base + $1 * stride] }
        entropy -= probability * log(probability / marginal)
      }
      stride *= colours
    }
    return entropy / Double(sites)
  }

  /// How often each configuration occurs among `count` independent ones.
  func draws(_ count: Int, using rng: inout some RandomNumberGenerator) -> [Int] {
    var cumulative: [Double] = []
    cumulative.reserveCapacity(probabilities.count)
    var sum = 0.0
    for probability in probabilities {
      sum += probability
      cumulative.append(sum)
    }
    var counts = [Int](repeating: 0, count: probabilities.count)
    for _ in 0..<count {
      let place = rng.uniform() * sum
      var (low, high) = (0, cumulative.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > place { high = middle } else { low = middle + 1 }
      }
      counts[low] += 1
    }
    return counts
  }

  /// The same samples with the colours of each exchanged among its sites at random.
  static func shuffled(_ counts: [Int], using rng: inout some RandomNumberGenerator) -> [Int] {
    var result = [Int](repeating: 0, count: counts.count)
    for (state, count) in counts.enumerated() {
      var configuration = configuration(state)
      for _ in 0..<count {
        rng.shuffle(&configuration)
        result[configuration.reversed().reduce(0) { $0 * colours + Int($1) }] += 1
      }
    }
    return result
  }
}
