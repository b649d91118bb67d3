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

/// A run of four chains of a scalar field.
struct ScalarFieldRun {
  let recording: Recording
  let chains: [ScalarFieldChain]

  init(
    _ model: ScalarFieldModel, update: ScalarFieldUpdate, sweeps: Int, seed: Seed,
    burnIn: Int = 200
  ) throws {
    chains = try (0..<4).map {
      try ScalarFieldChain(model: model, update: update, seed: seed.child("chain", $0))
    }
    let runner = ChainRunner(chains: chains, lengths: .init(sweeps: sweeps, burnIn: burnIn))
    runner.advance(pool: WorkerPool(threadCount: 1))
    recording = runner.recording
  }

  func estimate(_ observable: Observable) -> Estimate { recording[observable]!.estimate() }
}

/// One row of the reference table for `--action albergo`, m^2 = -4: <phi^2>, <phi^4>, <M^2>/V, neighbour
/// product, <|m|>, S/V, each with its error.
struct AlbergoRow: Sendable, CustomTestStringConvertible {
  var side: Int
  var lambda: Double
  var values: [(value: Double, error: Double)]
  var testDescription: String { "L=\(side) lambda=\(lambda)" }

  static let all = [
    AlbergoRow(
      side: 8, lambda: 8,
      values: [
        (0.14350, 5e-5), (0.04235, 3e-5), (0.7458, 28e-4), (0.04428, 5e-5), (0.0871, 2e-4),
        (0.1617, 3e-4),
      ]),
    AlbergoRow(
      side: 6, lambda: 6.975,
      values: [
        (0.16135, 8e-5), (0.05256, 5e-5), (1.058, 4e-3), (0.05827, 9e-5), (0.1412, 3e-4),
        (0.1335, 4e-4),
      ]),
    AlbergoRow(
      side: 8, lambda: 6.008,
      values: [
        (0.18397, 8e-5), (0.06684, 5e-5), (1.901, 10e-3), (0.07568, 11e-5), (0.1424, 4e-4),
        (0.0989, 4e-4),
      ]),
    AlbergoRow(
      side: 10, lambda: 5.55,
      values: [
        (0.19896, 7e-5), (0.07694, 5e-5), (2.897, 17e-3), (0.08855, 12e-5), (0.1408, 5e-4),
        (0.0728, 3e-4),
      ]),
    AlbergoRow(
      side: 12, lambda: 5.276,
      values: [
        (0.21041, 13e-5), (0.08497, 8e-5), (4.12, 0.05), (0.0990, 2e-4), (0.1405, 10e-4),
        (0.0523, 5e-4),
      ]),
    AlbergoRow(
      side: 12, lambda: 5.267,
      values: [
        (0.21091, 13e-5), (0.0853, 1e-4), (4.17, 0.05), (0.0997, 2e-4), (0.1410, 10e-4),
        (0.0506, 6e-4),
      ]),
  ]

  static let observables: [Observable] = [
    .fieldSquared, .fieldFourth, .orderSquared, .neighbourProduct, .absOrder, .actionPerSite,
  ]

  func model() throws -> ScalarFieldModel {
    try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [side, side]), massSquared: -4, lambda: lambda,
      action: .albergo)
  }

  /// Compares a run with the row; the errors of both count.
  func check(
    _ update: ScalarFieldUpdate, sweeps: Int, minimalBias: Double, seed: Seed
  ) throws {
    for (index, observable) in Self.observables.enumerated() {
      let scale = observable == .orderSquared ? Double(side * side) : 1
      let (value, error) = (values[index].value, values[index].error)
      try expectAgreement(
        with: value, seed: seed.child(observable.name), minimalBias: minimalBias * value
      ) { seed, effort in
        let run = try ScalarFieldRun(
          model(), update: update, sweeps: sweeps * effort, seed: seed, burnIn: 300)
        var estimate = run.estimate(observable)
        estimate.value *= scale
        estimate.error = hypot(estimate.error * scale, error)
        return estimate
      }
    }
  }
}

@Suite struct ScalarFieldTests {
  static let updates: [ScalarFieldUpdate] =
    ScalarFieldUpdate.standard + [
      .hamiltonian(.init(integrator: .leapfrog, length: 1.5, isLengthRandom: false))
    ]

  /// Free field: <phi^2> = (1/V) sum 1/(p^2 + m^2), V <m^2> = 1/m^2.
  @Test(arguments: [
    (8, 1.0, 0.254173997690350, 1.0), (16, 0.25, 0.376958111158131, 4.0),
  ])
  func freeFieldsAreExact(
    _ side: Int, _ massSquared: Double, _ square: Double, _ chi: Double
  ) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [side, side]), massSquared: massSquared, lambda: 0)
    let update = ScalarFieldUpdate.hamiltonian(.init(length: 2))
    let seed = Seed.test(side)
    func run(_ seed: Seed, _ effort: Int) throws -> ScalarFieldRun {
      try ScalarFieldRun(model, update: update, sweeps: 2_000 * effort, seed: seed)
    }
    try expectAgreement(with: square, seed: seed.child("square"), minimalBias: 0.01) {
      try run($0, $1).estimate(.fieldSquared)
    }
    try expectAgreement(
      with: chi / Double(side * side), seed: seed.child("chi"), minimalBias: 0.005
    ) { try run($0, $1).estimate(.orderSquared) }
    // Every mode has half a unit of action.
    try expectAgreement(with: 0.5, seed: seed.child("action"), minimalBias: 0.01) {
      try run($0, $1).estimate(.actionPerSite)
    }
  }

  /// One site, where the gradient vanishes, and two that share two bonds: integrals by quadrature.
  @Test(arguments: updates, [ScalarFieldModel.Action.standard, .albergo])
  func smallBoxesAgreeWithQuadrature(
    _ update: ScalarFieldUpdate, _ action: ScalarFieldModel.Action
  ) throws {
    for sides in [[1], [1, 1], [2], [1, 2]] {
      let model = try ScalarFieldModel(
        lattice: HypercubicLattice(sides: sides), massSquared: -0.8, lambda: 1.3, action: action)
      let exact = Self.quadrature(model)
      let seed = Seed.test(update.name, "\(update)", action.rawValue, sides)
      for (observable, value) in exact {
        try expectAgreement(with: value, seed: seed.child(observable.name), minimalBias: 0.25) {
          try ScalarFieldRun(model, update: update, sweeps: 3_000 * $1, seed: $0)
            .estimate(observable)
        }
      }
    }
  }

  /// Means over one or two fields by the trapezoidal rule, exact to rounding for such integrands.
  private static func quadrature(_ model: ScalarFieldModel) -> [(Observable, Double)] {
    let grid = (-60...60).map { Double($0) / 15 }
    var sums = [Double](repeating: 0, count: 5)
    func visit(_ field: [Double]) {
      if field.count < model.siteCount {
        for value in grid { visit(field + [value]) }
        return
      }
      let action = model.action(of: field.span)
      let weight = exp(-action)
      let sites = Double(field.count)
      let mean = field.reduce(0, +) / sites
      sums[0] += weight
      sums[1] += weight * action / sites
      sums[2] += weight * field.reduce(0) { $0 + $1 * $1 } / sites
      sums[3] += weight * field.reduce(0) { $0 + $1 * $1 * $1 * $1 } / sites
      sums[4] += weight * abs(mean)
    }
    visit([])
    return [
      (.actionPerSite, sums[1] / sums[0]), (.fieldSquared, sums[2] / sums[0]),
      (.fieldFourth, sums[3] / sums[0]), (.absOrder, sums[4] / sums[0]),
    ]
  }

  @Test func smallestReferenceRowIsReproduced() throws {
    for update in ScalarFieldUpdate.standard {
      try AlbergoRow.all[1].check(
        update, sweeps: 3_000, minimalBias: 0.25, seed: .test(update.name))
    }
  }

  @Test(.long, arguments: AlbergoRow.all)
  func referenceTableIsReproduced(_ row: AlbergoRow) throws {
    try row.check(
      .hamiltonian(.init(length: 1.5)), sweeps: 20_000, minimalBias: 0.06,
      seed: .test(row.testDescription))
  }

  /// <phi dS/dphi> = 1 for every site; with this action 2 <S>/V + 2 lambda <phi^4> = 1.
  @Test(arguments: updates, [ScalarFieldModel.Action.standard, .albergo])
  func virialIsOne(_ update: ScalarFieldUpdate, _ action: ScalarFieldModel.Action) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [3, 2, 4]), massSquared: -1, lambda: 0.9, action: action)
    let seed = Seed.test("\(update)", action.rawValue)
    func run(_ seed: Seed, _ effort: Int) throws -> ScalarFieldRun {
      try ScalarFieldRun(model, update: update, sweeps: 2_000 * effort, seed: seed)
    }
    try expectAgreement(with: 1, seed: seed.child("virial"), minimalBias: 0.05) {
      try run($0, $1).estimate(.virial)
    }
    // The quartic coefficient of S once more than its share of 2 S/V.
    let quartic = action == .albergo ? 2 * model.lambda : model.lambda / 2
    try expectAgreement(with: 1, seed: seed.child("sum"), minimalBias: 0.05) { seed, effort in
      let recording = try run(seed, effort).recording
      let (actions, fourths) = (
        recording[.actionPerSite]!.chains, recording[.fieldFourth]!.chains
      )
      return Series(zip(actions, fourths).map { zip($0, $1).map { 2 * $0 + quartic * $1 } })
        .estimate()
    }
  }

  /// Saved in the middle, restored into a fresh chain, both go on alike to the last bit.
  @Test(arguments: updates)
  func restoredChainsGoOnBitForBit(_ update: ScalarFieldUpdate) throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [5, 6]), massSquared: -1, lambda: 0.5)
    let chain = try ScalarFieldChain(model: model, update: update, seed: Seed(4))
    chain.burnIn(40)
    chain.sweep(17)
    var writer = StateWriter()
    chain.save(to: &writer)
    let other = try ScalarFieldChain(model: model, update: update, seed: Seed(5))
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    #expect(reader.isAtEnd)
    chain.sweep(30)
    other.sweep(30)
    #expect(chain.configuration == other.configuration)
    #expect(chain.updateCount == other.updateCount)
    #expect(chain.acceptanceRate == other.acceptanceRate)
    var rows: [[Double]] = [[], []]
    chain.measure(into: &rows[0])
    other.measure(into: &rows[1])
    #expect(rows[0] == rows[1])
    #expect(rows[0].count == chain.observables.count)
  }

  /// What is measured against the definitions, in one to four dimensions, odd and even sides, 1 and 2.
  @Test(arguments: [[7], [5, 3], [1, 6], [6, 1], [2, 2], [3, 4, 5], [2, 3, 1, 9], [12, 11]])
  func measurementsFollowTheDefinitions(_ sides: [Int]) throws {
    let lattice = try HypercubicLattice(sides: sides)
    let model = try ScalarFieldModel(lattice: lattice, massSquared: 0.7, lambda: 1.1)
    let chain = try ScalarFieldChain(model: model, update: .metropolis, seed: Seed(8))
    let field = chain.configuration
    var row: [Double] = []
    chain.measure(into: &row)
    let found = Dictionary(uniqueKeysWithValues: zip(chain.observables, row))
    let sites = Double(model.siteCount)
    var products = 0.0
    for site in 0..<model.siteCount {
      for axis in sides.indices {
        products += field[site] * field[lattice.neighbour(of: site, axis: axis)]
      }
    }
    let gradient = model.gradient(of: field.span)
    let references: [(Observable, Double)] = [
      (.actionPerSite, model.action(of: field.span) / sites),
      (.order(0), field.reduce(0, +) / sites),
      (.fieldSquared, field.reduce(0) { $0 + $1 * $1 } / sites),
      (.fieldFourth, field.reduce(0) { $0 + $1 * $1 * $1 * $1 } / sites),
      (.neighbourProduct, products / (sites * Double(sides.count))),
      (.virial, zip(field, gradient).reduce(0) { $0 + $1.0 * $1.1 } / sites),
    ]
    for (observable, value) in references {
      expectClose(
        found[observable]!, value, absolute: 1e-13, relative: 1e-12, "\(observable)")
    }
    let longest = sides.max()!
    let axes = sides.indices.filter { sides[$0] == longest }
    var structure = 0.0
    for axis in axes {
      var (real, imaginary) = (0.0, 0.0)
      for site in 0..<model.siteCount {
        let angle = 2 * Double.pi * Double(lattice.coordinates(of: site)[axis]) / Double(longest)
        real += cos(angle) * field[site]
        imaginary += sin(angle) * field[site]
      }
      structure += (real * real + imaginary * imaginary) / Double(axes.count)
    }
    expectClose(
      found[.structureMinimal]!, structure / (sites * sites), absolute: 1e-14, relative: 1e-11)
  }

  @Test func settingsThatCannotBeUsedAreRefused() throws {
    let model = try ScalarFieldModel(
      lattice: HypercubicLattice(sides: [4]), massSquared: 1, lambda: 0)
    for settings in [
      HamiltonianSettings(length: 0), HamiltonianSettings(length: .infinity),
      HamiltonianSettings(targetAcceptance: 1), HamiltonianSettings(length: 1, step: 2),
    ] {
      #expect(throws: InputError.self) {
        try ScalarFieldChain(model: model, update: .hamiltonian(settings), seed: Seed(1))
      }
    }
  }
}
