import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct TwistedPottsChainTests {
  /// Mean share of agreeing bonds and probability of no twist on a square torus, by enumeration.
  private func exact(
    side: Int, states: Int, coupling: Double, isSummed: Bool
  ) -> (bonds: Double, untwisted: Double) {
    let count = side * side
    let configurations = Int(pow(Double(states), Double(count)))
    var (total, bonds, untwisted) = (0.0, 0.0, 0.0)
    for twist in 0..<(isSummed ? states * states : 1) {
      let shifts = [twist / states, twist % states]
      for number in 0..<configurations {
        var rest = number
        let spins = (0..<count).map { _ in
          defer { rest /= states }
          return rest % states
        }
        var agreeing = 0
        for site in 0..<count {
          let (row, column) = (site / side, site % side)
          let down = spins[(row + 1) % side * side + column] - spins[site]
          let right = spins[row * side + (column + 1) % side] - spins[site]
          if (down - (row == side - 1 ? shifts[0] : 0)) % states == 0 { agreeing += 1 }
          if (right - (column == side - 1 ? shifts[1] : 0)) % states == 0 { agreeing += 1 }
        }
        let weight = exp(coupling * Double(agreeing))
        total += weight
        bonds += weight * Double(agreeing)
        if twist == 0 { untwisted += weight }
      }
    }
    return (bonds / total / Double(2 * count), untwisted / total)
  }

  /// Biases of 0.02 of the bonds and of the twists are found.
  @Test(arguments: [(3, 2, 0.8, true), (3, 2, 0.8, false), (2, 3, 0.9, true), (2, 4, 1.2, true)])
  func `Bonds and twists have the weights of enumeration`(
    side: Int, states: Int, coupling: Double, isSummed: Bool
  ) throws {
    let exact = exact(side: side, states: states, coupling: coupling, isSummed: isSummed)
    func run(_ seed: Seed, _ effort: Int) throws -> (bonds: Series, untwisted: Series) {
      let chain = try TwistedPottsChain(
        cell: .square, sides: [side, side], states: states, couplings: [coupling, coupling],
        isSummed: isSummed, seed: seed)
      chain.sweep(100)
      var values = [Int8](repeating: 0, count: 2 * side * side)
      var (bonds, untwisted): ([Double], [Double]) = ([], [])
      for _ in 0..<50_000 * effort {
        chain.sweep()
        values.withUnsafeMutableBufferPointer {
          chain.writeBonds($0.baseAddress!, differing: 0)
        }
        bonds.append(Double(values.reduce(0) { $0 + Int($1) }) / Double(values.count))
        untwisted.append(chain.twists.allSatisfy { $0 == 0 } ? 1 : 0)
      }
      return (Series(bonds), Series(untwisted))
    }
    let seed = Seed.test(side, states, isSummed)
    try expectAgreement(with: exact.bonds, seed: seed.child("bonds"), minimalBias: 0.02) {
      seed, effort in
      try run(seed, effort).bonds.estimate()
    }
    if isSummed {
      try expectAgreement(with: exact.untwisted, seed: seed.child("twists"), minimalBias: 0.02) {
        seed, effort in
        try run(seed, effort).untwisted.estimate()
      }
    }
  }

  /// Spins in a ring of three with a product of all of them: 8 configurations.
  @Test func `Products of spins have the weights of enumeration`() throws {
    let terms = [[0, 1], [1, 2], [0, 2], [0, 1, 2]].enumerated().map {
      ProductChain.Term(spins: $1, couplingClass: $0 == 3 ? 1 : 0)
    }
    let couplings = [0.3, -0.4]
    func sum(_ spins: [Int], _ k: Int) -> Double {
      terms.filter { $0.couplingClass == k }.reduce(0) {
        $0 + Double($1.spins.reduce(1) { $0 * spins[$1] })
      }
    }
    var (total, mean) = (0.0, 0.0)
    for bits in 0..<8 {
      let spins = (0..<3).map { bits >> $0 & 1 == 1 ? 1 : -1 }
      let weight = exp(couplings[0] * sum(spins, 0) + couplings[1] * sum(spins, 1))
      total += weight
      mean += weight * sum(spins, 1)
    }
    expectAgreement(with: mean / total, seed: .test(), minimalBias: 0.05) { seed, effort in
      let chain = ProductChain(spinCount: 3, terms: terms, couplings: couplings, seed: seed)
      chain.sweep(100)
      var values = [Int8](repeating: 0, count: 4)
      let series = (0..<50_000 * effort).map { _ -> Double in
        chain.sweep()
        values.withUnsafeMutableBufferPointer { chain.writeTerms($0.baseAddress!) }
        return Double(values[3])
      }
      return Series(series).estimate()
    }
  }
}
