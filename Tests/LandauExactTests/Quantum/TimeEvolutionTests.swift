import LandauCore
import LandauLattice
import LandauLinearAlgebra
import LandauTestSupport
import Testing

@testable import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private typealias Number = LandauCore.Complex<Double>

@Suite struct TimeEvolutionTests {
  private static func randomState(_ n: Int, _ seed: Seed) -> QuantumState {
    var rng = seed.makeStream()
    return QuantumState(
      siteCount: n, amplitudes: (0..<1 << n).map { _ in Number(rng.normal(), rng.normal()) })
  }

  private static func distance(_ a: [Number], _ b: [Number]) -> Double {
    zip(a, b).reduce(0.0) { $0 + ($1.0 + -$1.1).squaredMagnitude }.squareRoot()
  }

  private static func overlap(_ a: [Number], _ b: [Number]) -> Number {
    zip(a, b).reduce(Number(0)) { $0 + $1.0.conjugate * $1.1 }
  }

  @Test func agreesWithAllLevels() throws {
    let ring = try Lattice.named("chain", sides: [6])
    let models = [
      PauliSum.transverseIsing(ring, transverseField: 0.9, field: 0.3),
      .xxz(ring, anisotropy: -0.4, field: 0.2),
      .dzyaloshinskiiMoriya(ring, coupling: 0.7, antisymmetric: 0.5),
    ]
    for (index, model) in models.enumerated() {
      let diagonalization = try SpinDiagonalization(model)
      let levels = try diagonalization.spectrum()
      let start = Self.randomState(6, .test("evolution").child("model", index))
      for time in [0.0, 0.01, 1, -3, 40] {
        var exact = [Number](repeating: Number(0), count: 64)
        for level in levels {
          let vector = level.state.amplitudes
          let angle = level.energy * time
          let amplitude = Number(cos(angle), -sin(angle)) * Self.overlap(vector, start.amplitudes)
          for i in exact.indices { exact[i] = exact[i] + amplitude * vector[i] }
        }
        let found = try diagonalization.evolved(start, by: time).amplitudes
        #expect(Self.distance(exact, found) < 1e-9, "model \(index), time \(time)")
      }
    }
  }

  /// Spins that do not see one another precess: <z> = cos 2 h t.
  @Test func spinsPrecess() throws {
    let n = 10
    var field = PauliSum(siteCount: n)
    for site in 0..<n { field.add(0.5 + 0.1 * Double(site), [.x(site)]) }
    var up = [Number](repeating: Number(0), count: 1 << n)
    up[0] = Number(1)
    let state = try SpinDiagonalization(field).evolved(
      QuantumState(siteCount: n, amplitudes: up), by: 2.3)
    for site in 0..<n {
      var z = PauliSum(siteCount: n)
      z.add(1, [.z(site)])
      expectClose(
        state.expectation(z), cos(2 * (0.5 + 0.1 * Double(site)) * 2.3), absolute: 1e-9)
    }
  }

  @Test func energyIsKeptAndTimeRunsBack() throws {
    let lattice = try Lattice.named("square", sides: [3, 4])
    let model = PauliSum.xxz(lattice, anisotropy: 0.5)
    let diagonalization = try SpinDiagonalization(model)
    let start = Self.randomState(12, .test("back"))
    let later = try diagonalization.evolved(start, by: 12)
    expectClose(later.expectation(model), start.expectation(model), absolute: 1e-8)
    let back = try diagonalization.evolved(later, by: -12)
    #expect(Self.distance(back.amplitudes, start.amplitudes) < 1e-9)
    // A looser demand is met, too, and is looser.
    let loose = try diagonalization.evolved(start, by: 12, tolerance: 1e-4)
    let error = Self.distance(loose.amplitudes, later.amplitudes)
    #expect(error < 1e-4)
    #expect(error > 1e-13)
  }

  /// A state of one energy spans a space of one dimension, and only turns its phase.
  @Test func levelsTurnTheirPhase() throws {
    let ring = try Lattice.named("chain", sides: [8])
    let diagonalization = try SpinDiagonalization(
      PauliSum.transverseIsing(ring, transverseField: 2))
    let level = try diagonalization.lowest(1, seed: .test("phase"))[0]
    let state = level.state
    let later = try diagonalization.evolved(state, by: 5)
    let overlap = Self.overlap(state.amplitudes, later.amplitudes)
    #expect(
      Self.distance([overlap], [Number(cos(5 * level.energy), -sin(5 * level.energy))]) < 1e-9)
  }

  @Test func stepsCanBeStopped() throws {
    let ring = try Lattice.named("chain", sides: [8])
    let diagonalization = try SpinDiagonalization(
      PauliSum.transverseIsing(ring, transverseField: 1))
    let cancellation = Cancellation()
    cancellation.request()
    #expect(throws: Interrupted.self) {
      _ = try diagonalization.evolved(
        Self.randomState(8, .test("stop")), by: 1, cancellation: cancellation)
    }
  }

  /// A particle on a chain with hard ends: energies 2 cos(pi k / (n + 1)) and the amplitudes that belong to them.
  @Test func hoppingParticle() throws {
    let n = 40
    let chain = SparseHamiltonian(dimension: n) { row in
      [row - 1, row + 1].filter { (0..<n).contains($0) }.map { ($0, 1.0) }
    }
    let exact = (1...n).map { 2 * cos(Double.pi * Double($0) / Double(n + 1)) }.sorted()
    let spectrum = try chain.spectrum()
    for (a, b) in zip(spectrum.values, exact) { expectClose(a, b, absolute: 1e-12) }
    for (a, b) in zip(try chain.energies(), exact) { expectClose(a, b, absolute: 1e-12) }
    let lowest = try chain.lowest(3, seed: .test("chain"))
    for (level, value) in zip(lowest, exact) { expectClose(level.energy, value, absolute: 1e-10) }
    var start = [Number](repeating: Number(0), count: n)
    start[7] = Number(1)
    let later = try chain.evolved(start, by: 9)
    for site in [0, 7, 20] {
      let amplitude = (1...n).reduce(Number(0)) { sum, k in
        let q = Double.pi * Double(k) / Double(n + 1)
        let weight = 2 / Double(n + 1) * sin(8 * q) * sin(Double(site + 1) * q)
        return sum + weight * Number(cos(18 * cos(q)), -sin(18 * cos(q)))
      }
      #expect(Self.distance([amplitude], [later[site]]) < 1e-9)
    }
  }
}
