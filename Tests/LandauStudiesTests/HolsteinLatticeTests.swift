import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct HolsteinLatticeTests {
  private func distortions(_ lattice: HolsteinLattice, _ seed: Seed) -> [Double] {
    var rng = seed.makeStream()
    return (0..<lattice.siteCount).map { _ in 0.8 * rng.normal() }
  }

  /// F = -dOmega/dQ along a random direction: central differences of step h err by h^2.
  @Test func `Forces are the slope of the free energy`() throws {
    let lattice = HolsteinLattice(side: 4)
    let place = distortions(lattice, .test("place"))
    let direction = distortions(lattice, .test("direction"))
    let step = 1e-4
    func energy(_ sign: Double) throws -> Double {
      try lattice.freeEnergy(zip(place, direction).map { $0 + sign * step * $1 })
    }
    let slope = (try energy(1) - energy(-1)) / (2 * step)
    let force = zip(try lattice.forces(place), direction).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(slope + force) < 1e-6 * max(1, abs(force)))
  }

  /// Exchanging particles and holes with Q to -Q changes the sign of every force.
  @Test func `Particles and holes feel opposite forces`() throws {
    let lattice = HolsteinLattice(side: 6)
    let place = distortions(lattice, .test("holes"))
    let (one, other) = (try lattice.forces(place), try lattice.forces(place.map { -$0 }))
    #expect(zip(one, other).allSatisfy { abs($0 + $1) < 1e-12 })
  }

  /// A perfect wave has all order and no walls; two halves of opposite sign have none of the order and two walls.
  @Test func `Order and walls are counted`() {
    let lattice = HolsteinLattice(side: 4)
    let wave = lattice.staggered([Double](repeating: 0.7, count: 16))
    #expect(abs(lattice.structureFactor(wave) - 0.49) < 1e-14)
    #expect(lattice.wallDensity(wave) == 0)
    let halves = wave.enumerated().map { $0.offset < 8 ? $0.element : -$0.element }
    #expect(abs(lattice.structureFactor(halves)) < 1e-14)
    #expect(lattice.wallDensity(halves) == 0.25)
  }

  /// Rotations, reflections, translations and the sign, in double precision, of a network that is not trained.
  @Test func `The force field has the symmetries of the square`() {
    var rng = Seed.test("field").makeStream()
    let field = ForceField(channels: 2, activation: .tanh, using: &rng)
    let symmetry = ForceSymmetry(field, HolsteinLattice(side: 8), seed: .test("symmetry"))
    #expect(symmetry.equivariance < 1e-13)
    #expect(symmetry.oddness < 1e-13)
    // Activations that are not odd break the second symmetry alone.
    let lopsided = ForceSymmetry(
      ForceField(channels: 2, activation: .silu, using: &rng), HolsteinLattice(side: 8),
      seed: .test("symmetry"))
    #expect(lopsided.equivariance < 1e-13)
    #expect(lopsided.oddness > 1e-3)
  }

  @Test func `The same seed brings the same start and noise`() throws {
    let lattice = HolsteinLattice(side: 4)
    let frames = try LangevinRun.exact(lattice, steps: 3, seed: .test("run"))
    var run = LangevinRun(lattice, seed: .test("run"))
    for frame in frames {
      #expect(run.distortions == frame.distortions)
      run.step(forces: try lattice.forces(run.distortions))
    }
  }
}
