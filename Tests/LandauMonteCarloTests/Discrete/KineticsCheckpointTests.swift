import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct KineticsCheckpointTests {
  @Test func stateIsTakenUpBitForBit() throws {
    let lattice = try Lattice(.kagome, sides: [3, 3])
    let couplings = lattice.bonds.indices.map { 0.31 + 0.07 * Double($0 % 5) }
    let model = try DiscreteModel.ising(lattice, couplings: couplings)
    let makers: [(Seed) throws -> any MarkovChain] = [
      { try KawasakiChain(model: model, beta: 0.6, seed: $0) },
      { try RejectionFreeChain(model: model, beta: 0.6, seed: $0) },
      { try WormChain(model: model, beta: 0.6, seed: $0) },
    ]
    for (number, make) in makers.enumerated() {
      let seed = Seed.test(number)
      var rng = seed.child("moments").makeStream()
      let chain = try make(seed)
      for _ in 0..<6 {
        chain.sweep(1 + rng.index(below: 5))
        var writer = StateWriter()
        chain.save(to: &writer)
        let other = try make(Seed(1))
        var reader = StateReader(writer.bytes)
        try other.restore(from: &reader)
        #expect(reader.isAtEnd)
        for sweeps in [1, 3] {
          chain.sweep(sweeps)
          other.sweep(sweeps)
          var rows: [[Double]] = [[], []]
          chain.measure(into: &rows[0])
          other.measure(into: &rows[1])
          #expect(rows[0] == rows[1] && rows[0].allSatisfy(\.isFinite))
          var states = [StateWriter(), StateWriter()]
          chain.save(to: &states[0])
          other.save(to: &states[1])
          #expect(states[0].bytes == states[1].bytes)
        }
      }
    }
  }
}
