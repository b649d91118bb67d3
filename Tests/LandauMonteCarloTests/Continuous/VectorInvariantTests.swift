import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct VectorInvariantTests {
  static let lattices: [Lattice] = {
    do {
      return try [
        Lattice(.square, sides: [5, 4]), Lattice(.square, sides: [1, 3]),
        Lattice(.square, sides: [2, 2]), Lattice(.triangular, sides: [4, 4]),
        Lattice(.honeycomb, sides: [3, 3]), Lattice(.kagome, sides: [2, 3]),
        Lattice(.cubic, sides: [3, 3, 3]), Lattice(.bcc, sides: [3, 3, 3]),
        Lattice(.fcc, sides: [3, 3, 3]), Lattice(.diamond, sides: [2, 2, 2]),
        Lattice(.ladder, sides: [6]), Lattice(.chain, sides: [9]),
        Lattice(.square, sides: [4, 5], boundary: [.open, .periodic]),
        Lattice(.triangular, sides: [4, 4], boundary: [.antiperiodic, .periodic]),
        Lattice(.square, sides: [4, 4], boundary: [.periodic, .helical]),
        Lattice(.triangular, sides: [4, 5]).diluted(sites: Occupation(0.7), seed: Seed(2)),
        Lattice.complete(siteCount: 6),
      ]
    } catch { preconditionFailure("\(error)") }
  }()

  static func chain(
    _ lattice: Lattice, components: Int = 2, twist: [Double] = [], update: VectorUpdate = .heatBath
  ) throws -> VectorChain {
    let couplings = lattice.bonds.indices.map { 0.5 + 0.1 * Double($0 % 7) - 0.8 * Double($0 % 2) }
    let model = try VectorModel(
      lattice: lattice, components: components, couplings: couplings, field: 0.3, twist: twist)
    return try VectorChain(model: model, beta: 0.8, update: update, seed: Seed(12))
  }

  /// Energy, order and both parts of the helicity modulus as their definitions say, with and without
  /// equal couplings, twists and more components.
  @Test(arguments: lattices, [2, 3, 5])
  func measurementsFollowTheDefinitions(_ lattice: Lattice, _ components: Int) throws {
    let twists: [[Double]] =
      lattice.crystal == nil || (components > 2 && lattice.bonds.contains(where: \.isSelfBond))
      ? [[]] : [[], lattice.sides.indices.map { 0.4 + 0.3 * Double($0) }]
    for twist in twists {
      let uniform = try VectorChain(
        model: VectorModel(
          lattice, components: components, coupling: 0.7, field: 0.2, twist: twist),
        beta: 1, update: .heatBath, seed: Seed(3))
      for chain in [uniform, try Self.chain(lattice, components: components, twist: twist)] {
        chain.sweep(3)
        try Self.check(chain)
      }
    }
  }

  private static func check(_ chain: VectorChain) throws {
    let (model, lattice) = (chain.model, chain.model.lattice)
    let n = model.components
    let spins = chain.configuration
    let sites = Double(model.siteCount)
    var row: [Double] = []
    chain.measure(into: &row)
    #expect(row.count == chain.observables.count)
    let found = Dictionary(uniqueKeysWithValues: zip(chain.observables, row))
    let energy = model.energy(of: spins.span)
    expectClose(found[.energyPerSite]!, energy / sites, absolute: 1e-13)
    expectClose(chain.energy, energy, absolute: 1e-12)
    let order = model.order(of: spins.span)
    for k in 0..<n { expectClose(found[.order(k)]!, order[k] / sites, absolute: 1e-14) }
    let square = order.reduce(0) { $0 + $1 * $1 } / (sites * sites)
    expectClose(found[.orderSquared]!, square, absolute: 1e-14)
    expectClose(found[.absOrder]!, square.squareRoot(), absolute: 1e-14)
    guard let cell = lattice.crystal else { return }
    // Along Cartesian directions; the ladder extends along the first only.
    let directions = cell.axisCount
    var cosine = 0.0
    var sines = [Double](repeating: 0, count: directions)
    for bond in lattice.bonds.indices {
      let (i, j) = (Int(lattice.bonds[bond].source) * n, Int(lattice.bonds[bond].target) * n)
      let angle = model.twistAngle(of: bond)
      let x = cos(angle) * spins[j] - sin(angle) * spins[j + 1]
      let y = sin(angle) * spins[j] + cos(angle) * spins[j + 1]
      let displacement = lattice.displacement(of: bond)!
      for axis in 0..<directions {
        let step = displacement[axis]
        cosine += model.couplings[bond] * step * step * (spins[i] * x + spins[i + 1] * y)
        sines[axis] += model.couplings[bond] * step * (spins[i + 1] * x - spins[i] * y)
      }
    }
    expectClose(
      found[.helicityCosine]!, cosine / Double(directions) / sites, absolute: 1e-12)
    expectClose(
      found[.helicitySineSquared]!,
      sines.reduce(0) { $0 + $1 * $1 } / Double(directions) / sites, absolute: 1e-11)
  }

  /// Phases are those of the lattice's smallest wave vectors, also where rows are helical or sites missing.
  @Test(arguments: lattices)
  func wavesAreTheSmallestOfTheLattice(_ lattice: Lattice) throws {
    let vectors = lattice.smallestWaveVectors
    let waves = MinimalWaves(lattice)?.waves ?? []
    #expect(waves.count == vectors.count)
    for (wave, vector) in zip(waves, vectors) {
      let (cosines, sines) = lattice.wavePhases(vector)
      for site in 0..<lattice.siteCount {
        let row = wave.rows[site / wave.columns.count]
        let column = wave.columns[site % wave.columns.count]
        expectClose(row.x * column.x - row.y * column.y, cosines[site], absolute: 1e-12)
        expectClose(row.x * column.y + row.y * column.x, sines[site], absolute: 1e-12)
      }
    }
  }

  /// The structure factor is that of the waves.
  @Test(arguments: lattices)
  func structureFollowsTheDefinition(_ lattice: Lattice) throws {
    let chain = try Self.chain(lattice, components: 3)
    let spins = chain.configuration
    let vectors = lattice.smallestWaveVectors
    var sum = 0.0
    for vector in vectors {
      let (cosines, sines) = lattice.wavePhases(vector)
      for component in 0..<3 {
        var (real, imaginary) = (0.0, 0.0)
        for site in 0..<lattice.siteCount {
          real += cosines[site] * spins[3 * site + component]
          imaginary += sines[site] * spins[3 * site + component]
        }
        sum += real * real + imaginary * imaginary
      }
    }
    var row: [Double] = []
    chain.measure(into: &row)
    let index = chain.observables.firstIndex(of: .structureMinimal)
    #expect((index == nil) == vectors.isEmpty)
    if let index {
      let sites = Double(lattice.siteCount)
      expectClose(row[index], sum / Double(vectors.count) / (sites * sites), absolute: 1e-14)
    }
  }

  /// Reflections keep the energy and the length of spins, and change every spin.
  @Test(arguments: [2, 3, 5])
  func reflectionsAreMicrocanonical(_ components: Int) throws {
    let model = try VectorModel(
      Lattice(.kagome, sides: [3, 3]), components: components, coupling: -0.9, field: 0.4)
    func check<V: SpinVector>(_: V.Type) {
      let kernel = VectorKernel<V>(model, links: VectorLinks(model), hasMomenta: false)
      defer { kernel.deallocate() }
      var rng = Seed(2).makeStream()
      kernel.randomise(using: &rng)
      let before = (kernel.energy(), (0..<model.siteCount).map { kernel.spins[$0] })
      kernel.reflect()
      expectClose(kernel.energy(), before.0, absolute: 1e-12)
      for site in 0..<model.siteCount {
        #expect(kernel.spins[site] != before.1[site])
        expectClose(V.dot(kernel.spins[site], kernel.spins[site]), 1, absolute: 1e-13)
      }
    }
    switch components {
    case 2: check(SIMD2<Double>.self)
    case 3: check(SIMD4<Double>.self)
    default: check(SIMD8<Double>.self)
    }
  }

  /// (J, T) and (2 J, 2 T): the same configurations bit for bit, energies and helicity moduli doubled.
  /// Silent error 3: a helicity modulus without J.
  @Test(arguments: VectorUpdate.standard, [2, 3])
  func scalingCouplingAndTemperatureChangesNothing(
    _ update: VectorUpdate, _ components: Int
  ) throws {
    let lattice = try Lattice(.triangular, sides: [4, 4])
    let pair = try [1.0, 2.0].map { scale in
      let chain = try VectorChain(
        model: VectorModel(lattice, components: components, coupling: scale), beta: 0.75 / scale,
        update: update, seed: Seed(9))
      chain.burnIn(30)
      chain.sweep(20)
      return chain
    }
    #expect(pair[0].configuration == pair[1].configuration)
    #expect(2 * pair[0].energy == pair[1].energy)
    let moduli = try pair.map { chain in
      var row: [Double] = []
      chain.measure(into: &row)
      let cosine = try #require(chain.observables.firstIndex(of: .helicityCosine))
      return row[cosine] - chain.beta * row[cosine + 1]
    }
    #expect(2 * moduli[0] == moduli[1])
  }

  /// Antiperiodic couplings are a twist by pi.
  @Test func antiperiodicIsTwistedByPi() throws {
    let antiperiodic = try VectorModel(
      Lattice(.square, sides: [4, 3], boundary: [.antiperiodic, .periodic]), components: 2)
    let twisted = try VectorModel(
      Lattice(.square, sides: [4, 3]), components: 2, twist: [Double.pi, 0])
    let chains = try [antiperiodic, twisted].map {
      try VectorChain(model: $0, beta: 1, update: .heatBath, seed: Seed(1))
    }
    expectClose(chains[0].energy, chains[1].energy, absolute: 1e-12)
    for chain in chains { chain.sweep(1) }
    for (one, other) in zip(chains[0].configuration, chains[1].configuration) {
      expectClose(one, other, absolute: 1e-9)
    }
  }

  /// Saved in the middle, restored into a fresh chain, both go on alike to the last bit.
  @Test(arguments: VectorUpdate.standard, [2, 3, 6, 10])
  func restoredChainsGoOnBitForBit(_ update: VectorUpdate, _ components: Int) throws {
    let model = try VectorModel(Lattice(.square, sides: [4, 6]), components: components)
    let chain = try VectorChain(model: model, beta: 1.1, update: update, seed: Seed(4))
    chain.burnIn(20)
    chain.sweep(50)
    chain.beta = 1.2
    var writer = StateWriter()
    chain.save(to: &writer)
    let other = try VectorChain(
      model: model, beta: 0.3, update: update, start: .aligned, seed: Seed(5))
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    #expect(reader.isAtEnd)
    // Across a renormalisation.
    chain.sweep(30)
    other.sweep(30)
    #expect(chain.configuration == other.configuration)
    #expect(chain.updateCount == other.updateCount)
    #expect(chain.acceptanceRate == other.acceptanceRate)
    var rows: [[Double]] = [[], []]
    chain.measure(into: &rows[0])
    other.measure(into: &rows[1])
    #expect(rows[0] == rows[1])
  }

  @Test func damagedCheckpointsAreRefused() throws {
    let model = try VectorModel(Lattice(.chain, sides: [4]), components: 2)
    let chain = try VectorChain(model: model, beta: 1, update: .heatBath, seed: Seed(4))
    var writer = StateWriter()
    chain.save(to: &writer)
    let other = try VectorChain(model: model, beta: 1, update: .metropolis, seed: Seed(4))
    #expect(throws: InputError.self) {
      var reader = StateReader(writer.bytes)
      try other.restore(from: &reader)
    }
    #expect(throws: InputError.self) {
      var reader = StateReader(Array(writer.bytes.dropLast(9)))
      try chain.restore(from: &reader)
    }
  }

  /// The gate decides as the function itself does, for any numbers.
  @Test func gateDecidesExactly() {
    let gate = ExponentialGate.shared
    var rng = Seed.test().makeStream()
    var mistakes = 0
    for _ in 0..<200_000 {
      let x = 50 * rng.uniform() * rng.uniform() * rng.uniform() - 0.5
      let uniform = rng.uniform()
      if gate.opens(uniform, x) != (x > 0 && uniform < -expm1(-x)) { mistakes += 1 }
    }
    #expect(mistakes == 0)
    #expect(!gate.opens(0, 0) && !gate.opens(0, -1) && gate.opens(0, 1e-300))
    #expect(gate.accepts(0.99, cost: -0.1) && gate.accepts(0.99, cost: 0))
    #expect(!gate.accepts(0.5, cost: .nan) && !gate.accepts(0.5, cost: .infinity))
  }
}
