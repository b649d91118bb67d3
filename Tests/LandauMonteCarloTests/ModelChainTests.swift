import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// A model as a user writes it: three-spin products on the triangles of a triangular torus.
private struct BaxterWu: LatticeModel {
  let side: Int
  var variableCount: Int { side * side }
  var states: [Int8] { [-1, 1] }

  private func triangles(of site: Int) -> [(Int, Int, Int)] {
    func at(_ row: Int, _ column: Int) -> Int {
      (row + side) % side * side + (column + side) % side
    }
    let (row, column) = (site / side, site % side)
    return [
      (site, at(row, column + 1), at(row + 1, column)),
      (site, at(row, column + 1), at(row - 1, column + 1)),
    ]
  }

  func energy(of spins: Span<Int8>) -> Double {
    var sum = 0
    for site in 0..<variableCount {
      for (a, b, c) in triangles(of: site) { sum += Int(spins[a]) * Int(spins[b]) * Int(spins[c]) }
    }
    return -Double(sum)
  }

  func energyChange(at site: Int, to new: Int8, in spins: Span<Int8>) -> Double {
    var changed = (0..<variableCount).map { spins[$0] }
    changed[site] = new
    return energy(of: changed.span) - energy(of: spins)
  }
}

@Suite struct ModelChainTests {
  @Test(arguments: [0.0, 0.3, 0.6])
  func aModelOfOnesOwnIsSampled(beta: Double) throws {
    let model = BaxterWu(side: 3)
    let exact = try Enumeration(of: model).energyPerSite(beta: beta)
    try expectAgreement(with: exact, seed: .test(beta), minimalBias: 0.2) { seed, effort in
      let chains = try (0..<2).map {
        try ModelChain(model: model, beta: beta, seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(
        chains: chains, lengths: .init(sweeps: 3000 * effort, burnIn: 200))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return try #require(runner.recording[.energyPerSite]).estimate()
    }
  }

  @Test func gaugeLinksNeedNoChainOfTheirOwn() throws {
    let model = try IsingGaugeModel(side: 2)
    let exact = try Enumeration(of: model).energyPerSite(beta: 0.8)
    try expectAgreement(with: exact, seed: .test("gauge"), minimalBias: 0.05) { seed, effort in
      let chain = try ModelChain(model: model, beta: 0.8, seed: seed)
      let runner = ChainRunner(
        chains: [chain], lengths: .init(sweeps: 8000 * effort, burnIn: 200))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return try #require(runner.recording[.energyPerSite]).estimate()
    }
  }

  @Test func savesAndRestores() throws {
    func chain() throws -> ModelChain<BaxterWu> {
      try ModelChain(model: BaxterWu(side: 3), beta: 0.4, seed: Seed(3)) {
        [("magnetizationPerSite", Double($0.reduce(0) { $0 + Int($1) }) / 9)]
      }
    }
    let one = try chain()
    one.sweep(17)
    var writer = StateWriter()
    one.save(to: &writer)
    let other = try chain()
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    one.sweep(5)
    other.sweep(5)
    #expect(one.configuration == other.configuration)
    var rows: [[Double]] = [[], []]
    one.measure(into: &rows[0])
    other.measure(into: &rows[1])
    #expect(rows[0] == rows[1] && rows[0].count == 2)
  }
}
