import LandauCore
import LandauExact
import LandauLattice
import LandauPipeline
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauStudies

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct QuantumMatterTests {
  private static let pool = WorkerPool(threadCount: 1)

  /// P = (1 + s.s')/2 in Pauli matrices, so that rings of two colours are Heisenberg rings.
  @Test func twoColorsAreSpins() throws {
    for length in [4, 8, 10] {
      let ring = try Lattice.named("chain", sides: [length])
      let spins = try SpinDiagonalization(.xxz(ring)).lowest(1, seed: .test("spins"))[0].energy
      let colors = try ColorRing(colors: 2, length: length, pool: Self.pool).energyPerSite(
        seed: .test("colors"), cancellation: .never)
      expectClose(colors, 0.5 + 0.5 * spins / Double(length), absolute: 1e-10)
    }
  }

  /// Three sites of three colours in a ring: the state that is odd under every exchange has energy -3.
  @Test func baryonOfThreeColors() throws {
    let ring = ColorRing(colors: 3, length: 3, pool: Self.pool)
    #expect(ring.hamiltonian.dimension == 6)
    expectClose(
      try ring.energyPerSite(seed: .test("baryon"), cancellation: .never), -1, absolute: 1e-12)
  }

  /// Rings without two neighbours up: Lucas' numbers.
  @Test(arguments: [(4, 7), (6, 18), (8, 47), (10, 123)])
  func linksOfSpinHalfAreBlockaded(length: Int, count: Int) {
    let chain = LinkChain(
      length: length, twiceSpin: 1, mass: 0.3, fieldEnergy: 1, pool: Self.pool)
    #expect(chain.states.count == count)
    #expect(chain.particles[chain.vacuum] == 0)
    #expect(chain.particles.max() == length)
  }

  /// To second order in time the weight that leaves the vacuum is that of the pairs next to it.
  @Test func quenchBeginsWithPairs() throws {
    for twiceSpin in [1, 2, 3, 4] {
      let chain = LinkChain(
        length: 8, twiceSpin: twiceSpin, mass: 0.3, fieldEnergy: 1, pool: Self.pool)
      let start = chain.vacuum
      var unit = [Double](repeating: 0, count: chain.states.count)
      unit[start] = 1
      let image = chain.hamiltonian.applied(to: unit)
      let leaving = image.indices.reduce(0.0) {
        $1 == start ? $0 : $0 + image[$1] * image[$1]
      }
      // Lowering a link m makes a pair, of amplitude ((S(S+1) - m(m-1))/(4 S(S+1)))^(1/2).
      let square = Double(twiceSpin * (twiceSpin + 2)) / 4
      let expected =
        twiceSpin % 2 == 1
        ? 4 * ((square + 0.25) + (square - 0.75)) / (4 * square) : 8 * square / (4 * square)
      expectClose(leaving, expected, relative: 1e-12)
      let quench = try chain.quench(until: 0.01, steps: 1, cancellation: .never)
      expectClose(quench.returnRate[1] * 8, leaving * 1e-4, relative: 1e-3)
      expectClose(quench.condensate[1] * 8, 2 * leaving * 1e-4, relative: 1e-3)
    }
  }

  @Test func lowestRandomEnergyIsFoundWithoutField() throws {
    let model = QuantumRandomEnergies(siteCount: 8, seed: .test("energies"))
    let ground = try model.hamiltonian(field: 1e-3, pool: Self.pool).lowest(
      1, seed: .test("lanczos"))[0]
    expectClose(ground.energy, model.energies.min()!, absolute: 1e-4)
    let variance = model.energies.reduce(0) { $0 + $1 * $1 } / 256
    // 256 numbers of variance 4: five errors of sqrt(2/256).
    expectClose(variance, 4, relative: 5 * (2.0 / 256).squareRoot())
    let weak = try model.transverseMagnetization(
      field: 0.3, seed: .test("weak"), pool: Self.pool, cancellation: .never)
    let strong = try model.transverseMagnetization(
      field: 1.5, seed: .test("strong"), pool: Self.pool, cancellation: .never)
    #expect(weak < 0.5 && strong > 0.5)
  }

  /// Magnetisation is minus the derivative of the energy by the field.
  @Test func magnetizationIsASlope() throws {
    let model = QuantumRandomEnergies(siteCount: 7, seed: .test("slope"))
    func energy(_ field: Double) throws -> Double {
      try model.hamiltonian(field: field, pool: Self.pool).lowest(1, seed: .test("e"))[0].energy
    }
    let slope = (try energy(0.7001) - energy(0.6999)) / 2e-4
    let x = try model.transverseMagnetization(
      field: 0.7, seed: .test("x"), pool: Self.pool, cancellation: .never)
    expectClose(x, -slope / 7, absolute: 1e-6)
  }

  /// No unitary matrix takes out more than the ergotropy: random ones fall short.
  @Test func ergotropyBoundsRandomWork() throws {
    let battery = SpinBattery(fields: [1, 0.4], antisymmetric: 0.3)
    let work = try battery.work(temperature: 0.5)
    #expect(work.ergotropy > 0.1)
    let levels = try SpinDiagonalization(battery.hamiltonian).spectrum()
    let weights = levels.map { exp(-$0.energy / 0.5) }
    let total = weights.reduce(0, +)
    var rng = Seed.test("unitary").makeStream()
    for _ in 0..<300 {
      // Columns of a random orthogonal matrix, by Gram and Schmidt, turn the levels.
      var columns: [[Double]] = []
      while columns.count < 4 {
        var column = (0..<4).map { _ in rng.normal() }
        for other in columns {
          let overlap = zip(column, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<4 { column[i] -= overlap * other[i] }
        }
        let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
        columns.append(column.map { $0 / length })
      }
      let energy = columns.indices.reduce(0.0) { sum, k in
        let state = QuantumState(
          siteCount: 2, amplitudes: columns[k].map { LandauCore.Complex($0) })
        return sum + weights[k] / total * state.expectation(battery.stored)
      }
      #expect(work.energy - energy <= work.ergotropy + 1e-12)
    }
  }

  /// Without trap and drive the norm stays, and the two halves of a symmetric star are filled alike.
  @Test func networksKeepTheNorm() {
    let star = ExcitonNetwork.star(4, rate: 0)
    let psi = star.amplitudes(
      energies: .zeros([1, 7], type: .double), couplings: .ones([1, 6], type: .double),
      drive: nil, time: 3, steps: 600
    ).scalars(Double.self)
    expectClose(psi.reduce(0) { $0 + $1 * $1 }, 1, absolute: 1e-9)
    for part in 0..<2 { expectClose(psi[6 + part], psi[8 + part], absolute: 1e-12) }
  }
}

@Suite struct QuantumMatterStudyTests {
  @Test(.slow, arguments: ["spin-chain-quantum-battery"])
  func `Quick studies agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }

  @Test(
    .long,
    arguments: [
      "bitstring-quantum-learning", "quantum-random-energy-model", "eth-offdiagonal",
      "quantum-link-quench", "exciton-transfer-autodiff", "multiflavor-mott",
    ])
  func `Longer quantum studies agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }
}
