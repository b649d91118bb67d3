import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PlanarIsingTests {
  /// Tori of L x L cells; finite-size corrections die as exp(-L / xi).
  static func torus(_ lattice: PlanarIsing.Kind, side: Int, coupling: Double) throws -> ExactSum {
    let cell: UnitCell =
      switch lattice {
      case .triangular: .triangular
      case .honeycomb: .honeycomb
      case .kagome: .kagome
      }
    let model = try DiscreteModel.ising(Lattice(cell, sides: [side, side]), coupling: coupling)
    return try ExactSum(of: model)
  }

  /// High temperature, where a torus of few cells is already infinite; and low for the honeycomb. The
  /// leading correction is a loop round the torus, tanh(K)^L times the number of such loops.
  @Test(arguments: [
    (PlanarIsing.Kind.triangular, 6, 1.0, 0.02), (.triangular, 6, -1.0, 0.02),
    (.honeycomb, 4, 1.0, 0.03), (.honeycomb, 4, -1.0, 0.03), (.kagome, 3, 1.0, 0.01),
  ])
  func smallToriAtHighTemperature(
    lattice: PlanarIsing.Kind, side: Int, coupling: Double, beta: Double
  ) throws {
    let point = try Self.torus(lattice, side: side, coupling: coupling).thermal(beta: beta)
    let infinite = try PlanarIsing(lattice, coupling: coupling)
    let steps = lattice == .triangular ? side : 2 * side
    let loop = 20 * pow(tanh(beta), Double(steps))
    expectClose(
      point.logPartitionPerSite, infinite.logPartitionPerSite(beta: beta), absolute: 1e-14 + loop)
    expectClose(
      point.energyPerSite, infinite.energyPerSite(beta: beta),
      absolute: 1e-14 + loop * Double(steps) / beta)
    expectClose(
      point.specificHeatPerSite, infinite.specificHeatPerSite(beta: beta),
      absolute: 1e-13 + loop * Double(steps * steps))
  }

  /// Low temperature, where the corrections are walls round the torus: e^(-2 beta J) to the length.
  @Test(arguments: [
    (PlanarIsing.Kind.triangular, 6, 1.0, 1.2), (.honeycomb, 4, -1.0, 3.0),
    (.kagome, 3, 1.0, 2.5),
  ])
  func smallToriAtLowTemperature(
    lattice: PlanarIsing.Kind, side: Int, coupling: Double, beta: Double
  ) throws {
    let sum = try Self.torus(lattice, side: side, coupling: coupling)
    let infinite = try PlanarIsing(lattice, coupling: coupling)
    let sites = Double(sum.graph.siteCount)
    let point = sum.thermal(beta: beta)
    // Two phases; a wall cuts at least one bond a cell (two on the triangular and kagome lattices).
    expectClose(
      point.logPartition - log(2), sites * infinite.logPartitionPerSite(beta: beta),
      absolute: 1e-12 + sites * sites * exp(-2 * beta * Double(side)))
  }

  @Test func criticalTemperatures() throws {
    expectClose(try PlanarIsing(.triangular).criticalTemperature, 3.640956906507350, ulps: 4)
    expectClose(try PlanarIsing(.honeycomb).criticalTemperature, 1.518651435000414, ulps: 4)
    expectClose(try PlanarIsing(.kagome).criticalTemperature, 2.143319440105504, ulps: 4)
    #expect(try PlanarIsing(.triangular, coupling: -1).criticalTemperature == 0)
  }

  /// At the transition of every lattice the specific heat peaks, and the energy of the triangular one is
  /// -2 J, of the honeycomb one -2 J / sqrt 3 (Houtappel), of the kagome one -(1 + 2 / sqrt 3) 2/3 J.
  @Test func energiesAtTheTransition() throws {
    for (lattice, energy) in [
      (PlanarIsing.Kind.triangular, -2.0), (.honeycomb, -2 / 3.0.squareRoot()),
    ] {
      let model = try PlanarIsing(lattice)
      let beta = 1 / model.criticalTemperature
      // t ln t at the distance of one rounding, 1e-16.
      expectClose(model.energyPerSite(beta: beta), energy, absolute: 1e-12)
    }
    for lattice in PlanarIsing.Kind.allCases {
      let model = try PlanarIsing(lattice, coupling: 1.7)
      let beta = 1 / model.criticalTemperature
      let peak = model.specificHeatPerSite(beta: beta * (1 + 1e-7))
      #expect(peak > model.specificHeatPerSite(beta: beta * 1.001) + 0.5)
      #expect(peak > model.specificHeatPerSite(beta: beta * 0.999) + 0.5)
    }
  }

  /// The derivatives are those of ln Z.
  @Test(arguments: PlanarIsing.Kind.allCases, [0.1, 0.3, 0.9])
  func derivatives(lattice: PlanarIsing.Kind, beta: Double) throws {
    for coupling in lattice == .kagome ? [1.3] : [1.3, -1.3] {
      let model = try PlanarIsing(lattice, coupling: coupling)
      let step = 1e-4
      let slope =
        (model.logPartitionPerSite(beta: beta + step) - model.logPartitionPerSite(beta: beta - step))
        / (2 * step)
      let curvature =
        (model.energyPerSite(beta: beta + step) - model.energyPerSite(beta: beta - step))
        / (2 * step)
      expectClose(model.energyPerSite(beta: beta), -slope, absolute: 1e-6)
      expectClose(
        model.specificHeatPerSite(beta: beta), -beta * beta * curvature, absolute: 1e-6)
    }
  }

  @Test func limits() throws {
    // The frustrated one keeps its entropy: excitations cost 4 |J| at least.
    let frustrated = try PlanarIsing(.triangular, coupling: -1)
    expectClose(frustrated.entropyPerSite(beta: 12), 0.323065947219451, absolute: 1e-13)
    expectClose(frustrated.energyPerSite(beta: 12), -1, absolute: 1e-13)
    expectClose(frustrated.energyPerSite(beta: 400), -1, absolute: 1e-13)
    expectClose(LatticeConstants.triangularAntiferromagnetEntropy, 0.323065947219451, ulps: 8)
    for (lattice, ground) in [
      (PlanarIsing.Kind.triangular, -3.0), (.honeycomb, -1.5), (.kagome, -2),
    ] {
      let model = try PlanarIsing(lattice)
      expectClose(model.energyPerSite(beta: 200), ground, ulps: 16)
      expectClose(model.energyPerSite(beta: 0), 0, absolute: 1e-14)
      expectClose(model.logPartitionPerSite(beta: 0), log(2), ulps: 4)
      expectClose(model.logPartitionPerSite(beta: 1e-8), log(2), ulps: 4)
    }
    expectClose(try PlanarIsing(.triangular).spontaneousMagnetization(beta: 2), 1, absolute: 1e-9)
    // z^6 and z^3 lead: one turned spin.
    let z = exp(-2.0)
    let triangular = try PlanarIsing(.triangular).spontaneousMagnetization(beta: 1)
    expectClose(triangular, 1 - 2 * pow(z, 6), absolute: 20 * pow(z, 10))
    let honeycomb = try PlanarIsing(.honeycomb).spontaneousMagnetization(beta: 1)
    expectClose(honeycomb, 1 - 2 * pow(z, 3), absolute: 20 * pow(z, 4))
    #expect(try PlanarIsing(.honeycomb).spontaneousMagnetization(beta: 0.6) == 0)
    #expect(throws: InputError.self) { try PlanarIsing(.kagome, coupling: -1) }
    #expect(throws: InputError.self) { try PlanarIsing(.kagome).spontaneousMagnetization(beta: 1) }
  }
}
