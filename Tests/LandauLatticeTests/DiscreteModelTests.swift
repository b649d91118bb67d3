import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct DiscreteModelTests {
  private let lattice: Lattice
  private let states: [UInt8]

  /// Three sites in a row, then a bond back with another coupling.
  init() throws {
    lattice = try Lattice(
      siteCount: 3,
      bonds: [
        .init(source: 0, target: 1), .init(source: 1, target: 2), .init(source: 2, target: 0),
      ])
    states = [0, 1, 1]
  }

  /// Silent error 3: the sign of the whole energy.
  @Test func energiesByHand() throws {
    let couplings = [1.0, -2, 0.5]
    let ising = try DiscreteModel.ising(lattice, couplings: couplings, fields: [0.1, 0.2, 0.4])
    // s = -1, 1, 1: -(1 (-1) + (-2) 1 + 0.5 (-1)) - (-0.1 + 0.2 + 0.4)
    expectClose(ising.energy(of: states.span), 3.5 - 0.5, absolute: 1e-15)
    let potts = try DiscreteModel.potts(lattice, states: 3, coupling: 2, field: 0.3)
    // One equal pair; one site in state 0.
    expectClose(potts.energy(of: states.span), -2 - 0.3, absolute: 1e-15)
    let clock = try DiscreteModel.clock(lattice, states: 6, coupling: 2, field: 0.3)
    // Angles 0, 60, 60 degrees: cosines 1/2, 1, 1/2 of differences, 1, 1/2, 1/2 with the field.
    expectClose(clock.energy(of: states.span), -2 * 2 - 0.3 * 2, absolute: 1e-14)
    let capel = try DiscreteModel.blumeCapel(lattice, coupling: 2, crystalField: 0.7, field: 0.3)
    // s = -1, 0, 0.
    expectClose(capel.energy(of: states.span), 0.7 + 0.3, absolute: 1e-15)
    expectClose(capel.energy(of: [0, 2, 2].span), -2 * (-1 + 1 - 1) + 2.1 - 0.3, absolute: 1e-14)
  }

  /// Potts with q = 2 is Ising with half the coupling, clock with q = 2 Ising, with q = 3 Potts with 3/2, with q = 4 two Isings.
  @Test func modelsThatAreOneAnother() throws {
    let lattice = try Lattice(.triangular, sides: [3, 4])
    let bonds = Double(lattice.bondCount)
    var rng = Seed.test().makeStream()
    for _ in 0..<20 {
      let two = (0..<12).map { _ in UInt8(rng.index(below: 2)) }
      let three = (0..<12).map { _ in UInt8(rng.index(below: 3)) }
      let ising = try DiscreteModel.ising(lattice).energy(of: two.span)
      expectClose(
        try DiscreteModel.potts(lattice, states: 2).energy(of: two.span), (ising - bonds) / 2,
        absolute: 1e-12)
      expectClose(
        try DiscreteModel.clock(lattice, states: 2).energy(of: two.span), ising, absolute: 1e-12)
      expectClose(
        try DiscreteModel.clock(lattice, states: 3).energy(of: three.span),
        try 1.5 * DiscreteModel.potts(lattice, states: 3).energy(of: three.span) + bonds / 2,
        absolute: 1e-12)
      let four = (0..<12).map { _ in UInt8(rng.index(below: 4)) }
      let one = four.map { UInt8($0 == 0 || $0 == 3 ? 1 : 0) }
      let other = four.map { UInt8($0 < 2 ? 1 : 0) }
      let half = try DiscreteModel.ising(lattice, coupling: 0.5)
      expectClose(
        try DiscreteModel.clock(lattice, states: 4).energy(of: four.span),
        half.energy(of: one.span) + half.energy(of: other.span), absolute: 1e-12)
    }
  }

  @Test(arguments: HypercubicLatticeTests.shapes)
  func theIsingModelOfHypercubicLattices(_ sides: [Int]) throws {
    let plain = try IsingModel(sides: sides, coupling: -0.7, field: 0.3)
    let model = try DiscreteModel.ising(Lattice(plain.lattice), coupling: -0.7, field: 0.3)
    var rng = Seed.test(sides).makeStream()
    for _ in 0..<10 {
      let states = (0..<plain.siteCount).map { _ in UInt8(rng.index(below: 2)) }
      let spins = states.map { model.spins.values[Int($0)] }
      expectClose(
        model.energy(of: states.span), plain.energy(of: spins.span),
        absolute: 1e-14 * Double(4 * model.lattice.bondCount))
      #expect(model.order(of: states.span) == [Double(plain.magnetization(of: spins.span))])
    }
    #expect(model.isFrustrated == plain.isFrustrated)
  }

  @Test func orderIsTheVectorSum() throws {
    #expect(try DiscreteModel.ising(lattice).order(of: states.span) == [1])
    #expect(try DiscreteModel.blumeCapel(lattice).order(of: states.span) == [-1])
    for count in 2...9 {
      let potts = DiscreteModel.SpinSpace.potts(count)
      let clock = DiscreteModel.SpinSpace.clock(count)
      for space in [potts, clock] {
        for vector in space.orderVectors {
          expectClose(vector.reduce(0) { $0 + $1 * $1 }, 1, absolute: 1e-14)
        }
        for k in space.orderVectors[0].indices {
          expectClose(space.orderVectors.reduce(0) { $0 + $1[k] }, 0, absolute: 1e-14)
        }
      }
      for one in 0..<count {
        for other in 0..<count {
          let angle = 2 * Double.pi * Double(one - other) / Double(count)
          expectClose(clock.pairEnergies[one][other], -cos(angle), absolute: 1e-14)
          let product = zip(clock.orderVectors[one], clock.orderVectors[other])
            .reduce(0) { $0 + $1.0 * $1.1 }
          expectClose(-product, clock.pairEnergies[one][other], absolute: 1e-14)
        }
      }
    }
  }

  /// Silent error 16: the energy of a site that is its own neighbour.
  @Test func selfBondsOfUnequalEnergyCount() throws {
    // One site with two bonds with itself: E = -2 s^2 + D s^2.
    let point = try Lattice(.square, sides: [1, 1])
    let capel = try DiscreteModel.blumeCapel(point, crystalField: 0.5)
    #expect(capel.selfCouplings == [2])
    #expect(capel.energy(of: [0].span) == -1.5)
    #expect(capel.energyChange(at: 0, to: 1, in: [0].span) == 1.5)
    #expect(try DiscreteModel.ising(point).selfCouplings.isEmpty)
    #expect(try DiscreteModel.ising(point).energy(of: [1].span) == -2)
  }

  @Test func reversals() {
    #expect(DiscreteModel.SpinSpace.ising.reversal == [1, 0])
    #expect(DiscreteModel.SpinSpace.blumeCapel(crystalField: 0.3).reversal == [2, 1, 0])
    #expect(DiscreteModel.SpinSpace.clock(6).reversal == [3, 4, 5, 0, 1, 2])
    #expect(DiscreteModel.SpinSpace.clock(2).reversal == [1, 0])
    #expect(DiscreteModel.SpinSpace.clock(5).reversal == nil)
    #expect(DiscreteModel.SpinSpace.potts(3).reversal == nil)
  }

  @Test func gaugeTransformationsKeepEnergies() throws {
    let lattice = try Lattice(.square, sides: [3, 2], boundary: [.periodic, .open])
    var rng = Seed.test().makeStream()
    for spins in [
      DiscreteModel.SpinSpace.ising, .clock(4), .blumeCapel(crystalField: 0.3),
    ] {
      let model = try DisorderedModel(
        name: "glass", lattice: lattice, spins: spins, couplings: .gaussian(), fields: .gaussian()
      ).realisation(0, of: .test())
      for _ in 0..<20 {
        let signs = (0..<6).map { _ in rng.uniform() < 0.5 ? Int8(1) : -1 }
        let states = (0..<6).map { _ in UInt8(rng.index(below: spins.stateCount)) }
        let image = try model.gauged(states, by: signs)
        expectClose(
          try model.gauged(by: signs).energy(of: image.span), model.energy(of: states.span),
          absolute: 1e-12)
        #expect(try model.gauged(image, by: signs) == states)
      }
    }
  }

  @Test func theStaggeredCopyOfAnAntiferromagnetIsAFerromagnet() throws {
    let lattice = try Lattice(.honeycomb, sides: [3, 3])
    let model = try DiscreteModel.ising(lattice, coupling: -2, field: 0.5)
    let copy = try model.staggered()
    #expect(copy.uniformCoupling == 2)
    let signs = try #require(lattice.sublatticeSigns)
    #expect(copy.fields == signs.map { 0.5 * Double($0) })
    // The staggered state of the one is the aligned state of the other.
    let neel = signs.map { UInt8($0 > 0 ? 1 : 0) }
    let up = [UInt8](repeating: 1, count: 18)
    #expect(try copy.gauged(up, by: signs) == neel)
    #expect(copy.order(of: up.span) == [18])
    #expect(model.order(of: neel.span) == [0])
    #expect(copy.energy(of: up.span) == model.energy(of: neel.span))
    #expect(!model.isFrustrated)
    #expect(throws: InputError.self) {
      try DiscreteModel.ising(Lattice(.triangular, sides: [3, 3]), coupling: -1).staggered()
    }
    #expect(throws: InputError.self) {
      try DiscreteModel.potts(lattice, states: 3, coupling: -1).staggered()
    }
    #expect(try DiscreteModel.ising(Lattice(.square, sides: [3, 4]), coupling: -1).isFrustrated)
    #expect(try !DiscreteModel.ising(Lattice(.square, sides: [3, 4])).isFrustrated)
    // Odd antiperiodic rings of the antiferromagnet are not frustrated.
    let ring = try Lattice(.chain, sides: [5], boundary: [.antiperiodic])
    #expect(try !DiscreteModel.ising(ring, coupling: -1).isFrustrated)
    #expect(try DiscreteModel.ising(ring).isFrustrated)
  }

  @Test func whatCannotBeIsRefused() throws {
    func refused(_ spins: DiscreteModel.SpinSpace) {
      #expect(throws: InputError.self) {
        try DiscreteModel(name: "mine", lattice: lattice, coupling: 1, spins: spins)
      }
    }
    refused(.init(pairEnergies: [[0, 1], [2, 0]], orderVectors: [[0], [1]]))
    refused(.init(pairEnergies: [[0, 1], [1, .nan]], orderVectors: [[0], [1]]))
    refused(.init(pairEnergies: [[0, 1], [1, 0]], orderVectors: [[0], [1, 2]]))
    refused(.init(pairEnergies: [[0, 1], [1, 0]], orderVectors: [[], []]))
    refused(.init(pairEnergies: [[0, 1], [1, 0]], orderVectors: [[0]]))
    refused(.init(pairEnergies: [], orderVectors: []))
    refused(
      .init(pairEnergies: [[0, 1], [1, 2]], orderVectors: [[0], [1]], reflections: [[1, 0]]))
    refused(
      .init(
        pairEnergies: [[0, 0, 0], [0, 0, 0], [0, 0, 0]], orderVectors: [[0], [1], [2]],
        reflections: [[1, 2, 0]]))
    refused(.init(pairEnergies: [[0, 1], [1, 0]], orderVectors: [[0], [1]], values: [1, 1]))
    #expect(throws: InputError.self) { try DiscreteModel.ising(lattice, couplings: [1]) }
    #expect(throws: InputError.self) { try DiscreteModel.ising(lattice, couplings: [1, .nan, 1]) }
    #expect(throws: InputError.self) {
      try DiscreteModel.ising(lattice, couplings: [1, 1, 1], fields: [1])
    }
    for states in [1, 0, -3, 128] {
      #expect(throws: InputError.self) { try DiscreteModel.potts(lattice, states: states) }
      #expect(throws: InputError.self) { try DiscreteModel.clock(lattice, states: states) }
    }
    #expect(try DiscreteModel.potts(lattice, states: 127).stateCount == 127)
  }

  /// Hard squares as they stand in the manual: a model of one's own is two tables.
  @Test func aModelOfYourOwn() throws {
    let mu = 1.5
    let gas = try DiscreteModel(
      name: "lattice-gas", lattice: Lattice(.square, sides: [4, 4]), coupling: 1,
      spins: .init(
        pairEnergies: [[0, 0], [0, 1]], siteEnergies: [0, -mu], orderVectors: [[0], [1]]))
    #expect(gas.conformanceProblems(symmetries: gas.symmetries) == [])
    let full = [UInt8](repeating: 1, count: 16)
    #expect(gas.energy(of: full.span) == 32 - 16 * mu)
    #expect(gas.order(of: full.span) == [16])
  }
}
