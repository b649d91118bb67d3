import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct EnergyUnitsTests {
  static let cases: [(energies: [Double], unit: Double)] = [
    ([1, -1], 1), ([0.5, 1, -1], 0.5), ([0.3, 1, -1], 0.1), ([0.7, 2.1, 0], 0.7),
    ([1.0 / 3, 1, 0.5], 1.0 / 6), ([6, 10, 15], 1),
  ]

  @Test(arguments: cases)
  func energiesAreWholeMultiplesOfTheUnit(_ energies: [Double], _ unit: Double) throws {
    let units = try #require(EnergyUnits(energies: energies, largestCost: 20))
    expectClose(units.unit, unit, relative: 1e-12)
    for energy in energies {
      expectClose(Double(units.count(energy)) * units.unit, energy, absolute: 1e-12)
    }
  }

  @Test func incommensurateEnergiesHaveNone() {
    #expect(EnergyUnits(energies: [1, Double(2).squareRoot()], largestCost: 8) == nil)
    #expect(EnergyUnits(energies: [1, 1.0001], largestCost: 8) == nil)
    // The fivefold clock has golden cosines.
    let golden = DiscreteModel.SpinSpace.clock(5).pairEnergies.joined()
    #expect(EnergyUnits(energies: golden, largestCost: 8) == nil)
    #expect(EnergyUnits(energies: [0, 0], largestCost: 0)?.unit == 1)
  }

  /// Both ways to reckon energies: in units, and with couplings that have none.
  @Test func energiesAreThoseOfTheModel() throws {
    let lattice = try Lattice(.square, sides: [1, 6])
    for couplings in [[0.25, -0.5, 1], [0.1234567, -0.54321, 2]] {
      let model = try DiscreteModel(
        name: "test", lattice: lattice,
        couplings: lattice.bonds.indices.map { couplings[$0 % 3] },
        fields: (0..<6).map { 0.25 * Double($0 % 2) }, spins: .blumeCapel(crystalField: 0.75))
      for seed in 0..<20 {
        let states = (0..<6).map { UInt8((seed * 7 + $0 * $0 * (seed + 1)) % 3) }
        let storage = DiscreteStorage(model: model, start: states)
        #expect((storage.whole == nil) == (couplings[0] != 0.25))
        expectClose(storage.energy(), model.energy(of: states.span), absolute: 1e-13)
      }
    }
  }
}
