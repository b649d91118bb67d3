import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The points of one run for a scan of a small system.
private func points(
  _ name: ModelOptions.Name, update: String, betas: [Double], sweeps: Int, seed: Seed,
  _ change: (inout SampleOptions) -> Void = { _ in }
) throws -> [JSONValue] {
  var model = ModelOptions(name: name)
  model.size = [4]
  if name == .potts { model.parameters = [.states: 3] }
  if name == .potts { model.size = [3] }
  var options = SampleOptions(model: model, scan: .beta(betas))
  options.update = update
  options.length.sweeps = sweeps
  options.seed = seed.value
  change(&options)
  let report = try options.run(threads: 2)
  return try #require(report.json.first { $0.key == "points" }?.value.items)
}

private func estimate(_ point: JSONValue, _ name: String, freedom: Double?) throws -> Estimate {
  Estimate(
    try #require(point[name]?["value"]?.number, "\(name)"),
    error: try #require(point[name]?["error"]?.number, "\(name)"), degreesOfFreedom: freedom)
}

/// The order of three Potts states on 3 x 3 sites from all 3^9 configurations: with n_s sites in state s the vector
/// of the simplex has |m|^2 = (3 sum n_s^2/N^2 - 1)/2.
private func threeByThreePotts(beta: Double) -> [String: Double] {
  var (weights, modulus, square, fourth) = (0.0, 0.0, 0.0, 0.0)
  for index in 0..<19_683 {
    var rest = index
    let states = (0..<9).map { _ in
      defer { rest /= 3 }
      return rest % 3
    }
    var bonds = 0
    for site in 0..<9 {
      let (row, column) = (site / 3, site % 3)
      if states[site] == states[(row + 1) % 3 * 3 + column] { bonds += 1 }
      if states[site] == states[row * 3 + (column + 1) % 3] { bonds += 1 }
    }
    let counts = (0..<3).map { state in Double(states.count { $0 == state }) / 9 }
    let order = (3 * counts.reduce(0) { $0 + $1 * $1 } - 1) / 2
    let weight = exp(beta * Double(bonds))
    weights += weight
    modulus += weight * max(0, order).squareRoot()
    square += weight * order
    fourth += weight * order * order
  }
  return [
    "absMagnetizationPerSite": modulus / weights,
    "binderRatio": fourth * weights / (square * square),
  ]
}

@Suite struct WholeScanTests {
  /// Every quantity at the middle of a scan against the exact value beside it; beta wrong by five per cent moves
  /// the energy by 0.1 and the free energy by 0.07 here.
  @Test(arguments: [
    ("wang-landau", "energyPerSite", 0.1), ("wang-landau", "specificHeatPerSite", 0.1),
    ("wang-landau", "freeEnergyPerSite", 0.04), ("wang-landau", "entropyPerSite", 0.06),
    ("multicanonical", "energyPerSite", 0.06), ("multicanonical", "specificHeatPerSite", 0.06),
    ("multicanonical", "absMagnetizationPerSite", 0.03),
    ("multicanonical", "susceptibilityPerSite", 0.05),
    ("multicanonical", "binderCumulant", 0.03), ("multicanonical", "freeEnergyPerSite", 0.03),
    ("population-annealing", "energyPerSite", 0.06),
    ("population-annealing", "specificHeatPerSite", 0.1),
    ("population-annealing", "susceptibilityPerSite", 0.09),
    ("population-annealing", "binderCumulant", 0.03),
    ("population-annealing", "freeEnergyPerSite", 0.01),
  ])
  func quantitiesAgreeWithEnumeration(update: String, name: String, bias: Double) throws {
    let sweeps = ["wang-landau": 20_000, "multicanonical": 20_000, "population-annealing": 5]
    try check(.ising, update, name, bias, sweeps: sweeps[update]!)
  }

  /// Weights on levels of Potts spins, whose order parameter has components.
  @Test(arguments: [
    ("multicanonical", "binderRatio", 0.05),
    ("population-annealing", "absMagnetizationPerSite", 0.03),
  ])
  func vectorsOfOrder(update: String, name: String, bias: Double) throws {
    try check(.potts, update, name, bias, sweeps: update == "multicanonical" ? 10_000 : 5)
  }

  private func check(
    _ model: ModelOptions.Name, _ update: String, _ name: String, _ bias: Double, sweeps: Int
  ) throws {
    // Walks and populations have the freedom of their four runs.
    let freedom: Double? = update == "multicanonical" ? nil : 7
    let betas = [0.2, 0.4, 0.6]
    let exact: Double
    if model == .potts {
      exact = threeByThreePotts(beta: betas[1])[name]!
    } else {
      let known = try points(model, update: "auto", betas: betas, sweeps: 10, seed: Seed(1))[1][
        "exact"]
      func exactly(_ name: String) throws -> Double {
        try #require(known?[name]?.number, "\(name)")
      }
      exact =
        name == "entropyPerSite"
        ? try exactly("logPartitionPerSite") + betas[1] * exactly("energyPerSite")
        : try exactly(name)
    }
    try expectAgreement(with: exact, seed: .test(update, name), minimalBias: bias) { seed, effort in
      let points = try points(
        model, update: update, betas: betas, sweeps: sweeps * effort, seed: seed
      ) { options in
        options.length.population = update == "population-annealing" ? 500 * effort : nil
        options.length.chains = update == "multicanonical" ? 2 : 8
        if effort > 1, update == "population-annealing" { options.length.sweeps = sweeps }
      }
      return try estimate(points[1], name, freedom: freedom)
    }
  }

  @Test func journeysAreCounted() {
    let ends = (high: -0.2, low: -1.5)
    let energies = [-0.5, -0.1, -1.0, -1.6, -1.4, -1.7, -0.2, -0.1, -1.5]
    #expect(ScanQuantities.journeys(energies, high: ends.high, low: ends.low) == 3)
  }

  /// Couplings without a common unit get intervals of energy; the energies themselves are reweighted.
  @Test func realCouplings() throws {
    var model = ModelOptions(name: .edwardsAnderson)
    model.size = [3]
    model.words[.disorder] = "gaussian"
    var options = SampleOptions(model: model, scan: .beta([0.5, 1]))
    options.length.sweeps = 10
    let pool = WorkerPool(threadCount: 2)
    func run(_ options: SampleOptions) throws -> JSONValue {
      let report = try SampleJob(options).run(
        pool: pool, progress: .silent, cancellation: .never)
      return try #require(report.json.first { $0.key == "points" }?.value.items.last)
    }
    let exact = try #require(try run(options)["exact"]?["freeEnergyPerSite"]?.number)
    try expectAgreement(with: exact, seed: .test(), minimalBias: 0.03) { seed, effort in
      var options = options
      options.update = "multicanonical"
      options.length.sweeps = 10_000 * effort
      options.seed = seed.value
      return try estimate(run(options), "freeEnergyPerSite", freedom: nil)
    }
  }

  /// Walks of 1000 sweeps are biased by as much as their error, those of a hundred times as many are not.
  @Test(arguments: [(1000, true), (100_000, false)])
  func shortWalksAreWarnedOf(sweeps: Int, isShort: Bool) throws {
    let point = try points(
      .ising, update: "wang-landau", betas: [0.43], sweeps: sweeps, seed: Seed(1))[0]
    let warnings = try #require(point["warnings"]?.items)
    #expect(warnings.contains { "\($0)".contains("short walks") } == isShort)
    guard case .integer(let trips)? = point["roundTrips"] else {
      Issue.record("no round trips")
      return
    }
    #expect(isShort == (trips < 4 * 32))
  }

  /// The report says how many runs the errors come from.
  @Test(arguments: [
    ("wang-landau", 4, "the scatter of 4 independent walks: Student's t with 3 degrees of freedom"),
    ("population-annealing", 2, "2 independent runs: Student's t with 1 degree of freedom"),
    ("population-annealing", 1, "a single run has no scatter"),
  ])
  func errorsAreTheScatterOfRuns(update: String, chains: Int, text: String) throws {
    var model = ModelOptions(name: .ising)
    model.size = [4]
    var options = SampleOptions(model: model, scan: .beta([0.3]))
    options.update = update
    options.length.sweeps = 5
    options.length.chains = chains
    options.length.population = update == "wang-landau" ? nil : 20
    let report = try options.run(threads: 1)
    #expect(report.text.contains(text))
  }

  @Test func fewJourneysAreWarnedOf() throws {
    let points = try points(
      .ising, update: "multicanonical", betas: [0.5], sweeps: 20, seed: Seed(1))
    #expect(points[0]["warnings"]?.items.contains { "\($0)".contains("few journeys") } == true)
  }
}
