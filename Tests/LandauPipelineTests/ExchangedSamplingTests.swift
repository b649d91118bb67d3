import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauPipeline

private func sampled(
  crystalField: Double, side: Int, grid: [Double], shots: Int, seed: Seed
) throws -> DiscoverySampler.Sampled {
  var options = DiscoverOptions(source: .model("blume-capel"))
  options.parameters[.crystalField] = crystalField
  return try DiscoverySampler(
    model: options.resolvedModel(.blumeCapel), shots: shots, grid: grid,
    windows: [Window(rows: 1, columns: 2)], seed: seed
  ).sample(
    [side, side], pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
}

@Test func onlyWhatClustersDoNotReachIsExchanged() throws {
  let lattice = try Lattice.named("square", sides: [4, 4])
  #expect(!ExchangedSampling.isNeeded(try .potts(lattice, states: 4)))
  #expect(ExchangedSampling.isNeeded(try .blumeCapel(lattice, crystalField: 0.5)))
  #expect(ExchangedSampling.isNeeded(try .potts(lattice, states: 3, field: 0.1)))
}

/// Every snapshot is at the value of the scan it is counted at, with the energy that was measured on it.
@Test(arguments: [0, 2])
func exchangedSnapshotsHaveTheEnumeratedEnergy(index: Int) throws {
  let grid = [0.6, 0.9, 1.5]
  let model = try DiscreteModel.blumeCapel(
    Lattice.named("square", sides: [3, 3]), crystalField: 0.5)
  let exact = try Enumeration(of: model).energyPerSite(beta: 1 / grid[index])
  try expectAgreement(with: exact, seed: .test("exchanged", index), minimalBias: 0.05) {
    seed, effort in
    let found = try sampled(
      crystalField: 0.5, side: 3, grid: grid, shots: 4000 * effort, seed: seed)
    let ensemble = found.ensemble
    #expect(ensemble.parameters == grid)
    let energies = try #require(ensemble.observables["energyPerSite"])
    // By ladder, in order of time.
    var chains = [[Double]](repeating: [], count: 8)
    for sample in 0..<ensemble.sampleCount where ensemble.parameterIndex[sample] == index {
      chains[ensemble.folds.fold[sample]].append(energies[sample])
    }
    let order = try #require(ensemble.observables["absOrderPerSite"])
    for sample in stride(from: 0, to: ensemble.sampleCount, by: 97) {
      #expect(abs(abs(Double(ensemble.moments.values[0][sample])) - order[sample]) < 1e-6)
    }
    return Series(chains).estimate()
  }
}

/// Far below a first-order transition, at about 0.55, an empty lattice waits for ever.
@Test func noPhaseIsLeftWhereItDoesNotBelong() throws {
  let grid = [0.42, 0.46, 0.5, 0.54, 0.58, 0.62, 0.66]
  let found = try sampled(
    crystalField: 1.98, side: 12, grid: grid, shots: 256, seed: .test("waiting"))
  #expect(found.metastable.allSatisfy { $0 > 0.45 }, "\(found.metastable)")
  // Of an empty lattice the order would be zero: with hot and cold starts and no exchange it is that for half of the chains.
  let order = try #require(found.ensemble.observables["absOrderPerSite"])
  let coldest = order.indices.filter { found.ensemble.parameterIndex[$0] == 0 }.map { order[$0] }
  #expect(coldest.count == 256)
  #expect(coldest.count { $0 > 0.7 } > 200, "\(coldest.count { $0 > 0.7 }) of 256 are ordered")
}
