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

/// A small model, a temperature, and the updates that apply.
struct VectorCase: Sendable, CustomTestStringConvertible {
  var name: String
  var model: VectorModel
  var beta: Double
  var points: Int
  var testDescription: String { "\(name) n=\(model.components)" }

  static let all: [VectorCase] = {
    do {
      return try makeAll()
    } catch { preconditionFailure("\(error)") }
  }()

  private static func makeAll() throws -> [VectorCase] {
    let pair = try Lattice(siteCount: 2, bonds: [.init(source: 0, target: 1)])
    let open = try Lattice(.chain, sides: [3], boundary: [.open])
    let ring = try Lattice(.chain, sides: [3])
    let twoRing = try Lattice(.chain, sides: [2])
    let plaquette = try Lattice(.square, sides: [2, 2])
    func xy(
      _ lattice: Lattice, _ coupling: Double, field: Double = 0, twist: [Double] = []
    ) throws -> VectorModel {
      try VectorModel(lattice, components: 2, coupling: coupling, field: field, twist: twist)
    }
    return [
      VectorCase(name: "pair", model: try xy(pair, 1), beta: 1.3, points: 32),
      VectorCase(name: "antiferro", model: try xy(open, -1), beta: 1.1, points: 32),
      VectorCase(name: "frustrated", model: try xy(ring, -1), beta: 1.7, points: 32),
      VectorCase(name: "field", model: try xy(ring, 1, field: 0.6), beta: 0.8, points: 32),
      VectorCase(
        name: "field, antiferro", model: try xy(open, -1, field: 0.6), beta: 1, points: 32),
      VectorCase(name: "twist", model: try xy(ring, 1, twist: [1.1]), beta: 1.2, points: 32),
      VectorCase(name: "side 2", model: try xy(twoRing, 1, twist: [0.7]), beta: 0.6, points: 32),
      VectorCase(name: "plaquette", model: try xy(plaquette, 1), beta: 0.35, points: 20),
      VectorCase(
        name: "mixed",
        model: try VectorModel(lattice: ring, components: 2, couplings: [1, -0.7, -1.2]), beta: 1,
        points: 32),
      VectorCase(
        name: "mixed, twist",
        model: try VectorModel(
          lattice: ring, components: 2, couplings: [1, -0.7, 0.4], field: 0.3, twist: [0.5]),
        beta: 1, points: 32),
      VectorCase(
        name: "antiferro", model: try VectorModel(open, components: 3, coupling: -1), beta: 1.5,
        points: 10),
      VectorCase(
        name: "frustrated", model: try VectorModel(ring, components: 3, coupling: -1), beta: 2,
        points: 12),
      VectorCase(
        name: "field", model: try VectorModel(pair, components: 3, coupling: 1, field: 0.8),
        beta: 1.2, points: 12),
      VectorCase(
        name: "twist",
        model: try VectorModel(twoRing, components: 3, coupling: 1, field: 0.4, twist: [1.3]),
        beta: 1, points: 12),
      VectorCase(
        name: "pair", model: try VectorModel(pair, components: 4, coupling: 1, field: 0.5),
        beta: 1.1, points: 8),
    ]
  }

  /// Whether the first spin may be left out of the integral.
  var isIsotropic: Bool { model.field == 0 && model.twist.isEmpty }
}

@Suite struct VectorChainTests {
  /// Every update, both signs, fields, twists, frustration, against the integral.
  /// Silent errors 2 and 10: an update that is wrong for one sign of J, or cannot reach a state.
  @Test(arguments: VectorCase.all, VectorUpdate.standard)
  func smallModelsAgreeWithQuadrature(_ system: VectorCase, _ update: VectorUpdate) throws {
    let model = system.model
    if update.refusal(for: model) != nil {
      #expect(throws: InputError.self) {
        try VectorChain(model: model, beta: system.beta, update: update, seed: Seed(1))
      }
      return
    }
    let exact = VectorQuadrature(
      model, beta: system.beta, points: system.points, fixesFirst: system.isIsotropic)
    let sites = Double(model.siteCount)
    func run(_ seed: Seed, _ effort: Int) throws -> VectorRun {
      try VectorRun(
        model, beta: system.beta, update: update, sweeps: 4_000 * effort, seed: seed, burnIn: 100)
    }
    let seed = Seed.test(system.testDescription, update.name)
    var references: [(Observable, Double)] = [
      (.energyPerSite, exact.energy / sites), (.absOrder, exact.absOrder),
      (.orderSquared, exact.orderSquared),
    ]
    if model.field != 0 { references.append((.order(0), exact.order[0])) }
    if update == .swendsenWang {
      references.append((.improvedOrderSquared, exact.orderSquared))
      references.append((.improvedOrderFourth, exact.orderFourth))
    }
    for (observable, value) in references {
      try expectAgreement(with: value, seed: seed.child(observable.name), minimalBias: 0.07) {
        try run($0, $1).estimate(observable)
      }
    }
  }

  /// Rings: Z = sum_n I_n(beta)^N; energy and helicity modulus from TRUTHS of the closed form.
  @Test(arguments: [
    (8, 1.0, -0.448885144770496, 0.0251470682211), (16, 2.0, -0.699251926817705, 0.0502147323080),
    (32, 4.0, -0.864321576256061, 0.1435547671627),
  ])
  func planeRingsAgreeWithBesselSums(
    _ side: Int, _ beta: Double, _ energy: Double, _ helicity: Double
  ) throws {
    let model = try VectorModel(Lattice(.chain, sides: [side]), components: 2)
    // Local updates change the winding of long cold rings too seldom.
    let updates: [VectorUpdate] =
      side == 32
      ? [.wolff, .swendsenWang] : [.overRelaxation(reflections: 2), .wolff, .swendsenWang]
    for update in updates {
      let seed = Seed.test(side, update.name)
      func run(_ seed: Seed, _ effort: Int) throws -> VectorRun {
        try VectorRun(model, beta: beta, update: update, sweeps: 5_000 * effort, seed: seed)
      }
      try expectAgreement(with: energy, seed: seed.child("energy"), minimalBias: 0.02) {
        try run($0, $1).estimate(.energyPerSite)
      }
      try expectAgreement(with: helicity, seed: seed.child("helicity"), minimalBias: 0.1) {
        try run($0, $1).helicity(beta: beta)
      }
    }
  }

  /// Open chains: -I1/I0 and -(coth K - 1/K) per bond, for both signs of J.
  @Test(arguments: [2, 3], [1.0, -1.0])
  func openChainsAgreeWithClosedForms(_ components: Int, _ coupling: Double) throws {
    let sites = 12
    let lattice = try Lattice(.chain, sides: [sites], boundary: [.open])
    let model = try VectorModel(lattice, components: components, coupling: coupling)
    let perBond = components == 2 ? -0.446389965896535 : -0.313035285499331
    let exact = perBond * Double(sites - 1) / Double(sites)
    for update in VectorUpdate.standard {
      let seed = Seed.test(components, coupling, update.name)
      try expectAgreement(with: exact, seed: seed, minimalBias: 0.02) { seed, effort in
        try VectorRun(model, beta: 1, update: update, sweeps: 3_000 * effort, seed: seed)
          .estimate(.energyPerSite)
      }
    }
  }

  /// A temperature off by two per cent is found.
  @Test func wrongTemperatureIsFound() throws {
    let model = try VectorModel(Lattice(.chain, sides: [8]), components: 2)
    expectDisagreement(with: -0.448885144770496, seed: .test()) { seed, effort in
      do {
        return try VectorRun(
          model, beta: 1.02, update: .wolff, sweeps: 20_000 * effort, seed: seed
        ).estimate(.energyPerSite)
      } catch { preconditionFailure("\(error)") }
    }
  }
}
