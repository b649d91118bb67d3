import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

/// An update on a lattice at a temperature, and how many sweeps its check makes.
struct AgreementCase: Sendable, CustomTestStringConvertible {
  var side: Int
  var temperature: Double
  var update: IsingUpdate
  var testDescription: String { "\(side)x\(side) T=\(temperature) \(update.rawValue)" }

  static func all(_ sides: [Int], updates: [IsingUpdate] = IsingUpdate.allCases) -> [AgreementCase]
  {
    sides.flatMap { side in
      [2.0, 2.269, 2.5].flatMap { temperature in
        updates.map { AgreementCase(side: side, temperature: temperature, update: $0) }
      }
    }
  }
}

@Suite struct SamplerAgreementTests {
  @Test(arguments: AgreementCase.all([3, 4]))
  func smallLatticesAgreeWithEnumeration(_ system: AgreementCase) throws {
    let model = try IsingModel(sides: [system.side, system.side])
    let exact = try Enumeration(of: model)
    let beta = 1 / system.temperature
    func run(_ seed: Seed, _ effort: Int) throws -> Simulation {
      try Simulation(model, beta: beta, update: system.update, sweeps: 10_000 * effort, seed: seed)
    }
    let seed = Seed.test(system.testDescription)
    try expectAgreement(
      with: exact.energyPerSite(beta: beta), seed: seed.child("energy"), minimalBias: 0.03
    ) { try run($0, $1).energyPerSite.estimate() }
    try expectAgreement(
      with: exact.absoluteMagnetization(beta: beta),
      seed: seed.child("magnetization"), minimalBias: 0.015
    ) { try run($0, $1).absMagnetizationPerSite.estimate() }
    try expectAgreement(
      with: exact.specificHeatPerSite(beta: beta), seed: seed.child("heat"), minimalBias: 0.05
    ) { try run($0, $1).specificHeatPerSite }
  }

  /// Signs, fields, odd sides, sides 1 and 2, one and three dimensions.
  @Test(arguments: [
    ([4, 4], -1.0, 0.0, IsingUpdate.metropolis), ([4, 4], -1, 0, .wolff),
    ([4, 4], -1, 0, .swendsenWang), ([3, 3], -1, 0, .metropolis), ([3, 3], -1, 0.7, .metropolis),
    ([4, 4], 1, 0.2, .metropolis), ([4, 4], -1, 1.5, .metropolis), ([2, 5], 1, 0, .metropolis),
    ([2, 5], 1, 0, .wolff), ([5, 2], 1, 0, .swendsenWang), ([1, 6], -1, 0, .wolff),
    ([7], 1, 0, .metropolis), ([7], -1, 0, .metropolis), ([7], 1, 0, .wolff),
    ([8], -1, 0, .swendsenWang), ([2, 2, 3], 1, 0, .metropolis), ([2, 2, 3], 1, 0, .wolff),
    ([2, 2, 3], 1, 0, .swendsenWang), ([2, 3, 2], -0.5, 0.3, .metropolis),
  ])
  func otherModelsAgreeWithEnumeration(
    _ sides: [Int], _ coupling: Double, _ field: Double, _ update: IsingUpdate
  ) throws {
    let model = try IsingModel(sides: sides, coupling: coupling, field: field)
    let exact = try Enumeration(of: model)
    let beta = 0.4
    let seed = Seed.test(sides, coupling, field, update.rawValue)
    func run(_ seed: Seed, _ effort: Int) throws -> Simulation {
      try Simulation(model, beta: beta, update: update, sweeps: 10_000 * effort, seed: seed)
    }
    try expectAgreement(
      with: exact.energyPerSite(beta: beta), seed: seed.child("energy"), minimalBias: 0.025
    ) { try run($0, $1).energyPerSite.estimate() }
    // Without a field the sign says nothing and may change seldom.
    try expectAgreement(
      with: field == 0
        ? exact.absoluteMagnetization(beta: beta) : exact.magnetizationMoment(1, beta: beta),
      seed: seed.child("magnetization"), minimalBias: 0.05
    ) {
      let sample = try run($0, $1)
      return (field == 0 ? sample.absMagnetizationPerSite : sample.magnetizationPerSite).estimate()
    }
  }

  @Test(arguments: AgreementCase.all([14, 16, 32]))
  func largerLatticesAgreeWithKaufman(_ system: AgreementCase) throws {
    let side = system.side
    let model = try IsingModel(sides: [side, side])
    let exact = try KaufmanTorus(rows: side, columns: side)
    let beta = 1 / system.temperature
    // Single spins need the more sweeps the larger the lattice; they cost less.
    let sweeps = system.update == .metropolis ? 200 * side + 100 * side * side / 8 : 3000
    func run(_ seed: Seed, _ effort: Int) throws -> Simulation {
      try Simulation(model, beta: beta, update: system.update, sweeps: sweeps * effort, seed: seed)
    }
    let seed = Seed.test(system.testDescription)
    try expectAgreement(
      with: exact.energyPerSite(beta: beta), seed: seed.child("energy"), minimalBias: 0.02
    ) { try run($0, $1).energyPerSite.estimate() }
    try expectAgreement(
      with: exact.specificHeatPerSite(beta: beta), seed: seed.child("heat"), minimalBias: 0.35
    ) { try run($0, $1).specificHeatPerSite }
  }

  /// The strip layout, on a lattice long one way, either sign of J.
  @Test(arguments: [2.269, 2.5, 4.0], [1.0, -1.0])
  func stripsAgreeWithKaufman(_ temperature: Double, _ coupling: Double) throws {
    let model = try IsingModel(sides: [128, 32], coupling: coupling)
    let exact = try KaufmanTorus(rows: 128, columns: 32)
    let beta = 1 / temperature
    func run(_ seed: Seed, _ effort: Int) throws -> Simulation {
      try Simulation(
        model, beta: beta, update: .metropolis, sweeps: 40_000 * effort, seed: seed, measureEvery: 4
      )
    }
    let seed = Seed.test(temperature, coupling)
    try expectAgreement(
      with: exact.energyPerSite(beta: beta), seed: seed.child("energy"), minimalBias: 0.008
    ) { try run($0, $1).energyPerSite.estimate() }
    try expectAgreement(
      with: exact.specificHeatPerSite(beta: beta), seed: seed.child("heat"), minimalBias: 0.2
    ) { try run($0, $1).specificHeatPerSite }
  }

  /// Far from the transition a lattice of side 256 is infinite to the digits that can be measured.
  @Test func stripsHaveTheRightDiagonalCorrelator() throws {
    let side = 256
    let beta = 0.4
    let model = try IsingModel(sides: [side, side])
    let exact = Onsager().diagonalCorrelation(beta: beta)
    try expectAgreement(with: exact, seed: .test(), minimalBias: 0.003) { seed, effort in
      let chain = try IsingChain(model: model, beta: beta, update: .metropolis, seed: seed)
      chain.burnIn(200)
      let values = (0..<(150 * effort)).map { _ in
        chain.sweep(10)
        return Self.diagonalCorrelator(chain.spins, side: side)
      }
      return Series(values, spacing: 10).estimate()
    }
  }

  private static func diagonalCorrelator(_ spins: [Int8], side: Int) -> Double {
    var sum = 0
    for row in 0..<side {
      let below = (row + 1) % side * side
      for column in 0..<side {
        sum += Int(spins[row * side + column] * spins[below + (column + 1) % side])
      }
    }
    return Double(sum) / Double(side * side)
  }

  /// A fault of one per cent in the coupling or the temperature does not pass.
  @Test(arguments: IsingUpdate.allCases)
  func aCouplingOffByOnePerCentIsCaught(_ update: IsingUpdate) throws {
    let exact = try KaufmanTorus(rows: 16, columns: 16)
    let beta = 1 / 2.269
    let model = try IsingModel(sides: [16, 16])
    let strong = try IsingModel(sides: [16, 16], coupling: 1.01)
    let sweeps = update == .metropolis ? 12_000 : 3_000
    try expectDisagreement(
      with: exact.energyPerSite(beta: beta), seed: .test(update.rawValue, "coupling")
    ) { seed, effort in
      try Simulation(strong, beta: beta, update: update, sweeps: sweeps * effort, seed: seed)
        .energyPerSite.estimate()
    }
    try expectDisagreement(
      with: exact.energyPerSite(beta: beta), seed: .test(update.rawValue, "beta")
    ) { seed, effort in
      try Simulation(model, beta: 1.01 * beta, update: update, sweeps: sweeps * effort, seed: seed)
        .energyPerSite.estimate()
    }
  }

  /// At beta = 0 spins are fair coins in every sweep: no trace of the one before.
  @Test(arguments: [[4, 4], [5], [128, 16], [2, 3, 2]], IsingUpdate.allCases)
  func infiniteTemperatureIsFairCoins(_ sides: [Int], _ update: IsingUpdate) throws {
    let model = try IsingModel(sides: sides)
    let count = Double(model.siteCount)
    let simulate = { (seed: Seed, effort: Int) in
      try Simulation(model, beta: 0, update: update, sweeps: 3000 * effort, seed: seed)
    }
    let seed = Seed.test(sides, update.rawValue)
    try expectAgreement(with: 0, seed: seed.child("m"), minimalBias: 0.1) {
      try simulate($0, $1).magnetizationPerSite.estimate()
    }
    try expectAgreement(with: 1, seed: seed.child("m2"), minimalBias: 0.2) {
      try simulate($0, $1).magnetizationPerSite.map { count * $0 * $0 }.estimate()
    }
  }

  @Test(arguments: [0.1, 0.8, 1.6])
  func gaugeSamplersAgreeWithTheExactPlaquette(_ beta: Double) throws {
    let model = try IsingGaugeModel(side: 6)
    let exact = try IsingGaugeTorus(rows: 6, columns: 6).plaquette(beta: beta)
    let seed = Seed.test(beta)
    try expectAgreement(with: exact, seed: seed.child("direct"), minimalBias: 0.02) {
      let links = try IsingGaugeSampler.sample(model: model, beta: beta, count: 3000 * $1, seed: $0)
      let width = model.variableCount
      let values = (0..<(3000 * $1)).map { sample in
        let one = Array(links[(sample * width)..<((sample + 1) * width)])
        return Double(model.plaquetteSum(of: one.span)) / 36
      }
      return Series(values).estimate()
    }
    try expectAgreement(with: exact, seed: seed.child("local"), minimalBias: 0.02) { seed, effort in
      let chains = try (0..<4).map { number in
        let chain = try IsingGaugeChain(
          model: model, beta: beta, seed: seed.child("chain", number))
        chain.sweep(500)
        return (0..<(8000 * effort)).map { _ in
          chain.sweep()
          return chain.plaquette
        }
      }
      return Series(chains).estimate()
    }
  }
}
