import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func resolved(
  _ name: ModelOptions.Name, _ change: (inout DiscoverOptions) -> Void = { _ in }
) throws -> ResolvedModel {
  var options = DiscoverOptions(source: .model(name.rawValue))
  change(&options)
  return try options.resolvedModel(name)
}

private func snapshots(
  _ model: ResolvedModel, _ shape: [Int], temperatures: [Double], shots: Int = 160,
  windows: [Window]? = nil, seed: Seed
) throws -> DiscoverySampler.Sampled {
  let windows =
    windows
    ?? Window.standard(
      siteShape: shape, channelCount: model.discoveryChannels.count, alphabet: model.alphabet,
      bonds: model.bondOffsets)
  return try DiscoverySampler(
    model: model, shots: shots, grid: temperatures, windows: windows, seed: seed
  ).sample(
    shape, pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
}

private let cases: [(name: ModelOptions.Name, lattice: String?, states: Double?)] = [
  (.ising, "triangular", nil), (.ising, "honeycomb", nil), (.ising, "kagome", nil),
  (.ising, "cubic", nil), (.potts, nil, 3), (.potts, "honeycomb", 4), (.clock, nil, 6),
  (.xy, nil, nil), (.xy, "triangular", nil), (.baxterWu, nil, nil),
]

/// The windows and what is counted in them have every bond of the energy: minus the sum of their averages is the
/// energy that the chain measured, snapshot by snapshot.
@Test(arguments: cases.indices)
func theCountedBondsAreTheEnergy(index: Int) throws {
  let (name, lattice, states) = cases[index]
  let model = try resolved(name) {
    $0.lattice = lattice
    $0.parameters[.states] = states
  }
  let shape = [Int](repeating: 6, count: model.dimension)
  let sampled = try snapshots(
    model, shape, temperatures: [1, 2.5], shots: 32, seed: .test("bonds", index))
  let ensemble = sampled.ensemble
  let counts = ensemble.counts
  let bonds = model.bondTerms
  let columns = bonds.map { bond in counts.terms.firstIndex(of: bond) }
  #expect(columns.allSatisfy { $0 != nil }, "a bond is in no window")
  let energies = try #require(ensemble.observables["energyPerSite"])
  #expect(energies.count == ensemble.sampleCount)
  let perCell = Double(ensemble.channels.count)
  for sample in 0..<ensemble.sampleCount {
    let sum = columns.compactMap { $0 }.reduce(0.0) {
      $0 + Double(counts.values[sample * counts.featureCount + $1])
    }
    #expect(abs(-sum / perCell - energies[sample]) < 1e-5)
  }
}

@Test func bondsOfDifferentStrengthAreTheEnergyToo() throws {
  let model = try resolved(.ising) { $0.bondCouplings = [1, -0.5] }
  let sampled = try snapshots(model, [6, 6], temperatures: [2], shots: 32, seed: .test("strength"))
  let counts = sampled.ensemble.counts
  let columns = [(1, 0), (0, 1)].map { row, column in
    counts.terms.firstIndex(
      of: Term([
        .init(row: 0, column: 0, channel: 0), .init(row: row, column: column, channel: 0),
      ]))!
  }
  let energies = try #require(sampled.ensemble.observables["energyPerSite"])
  for sample in 0..<sampled.ensemble.sampleCount {
    let row = sample * counts.featureCount
    let energy =
      -Double(counts.values[row + columns[0]]) + 0.5 * Double(counts.values[row + columns[1]])
    #expect(abs(energy - energies[sample]) < 1e-5)
  }
}

/// Reweighted histograms of sampled energies give the optimum of the exact distribution.
@Test func theSampledOptimumIsTheExactOne() throws {
  let temperatures = (0..<13).map { 1.8 + 0.1 * Double($0) }
  let model = try resolved(.ising)
  func optimum(_ scan: ScanDistributions?) throws -> PredictionOptimum {
    let scan = try #require(scan)
    return PredictionOptimum(parameters: scan.parameters, distributions: scan.probabilities)
  }
  let exact = try optimum(
    ModelDistributions.exact(
      model: model, shape: [8, 8], parameters: temperatures, pool: WorkerPool(threadCount: 1)))
  let drawn = try snapshots(
    model, [8, 8], temperatures: temperatures, shots: 800, windows: [Window(rows: 1, columns: 2)],
    seed: .test("optimum"))
  let sampled = try optimum(
    ModelDistributions.sampled(temperatures: temperatures, energies: drawn.energies, siteCount: 64))
  // 800 energies each, a spread of predictions of about 0.25: errors of 0.01 at each temperature, which
  // reweighting makes smaller and correlates.
  for (one, other) in zip(sampled.means, exact.means) { #expect(abs(one - other) < 0.04) }
  let peaks = try (#require(sampled.peak), #require(exact.peak))
  #expect(abs(peaks.0 - peaks.1) < 0.08)
}

@Test(arguments: [("square", 2.2692), ("triangular", 3.6410), ("cubic", 4.5115)])
func theRangeIsFoundWithoutKnowing(lattice: String, transition: Double) throws {
  let coupling = 0.37
  let model = try resolved(.ising) {
    $0.lattice = lattice
    $0.coupling = coupling
  }
  let found = try TemperatureSearch(model: model, seed: .test("range", lattice)).run(
    pool: WorkerPool(threadCount: 2), progress: .silent, cancellation: .never)
  let inner = found.range.lowerBound * 1.1...found.range.upperBound / 1.1
  #expect(inner.contains(coupling * transition), "\(found.range)")
  let free = try resolved(.ising) {
    $0.lattice = lattice
    $0.coupling = 0
  }
  #expect(throws: InputError.self) {
    try TemperatureSearch(model: free, seed: Seed(1)).run(
      pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
  }
}

@Test func chainsThatRememberTheirStartAreSeen() {
  var rng = Seed.test("memory").makeStream()
  func chains(_ shift: Double) -> [[Double]] {
    (0..<8).map { number in
      let own = 0.1 * rng.normal() + (number % 2 == 0 ? shift : 0)
      return (0..<50).map { _ in own + 0.3 * rng.normal() }
    }
  }
  #expect(DiscoverySampler.remembersStart(chains(3)))
  for _ in 0..<200 { #expect(!DiscoverySampler.remembersStart(chains(0))) }
}

@Test func sitesOfACellBecomeChannels() {
  // Two samples of two cells of three sites.
  let values = Array(0..<12)
  #expect(
    DiscoverySampler.channelFirst(values, siteCount: 6, 3)
      == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11])
}

/// Windows counted in the snapshots that are kept give the counts of the sample, and fewer are spread over all chains.
@Test(arguments: [("ising", nil), ("ising", "honeycomb"), ("potts", nil), ("ising-gauge", nil)])
func theKeptSnapshotsAreThoseThatWereCounted(name: String, lattice: String?) throws {
  let model = try resolved(#require(DiscoverModel.name(name))) {
    $0.lattice = lattice
    if name == "potts" { $0.parameters[.states] = 3 }
  }
  let windows = [Window(rows: 1, columns: 2), Window(rows: 2, columns: 1)]
  let sampler = DiscoverySampler(
    model: model, shots: 32, grid: [0.9, 2.1], windows: windows, seed: .test("kept", name))
  func sample(_ kept: Int) throws -> DiscoverySampler.Sampled {
    try sampler.sample(
      [4, 6], keptPerValue: kept, pool: WorkerPool(threadCount: 2), progress: .silent,
      cancellation: .never)
  }
  let all = try sample(32)
  let snapshots = try #require(all.kept)
  let again = CorrelatorCounts(
    snapshots, windows: windows, alphabet: model.alphabet, pool: WorkerPool(threadCount: 1))
  #expect(again.values == all.ensemble.counts.values)
  #expect(snapshots.parameterIndex.map(Int.init) == all.ensemble.parameterIndex)
  let none = try sample(0)
  #expect(none.kept == nil && none.ensemble.counts.values == all.ensemble.counts.values)
  let some = try #require(try sample(16).kept)
  #expect(some.sampleCount == 32 && some.parameters == [0.9, 2.1])
  #expect(
    Set(some.chain) == Set(name == "ising-gauge" ? (0..<16).map { 2 * $0 + 1 } : Array(0..<8)))
}

private let groups: [(name: ModelOptions.Name, lattice: String?, couplings: [Double], order: Int)] =
  [
    (.ising, "square", [], 8), (.ising, "square", [1, 0.5], 4), (.ising, "square", [0.5, 0.5], 8),
    (.ising, "triangular", [1, 1, 0.5], 4), (.ising, "honeycomb", [], 12), (.xy, "cubic", [], 48),
    (.baxterWu, nil, [], 12), (.isingGauge, nil, [], 8),
  ]

/// Rotations and reflections that couplings break are not averaged over; what is left leaves the energy alone.
@Test(arguments: groups.indices)
func windowsAreAveragedOverTheModelsOwnGroup(index: Int) throws {
  let (name, lattice, couplings, order) = groups[index]
  let model = try resolved(name) {
    $0.lattice = lattice
    $0.bondCouplings = couplings
  }
  let group = model.windowGroup([[6, 6, 6], [9, 9, 9]].map { Array($0.prefix(model.dimension)) })
  #expect(group.count == order)
  if couplings.isEmpty {
    #expect(group.preserves(name == .isingGauge ? [.plaquette] : model.bondTerms))
  }
}

/// Images of a window of links reach over many cells, those of the plaquette do not.
@Test func thePlaquetteSurvivesTheAverage() throws {
  let model = try resolved(.isingGauge)
  let group = model.windowGroup([[6, 6]])
  let kept = group.representatives(
    of: Window.standard(siteShape: [6, 6], channelCount: 2), alphabet: .spins)
  #expect(kept.contains(Window(rows: 2, columns: 2)))
  let links = try IsingGaugeSampler.sample(
    model: IsingGaugeModel(side: 6), beta: 0.8, count: 16, seed: .test("links"))
  let snapshots = Snapshots(
    siteShape: [6, 6], channels: ["down", "right"], values: links, parameterName: "beta",
    parameters: [0.8], parameterIndex: [Int32](repeating: 0, count: 16),
    chain: (0..<16).map(Int32.init), isSequential: false, boundary: .periodic)
  let pool = WorkerPool(threadCount: 1)
  let square = [Window(rows: 2, columns: 2)]
  let averaged = CorrelatorCounts(
    snapshots, orbits: WindowOrbits(square, group: group, alphabet: .spins), pool: pool)
  let plain = CorrelatorCounts(snapshots, windows: square, pool: pool)
  let columns = try (
    #require(averaged.terms.firstIndex(of: .plaquette)),
    #require(plain.terms.firstIndex(of: .plaquette))
  )
  #expect(averaged.featureCount < plain.featureCount / 4)
  for sample in 0..<16 {
    #expect(
      averaged.values[sample * averaged.featureCount + columns.0]
        == plain.values[sample * plain.featureCount + columns.1])
  }
}

@Test func anAssumedGroupThatTheSnapshotsBreakIsWarnedAbout() throws {
  // Rows are alike, columns are not: no rotation by 90 degrees.
  var rng = Seed.test("stripes").makeStream()
  let samples = 256
  let values = (0..<samples * 6).flatMap { _ -> [Int8] in
    [Int8](repeating: rng.uniform() < 0.5 ? 1 : -1, count: 6)
  }
  let stripes = Snapshots(
    siteShape: [6, 6], channels: ["spin"], values: values, parameterName: "p", parameters: [0, 1],
    parameterIndex: (0..<samples).map { Int32($0 % 2) }, chain: (0..<samples).map(Int32.init),
    isSequential: false, boundary: .periodic)
  let look = try SnapshotLook(
    at: stripes, size: "the one size", hasLinks: false, seed: .test("stripes"),
    pool: WorkerPool(), progress: .silent, cancellation: .never)
  let group = WindowGroup(gridChannels: 1, siteShapes: [[6, 6]], boundary: .periodic)
  let warnings = DiscoverJob.symmetryWarnings(group, look: look)
  #expect(warnings.count == 1 && warnings[0].contains("rotation by 90 degrees"), "\(warnings)")
  #expect(!warnings.joined().contains("reflection, axis"), "\(warnings)")
  #expect(DiscoverJob.symmetryWarnings(nil, look: look).isEmpty)
}

@Test func whatDoesNotApplySaysWhy() throws {
  func look(_ snapshots: Snapshots?) throws -> SnapshotLook {
    try SnapshotLook(
      at: snapshots, size: "the smallest size", hasLinks: false, seed: .test("look"),
      pool: WorkerPool(), progress: .silent, cancellation: .never)
  }
  func reason<Value>(_ outcome: SnapshotLook.Outcome<Value>) -> String? {
    if case .left(let reason) = outcome { reason } else { nil }
  }
  let model = try resolved(.xy)
  let sampled = try DiscoverySampler(
    model: model, shots: 16, grid: [1], windows: [Window(rows: 1, columns: 2)], seed: .test("why")
  ).sample(
    [4, 4], keptPerValue: 16, pool: WorkerPool(), progress: .silent, cancellation: .never)
  let angles = try look(sampled.kept)
  #expect(reason(angles.symmetries)?.contains("angles") == true)
  #expect(
    DiscoverLook.sections(angles).flatMap(\.blocks).count == 2, "one line for each of two sections")
  let spins = Snapshots(
    siteShape: [4, 4], channels: ["a", "b"], values: (0..<16 * 32).map { $0 % 3 == 0 ? -1 : 1 },
    parameterName: "p", parameters: [0, 1], parameterIndex: (0..<16).map { Int32($0 % 2) },
    chain: (0..<16).map(Int32.init), isSequential: false, boundary: .periodic)
  let pairs = try look(spins)
  #expect(reason(pairs.unsupervised) == nil && reason(pairs.symmetries) == nil)
  #expect(reason(pairs.fluctuation)?.contains("2 variables") == true)
}

/// The whole job on a small scale, for a model whose transition nothing in the code knows.
@Test(.slow) func threePottsStatesChangeWhereTheyShould() throws {
  try withTemporaryFolder { folder in
    var options = DiscoverOptions(source: .model("potts"))
    options.parameters[.states] = 3
    options.output = folder + "/out"
    options.quick = true
    options.sizes = [[12], [20]]
    options.shots = 240
    let report = try DiscoverJob(options).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never)
    let json = JSONValue.object(report.json)
    #expect(json["indicator"]?["name"] == .string("nearest-neighbour correlator"))
    guard case .number(let at)? = json["transition"]?["value"],
      case .number(let error)? = json["transition"]?["error"]
    else {
      Issue.record("no transition")
      return
    }
    // 1/ln(1 + sqrt 3), shifted by these sizes by a few hundredths.
    #expect(abs(at - 1 / log(1 + 3.0.squareRoot())) < 0.06 + 3 * error, "\(at) \(error)")
  }
}
