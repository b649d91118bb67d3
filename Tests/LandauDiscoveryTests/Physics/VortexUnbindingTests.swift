import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauDiscovery

private func rotors(
  sides: [Int], temperatures: [Double], perChain: Int, seed: Seed
) throws -> (recorded: [Ensemble], bare: [Ensemble]) {
  let pairs = try sides.map { side in
    try SampledEnsemble.rotor(
      side: side, temperatures: temperatures, perChain: perChain, seed: seed.child("side", side))
  }
  return (pairs.map(\.recorded), pairs.map(\.bare))
}

/// Hasenbusch, J. Phys. A 38, 5869 (2005).
private let unbindingTemperature = 0.89294

@Test(.slow)
func planeRotorsUnbindTheirVortices() throws {
  let (recorded, bare) = try rotors(
    sides: [8, 12, 16, 24], temperatures: spaced(0.6, 1.4, 17), perChain: 60, seed: .test("rotor"))
  let found = try #require(VortexUnbinding(recorded, siteArea: 1, seed: .test("fit")))
  #expect(found.method == .helicity)
  #expect(abs(found.location.pull(to: unbindingTemperature)) < 4, "\(found.location)")
  #expect(found.location.error < 0.03, "\(found.location)")
  // Without what the sampler recorded the directions must do.
  let blind = try #require(VortexUnbinding(bare, siteArea: 1, seed: .test("fit")))
  #expect(blind.method == .correlations)
  #expect(abs(blind.location.value - unbindingTemperature) < 0.08, "\(blind.location)")
  // The energy sees a bump well above, and no two phases.
  let baseline = Baseline(recorded, indicator: "energyPerSite", orderParameter: nil)
  #expect(FirstOrderEvidence(baseline, dimension: 2, isEven: true) == nil)
}

@Test(.slow)
func nothingUnbindsInAHotScan() throws {
  let (recorded, bare) = try rotors(
    sides: [8, 12, 16], temperatures: spaced(1.2, 2, 9), perChain: 30, seed: .test("hot"))
  #expect(VortexUnbinding(recorded, siteArea: 1, seed: .test("fit")) == nil)
  #expect(VortexUnbinding(bare, siteArea: 1, seed: .test("fit")) == nil)
  // Two sizes say nothing.
  #expect(VortexUnbinding(Array(recorded[..<2]), siteArea: 1, seed: .test("fit")) == nil)
}

/// An ordered phase and noise: magnets that are no circles do not unbind, and chains do not order.
@Test(.slow)
func isingChainsAndPottsModelsDoNotUnbind() throws {
  let chains = try [16, 32, 64].map { side in
    try SampledEnsemble.discrete(
      .ising(Lattice.named("chain", sides: [side])), levels: [-1, 1],
      temperatures: spaced(0.4, 2, 9), perChain: 60, seed: .test("chain", side))
  }
  #expect(VortexUnbinding(chains, siteArea: 1, seed: .test("fit")) == nil)
  let baseline = Baseline(
    chains, indicator: "energyPerSite", orderParameter: OrderParameter.find(in: chains[2]))
  #expect(FirstOrderEvidence(baseline, dimension: 1, isEven: true) == nil)
  let potts = try [6, 8, 12].map { side in
    try SampledEnsemble.discrete(
      .potts(Lattice.named("square", sides: [side, side]), states: 6),
      levels: (0..<6).map(Int8.init), temperatures: spaced(0.6, 1.1, 9), perChain: 60,
      seed: .test("potts", side))
  }
  #expect(VortexUnbinding.circlePattern(potts[2]) == nil)
  #expect(VortexUnbinding(potts, siteArea: 1, seed: .test("fit")) == nil)
}
