import LandauCore
import LandauMonteCarlo
import LandauTestSupport
import Testing

@testable import LandauPipeline

/// What a sampling job measured, by the names of its JSON.
private func sample(
  _ name: ModelOptions.Name, size: [Int], beta: Double, update: String, sweeps: Int, seed: Seed,
  _ change: (inout SampleOptions) -> Void = { _ in }
) throws -> JSONValue {
  var model = ModelOptions(name: name)
  model.size = size
  var options = SampleOptions(model: model, scan: .beta([beta]))
  options.update = update
  options.length.sweeps = sweeps
  options.seed = seed.value
  change(&options)
  let report = try options.run(threads: 2)
  return try #require(report.json.first { $0.key == "points" }?.value.items.first)
}

extension JSONValue {
  fileprivate func estimate(_ name: String) throws -> Estimate {
    let value = try #require(self[name]?["value"]?.number, "\(name)")
    let error = try #require(self[name]?["error"]?.number, "\(name)")
    let count = self[name]?["effectiveCount"]?.number
    return Estimate(value, error: error, effectiveCount: count)
  }

  fileprivate func exact(_ name: String) throws -> Double {
    try #require(self["exact"]?[name]?.number, "\(name)")
  }
}

@Suite struct SampleJobTests {
  /// Every quantity of the report against enumeration; a coupling wrong by one per cent moves the energy
  /// by 0.016 here.
  @Test(arguments: [
    ("energyPerSite", 0.01), ("specificHeatPerSite", 0.03), ("absMagnetizationPerSite", 0.01),
    ("magnetizationSquaredPerSite", 0.01), ("susceptibilityPerSite", 0.02),
    ("susceptibilityDisorderedPerSite", 0.1), ("binderCumulant", 0.02),
  ])
  func quantitiesAgreeWithEnumeration(name: String, bias: Double) throws {
    let exact = try sample(
      .ising, size: [4], beta: 0.4, update: "auto", sweeps: 10, seed: Seed(1)
    ).exact(name)
    try expectAgreement(with: exact, seed: .test(name), minimalBias: bias) { seed, effort in
      try sample(
        .ising, size: [4], beta: 0.4, update: "auto", sweeps: 40_000 * effort, seed: seed
      ).estimate(name)
    }
  }

  /// Updates that the kernels of periodic hypercubic lattices do not have are those of any lattice.
  @Test(arguments: [
    ("heat-bath", 0.0, "energyPerSite", 0.05), ("heat-bath", -0.3, "magnetizationPerSite", 0.05),
    ("wolff", 0.3, "energyPerSite", 0.05), ("wolff", 0.3, "magnetizationPerSite", 0.05),
    ("wolff", -0.3, "magnetizationPerSite", 0.05), ("wolff", -0.3, "binderCumulant", 0.05),
    ("swendsen-wang", 0.3, "magnetizationPerSite", 0.05),
    ("swendsen-wang", -0.3, "energyPerSite", 0.05),
    ("swendsen-wang", -0.3, "magnetizationPerSite", 0.05),
  ])
  func updatesOfAnyLattice(update: String, field: Double, name: String, bias: Double) throws {
    func point(sweeps: Int, seed: Seed) throws -> JSONValue {
      try sample(.ising, size: [4, 3], beta: 0.35, update: update, sweeps: sweeps, seed: seed) {
        $0.model.field = field
      }
    }
    let exact = try point(sweeps: 10, seed: Seed(1)).exact(name)
    try expectAgreement(with: exact, seed: .test(update, field, name), minimalBias: bias) {
      seed, effort in
      let point = try point(sweeps: 20_000 * effort, seed: seed)
      #expect(point["update"] == .string(update))
      return try point.estimate(name)
    }
  }

  /// From 64 chains on Metropolis packs them into words, in more than one group beyond 512.
  @Test(arguments: [
    ("energyPerSite", 64), ("binderCumulant", 64), ("absMagnetizationPerSite", 600),
  ])
  func packedChains(name: String, chains: Int) throws {
    func point(sweeps: Int, seed: Seed) throws -> JSONValue {
      try sample(
        .ising, size: [4, 3], beta: 0.35, update: "metropolis", sweeps: sweeps, seed: seed
      ) {
        $0.length.chains = chains
        $0.length.measureEvery = 5
      }
    }
    let exact = try point(sweeps: 10, seed: Seed(1)).exact(name)
    try expectAgreement(with: exact, seed: .test(name, chains), minimalBias: 0.02) { seed, effort in
      let point = try point(sweeps: 240_000 / chains * effort, seed: seed)
      guard case .string(let algorithm)? = point["algorithm"] else { throw InputError("none") }
      #expect(algorithm.contains("512 chains in the bits of words, independent random numbers"))
      return try point.estimate(name)
    }
  }

  /// The names of what is measured do not tell which chains were at work.
  @Test func quantitiesOfBothKindsOfChainsHaveTheSameNames() throws {
    func names(_ update: String) throws -> [String] {
      let point = try sample(
        .ising, size: [4], beta: 0.3, update: update, sweeps: 200, seed: Seed(1)
      ) { $0.model.coupling = -1 }
      guard case .object(let members) = point else { return [] }
      return members.map(\.key)
    }
    #expect(try names("metropolis") == names("heat-bath"))
  }

  /// Too many spins to enumerate, few enough across to be summed.
  @Test func narrowLatticesHaveExactValuesBeside() throws {
    let cube = try sample(
      .ising, size: [3, 3, 3], beta: 0.221654626, update: "auto", sweeps: 10, seed: Seed(1))
    expectClose(try cube.exact("energyPerSite"), -1.434444011468, absolute: 1e-12)
    let potts = try sample(
      .potts, size: [5, 5], beta: 0.5, update: "auto", sweeps: 10, seed: Seed(1)
    ) { $0.model.parameters = [.states: 2] }
    // Potts spins of two states are Ising's at half the beta, less beta/2 a bond.
    let ising = try sample(
      .ising, size: [5, 5], beta: 0.25, update: "auto", sweeps: 10, seed: Seed(1))
    expectClose(
      try potts.exact("logPartition"), try ising.exact("logPartition") + 0.25 * 50,
      absolute: 1e-11)
  }

  @Test(arguments: ["direct", "metropolis"])
  func gaugeUpdatesAgreeWithTheExactPlaquette(update: String) throws {
    let exact = try sample(
      .isingGauge, size: [4, 3], beta: 0.8, update: update, sweeps: 10, seed: Seed(1)
    ).exact("plaquette")
    try expectAgreement(with: exact, seed: .test(update), minimalBias: 0.01) { seed, effort in
      try sample(
        .isingGauge, size: [4, 3], beta: 0.8, update: update, sweeps: 10_000 * effort, seed: seed
      ).estimate("plaquette")
    }
  }

  /// On a square the antiferromagnet is the ferromagnet with every second spin turned over.
  @Test(arguments: [
    ("absStaggeredMagnetizationPerSite", "absMagnetizationPerSite", 0.01),
    ("staggeredSusceptibilityPerSite", "susceptibilityPerSite", 0.02),
    ("staggeredBinderCumulant", "binderCumulant", 0.02),
  ])
  func staggeredOrderIsThatOfTheFerromagnet(name: String, uniform: String, bias: Double) throws {
    let exact = try sample(
      .ising, size: [4], beta: 0.4, update: "auto", sweeps: 10, seed: Seed(1)
    ).exact(uniform)
    try expectAgreement(with: exact, seed: .test(name), minimalBias: bias) { seed, effort in
      try sample(.ising, size: [4], beta: 0.4, update: "auto", sweeps: 20_000 * effort, seed: seed)
      {
        $0.model.coupling = -1
      }.estimate(name)
    }
  }

  @Test func aStoppedRunKeepsWhatItHas() throws {
    var model = ModelOptions(name: .ising)
    model.size = [8]
    var options = SampleOptions(model: model, scan: .temperature([2, 3]))
    options.length.sweeps = 100_000_000
    options.length.measureEvery = 100
    let job = try SampleJob(options)
    let cancellation = Cancellation()
    let pool = WorkerPool(threadCount: 2)
    // A second thread asks for the stop once the work is under way.
    let report = try WorkerPool(threadCount: 2).map(2) { index -> Report? in
      if index == 1 {
        let start = Progress.now()
        while Progress.now() < start + 0.2 {}
        cancellation.request()
        return nil
      }
      return try job.run(pool: pool, progress: .silent, cancellation: cancellation)
    }[0]
    let stopped = try #require(report)
    #expect(stopped.exitStatus == 4)
    #expect(stopped.text.contains("stopped early after"))
    #expect(stopped.json.first { $0.key == "points" }?.value.items.count == 1)
  }

  @Test func defaultsDependOnModelAndSizeAlone() throws {
    var model = ModelOptions(name: .ising)
    for (size, sweeps) in [(8, 10_000), (64, 10_000), (512, 1000), (4096, 1000)] {
      model.size = [size]
      let plan = try SampleOptions.Length().plan(
        siteCount: model.resolved().siteCount, isDirect: false)
      #expect(plan.sweeps == sweeps, "side \(size)")
      #expect(plan.chainCount == 4)
    }
  }

  @Test func moreMemoryThanThereIsIsRefused() {
    var model = ModelOptions(name: .ising)
    model.size = [1024]
    var options = SampleOptions(model: model, scan: .temperature([2]))
    options.length.sweeps = 2_000_000
    options.length.snapshots = 2_000_000
    options.output = "/tmp/never.npz"
    #expect {
      try SampleJob(options)
    } throws: { error in
      "\(error)".hasPrefix("--snapshots is 2000000, which needs 6.3 TB of memory")
    }
  }
}

@Suite struct ModelOptionsTests {
  @Test(arguments: [
    (nil as String?, nil as Int?, [8], [8, 8]), ("chain", nil, [8], [8]),
    ("cubic", nil, [4], [4, 4, 4]),
    ("hypercubic", 4, [2], [2, 2, 2, 2]), (nil, 1, [8], [8]), (nil, nil, [2, 3, 4], [2, 3, 4]),
    ("hypercubic", nil, [2, 3], [2, 3]), ("square", 2, [5, 6], [5, 6]),
  ])
  func sides(lattice: String?, dimension: Int?, size: [Int], expected: [Int]) throws {
    var options = ModelOptions(name: .ising)
    options.lattice = lattice.flatMap(ModelOptions.Lattice.init)
    options.dimension = dimension
    options.size = size
    #expect(try options.resolved().sides == expected)
  }

  @Test func gridsWithAGapAreSeen() throws {
    #expect(SnapshotSummary.gap(in: [0, 1, 2, 3, 4]) == nil)
    #expect(SnapshotSummary.gap(in: [0, 1]) == nil)
    let gap = try #require(SnapshotSummary.gap(in: [0, 1, 2, 12, 13]))
    #expect((gap.low, gap.high, gap.ratio) == (2, 12, 10))
  }

  @Test func memoryInWords() {
    #expect(MemoryBudget.words(12) == "12 bytes")
    #expect(MemoryBudget.words(1500) == "1.5 kB")
    #expect(MemoryBudget.words(2.5e10) == "25 GB")
  }

  @Test func tablesAlign() {
    var table = TextTable(["a", "long"])
    table.append(["first", "1"])
    #expect(table.text() == "      a  long\n  first     1\n")
    #expect(table.text(leftColumns: 2) == "  a      long\n  first  1\n")
  }
}
