import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@Suite struct DisorderedModelTests {
  private func square(_ side: Int) throws -> Lattice { try Lattice(.square, sides: [side, side]) }

  static let distributions: [QuenchedValues] = [
    .constant(0.7), .gaussian(mean: 0.3, width: 1.7), .gaussian(), .bimodal(),
    .bimodal(2, negativeFraction: 0.1), .twoValued(1, 0.25, secondFraction: 0.3),
    .bimodal(1, negativeFraction: 0.3, isExact: true),
  ]

  /// Mean and variance of 20 000 draws within 5.5 standard errors: a wrong fraction, width or a width taken for a
  /// variance is tens of them away.
  @Test(arguments: distributions)
  func drawsHaveTheStatedMeanAndVariance(_ values: QuenchedValues) {
    var rng = Seed.test(values).makeStream()
    let count = 20_000
    let draws = values.draw(count: count, using: &rng)
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - values.mean) * ($1 - values.mean) } / Double(count)
    let fourth =
      draws.reduce(0) { sum, value in
        let square = (value - values.mean) * (value - values.mean)
        return sum + square * square
      } / Double(count)
    let meanError = (values.variance / Double(count)).squareRoot()
    let varianceError = (max(0, fourth - variance * variance) / Double(count)).squareRoot()
    expectClose(mean, values.mean, absolute: 5.5 * meanError + 1e-12)
    expectClose(variance, values.variance, absolute: 5.5 * varianceError + 1e-12)
  }

  @Test func exactFractionsAreExact() throws {
    let lattice = try square(5)
    for fraction in [0, 0.1, 0.5, 1] {
      let glass = try DisorderedModel.edwardsAnderson(
        lattice, couplings: .bimodal(1, negativeFraction: fraction, isExact: true))
      for index in 0..<5 {
        let model = try glass.realisation(index, of: .test())
        let wanted = Int((fraction * 50).rounded())
        #expect(model.couplings.count { $0 == -1 } == wanted)
        #expect(model.couplings.count { $0 == 1 } == 50 - wanted)
      }
    }
  }

  /// Every pair of places is chosen equally often: 3 of 6 places, 20 sets, 4000 draws; chi-square with 19 degrees
  /// of freedom exceeds 60 with probability 4e-6.
  @Test func exactFractionsChooseEverySetAlike() throws {
    let lattice = try Lattice(siteCount: 2, bonds: (0..<6).map { _ in .init(source: 0, target: 1) })
    let glass = try DisorderedModel.edwardsAnderson(
      lattice, couplings: .bimodal(1, negativeFraction: 0.5, isExact: true))
    var counts: [[Double]: Int] = [:]
    for index in 0..<4000 {
      counts[try glass.realisation(index, of: .test()).couplings, default: 0] += 1
    }
    #expect(counts.count == 20)
    let square = counts.values.reduce(0.0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
    #expect(square < 60)
  }

  @Test func realisationsDependOnSeedAndIndexOnly() throws {
    let glass = try DisorderedModel.edwardsAnderson(square(6), couplings: .gaussian())
    let root = Seed.test()
    #expect(try glass.realisation(3, of: root) == glass.realisation(3, of: root))
    let first = try glass.realisation(0, of: root).couplings
    for index in 1..<20 {
      let other = try glass.realisation(index, of: root).couplings
      #expect(other != first)
      // Independent: the correlation over 72 bonds has the error 72^-1/2 = 0.12.
      let overlap = zip(first, other).reduce(0) { $0 + $1.0 * $1.1 } / 72
      #expect(abs(overlap) < 0.8)
    }
    // Fields do not change the couplings.
    let inField = try DisorderedModel(
      name: "both", lattice: square(6), couplings: .gaussian(), fields: .gaussian(width: 2))
    #expect(try inField.realisation(0, of: root).couplings == first)
    #expect(try inField.realisation(0, of: root).fields.count == 36)
  }

  @Test func couplingsAcrossAntiperiodicBoundariesChangeSignAndNothingElse() throws {
    let sides = [4, 5]
    let root = Seed.test()
    func couplings(_ boundary: [Lattice.Boundary]) throws -> [Double] {
      try DisorderedModel.edwardsAnderson(
        Lattice(.square, sides: sides, boundary: boundary), couplings: .gaussian()
      ).realisation(0, of: root).couplings
    }
    let periodic = try couplings([.periodic])
    let twisted = try couplings([.antiperiodic, .periodic])
    for bond in periodic.indices {
      let crosses = bond % 2 == 0 && bond / 2 >= 15
      #expect(twisted[bond] == (crosses ? -periodic[bond] : periodic[bond]))
    }
  }

  @Test func theSherringtonKirkpatrickConvention() throws {
    let model = try DisorderedModel.sherringtonKirkpatrick(siteCount: 200, mean: 2, width: 1.5)
    let draw = try model.realisation(0, of: .test())
    #expect(draw.name == "sherrington-kirkpatrick")
    let count = Double(draw.couplings.count)
    #expect(count == 19_900)
    let mean = draw.couplings.reduce(0, +) / count
    let variance = draw.couplings.reduce(0) { $0 + $1 * $1 } / count - mean * mean
    expectClose(mean, 2.0 / 200, absolute: 5 * 1.5 / (200 * count).squareRoot())
    expectClose(variance, 1.5 * 1.5 / 200, relative: 5 * (2 / count).squareRoot())
  }

  @Test func sitesOfADilutedCrystalKeepTheirPlaces() throws {
    let full = try Lattice(.triangular, sides: [5, 6])
    let lattice = try full.diluted(sites: .init(0.6, isExact: true), seed: .test())
    #expect(lattice.siteCount == 18)
    #expect(lattice.places.count == 18)
    #expect(zip(lattice.places, lattice.places.dropFirst()).allSatisfy { $0 < $1 })
    #expect(lattice.isDiluted && !lattice.isTranslationInvariant)
    #expect(lattice.shape == [18])
    let kept = Set(lattice.places)
    let expected = full.bonds.filter { kept.contains($0.source) && kept.contains($0.target) }
    #expect(
      lattice.bonds.map { [lattice.places[Int($0.source)], lattice.places[Int($0.target)]] }
        == expected.map { [$0.source, $0.target] })
    for site in 0..<18 {
      #expect(lattice.position(of: site) == full.position(of: Int(lattice.places[site])))
    }
    for bond in lattice.bonds.indices {
      let square = lattice.displacement(of: bond)!.reduce(0) { $0 + $1 * $1 }
      expectClose(square, 1, absolute: 1e-12)
    }
    #expect(lattice.smallestWaveVectors == full.smallestWaveVectors)
    #expect(lattice.wavePhases(full.smallestWaveVectors[0]).cosines.count == 18)
    // Diluted again: places still count in the full crystal.
    let less = try lattice.keeping(sites: (0..<18).map { $0 % 2 == 1 })
    #expect(less.places == stride(from: 1, to: 18, by: 2).map { lattice.places[$0] })
  }

  @Test func bondDilutionKeepsSites() throws {
    let full = try square(6)
    let lattice = try full.diluted(bonds: .init(0.25, isExact: true), seed: .test())
    #expect(lattice.siteCount == 36)
    #expect(lattice.bondCount == 18)
    #expect(lattice.places.isEmpty && lattice.isDiluted)
    #expect(lattice.crossings.count == 36)
    #expect(Set(lattice.bonds).isSubset(of: full.bonds))
    #expect(try full.diluted(bonds: .init(0), seed: .test()).bondCount == 0)
    #expect(try full.diluted(seed: .test()) == full)
    #expect(try full.keeping(sites: [Bool](repeating: true, count: 36)) == full)
  }

  /// Each of 900 sites stays with probability 0.3: 270 +- 13.7.
  @Test func independentDilutionHasItsFraction() throws {
    let lattice = try square(30).diluted(sites: .init(0.3), seed: .test())
    #expect(abs(lattice.siteCount - 270) < 76)
    #expect(lattice.siteCount != 270 || lattice.bondCount != 162)
  }

  @Test func atLeastOneSiteIsLeft() throws {
    for index in 0..<50 {
      let model = try DisorderedModel.diluted(square(2), sites: .init(1e-9))
      #expect(try model.realisation(index, of: .test()).siteCount == 1)
    }
    #expect(throws: InputError.self) {
      try square(2).keeping(sites: [false, false, false, false])
    }
  }

  @Test func dilutionOfOtherModelsAndOfTheCompleteGraph() throws {
    let potts = try DisorderedModel.diluted(
      square(4), bonds: .init(0.5), coupling: 2, name: "potts", spins: .potts(3))
    let model = try potts.realisation(0, of: .test())
    #expect(model.stateCount == 3)
    #expect(model.couplings == [Double](repeating: 2, count: model.lattice.bondCount))
    let graph = try Lattice.complete(siteCount: 6).diluted(
      sites: .init(0.5, isExact: true), seed: .test())
    #expect(graph.siteCount == 3 && graph.bondCount == 3 && graph.sides == [3])
  }

  @Test func randomFieldsAndBonds() throws {
    let fields = try DisorderedModel.randomField(
      square(4), coupling: 1.5, fields: .bimodal(0.3))
    let model = try fields.realisation(0, of: .test())
    #expect(model.uniformCoupling == 1.5)
    #expect(Set(model.fields) == [0.3, -0.3])
    #expect(fields.disorder == "h: 0.3, and -0.3 with probability 0.5")
    let bonds = try DisorderedModel.randomBond(
      square(4), couplings: .twoValued(1, 0.25, secondFraction: 0.5))
    #expect(Set(try bonds.realisation(0, of: .test()).couplings) == [1, 0.25])
    #expect(throws: InputError.self) {
      try DisorderedModel.randomBond(square(4), couplings: .bimodal())
    }
  }

  @Test func theConventionIsSaidInOneLine() throws {
    let models = try [
      DisorderedModel.edwardsAnderson(square(2)), .sherringtonKirkpatrick(siteCount: 4),
      .randomField(square(2)), .diluted(square(2), sites: .init(0.5, isExact: true)),
      .diluted(square(2), bonds: .init(0.5), name: "potts", spins: .potts(3)),
    ]
    for model in models {
      #expect(model.convention.hasPrefix("H = ") && model.convention.hasSuffix("k_B = 1"))
      #expect(!model.convention.contains("\n") && !model.disorder.contains("\n"))
    }
    #expect(models[0].disorder == "J: 1.0, and -1.0 with probability 0.5")
    #expect(models[1].disorder == "J: normal, mean 0.0 and width 0.5")
    #expect(models[1].convention.contains("variance J^2/N"))
    #expect(models[3].disorder == "sites present: exactly 0.5")
    #expect(models[4].disorder == "bonds present: each with probability 0.5")
    #expect(models[4].convention.contains("tables of potts"))
  }

  @Test func impossibleDisorderIsRefused() throws {
    let lattice = try square(3)
    for values: QuenchedValues in [
      .constant(.nan), .gaussian(mean: .infinity, width: 1), .gaussian(mean: 0, width: -1),
      .gaussian(mean: 0, width: .nan), .bimodal(1, negativeFraction: 1.1),
      .bimodal(1, negativeFraction: .nan), .bimodal(.infinity),
    ] {
      #expect(throws: InputError.self) {
        try DisorderedModel.edwardsAnderson(lattice, couplings: values)
      }
      #expect(throws: InputError.self) { try DisorderedModel.randomField(lattice, fields: values) }
    }
    for fraction in [-0.1, 1.1, .nan, 0] {
      #expect(throws: InputError.self) {
        try DisorderedModel.diluted(lattice, sites: .init(fraction))
      }
    }
    #expect(throws: InputError.self) { try DisorderedModel.diluted(lattice, bonds: .init(-0.1)) }
    #expect(throws: InputError.self) {
      try DisorderedModel(
        name: "x", lattice: lattice,
        spins: .init(pairEnergies: [[0, 0], [0, 1]], orderVectors: [[0], [1]]), fields: .gaussian())
    }
  }
}
