import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct DipolarClockTests {
  static func model(
    _ cell: UnitCell, _ sides: [Int], states: Int = 6, coupling: Double = 1,
    dipolar: Double
  ) throws -> DipolarClockModel {
    try DipolarClockModel(
      Lattice(cell, sides: sides), states: states, coupling: coupling, dipolarCoupling: dipolar)
  }

  /// Ewald's sums against summing with a smooth cutoff, the rest as an integral.
  @Test(arguments: [
    (UnitCell.triangular, [3, 2]), (.triangular, [1, 1]), (.square, [2, 2]), (.square, [1, 5]),
    (.honeycomb, [1, 2]), (.kagome, [2, 1]),
  ])
  func sumsAgreeWithSummingDirectly(_ cell: UnitCell, _ sides: [Int]) throws {
    let model = try Self.model(cell, sides, dipolar: 1)
    for one in 0..<min(4, model.siteCount) {
      for other in 0..<model.siteCount {
        expectClose(
          model.dipolarSum(one, other), Self.direct(model.lattice, one, other), absolute: 1e-9)
        expectClose(
          model.dipolarSum(one, other), model.dipolarSum(other, one), relative: 1e-13)
      }
    }
  }

  /// Weight 1 up to a quarter of the range, from there to 0 with nine continuous derivatives.
  private static func direct(_ lattice: Lattice, _ one: Int, _ other: Int) -> Double {
    let cell = lattice.cell!
    let (a, b) = (
      cell.vectors[0].map { $0 * Double(lattice.sides[0]) },
      cell.vectors[1].map { $0 * Double(lattice.sides[1]) }
    )
    let area = abs(a[0] * b[1] - a[1] * b[0])
    let (outer, inner) = (160.0, 40.0)
    func weight(_ r: Double) -> Double {
      if r <= inner { return 1 }
      if r >= outer { return 0 }
      // The integral of [x (1 - x)]^4, normalised, by its polynomial.
      let x = (outer - r) / (outer - inner)
      let x5 = x * x * x * x * x
      return x5 * (126 - x * (420 - x * (540 - x * (315 - x * 70))))
    }
    let (from, to) = (lattice.position(of: one)!, lattice.position(of: other)!)
    let (x, y) = (to[0] - from[0], to[1] - from[1])
    var sum = 0.0
    let reach = [b, a].map { Int(1.2 * outer * hypot($0[0], $0[1]) / area) + 3 }
    for m in -reach[0]...reach[0] {
      for n in -reach[1]...reach[1] {
        let r = hypot(
          x + Double(m) * a[0] + Double(n) * b[0], y + Double(m) * a[1] + Double(n) * b[1])
        if r > 1e-9 && r < outer { sum += weight(r) / (r * r * r) }
      }
    }
    // (1/A) int (1 - w)/r^3 2 pi r dr, with Gauss's points within the range.
    var rest = 1 / outer
    for (point, share) in VectorQuadrature.gauss(60) {
      let r = (inner + outer) / 2 + (outer - inner) / 2 * point
      rest += (outer - inner) / 2 * share * (1 - weight(r)) / (r * r)
    }
    return sum + 2 * Double.pi / area * rest
  }

  /// All sites together: 4 zeta(3/2) beta(3/2) and 6 zeta(3/2) L_-3(3/2), whatever the sides.
  @Test func sumsOverAllSitesAreLatticeSums() throws {
    let cases: [(UnitCell, Double)] = [
      (.square, 9.0336216831009503), (.triangular, 11.034175734914810),
    ]
    for (cell, value) in cases {
      for sides in [[1, 1], [2, 3], [6, 6], [1, 9], [12, 4]] {
        let model = try Self.model(cell, sides, dipolar: 1)
        let sum = (0..<model.siteCount).reduce(0) { $0 + model.dipolarSum(0, $1) }
        expectClose(sum, value, relative: 2e-13, "\(model.lattice)")
      }
    }
  }

  @Test(arguments: [
    (UnitCell.triangular, [3, 2]), (.square, [2, 2]), (.honeycomb, [2, 2]), (.kagome, [1, 2]),
    (.triangular, [1, 3]),
  ])
  func changesAreDifferencesOfEnergies(_ cell: UnitCell, _ sides: [Int]) throws {
    let model = try Self.model(cell, sides, coupling: 0.9, dipolar: 0.6)
    var rng = Seed.test(cell.name, sides).makeStream()
    for _ in 0..<20 {
      let states = (0..<model.siteCount).map { _ in Int8(rng.index(below: 6)) }
      let site = rng.index(below: model.siteCount)
      for new in model.states {
        var changed = states
        changed[site] = new
        let change = model.energy(of: changed.span) - model.energy(of: states.span)
        expectClose(
          model.energyChange(at: site, to: new, in: states.span), change, absolute: 1e-12)
      }
    }
  }

  /// Shifts, every state two further, and every state its mirror image leave the energy as it is.
  @Test(arguments: [(UnitCell.triangular, [3, 2]), (.honeycomb, [2, 3]), (.square, [1, 4])])
  func symmetriesHold(_ cell: UnitCell, _ sides: [Int]) throws {
    let model = try Self.model(cell, sides, coupling: -0.8, dipolar: 0.7)
    let symmetries: [ModelSymmetry<Int8>] =
      [
        .map("two states further") { ($0 + 2) % 6 }, .map("one state further") { ($0 + 1) % 6 },
        .map("mirrored") { (6 - $0) % 6 },
      ] + sides.indices.map { .move("shift \($0)", to: model.lattice.translation(along: $0)!) }
    #expect(model.conformanceProblems(symmetries: symmetries) == [])
  }

  /// The energy by kept fields is that of the model, also after many turns.
  @Test(arguments: [
    (UnitCell.triangular, [5, 4]), (.square, [3, 3]), (.honeycomb, [3, 2]), (.kagome, [2, 3]),
    (.square, [1, 4]),
  ])
  func keptFieldsAreTheFields(_ cell: UnitCell, _ sides: [Int]) throws {
    let model = try Self.model(cell, sides, coupling: 0.7, dipolar: 0.4)
    let chain = try DipolarClockChain(model: model, beta: 0.5, seed: Seed(3))
    for _ in 0..<5 {
      expectClose(
        chain.energy, model.energy(of: chain.configuration.span), absolute: 1e-10)
      chain.sweep(60)
    }
  }

  /// All 6^4 and 6^6 configurations, both signs of both couplings.
  @Test(arguments: [
    (UnitCell.triangular, [2, 2], 1.0, 0.4, 0.9), (.triangular, [2, 2], -1, 0.5, 0.6),
    (.square, [2, 2], 1, -0.3, 0.4), (.honeycomb, [1, 2], 0.8, 1, 1.1),
    (.kagome, [1, 1], 1, 0.6, 0.8),
    (.triangular, [2, 3], 1, 0.5, 0.5), (.square, [1, 4], 1, 0.3, 0.8),
  ])
  func smallPlanesAgreeWithEnumeration(
    _ cell: UnitCell, _ sides: [Int], _ coupling: Double, _ dipolar: Double, _ beta: Double
  ) throws {
    let model = try Self.model(cell, sides, coupling: coupling, dipolar: dipolar)
    let exact = try Self.enumerate(model, beta: beta)
    let seed = Seed.test(cell.name, sides, coupling, dipolar)
    for (observable, value) in exact {
      try expectAgreement(with: value, seed: seed.child(observable.name), minimalBias: 0.09) {
        seed, effort in
        let chains = try (0..<4).map {
          try DipolarClockChain(model: model, beta: beta, seed: seed.child("chain", $0))
        }
        let runner = ChainRunner(
          chains: chains, lengths: .init(sweeps: 6_000 * effort, burnIn: 100))
        runner.advance(pool: WorkerPool(threadCount: 1))
        return runner.recording[observable]!.estimate()
      }
    }
  }

  private static func enumerate(
    _ model: DipolarClockModel, beta: Double
  ) throws -> [(Observable, Double)] {
    let count = model.siteCount
    let sites = Double(count)
    var states = [Int8](repeating: 0, count: count)
    var energy = model.energy(of: states.span)
    let lowest = energy
    var sums = [Double](repeating: 0, count: 5)
    while true {
      let weight = exp(-beta * (energy - lowest))
      var (x, y, dipole) = (0.0, 0.0, 0.0)
      for state in states {
        x += cos(Double.pi / 3 * Double(state)) / sites
        y += sin(Double.pi / 3 * Double(state)) / sites
        dipole += (state % 2 == 0 ? 1 : -1) / sites
      }
      let length = hypot(x, y)
      sums[0] += weight
      sums[1] += weight * energy / sites
      sums[2] += weight * length
      sums[3] += weight * abs(dipole)
      // |m| cos(6 phi) = |m| Re (x + i y)^6/|m|^6; 0 where m is rounding.
      sums[4] += length < 1e-9 ? 0 : weight * length * cos(6 * atan2(y, x))
      // The next one: like a counter, one digit after the other.
      var digit = 0
      while digit < count && states[digit] == 5 {
        energy += model.energyChange(at: digit, to: 0, in: states.span)
        states[digit] = 0
        digit += 1
      }
      if digit == count { break }
      energy += model.energyChange(at: digit, to: states[digit] + 1, in: states.span)
      states[digit] += 1
    }
    return [
      (.energyPerSite, sums[1] / sums[0]), (.absOrder, sums[2] / sums[0]),
      (.absDipoleOrder, sums[3] / sums[0]), (.clockAnisotropy, sums[4] / sums[0]),
    ]
  }

  /// Dipoles alone on the triangular lattice: stripes one row wide, in three directions, are lowest.
  @Test func dipolesAloneFormThreeStripes() throws {
    let model = try Self.model(.triangular, [4, 4], states: 2, coupling: 0, dipolar: 1)
    var lowest = Double.infinity
    var ground: [[Int8]] = []
    for index in 0..<(1 << 15) {
      let states = (0..<16).map { Int8(index >> $0 & 1) }
      let energy = model.energy(of: states.span)
      if energy < lowest - 1e-9 {
        lowest = energy
        ground = []
      }
      if energy < lowest + 1e-9 { ground.append(states) }
    }
    // Half of all states were looked at: the others have all dipoles turned.
    #expect(ground.count == 3)
    let chain = try DipolarClockChain(model: model, beta: 1, seed: Seed(1))
    for states in ground {
      chain.configuration = states
      var row: [Double] = []
      chain.measure(into: &row)
      let found = Dictionary(uniqueKeysWithValues: zip(chain.observables, row))
      expectClose(found[.stripeSquared]!, 1, absolute: 1e-12)
      expectClose(found[.stripePeak]!, 1, absolute: 1e-12)
      expectClose(found[.dipoleOrder]!, 0, absolute: 1e-12)
    }
  }

  /// Known patterns: stripes two rows wide, one state, two neighbouring states.
  @Test func measurementsOfKnownPatterns() throws {
    let model = try Self.model(.triangular, [8, 8], dipolar: 0.2)
    let chain = try DipolarClockChain(model: model, beta: 1, seed: Seed(1))
    func measure(_ states: [Int8]) -> [Observable: Double] {
      chain.configuration = states
      var row: [Double] = []
      chain.measure(into: &row)
      return Dictionary(uniqueKeysWithValues: zip(chain.observables, row))
    }
    for direction in 0..<3 {
      let wide = measure(
        (0..<64).map {
          let steps = [$0 / 8, $0 % 8, $0 / 8 + $0 % 8][direction]
          return Int8(steps % 4 / 2)
        })
      expectClose(wide[.stripePeak]!, 0.5.squareRoot(), absolute: 1e-12)
      expectClose(wide[.stripeSquared]!, 0, absolute: 1e-12)
      // Two neighbouring states in equal shares: the order points between them.
      expectClose(wide[.absOrder]!, cos(Double.pi / 6), absolute: 1e-12)
      expectClose(wide[.clockAnisotropy]!, -cos(Double.pi / 6), absolute: 1e-12)
    }
    let one = measure([Int8](repeating: 4, count: 64))
    expectClose(one[.absOrder]!, 1, absolute: 1e-12)
    expectClose(one[.clockAnisotropy]!, 1, absolute: 1e-12)
    expectClose(one[.dipoleOrder]!, 1, absolute: 1e-12)
    expectClose(one[.stripePeak]!, 0, absolute: 1e-12)
    expectClose(one[.energyPerSite]!, -3 + 0.1 * 11.034175734914810, absolute: 1e-11)
  }

  /// Saved before an exact sum of the fields, restored, both go on alike to the last bit.
  @Test func restoredChainsGoOnBitForBit() throws {
    let model = try Self.model(.triangular, [4, 6], dipolar: 0.5)
    let chain = try DipolarClockChain(model: model, beta: 0.7, seed: Seed(4))
    chain.burnIn(100)
    chain.sweep(137)
    var writer = StateWriter()
    chain.save(to: &writer)
    let other = try DipolarClockChain(model: model, beta: 0.1, start: .aligned, seed: Seed(5))
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    #expect(reader.isAtEnd)
    chain.sweep(60)
    other.sweep(60)
    #expect(chain.configuration == other.configuration)
    #expect(chain.energy == other.energy)
    #expect(chain.updateCount == other.updateCount)
    #expect(chain.acceptanceRate == other.acceptanceRate)
  }

  @Test func whatIsNoPlaneIsRefused() throws {
    #expect(throws: InputError.self) { try Self.model(.cubic, [2, 2, 2], dipolar: 1) }
    #expect(throws: InputError.self) { try Self.model(.triangular, [2, 2], states: 5, dipolar: 1) }
    #expect(throws: InputError.self) { try Self.model(.triangular, [2, 2], dipolar: .nan) }
    #expect(throws: InputError.self) {
      try DipolarClockModel(
        Lattice(.square, sides: [3, 3], boundary: [.open]), dipolarCoupling: 1)
    }
  }
}
