internal import CLandauKernels
import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// Fields that are kept, against sums over neighbours.
@Suite struct DenseFieldsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    enum Couplings: Sendable { case normal, signs, uniform }
    var spins: DiscreteModel.SpinSpace
    var couplings: Couplings
    var siteCount: Int
    var field = 0.0
    var beta: Double
    var name: String

    var testDescription: String { "\(name), \(siteCount) sites, beta \(beta)" }

    var model: DiscreteModel {
      get throws {
        let lattice = try Lattice.complete(siteCount: siteCount)
        var rng = Seed.test(siteCount).makeStream()
        let scale = 1 / Double(siteCount).squareRoot()
        let numbers = lattice.bonds.map { _ -> Double in
          switch couplings {
          case .normal: scale * (rng.uniform() + rng.uniform() + rng.uniform() - 1.5) * 2
          case .signs: rng.uniform() < 0.5 ? -0.25 : 0.25
          case .uniform: 1 / Double(siteCount)
          }
        }
        return try DiscreteModel(
          name: name, lattice: lattice, couplings: numbers,
          fields: field == 0 ? [] : (0..<siteCount).map { field * Double($0 % 3) }, spins: spins)
      }
    }
  }

  static let cases = [
    Case(spins: .ising, couplings: .normal, siteCount: 16, beta: 0, name: "glass"),
    Case(spins: .ising, couplings: .normal, siteCount: 61, beta: 1.3, name: "glass"),
    Case(
      spins: .ising, couplings: .normal, siteCount: 40, field: 0.3, beta: 0.8,
      name: "glass in fields"),
    Case(spins: .ising, couplings: .signs, siteCount: 33, beta: 0.9, name: "signs"),
    Case(
      spins: .ising, couplings: .uniform, siteCount: 50, field: 0.25, beta: 1.1,
      name: "mean field in fields"),
    Case(
      spins: DiscreteModel.SpinSpace(
        pairEnergies: [[0.2, -0.1], [-0.1, 1]], siteEnergies: [0, -0.7], orderVectors: [[0], [1]]),
      couplings: .normal, siteCount: 24, beta: 1.7, name: "gas"),
  ]

  /// The same states after every sweep; energies equal where they have a unit, else to rounding.
  @Test(arguments: cases, [false, true])
  func keptFieldsChangeNothing(_ system: Case, _ isHeatBath: Bool) throws {
    let model = try system.model
    let start = [UInt8](repeating: 0, count: model.siteCount)
    for order in SiteOrder.allCases {
      let engines = [false, true].map { keeps in
        let storage = DiscreteStorage(model: model, start: start)
        if keeps { storage.keepFields() }
        return LocalDiscrete(
          storage: storage, beta: system.beta, isHeatBath: isHeatBath, order: order,
          using: Seed.test(3).makeStream())
      }
      let kept = try #require(engines[1].storage.dense)
      for sweep in 0..<200 {
        for engine in engines { engine.sweep(1 + sweep % 3) }
        #expect(engines[0].storage.configuration == engines[1].storage.configuration)
        let (plain, quick) = (engines[0].storage.energy(), engines[1].storage.energy())
        if engines[0].storage.whole != nil {
          #expect(plain == quick)
        } else {
          expectClose(quick, plain, absolute: 1e-12 * Double(model.siteCount))
        }
        if sweep == 100 { for engine in engines { engine.storage.load(start) } }
      }
      #expect(engines[0].updateCount == engines[1].updateCount)
      #expect(engines[0].acceptanceRate == engines[1].acceptanceRate)
      // Nothing is left of the way that led here.
      let fields = (0..<model.siteCount).map { kept.fields[$0] }
      withExtendedLifetime(engines) { kept.refresh(engines[1].storage.states) }
      #expect(fields == (0..<model.siteCount).map { kept.fields[$0] })
    }
  }

  /// A loaded configuration has its own energy, not that of the fields before.
  @Test func loadedConfigurationsHaveTheirOwnEnergy() throws {
    let model = try Self.cases[1].model
    let chain = try DiscreteChain(model: model, beta: 1, seed: .test(4))
    chain.sweep(5)
    let other = (0..<model.siteCount).map { UInt8($0 % 2) }
    chain.load(other)
    expectClose(chain.energy, model.energy(of: other.span), absolute: 1e-10)
    chain.sweep(1)
    expectClose(chain.energy, model.energy(of: chain.configuration.span), absolute: 1e-10)
  }

  /// Sparse models, and those of more states, go without.
  @Test func onlyDenseModelsKeepFields() throws {
    let square = try DiscreteModel(
      name: "square", lattice: .named("square", sides: [8, 8]), coupling: 1, spins: .ising)
    let potts = try Case(
      spins: .potts(3), couplings: .normal, siteCount: 20, beta: 1, name: "Potts glass"
    ).model
    for model in [square, potts] {
      let storage = DiscreteStorage(
        model: model, start: [UInt8](repeating: 0, count: model.siteCount))
      storage.keepFields()
      #expect(storage.dense == nil)
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 64, 77])
  func rowsAreAddedAtEveryLevel(length: Int) {
    var rng = Seed.test(length).makeStream()
    let a = (0..<length).map { _ in Int64(bitPattern: rng.next()) >> 8 }
    let b = (0..<length).map { _ in Int64(bitPattern: rng.next()) >> 8 }
    for level in KernelLevel.allCases where level.isSupported {
      var (sum, difference) = (a, a)
      level.kernels.add_longs(&sum, b, length, 1)
      level.kernels.add_longs(&difference, b, length, 0)
      #expect(sum == zip(a, b).map { $0 + $1 })
      #expect(difference == zip(a, b).map { $0 - $1 })
    }
  }
}
