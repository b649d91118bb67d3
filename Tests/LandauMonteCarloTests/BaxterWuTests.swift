import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct BaxterWuTests {
  @Test func theModelKeepsItsPromises() throws {
    for (sides, coupling) in [([3, 3], 1.0), ([3, 6], -0.7)] {
      let model = try BaxterWuModel(sides: sides, coupling: coupling)
      // Two of the three sublattices turned over leave every triangle as it is.
      let columns = model.columns
      let symmetry = ModelSymmetry<Int8>("two sublattices turned over") { spins in
        spins.indices.map { (site: Int) -> Int8 in
          (site / columns - site % columns + columns) % 3 == 0 ? spins[site] : -spins[site]
        }
      }
      #expect(model.conformanceProblems(symmetries: [symmetry]) == [])
    }
    // All spins up: two triangles per site.
    let model = try BaxterWuModel(sides: [6, 9], coupling: 2)
    let up = [Int8](repeating: 1, count: 54)
    #expect(model.energy(of: up.span) == -2 * 2 * 54)
    #expect(throws: InputError.self) { try BaxterWuModel(sides: [4, 6]) }
    #expect(throws: InputError.self) { try BaxterWuModel(sides: [6]) }
  }

  @Test(arguments: [(0.0, 1.0), (0.3, 1), (0.7, -1)], BaxterWuUpdate.allCases)
  func chainsGiveTheEnumeratedEnergy(
    point: (beta: Double, coupling: Double), update: BaxterWuUpdate
  ) throws {
    let (beta, coupling) = point
    let model = try BaxterWuModel(sides: [3, 3], coupling: coupling)
    let exact = try Enumeration(of: model).energyPerSite(beta: beta)
    try expectAgreement(with: exact, seed: .test(beta, coupling, update), minimalBias: 0.2) {
      seed, effort in
      let chains = try (0..<2).map {
        try BaxterWuChain(
          model: model, beta: beta, update: update, seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(
        chains: chains, lengths: .init(sweeps: 8000 * effort, burnIn: 200))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return try #require(runner.recording[.energyPerSite]).estimate()
    }
  }

  /// On a lattice where no bond closes on itself, near the transition: two updates with nothing in common.
  @Test func clustersAgreeWithSingleSpins() throws {
    let model = try BaxterWuModel(sides: [6, 9], coupling: 1)
    func energy(_ update: BaxterWuUpdate, _ seed: Seed, _ sweeps: Int) throws -> Estimate {
      let chains = try (0..<2).map {
        try BaxterWuChain(model: model, beta: 0.4, update: update, seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(chains: chains, lengths: .init(sweeps: sweeps, burnIn: 300))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return try #require(runner.recording[.energyPerSite]).estimate()
    }
    try expectAgreement(with: 0, seed: .test("clusters"), minimalBias: 0.1) { seed, effort in
      let one = try energy(.swendsenWang, seed.child("clusters"), 8000 * effort)
      let other = try energy(.metropolis, seed.child("single"), 60_000 * effort)
      return Estimate(
        one.value - other.value,
        error: (one.error * one.error + other.error * other.error).squareRoot())
    }
  }

  @Test(arguments: BaxterWuUpdate.allCases) func aChainResumes(update: BaxterWuUpdate) throws {
    let model = try BaxterWuModel(sides: [6, 6])
    let chain = try BaxterWuChain(model: model, beta: 0.4, update: update, seed: Seed(1))
    chain.sweep(20)
    var writer = StateWriter()
    chain.save(to: &writer)
    let other = try BaxterWuChain(model: model, beta: 0.9, update: update, seed: Seed(2))
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    chain.sweep(7)
    other.sweep(7)
    #expect(chain.spins == other.spins)
    #expect(chain.acceptanceRate == other.acceptanceRate)
  }
}
