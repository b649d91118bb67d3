import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@Suite struct IsingModelTests {
  static let models: [IsingModel] =
    HypercubicLatticeTests.shapes.flatMap { sides in
      [(1.0, 0.0), (-1.5, 0.0), (0.7, -0.4)].map { coupling, field in
        // The shapes are all possible and the numbers finite.
        try! IsingModel(sides: sides, coupling: coupling, field: field)
      }
    }

  private func randomSpins(_ model: IsingModel, using rng: inout RandomStream) -> [Int8] {
    (0..<model.siteCount).map { _ in rng.next() >> 63 == 0 ? 1 : -1 }
  }

  /// Silent error 3: the sign of the whole energy.
  @Test(arguments: models)
  func energyIsTheSumOverForwardBonds(_ model: IsingModel) {
    var rng = Seed.test(model.lattice, model.coupling, model.field).makeStream()
    let spins = randomSpins(model, using: &rng)
    var energy = 0.0
    for site in 0..<model.siteCount {
      for axis in model.lattice.sides.indices {
        let next = model.lattice.neighbour(of: site, axis: axis)
        energy -= model.coupling * Double(spins[site] * spins[next])
      }
      energy -= model.field * Double(spins[site])
    }
    expectClose(
      model.energy(of: spins.span), energy, absolute: 1e-13 * Double(3 * model.siteCount))
  }

  @Test(arguments: models)
  func energyChangeIsTheDifference(_ model: IsingModel) {
    var rng = Seed.test(model.lattice, model.coupling, model.field).makeStream()
    var spins = randomSpins(model, using: &rng)
    for site in 0..<model.siteCount {
      let before = model.energy(of: spins.span)
      #expect(model.energyChange(at: site, to: spins[site], in: spins.span) == 0)
      let change = model.energyChange(at: site, to: -spins[site], in: spins.span)
      spins[site] = -spins[site]
      let difference = model.energy(of: spins.span) - before
      expectClose(change, difference, absolute: 1e-13 * Double(8 * model.siteCount))
    }
  }

  /// Density of states of the 4 x 4 torus, as tabulated in the manual's reference values.
  @Test func densityOfStatesOfTheFourByFourTorus() throws {
    let model = try IsingModel(sides: [4, 4])
    var counts: [Int: Int] = [:]
    for index in 0..<65536 {
      let spins = (0..<16).map { index >> $0 & 1 == 1 ? Int8(1) : -1 }
      counts[Int(model.energy(of: spins.span)), default: 0] += 1
    }
    let half = [-32: 2, -24: 32, -20: 64, -16: 424, -12: 1728, -8: 6688, -4: 13568]
    var expected = half
    for (energy, count) in half { expected[-energy] = count }
    expected[0] = 20524
    #expect(counts == expected)
  }

  /// Silent error 16: sides 1 and 2, where a boundary doubles a bond or joins a site with itself.
  @Test func doubleBondsAndSelfBonds() throws {
    let up: [Int8] = [1, 1]
    let apart: [Int8] = [1, -1]
    #expect(try IsingModel(sides: [2]).energy(of: up.span) == -2)
    #expect(try IsingModel(sides: [2]).energy(of: apart.span) == 2)
    #expect(try IsingModel(sides: [2, 1]).energy(of: apart.span) == 0)
    #expect(try IsingModel(sides: [1], field: 0.5).energy(of: [Int8(-1)].span) == -0.5)
  }

  @Test func frustrationIsAnOddAntiferromagnet() throws {
    #expect(try IsingModel(sides: [3, 4], coupling: -1).isFrustrated)
    #expect(try !IsingModel(sides: [2, 4], coupling: -1).isFrustrated)
    #expect(try !IsingModel(sides: [1, 4], coupling: -1).isFrustrated)
    #expect(try !IsingModel(sides: [3, 3]).isFrustrated)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func couplingsMustBeFinite(_ value: Double) {
    #expect(throws: InputError.self) { try IsingModel(sides: [4], coupling: value) }
    #expect(throws: InputError.self) { try IsingModel(sides: [4], field: value) }
  }
}
