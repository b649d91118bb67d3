import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauQuantum

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private typealias Number = LandauCore.Complex<Double>

@Suite struct DensityMatrixRenormalizationTests {
  private static func chain(_ n: Int) throws -> Lattice {
    try Lattice.named("chain", sides: [n], boundary: [.open])
  }

  /// H = sum S.S' + ratio sum S.S'', in Pauli matrices.
  private static func secondNeighbours(_ n: Int, _ ratio: Double) -> PauliSum {
    var sum = PauliSum(siteCount: n)
    for i in 0..<n {
      for (step, strength) in [(1, 1.0), (2, ratio)] where i + step < n {
        for axis in SpinAxis.allCases {
          sum.add(strength, [.init(axis, i), .init(axis, i + step)])
        }
      }
    }
    return sum
  }

  /// Chains with unique ground states, of both signs of couplings, frustrated, with long tails, complex, two-dimensional.
  static func cases() throws -> [(name: String, sum: PauliSum)] {
    let (ten, twelve) = (try chain(10), try chain(12))
    let square = try Lattice.named("square", sides: [3, 4], boundary: [.open])
    var random = PauliSum(siteCount: 8)
    var rng = Seed.test("random sum").makeStream()
    for _ in 0..<40 {
      random.add(
        rng.normal(),
        PauliSum.Product(
          flips: UInt64(rng.index(below: 256)), signs: UInt64(rng.index(below: 256))))
    }
    return [
      ("tfim, ordered, tilted", .transverseIsing(twelve, transverseField: 0.6, field: 0.05)),
      ("tfim, critical", .transverseIsing(twelve, transverseField: 1)),
      ("tfim, disordered", .transverseIsing(twelve, transverseField: 1.7)),
      (
        "tfim, antiferromagnetic",
        .transverseIsing(twelve, coupling: -1, transverseField: 1.1, field: 0.4)
      ),
      ("xxz, easy plane", .xxz(ten, anisotropy: 0.3)),
      ("xxz, Heisenberg", .xxz(ten, anisotropy: 1)),
      ("xxz, easy axis, in a field", .xxz(ten, anisotropy: 1.5, field: 0.7)),
      ("xxz, ferromagnetic plane", .xxz(ten, coupling: -1, anisotropy: 0.5)),
      ("xxz, Delta < 0", .xxz(ten, coupling: 1, anisotropy: -0.6)),
      ("J1-J2, 0.3", secondNeighbours(10, 0.3)),
      ("J1-J2, 0.7", secondNeighbours(12, 0.7)),
      (
        "cluster-Ising, in a field",
        .clusterIsing(siteCount: 10, isPeriodic: false, field: 0.8, coupling: 0.6)
      ),
      (
        "cluster-Ising, antiferromagnetic",
        .clusterIsing(siteCount: 11, isPeriodic: false, field: 0.9, coupling: -1.3)
      ),
      (
        "ANNNI, ferromagnetic side",
        .axialNextNearestIsing(
          siteCount: 12, isPeriodic: false, frustration: 0.3, transverseField: 0.9)
      ),
      (
        "ANNNI, antiphase side",
        .axialNextNearestIsing(
          siteCount: 12, isPeriodic: false, frustration: 0.8, transverseField: 0.9)
      ),
      ("Rydberg, disordered", .rydberg(twelve, rabi: 1, detuning: 0.5, interaction: 2)),
      ("Rydberg, blockaded", .rydberg(try chain(11), rabi: 1, detuning: 1.5, interaction: 20)),
      ("Dzyaloshinskii-Moriya", .dzyaloshinskiiMoriya(ten, antisymmetric: 0.6)),
      ("tfim, 3 x 4", .transverseIsing(square, transverseField: 2.5)),
      (
        "tfim, ring",
        .transverseIsing(try Lattice.named("chain", sides: [10]), transverseField: 1.2)
      ),
      ("random", random),
    ]
  }

  /// Energies to rounding, and every mean, correlation, structure factor and entropy. With all states kept nothing is truncated;
  /// vectors are as good as the root of the rounding of energies.
  @Test(.slow) func `Ground states are those of diagonalisation`() throws {
    let cases = try Self.cases()
    #expect(cases.count >= 15)
    for (name, sum) in cases {
      let levels = try SpinDiagonalization(sum).lowest(2, seed: .test(name))
      try #require(levels[1].energy - levels[0].energy > 1e-3, "\(name) is degenerate")
      if sum.isReal {
        try Self.compare(
          DensityMatrixRenormalization<Double>(sum).groundState(seed: .test(name)), levels[0], name)
      }
      try Self.compare(
        DensityMatrixRenormalization<Number>(sum).groundState(seed: .test(name)), levels[0], name)
    }
  }

  private static func compare<Scalar>(
    _ result: DensityMatrixRenormalization<Scalar>.Result, _ level: SpinDiagonalization.Level,
    _ name: String
  ) throws {
    let state = level.state
    let n = state.siteCount
    #expect(result.status == .converged, "\(name): \(result.status), variance \(result.variance)")
    #expect(abs(result.energy - level.energy) < 1e-9, "\(name): \(result.energy)")
    #expect(abs(result.state.norm - 1) < 1e-12)
    for axis in SpinAxis.allCases {
      let (means, pairs) = result.state.correlations(axis)
      var exact = [Double](repeating: 1, count: n * n)
      for i in 0..<n {
        var single = PauliSum(siteCount: n)
        single.add(1, [.init(axis, i)])
        let mean = state.expectation(single)
        #expect(abs(means[i] - mean) < 2e-5, "\(name): \(axis)\(i) \(means[i]), \(mean)")
        let product = single.terms[0].product
        #expect(abs(result.state.expectation(product) - means[i]) < 1e-10)
        for j in i + 1..<max(i + 1, n) {
          var pair = PauliSum(siteCount: n)
          pair.add(1, [.init(axis, i), .init(axis, j)])
          exact[i * n + j] = state.expectation(pair)
          exact[j * n + i] = exact[i * n + j]
          #expect(
            abs(pairs[i * n + j] - exact[i * n + j]) < 2e-5,
            "\(name): \(axis)\(i) \(axis)\(j) \(pairs[i * n + j]), \(exact[i * n + j])")
          let direct = result.state.expectation(pair.terms[0].product)
          #expect(abs(direct - pairs[i * n + j]) < 1e-10)
        }
      }
      for k in 0..<n {
        func factor(_ pairs: [Double]) -> Double {
          var sum = 0.0
          for i in 0..<n {
            for j in 0..<n {
              sum += pairs[i * n + j] * cos(2 * .pi * Double(k * (i - j)) / Double(n))
            }
          }
          return sum / Double(n)
        }
        #expect(abs(factor(pairs) - factor(exact)) < 1e-4, "\(name), structure factor \(k)")
      }
    }
    for (bond, entropy) in try result.state.entanglementEntropies().enumerated() {
      let exact = try state.entanglementEntropy(ofFirst: bond + 1)
      #expect(abs(entropy - exact) < 1e-4, "\(name): entropy \(bond) \(entropy), \(exact)")
    }
  }

  /// Open chains at the transition; energies of `TransverseIsingChain` and of TRUTHS (free fermions).
  @Test(.slow, arguments: [(64, -81.12598012314), (150, -190.62342125081)])
  func `Long critical chains have the energies of free fermions`(n: Int, truth: Double) throws {
    let sum = PauliSum.transverseIsing(try Self.chain(n), transverseField: 1)
    let fermions = try TransverseIsingChain(siteCount: n, field: 1, isPeriodic: false)
    #expect(abs(fermions.energy - truth) < 1e-10)
    let result = try DensityMatrixRenormalization<Double>(sum).groundState(seed: .test(n))
    #expect(result.status == .converged)
    #expect(abs(result.energy - fermions.energy) < 1e-7, "\(result.energy - fermions.energy)")
    // The energy is an upper bound, to rounding.
    #expect(result.energy > fermions.energy - 1e-10)
    for axis in SpinAxis.allCases {
      let pairs = result.state.correlations(axis).pairs
      for i in stride(from: 0, to: n, by: 7) {
        for j in stride(from: i + 1, to: n, by: 9) {
          let exact = fermions.correlation(i, j, axis: axis)
          #expect(abs(pairs[i * n + j] - exact) < 1e-4, "\(axis) \(i) \(j)")
        }
      }
    }
    // Calabrese and Cardy 2004: S(l) = c/6 ln((2N/pi) sin(pi l/N)) + const, c = 1/2; what alternates decays as 1/l.
    let entropies = try result.state.entanglementEntropies()
    func chord(_ l: Int) -> Double { log(sin(.pi * Double(l) / Double(n))) }
    let (a, b) = (n / 6, n / 2)
    let slope = (entropies[b - 1] - entropies[a - 1]) / (chord(b) - chord(a))
    #expect(abs(6 * slope - 0.5) < 0.02, "c = \(6 * slope)")
  }

  /// Two states of opposite parity: the second level is found beside the first.
  @Test func `The first excited state`() throws {
    let sum = PauliSum.transverseIsing(try Self.chain(10), transverseField: 1.2)
    let levels = try SpinDiagonalization(sum).lowest(2, seed: .test())
    let search = try DensityMatrixRenormalization<Double>(sum)
    let ground = try search.groundState(seed: .test("ground"))
    let excited = try search.groundState(orthogonalTo: [ground.state], seed: .test("excited"))
    #expect(abs(excited.energy - levels[1].energy) < 1e-8)
    #expect(abs(excited.state.overlap(ground.state)) < 1e-6)
  }

  /// Too few states are said to be too few.
  @Test func `Unconverged runs say so`() throws {
    var options = DensityMatrixRenormalization<Double>.Options()
    options.maximumBondDimension = 3
    let sum = PauliSum.xxz(try Self.chain(24), anisotropy: 1)
    let poor = try DensityMatrixRenormalization<Double>(sum, options: options)
      .groundState(seed: .test())
    #expect(poor.status != .converged && poor.variance > 1e-4 && poor.bondDimension == 3)
    #expect(poor.discardedWeight > 1e-6)
    let good = try DensityMatrixRenormalization<Double>(sum).groundState(seed: .test())
    #expect(good.status == .converged && good.energy < poor.energy - 1e-3)
    // The same search gives the same numbers.
    let again = try DensityMatrixRenormalization<Double>(sum).groundState(seed: .test())
    #expect(again.energy == good.energy && again.variance == good.variance)
  }
}
