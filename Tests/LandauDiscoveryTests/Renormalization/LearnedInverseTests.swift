import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct LearnedInverseTests {
  private static let beta = 0.4
  private static let share = 0.3

  /// All fine configurations of a 4 x 4 torus with their weights, and the chance of a block of +1 in each cross.
  private struct Enumeration {
    var weights: [Double] = []
    var votes: [[Double]] = []

    static func spins(_ index: Int) -> [Int8] { (0..<16).map { index >> $0 & 1 == 1 ? 1 : -1 } }

    init() {
      for index in 0..<65536 {
        let spins = Self.spins(index)
        var bonds = 0
        for site in 0..<16 {
          let (row, column) = (site / 4, site % 4)
          bonds += Int(
            spins[site] * (spins[row * 4 + (column + 1) % 4] + spins[(row + 1) % 4 * 4 + column]))
        }
        weights.append(exp(beta * Double(bonds)))
        var chances: [Double] = []
        CrossLattice.forEachCross(spins, side: 4) { centre, neighbours in
          let sum = 2 * centre + neighbours
          chances.append(sum > 0 ? 1 : sum < 0 ? 0 : neighbours > 0 ? share : 1 - share)
        }
        votes.append(chances)
      }
    }

    func weight(_ fine: Int, _ coarse: Int) -> Double {
      var product = weights[fine]
      for block in 0..<4 {
        let chance = votes[fine][block]
        product *= coarse >> block & 1 == 1 ? chance : 1 - chance
      }
      return product
    }
  }

  /// The chance that a cross of `centre` and neighbours with that sum gives `block`.
  private static func vote(_ centre: Int, _ neighbours: Int, _ block: Int) -> Double {
    let sum = 2 * centre + neighbours
    if sum != 0 { return sum * block > 0 ? 1 : 0 }
    return neighbours * block > 0 ? share : 1 - share
  }

  /// The weight of a spin in the surroundings of a key: its bonds and the votes it has a part in.
  private static func weight(_ spin: Int, _ key: Int) -> Double {
    if key < 10 {
      let neighbours = key / 2 * 2 - 4
      return exp(beta * Double(spin * neighbours)) * vote(spin, neighbours, key % 2 * 2 - 1)
    }
    if key < 15 { return exp(beta * Double(spin * (2 * (key - 10) - 4))) }
    let edge = key - 15
    var (neighbours, votes) = (edge / 256 * 2 - 2, 1.0)
    for cross in [edge / 16 % 16, edge % 16] {
      let centre = cross / 2 % 2 * 2 - 1
      neighbours += centre
      votes *= vote(centre, cross / 4 * 2 - 3 + spin, cross % 2 * 2 - 1)
    }
    return exp(beta * Double(spin * neighbours)) * votes
  }

  /// The exact P(+1) by key, nil where it never occurs.
  private static let exact: [Double?] = (0..<CrossSurroundings.keyCount).map { key in
    let (plus, minus) = (weight(1, key), weight(-1, key))
    return plus + minus > 0 ? plus / (plus + minus) : nil
  }

  private static let inverse = LearnedInverse(probabilities: exact.map { $0 ?? 0.5 })

  /// What a spin depends on is in its key and nothing else: for all configurations and blocks of a 4 x 4 torus the conditional probability is
  /// that of the key, whatever the rest. A Gibbs sweep with these leaves P(fine | coarse) as it is.
  @Test func `Surroundings decide the conditional probability`() {
    let enumeration = Enumeration()
    var largest = 0.0
    var met = Set<Int>()
    for coarse in 0..<16 {
      let blocks = (0..<4).map { coarse >> $0 & 1 == 1 ? Int8(1) : -1 }
      let weights = (0..<65536).map { enumeration.weight($0, coarse) }
      for fine in 0..<65536 {
        CrossSurroundings.forEachSite(fine: Enumeration.spins(fine), coarse: blocks, side: 4) {
          site, key in
          let (plus, minus) = (weights[fine | 1 << site], weights[fine & ~(1 << site)])
          guard plus + minus > 0 else { return }
          met.insert(key)
          largest = max(largest, abs(plus / (plus + minus) - (Self.exact[key] ?? .infinity)))
        }
      }
    }
    #expect(largest < 1e-14)
    #expect(met.count > 300)
  }

  @Test func `Keys that turn or reflect into each other agree`() {
    for (key, probability) in Self.exact.enumerated() {
      guard let probability else { continue }
      expectClose(
        Self.exact[CrossSurroundings.flipped(key)]!, 1 - probability, absolute: 1e-14)
      expectClose(
        Self.exact[CrossSurroundings.reflected(key)]!, probability, absolute: 1e-14)
    }
  }

  private func pairs(_ count: Int, side: Int, seed: Seed) throws -> [(fine: [Int8], coarse: [Int8])]
  {
    let chain = try IsingChain(
      model: IsingModel(sides: [side, side]), beta: Self.beta, update: .swendsenWang,
      seed: seed.child("chain"))
    chain.sweep(50)
    var rng = seed.child("ties").makeStream()
    let rule = CrossBlocks(tieShare: Self.share)
    return (0..<count).map { _ in
      chain.sweep(2)
      return (chain.spins, rule.blocked(chain.spins, side: side, using: &rng))
    }
  }

  /// Learned on 8 x 8. Frequent surroundings of each kind of site.
  @Test(arguments: [7, 13, 15 + 256 + 16 * 11 + 7])
  func `Counts approach the exact conditional probability`(key: Int) throws {
    let exact = try #require(Self.exact[key])
    try expectAgreement(with: exact, seed: .test(key), minimalBias: 0.05) { seed, effort in
      let learned = try (0..<8).map { training in
        var counts = InverseCounts()
        for pair in try pairs(2000 * effort, side: 8, seed: seed.child("training", training)) {
          counts.add(fine: pair.fine, coarse: pair.coarse, side: 8)
        }
        return counts.inverse.probabilities[key]
      }
      return Series(learned.map { [$0] }).estimate(.binning)
    }
  }

  /// Blocked and inverted, configurations have the energy they had, Kaufman's.
  @Test func `Blocked and inverted configurations are distributed as before`() throws {
    let inverse = Self.inverse
    let exact = try KaufmanTorus(rows: 8, columns: 8).energyPerSite(beta: Self.beta)
    let model = try IsingModel(sides: [8, 8])
    func energy(_ seed: Seed, _ effort: Int, sweeps: Int, by inverse: LearnedInverse) throws
      -> Estimate
    {
      var rng = seed.child("inverse").makeStream()
      let energies = try pairs(8000 * effort, side: 8, seed: seed).map { pair in
        model.energy(
          of: inverse.fine(of: pair.coarse, side: 4, sweeps: sweeps, using: &rng).span) / 64
      }
      return Series(energies).estimate()
    }
    try expectAgreement(with: exact, seed: .test(), minimalBias: 0.03) { seed, effort in
      try energy(seed, effort, sweeps: 20, by: inverse)
    }
    try expectDisagreement(with: exact, seed: .test("deterministic")) { seed, effort in
      try energy(seed, effort, sweeps: 20, by: inverse.mostProbable)
    }
    try expectDisagreement(with: exact, seed: .test("one sweep")) { seed, effort in
      try energy(seed, effort, sweeps: 1, by: inverse)
    }
  }

  @Test func `Tables know no direction of spins`() throws {
    var counts = InverseCounts()
    for pair in try pairs(20, side: 8, seed: .test()) {
      counts.add(fine: pair.fine, coarse: pair.coarse, side: 8)
    }
    let table = counts.inverse.probabilities
    for key in table.indices { #expect(table[key] + table[CrossSurroundings.flipped(key)] == 1) }
    #expect(counts.inverse.mostProbable.probabilities.allSatisfy { [0, 0.5, 1].contains($0) })
    #expect(InverseCounts().inverse.probabilities.allSatisfy { $0 == 0.5 })
  }

  /// Votes that were always kept in the pairs are kept in what is drawn.
  @Test func `Drawn configurations have the blocks they were drawn for`() throws {
    let inverse = Self.inverse
    var rng = Seed.test().makeStream()
    let coarse = (0..<64).map { _ in Int8(rng.index(below: 2)) * 2 - 1 }
    let fine = inverse.fine(of: coarse, side: 8, sweeps: 10, using: &rng)
    var block = 0
    CrossLattice.forEachCross(fine, side: 16) { centre, neighbours in
      #expect((2 * centre + neighbours) * coarse[block] >= 0)
      block += 1
    }
  }
}
