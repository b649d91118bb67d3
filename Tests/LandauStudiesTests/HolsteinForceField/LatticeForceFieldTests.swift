import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct LatticeForceFieldTests {
  private static func distortions(_ count: Int, side: Int, _ name: String) -> [[Double]] {
    var rng = Seed.test(name).makeStream()
    return (0..<count).map { _ in (0..<side * side).map { _ in 0.7 * rng.normal() } }
  }

  /// Rounding of sums of some hundred terms of order one.
  @Test func `Untrained networks have all symmetries`() {
    var rng = Seed.test("symmetric").makeStream()
    let field = LatticeForceField(channels: 3, depth: 2, radius: 2, using: &rng)
    let state = Self.distortions(1, side: 6, "state")[0]
    #expect(field.asymmetry(state, side: 6) < 1e-13)
    // What is compared is not zero, and not the same everywhere.
    let densities = field.densities(side: 6)([state])[0]
    #expect((densities.max() ?? 0) - (densities.min() ?? 0) > 0.1)
  }

  /// The network depends on what its windows reach and on nothing else.
  @Test func `Far sites are not seen`() {
    var rng = Seed.test("reach").makeStream()
    let field = LatticeForceField(channels: 2, depth: 1, radius: 1, using: &rng)
    let densities = field.densities(side: 8)
    let state = Self.distortions(1, side: 8, "far")[0]
    var changed = state
    changed[0] += 1
    let (before, after) = (densities([state])[0], densities([changed])[0])
    for site in 0..<64 {
      let (x, y) = (min(site / 8, 8 - site / 8), min(site % 8, 8 - site % 8))
      if max(x, y) > 2 { #expect(before[site] == after[site]) }
    }
    #expect(before[1] != after[1])
  }

  @Test func `Training explains densities of a small lattice`() throws {
    let lattice = HolsteinLattice(side: 4, coupling: 1, temperature: 0.5)
    let states = Self.distortions(48, side: 4, "training")
    let exact = try states.map(lattice.densities)
    var rng = Seed.test("trained").makeStream()
    var field = LatticeForceField(channels: 2, depth: 1, radius: 1, using: &rng)
    field.train(
      side: 4, Array(states[..<40]), densities: Array(exact[..<40]),
      .init(epochs: 20, batch: 2, rate: 1e-2), seed: .test("fit"), cancellation: .never,
      progress: .silent)
    let found = DomainGrowth.explained(
      lattice, Array(states[40...]), exact: Array(exact[40...]),
      learned: field.densities(side: 4)(Array(states[40...])))
    #expect(found.densities > 0.95)
  }

  @Test(.long) func `Learned forces order the lattice as exact ones do`() throws {
    let report = try quickStudy("lattice-equivariant-force-field")
    #expect(report.exitStatus == 0, "\(report.text)")
  }
}
