import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStudies

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct HolsteinLatticeTests {
  private static let lattice = HolsteinLattice(side: 4, coupling: 1.8, temperature: 0.1)

  private static func distortions(_ name: String) -> [Double] {
    var rng = Seed.test(name).makeStream()
    return (0..<16).map { _ in 0.7 * rng.normal() }
  }

  /// Central differences of step h err by h²/6 of the third derivative, some ten here.
  @Test func `Forces are minus the gradient of the free energy`() throws {
    let q = Self.distortions("gradient")
    let forces = Self.lattice.forces(q, densities: try Self.lattice.densities(q))
    let step = 1e-4
    for site in [0, 5, 11] {
      var (above, below) = (q, q)
      above[site] += step
      below[site] -= step
      let slope =
        try (Self.lattice.freeEnergy(above) - Self.lattice.freeEnergy(below)) / (2 * step)
      #expect(abs(forces[site] + slope) < 1e-6)
    }
  }

  @Test func `Densities turn with the sign of the distortions`() throws {
    let q = Self.distortions("sign")
    let (own, other) = try (
      Self.lattice.densities(q), Self.lattice.densities(q.map { -$0 })
    )
    for (a, b) in zip(own, other) { #expect(abs(a + b) < 1e-13) }
  }

  /// A staggered distortion D opens a gap: the bands are ±sqrt(e_k² + (g D)²), and the order is a sum over momenta.
  @Test func `The perfect wave in closed form`() throws {
    let lattice = Self.lattice
    let size = 0.6
    let q = (0..<16).map { ($0 / 4 + $0 % 4) % 2 == 0 ? size : -size }
    let gap = lattice.coupling * size
    var order = 0.0
    for x in 0..<4 {
      for y in 0..<4 {
        let band = -2 * (cos(Double.pi * Double(x) / 2) + cos(Double.pi * Double(y) / 2))
        let energy = (band * band + gap * gap).squareRoot()
        order += gap / energy * tanh(energy / (2 * lattice.temperature)) / 32
      }
    }
    for (density, distortion) in zip(try lattice.densities(q), q) {
      #expect(abs(density - (distortion > 0 ? order : -order)) < 1e-13)
    }
  }
}

@Suite struct DomainGrowthTests {
  @Test func `Walls and order of simple states`() {
    let wave = (0..<16).map { ($0 / 4 + $0 % 4) % 2 == 0 ? 1.0 : -1 }
    #expect(DomainGrowth.walls(wave, side: 4) == 0)
    #expect(DomainGrowth.structureFactor(wave, side: 4) == 16)
    let flat = [Double](repeating: 1, count: 16)
    #expect(DomainGrowth.walls(flat, side: 4) == 1)
    #expect(DomainGrowth.structureFactor(flat, side: 4) == 0)
    // Half of the rows in the other wave: two lines of four bonds out of 32 have like ends.
    let halves = wave.enumerated().map { $0 < 8 ? $1 : -$1 }
    #expect(DomainGrowth.walls(halves, side: 4) == 0.25)
    #expect(DomainGrowth.structureFactor(halves, side: 4) == 0)
  }

  /// The same noise gives the same trajectory where the forces are the same.
  @Test func `Runs of one seed differ in their forces alone`() throws {
    let lattice = HolsteinLattice(side: 4, coupling: 1.8, temperature: 0.1)
    func growth(_ scale: Double) throws -> DomainGrowth {
      try DomainGrowth(
        lattice, trajectories: 2, steps: 20, seed: .test("noise"), cancellation: .never,
        progress: .silent
      ) { states in try states.map { try lattice.densities($0).map { scale * $0 } } }
    }
    let (first, second, other) = try (growth(1), growth(1), growth(0.5))
    #expect(first.distortions == second.distortions)
    #expect(first.distortions[0][0] == other.distortions[0][0])
    #expect(first.distortions[0][1] != other.distortions[0][1])
    #expect(first.times == [0, 1, 2])
  }
}
