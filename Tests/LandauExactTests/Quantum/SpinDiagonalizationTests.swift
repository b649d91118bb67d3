import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private typealias Number = LandauCore.Complex<Double>

@Suite struct SpinDiagonalizationTests {
  private static func ring(_ n: Int) throws -> Lattice {
    try Lattice(HypercubicLattice(sides: [n]))
  }

  private static func ground(_ model: PauliSum, basis: SpinBasis? = nil) throws
    -> SpinDiagonalization.Level
  {
    try SpinDiagonalization(model, basis: basis).lowest(1, seed: .test("ground"))[0]
  }

  /// A dense matrix of the sum by its definition, product by product.
  private static func matrix(_ sum: PauliSum) -> [Number] {
    let n = 1 << sum.siteCount
    var matrix = [Number](repeating: Number.zero, count: n * n)
    let identity = [Number(1), .zero, .zero, Number(1)]
    for (product, coefficient) in sum.terms {
      var factor = [Number(coefficient)]
      var size = 1
      for site in (0..<sum.siteCount).reversed() {
        let bit = UInt64(1) << UInt64(site)
        let one: [Number] =
          switch (product.flips & bit != 0, product.signs & bit != 0) {
          case (false, false): identity
          case (true, false): [.zero, Number(1), Number(1), .zero]
          case (true, true): [.zero, -Number.i, .i, .zero]
          case (false, true): [Number(1), .zero, .zero, Number(-1)]
          }
        // The next lower bit runs faster.
        var next = [Number](repeating: Number.zero, count: 4 * size * size)
        for i in 0..<size {
          for j in 0..<size {
            for a in 0..<2 {
              for b in 0..<2 {
                next[(2 * i + a) * 2 * size + 2 * j + b] = factor[i * size + j] * one[2 * a + b]
              }
            }
          }
        }
        factor = next
        size *= 2
      }
      for index in matrix.indices { matrix[index] = matrix[index] + factor[index] }
    }
    return matrix
  }

  private static func randomSum(_ n: Int, terms: Int, isReal: Bool, seed: Seed) -> PauliSum {
    var rng = seed.makeStream()
    var sum = PauliSum(siteCount: n)
    while sum.coefficients.count < terms {
      let product = PauliSum.Product(
        flips: UInt64(rng.index(below: 1 << n)), signs: UInt64(rng.index(below: 1 << n)))
      if isReal && !product.isReal { continue }
      sum.add(rng.normal(), product)
    }
    return sum
  }

  @Test(arguments: [true, false])
  func `Products act as their matrices`(isReal: Bool) throws {
    let n = 4
    let sum = Self.randomSum(n, terms: 40, isReal: isReal, seed: .test("sum"))
    let dense = Self.matrix(sum)
    let operation = PauliOperator(sum, pool: nil)
    #expect(operation.isComplex == !isReal)
    let size = 1 << n
    var rng = Seed.test("vector").makeStream()
    let x = (0..<operation.length).map { _ in rng.normal() }
    var out = [Double](repeating: 0, count: operation.length)
    out.withUnsafeMutableBufferPointer {
      operation.apply(x, into: $0.baseAddress!, pool: nil)
    }
    for row in 0..<size {
      var sum = Number.zero
      for column in 0..<size {
        sum = sum + dense[row * size + column] * Number(x[column], isReal ? 0 : x[size + column])
      }
      #expect(abs(sum.real - out[row]) < 1e-12)
      if !isReal { #expect(abs(sum.imaginary - out[size + row]) < 1e-12) }
    }
    // Real and complex expectations, of another state than an eigenstate.
    let state = QuantumState(
      siteCount: n,
      amplitudes: (0..<size).map { _ in Number(rng.normal(), rng.normal()) })
    var expected = Number.zero
    for row in 0..<size {
      for column in 0..<size {
        expected =
          expected + state.amplitudes[row].conjugate * dense[row * size + column]
          * state.amplitudes[column]
      }
    }
    #expect(abs(state.expectation(sum) - expected.real) < 1e-12)
    #expect(abs(expected.imaginary) < 1e-12)
  }

  /// Total energies in the convention of Pauli matrices, or of S = sigma/2 where divided by four.
  @Test func `Ground states of rings and squares`() throws {
    let cases: [(String, PauliSum, Double)] = [
      ("TFIM ring 8", .transverseIsing(try Self.ring(8), transverseField: 0.5), -8.50908223514),
      ("TFIM ring 10", .transverseIsing(try Self.ring(10), transverseField: 1.5), -16.72302491395),
      (
        "TFIM 4x4",
        .transverseIsing(
          try Lattice(HypercubicLattice(sides: [4, 4])), transverseField: 3.04438),
        -52.065694383749
      ),
      ("Heisenberg ring 6", 0.25 * .xxz(try Self.ring(6)), -2.802775637732),
      ("Heisenberg ring 10", 0.25 * .xxz(try Self.ring(10)), -4.515446354492),
      ("jVMC h = 1.3", .transverseIsing(try Self.ring(4), transverseField: 1.3), -6.10160339),
    ]
    for (name, model, exact) in cases {
      let level = try Self.ground(model)
      #expect(abs(level.energy - exact) < 2e-9 * abs(exact), "\(name): \(level.energy)")
      #expect(abs(level.state.expectation(model) - level.energy) < 1e-9, "\(name)")
    }
  }

  /// Three atoms on a line: occupations cost -delta each and V (a/r)^6 a pair, and the drive flips one with Omega/2.
  @Test func `Rydberg atoms have the energies of their occupations`() throws {
    let model = PauliSum.rydberg(
      distances: [1, 2, 1], siteCount: 3, rabi: 0.8, detuning: 1.3, interaction: 6)
    let dense = Self.matrix(model)
    for state in 0..<8 {
      let occupied = (0..<3).filter { state >> $0 & 1 == 1 }
      var energy = -1.3 * Double(occupied.count)
      for i in occupied {
        for j in occupied where j > i { energy += j - i == 1 ? 6 : 6.0 / 64 }
      }
      for other in 0..<8 {
        let flips = (state ^ other).nonzeroBitCount
        let expected = flips == 0 ? energy : flips == 1 ? 0.4 : 0
        #expect(abs(dense[state * 8 + other].real - expected) < 1e-12)
      }
    }
  }

  @Test func `Sectors hold the levels of the whole space`() throws {
    let n = 8
    let model = PauliSum.xxz(try Self.ring(n), anisotropy: 0.6)
    let all = try SpinDiagonalization(model).spectrum().map(\.energy)
    var found: [Double] = []
    for down in 0...n {
      found +=
        try SpinDiagonalization(model, basis: SpinBasis(siteCount: n, downCount: down)).spectrum()
        .map(\.energy)
    }
    found.sort()
    #expect(found.count == all.count)
    for (a, b) in zip(found, all) { #expect(abs(a - b) < 1e-10) }
    // Reflection and flip split the space in four, whatever the momentum.
    var split: [Double] = []
    for reflection in [RootOfUnity.one, .minusOne] {
      for flip in [RootOfUnity.one, .minusOne] {
        let group = try #require(
          SpinSymmetryGroup(
            siteCount: n,
            generators: [
              .reflection(siteCount: n, character: reflection),
              .spinFlip(siteCount: n, character: flip),
            ]))
        let basis = SpinBasis(siteCount: n, group: group)
        split += try SpinDiagonalization(model, basis: basis).spectrum().map(\.energy)
      }
    }
    split.sort()
    #expect(split.count == all.count)
    for (a, b) in zip(split, all) { #expect(abs(a - b) < 1e-10) }
  }

  /// Real and complex sums, with and without a number of down spins.
  @Test(arguments: [6, 7]) func `Momenta hold the levels of the whole space`(n: Int) throws {
    let ring = try Self.ring(n)
    for (model, down) in [
      (PauliSum.xxz(ring, anisotropy: 0.6), nil),
      (.dzyaloshinskiiMoriya(ring, antisymmetric: 0.7), 3),
      (.transverseIsing(ring, transverseField: 0.8, field: 0.3), nil),
    ] {
      let all = try SpinDiagonalization(
        model, basis: SpinBasis(siteCount: n, downCount: down)
      ).spectrum().map(\.energy)
      var split: [Double] = []
      for momentum in 0..<n {
        let group = try #require(
          SpinSymmetryGroup(
            siteCount: n, generators: [.translation(siteCount: n, momentum: momentum)]))
        let sector = try SpinDiagonalization(
          model, basis: SpinBasis(siteCount: n, downCount: down, group: group))
        let levels = try sector.spectrum()
        split += levels.map(\.energy)
        // The lowest found one by one, and as states of all spins that have the energy and the momentum.
        for (level, exact) in zip(try sector.lowest(3, seed: .test("momenta")), levels) {
          #expect(abs(level.energy - exact.energy) < 1e-9)
          let state = level.state
          #expect(abs(state.expectation(model) - level.energy) < 1e-9)
          let factor = RootOfUnity(-momentum, n).value
          for index in 0..<1 << n {
            let moved = (index << 1 | index >> (n - 1)) & (1 << n - 1)
            let difference = state.amplitudes[index] - factor * state.amplitudes[moved]
            #expect(difference.squaredMagnitude < 1e-18)
          }
        }
      }
      split.sort()
      #expect(split.count == all.count)
      for (a, b) in zip(split, all) { #expect(abs(a - b) < 1e-10) }
    }
  }

  /// One spin down on a ring: E(k) = J Delta (N - 4) + 4 J cos k + 4 D sin k.
  @Test func `A single magnon has its dispersion`() throws {
    let n = 9
    let model = PauliSum.dzyaloshinskiiMoriya(try Self.ring(n), antisymmetric: 0.7)
    for momentum in 0..<n {
      let group = try #require(
        SpinSymmetryGroup(
          siteCount: n, generators: [.translation(siteCount: n, momentum: momentum)]))
      let levels = try SpinDiagonalization(
        model, basis: SpinBasis(siteCount: n, downCount: 1, group: group)
      ).spectrum()
      let k = 2 * Double.pi * Double(momentum) / Double(n)
      #expect(levels.count == 1)
      #expect(abs(levels[0].energy - (Double(n - 4) + 4 * cos(k) + 2.8 * sin(k))) < 1e-12)
    }
  }

  @Test func `Roots of unity multiply exactly`() {
    var power = RootOfUnity.one
    for step in 0..<12 {
      #expect(power == RootOfUnity(step, 12))
      power = power * RootOfUnity(1, 12)
    }
    #expect(
      power == .one && RootOfUnity(-5, 10) == .minusOne && RootOfUnity(3, 4).value == -Number.i)
    #expect(RootOfUnity(1, 3).conjugate == RootOfUnity(2, 3) && !RootOfUnity(1, 3).isReal)
  }

  @Test func `The symmetric sector of a long ring has its ground state`() throws {
    let n = 16
    let group = try #require(
      SpinSymmetryGroup(
        siteCount: n,
        generators: [
          .translation(siteCount: n), .reflection(siteCount: n), .spinFlip(siteCount: n),
        ]))
    let basis = SpinBasis(siteCount: n, group: group)
    #expect(basis.dimension < (1 << n) / 40)
    let model = PauliSum.transverseIsing(try Self.ring(n), transverseField: 1)
    let level = try Self.ground(model, basis: basis)
    #expect(abs(level.energy + 20.40459447476) < 1e-9)
    let state = level.state
    #expect(abs(state.expectation(model) - level.energy) < 1e-9)
    let free = try TransverseIsingChain(siteCount: n, field: 1)
    for distance in [1, 3, 8] {
      var pair = PauliSum(siteCount: n)
      pair.add(1, [.z(0), .z(distance)])
      #expect(abs(state.expectation(pair) - free.correlation(0, distance, axis: .z)) < 1e-8)
    }
  }

  @Test func `Hermitian sums with an odd number of y`() throws {
    let model = PauliSum.dzyaloshinskiiMoriya(try Self.ring(6), antisymmetric: 0.7)
    #expect(!model.isReal && model.conservesMagnetization)
    let diagonalization = try SpinDiagonalization(model)
    let all = try diagonalization.spectrum()
    let low = try diagonalization.lowest(6, seed: .test("levels"))
    for (a, b) in zip(low, all) { #expect(abs(a.energy - b.energy) < 1e-9) }
    for level in [all[0], all[7], low[0], low[3]] {
      #expect(abs(level.state.expectation(model) - level.energy) < 1e-9)
    }
    // A Dzyaloshinskii-Moriya vector along z is a twist of the xy couplings: (1 + D^2)^(1/2) on an open chain.
    let open = try Lattice.named("chain", sides: [6], boundary: [.open])
    let twisted = try SpinDiagonalization(
      PauliSum.dzyaloshinskiiMoriya(open, antisymmetric: 0.7)
    ).spectrum().map(\.energy)
    let strength = (1 + 0.49).squareRoot()
    let plain = try SpinDiagonalization(
      PauliSum.xxz(open, coupling: strength, anisotropy: 1 / strength)
    ).spectrum().map(\.energy)
    for (a, b) in zip(twisted, plain) { #expect(abs(a - b) < 1e-9) }
    for down in 0...3 {
      let sector = try SpinDiagonalization(model, basis: SpinBasis(siteCount: 6, downCount: down))
      for level in try sector.spectrum() {
        #expect(all.contains { abs($0.energy - level.energy) < 1e-9 })
      }
    }
  }

  @Test func `Measured snapshots have the state's means along any axes`() throws {
    let n = 4
    let model =
      PauliSum.dzyaloshinskiiMoriya(try Self.ring(n), antisymmetric: 0.4)
      + PauliSum.clusterIsing(siteCount: n, isPeriodic: false, field: 0.3, coupling: 0.5)
    let state = try Self.ground(model).state
    let axes: [SpinAxis] = [.y, .x, .z, .y]
    let probabilities = state.probabilities(axes: axes)
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
    for sites in 1..<1 << n {
      var product = PauliSum(siteCount: n)
      product.add(
        1, (0..<n).filter { sites >> $0 & 1 == 1 }.map { .init(axes[$0], $0) })
      let mean = probabilities.enumerated().reduce(0.0) {
        $0 + ((sites & $1.offset).nonzeroBitCount % 2 == 0 ? $1.element : -$1.element)
      }
      #expect(abs(mean - state.expectation(product)) < 1e-12, "sites \(sites)")
    }
    // What is drawn: one product, a bias of 0.06 would be seen.
    let exact = probabilities.enumerated().reduce(0.0) {
      $0 + ((5 & $1.offset).nonzeroBitCount % 2 == 0 ? $1.element : -$1.element)
    }
    expectAgreement(with: exact, seed: .test("shots"), minimalBias: 0.06) { seed, effort in
      let shots = 10_000 * effort
      let values = state.snapshots(shots, axes: axes, seed: seed)
      return .mean(of: (0..<shots).map { Double(values[$0 * n] * values[$0 * n + 2]) })
    }
  }

  @Test func `Entropy of a singlet and of a product`() throws {
    let root = 0.5.squareRoot()
    let singlet = QuantumState(
      siteCount: 2, amplitudes: [.zero, Number(root), Number(-root), .zero])
    #expect(abs(try singlet.entanglementEntropy(ofFirst: 1) - log(2)) < 1e-12)
    let state = try Self.ground(.xxz(try Self.ring(6))).state
    for count in 0...6 {
      let pair = try (
        state.entanglementEntropy(ofFirst: count),
        state.entanglementEntropy(ofFirst: 6 - count)
      )
      #expect(abs(pair.0 - pair.1) < 1e-9)
    }
    #expect(abs(try state.entanglementEntropy(ofFirst: 6)) < 1e-9)
  }

  @Test func `Sectors that are not conserved are refused`() throws {
    let model = PauliSum.transverseIsing(try Self.ring(4), transverseField: 1, field: 0.2)
    #expect(throws: InputError.self) {
      try SpinDiagonalization(model, basis: SpinBasis(siteCount: 4, downCount: 2))
    }
    let flip = try #require(
      SpinSymmetryGroup(siteCount: 4, generators: [.spinFlip(siteCount: 4)]))
    #expect(throws: InputError.self) {
      try SpinDiagonalization(model, basis: SpinBasis(siteCount: 4, group: flip))
    }
    // A translation by one step cannot have the character -1 on a ring of odd length, nor does a reflection keep a momentum.
    let step = SpinSymmetryGroup.Generator(sites: [1, 2, 0], character: .minusOne)
    #expect(SpinSymmetryGroup(siteCount: 3, generators: [step]) == nil)
    #expect(
      SpinSymmetryGroup(
        siteCount: 5,
        generators: [.translation(siteCount: 5, momentum: 1), .reflection(siteCount: 5)]
      ) == nil)
  }

  @Test func `Results do not depend on the number of threads`() throws {
    let model = PauliSum.transverseIsing(try Self.ring(14), transverseField: 0.9)
    let energies = try [1, 2].map { threads in
      try SpinDiagonalization(model, pool: WorkerPool(threadCount: threads)).lowest(
        1, seed: .test("threads"))[0].energy
    }
    #expect(energies[0].bitPattern == energies[1].bitPattern)
  }
}
