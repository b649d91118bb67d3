import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Test(.slow)
func planeRotorsUnbindTheirVortices() throws {
  let ensembles = try [8, 12, 16, 24].map { side in
    try SampledEnsemble.rotor(
      side: side, temperatures: spaced(0.6, 1.4, 17), perChain: 60, seed: .test("rotor", side))
  }
  let found = try #require(VortexUnbinding(ensembles, siteArea: 1, seed: .test("fit")))
  print(found.location, found.reasons)
  #expect(found.method == .helicity)
  // Hasenbusch, J. Phys. A 38, 5869 (2005): 0.89294.
  #expect(abs(found.location.pull(to: 0.89294)) < 4 && found.location.error < 0.03, "\(found.location)")
  // Without what the sampler recorded the directions alone must do.



}
