import LandauCore
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauPipeline

/// A small job of every family, with an update that has something to remember.
private struct Family {
  var name: ModelOptions.Name
  var lattice: ModelOptions.Lattice
  var update: String
  var parameters: [ModelParameter: Double] = [:]
  var realizations: Int?
  var chains: Int?

  init(
    _ name: ModelOptions.Name, _ lattice: ModelOptions.Lattice, _ update: String,
    _ parameters: [ModelParameter: Double] = [:], realizations: Int? = nil, chains: Int? = nil
  ) {
    self.name = name
    self.lattice = lattice
    self.update = update
    self.parameters = parameters
    self.realizations = realizations
    self.chains = chains
  }
}

private let families = [
  Family(.ising, .square, "wolff"), Family(.ising, .triangular, "swendsen-wang"),
  Family(.potts, .square, "heat-bath", [.states: 3]),
  Family(.clock, .honeycomb, "wolff", [.states: 6]),
  Family(.blumeCapel, .square, "metropolis", [.crystalField: 0.5]), Family(.xy, .square, "hmc"),
  Family(.heisenberg, .cubic, "over-relaxation"),
  Family(.dipolarClock, .triangular, "auto", [.dipolar: 0.3]),
  Family(.phi4, .square, "hmc", [.massSquared: -1, .lambda: 1]),
  Family(.edwardsAnderson, .square, "tempering", [.randomField: 0.2]),
  Family(.sherringtonKirkpatrick, .complete, "auto"), Family(.isingGauge, .square, "metropolis"),
  Family(.isingGauge, .square, "direct"),
  Family(.edwardsAnderson, .square, "tempering", [.realization: 5], realizations: 3),
  Family(.edwardsAnderson, .square, "auto", [.siteFraction: 0.8], realizations: 3),
  Family(.ising, .square, "wang-landau"), Family(.potts, .square, "multicanonical", [.states: 3]),
  Family(.edwardsAnderson, .square, "population-annealing"),
  Family(.potts, .square, "metropolis", [.states: 3], chains: 70),
]

private func options(_ family: Family) -> SampleOptions {
  var model = ModelOptions(name: family.name)
  model.lattice = family.lattice
  model.size = [family.lattice == .complete ? 10 : family.name == .phi4 ? 12 : 4]
  model.parameters = family.parameters
  var options = SampleOptions(
    model: model, scan: family.name == .phi4 ? .beta([1]) : .beta([0.3, 0.6]))
  options.update = family.update
  options.realizations = family.realizations
  options.length.sweeps = 300
  if family.update == "population-annealing" { options.length.population = 10 }
  let keeps = family.realizations == nil && ScanMethod(rawValue: family.update) == nil
  options.length.chains = family.chains
  options.length.snapshots = keeps ? 3 * (family.chains ?? 4) : nil
  return options
}

private func points(_ report: Report) -> JSONValue? {
  guard case .array(let points)? = report.json.first(where: { $0.key == "points" })?.value else {
    return nil
  }
  let timed = ["rate", "nanosecondsPerSpin", "seconds", "warnings"]
  return .array(
    points.map { point in
      guard case .object(let members) = point else { return point }
      return .object(members.filter { !timed.contains($0.key) })
    })
}

@Suite struct StoredRunTests {
  /// Stopped again and again, extended at last, in sweeps and in realisations: the numbers are those of one long run.
  /// Silent error 13: checkpoints that cannot be read, or only with as many threads as wrote them.
  @Test(arguments: families.indices)
  func stopsAndExtensionsLeaveNoTrace(index: Int) throws {
    try withTemporaryFolder { folder in
      var whole = options(families[index])
      whole.length.snapshots = whole.length.snapshots.map { 2 * $0 }
      whole.length.sweeps = 600
      whole.output = "\(folder)/whole.h5"
      let expected = try whole.run(threads: 1)
      #expect(expected.exitStatus == 0)

      var piecewise = options(families[index])
      if let method = ScanMethod(rawValue: families[index].update), !method.isExtendable {
        piecewise.length.sweeps = whole.length.sweeps
      }
      piecewise.realizations = piecewise.realizations.map { $0 - 1 }
      piecewise.output = "\(folder)/pieces.h5"
      piecewise.commitEvery = 0
      piecewise.seconds = 1e-3
      var stops = 0
      var report = try? piecewise.run(threads: 1)
      while report?.exitStatus != 0 && stops < 2000 {
        stops += 1
        report = try? piecewise.run(threads: 1 + stops % 2)
      }
      #expect(stops > 0)
      #expect(report?.exitStatus == 0, "still not done after \(stops) stops")
      var longer = whole
      longer.output = piecewise.output
      let final = try longer.run(threads: 1)
      #expect(final.exitStatus == 0)
      #expect(points(final) == points(expected))
      let one = try RunFile.read("\(folder)/whole.h5")
      let other = try RunFile.read("\(folder)/pieces.h5")
      #expect(one.contents.series == other.contents.series)
      #expect(one.contents.snapshotCounts == other.contents.snapshotCounts)
      #expect(one.contents.checkpoint == other.contents.checkpoint)
      #expect(one.contents.report == other.contents.report)
    }
  }

  @Test(arguments: families.indices)
  func reportsSayWhatTheRunSaid(index: Int) throws {
    try withTemporaryFolder { folder in
      var job = options(families[index])
      job.output = "\(folder)/run.h5"
      let expected = try job.run(threads: 1)
      let report = try ReportJob(.report, paths: ["\(folder)/run.h5"]).run(
        pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
      guard case .array(let first)? = points(expected), case .array(let second)? = points(report)
      else {
        Issue.record("no points")
        return
      }
      #expect(first.count == second.count)
      for (one, other) in zip(first, second) {
        for name in [
          "energyPerSite", "actionPerSite", "absMagnetizationPerSite", "lattice", "size", "burnIn",
        ] {
          #expect(one[name] == other[name], "\(name)")
        }
      }
    }
  }

  @Test func anotherJobIsRefused() throws {
    try withTemporaryFolder { folder in
      var job = options(families[0])
      job.output = "\(folder)/run.h5"
      _ = try job.run(threads: 1)
      job.seed = 2
      #expect {
        try job.run(threads: 1)
      } throws: { "\($0)".contains("'seed' is 1 there and 2 here") }
      job.restarts = true
      #expect(try job.run(threads: 1).exitStatus == 0)
    }
  }

  /// A file of couplings is what is in it, not its name.
  @Test func anotherInstanceIsRefused() throws {
    try withTemporaryFolder { folder in
      func couplings(_ second: Int) throws -> String {
        let path = "\(folder)/g.txt"
        let lines = "3 3\n1 2 1\n2 3 \(second)\n1 3 1\n"
        try FileWriting.writeAtomically(lines, to: path)
        return path
      }
      var model = ModelOptions(name: .edwardsAnderson)
      model.words[.instance] = try couplings(1)
      var job = SampleOptions(model: model, scan: .beta([0.5]))
      job.length.sweeps = 100
      job.output = "\(folder)/run.h5"
      _ = try job.run(threads: 1)
      _ = try couplings(-1)
      let refused = #expect(throws: InputError.self) { try job.run(threads: 1) }
      #expect(refused?.message.contains("'instanceChecksum'") == true)
      let unread = #expect(throws: InputError.self) {
        try ReportJob(.report, paths: [job.output!]).run(
          pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
      }
      #expect(unread?.message.contains("which has others now") == true)
    }
  }

  /// Weights of a cut are couplings of the other sign: the triangle of all ones is the ferromagnet or frustrated.
  @Test(arguments: [("coupling", -1.0), ("max-cut", -1.0 / 3)])
  func instancesAreCouplingsOrWeights(weights: String, ground: Double) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/g.txt"
      try FileWriting.writeAtomically("3 3\n1 2 1\n2 3 1\n1 3 1\n", to: path)
      var model = ModelOptions(name: .edwardsAnderson)
      model.words = [.instance: path, .weights: weights]
      // Deep in the ground state: -3 bonds over three sites, or two of three.
      var job = SampleOptions(model: model, scan: .beta([20]))
      job.length.sweeps = 100
      let point = try #require(points(job.run(threads: 1))?.items.first)
      #expect(point["energyPerSite"]?["value"]?.number == ground)
      model.parameters[.coupling] = 2
      let refused = #expect(throws: InputError.self) {
        try SampleJob(SampleOptions(model: model, scan: .beta([1])))
      }
      #expect(refused?.message.contains("--coupling is not an option beside --instance") == true)
    }
  }

  @Test func mergedRunsHaveAllChains() throws {
    try withTemporaryFolder { folder in
      var paths: [String] = []
      for seed in 1...3 {
        var job = options(families[0])
        job.seed = UInt64(seed)
        job.output = "\(folder)/\(seed).h5"
        _ = try job.run(threads: 1)
        paths.append(job.output!)
      }
      let merged = try ReportJob(.merge(output: "\(folder)/all.h5"), paths: paths).run(
        pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
      guard case .array(let points)? = points(merged) else {
        Issue.record("no points")
        return
      }
      #expect(points.first?["chains"] == .integer(12))
      #expect(throws: InputError.self) {
        try ReportJob(.merge(output: "\(folder)/twice.h5"), paths: [paths[0], paths[0]]).run(
          pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
      }
    }
  }

  /// Averages over realisations 5 and 6 and over 7 to 9 are that over 5 to 9; those in common are refused.
  @Test func mergedAveragesHaveAllRealizations() throws {
    try withTemporaryFolder { folder in
      func average(from first: Int, count: Int) throws -> (path: String, report: Report) {
        var job = options(families[13])
        job.model.parameters[.realization] = Double(first)
        job.realizations = count
        let path = "\(folder)/\(first)-\(count).h5"
        job.output = path
        return (path, try job.run(threads: 1))
      }
      func merge(_ paths: [String]) throws -> Report {
        try ReportJob(.merge(output: "\(folder)/merged.h5"), paths: paths).run(
          pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
      }
      let (head, tail) = (try average(from: 5, count: 2), try average(from: 7, count: 3))
      let overlapping = try average(from: 6, count: 2)
      let error = #expect(throws: InputError.self) {
        try merge([head.path, overlapping.path])
      }
      #expect(error?.message.contains("they must follow one another") == true)
      let merged = try #require(points(merge([tail.path, head.path]))?.items)
      let whole = try #require(points(average(from: 5, count: 5).report)?.items)
      #expect(merged.count == whole.count)
      for (one, other) in zip(merged, whole) {
        for name in ["realizations", "realization", "energyPerSite", "overlapSquaredPerSite"] {
          #expect(one[name] != nil && one[name] == other[name], "\(name)")
        }
      }
    }
  }
}

@Suite struct SelfTestJobTests {
  @Test func theRegisterHolds() throws {
    let report = try SelfTestJob(seed: 1).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never)
    #expect(report.exitStatus == 0, "\(report.text)")
    guard case .object(let summary)? = report.json.first(where: { $0.key == "summary" })?.value
    else {
      Issue.record("no summary")
      return
    }
    let counts = JSONValue.object(summary)
    guard case .integer(let sampled)? = counts["sampled"],
      case .number(let square)? = counts["meanSquaredZScore"]
    else {
      Issue.record("no counts")
      return
    }
    #expect(sampled >= 250)
    // Quantities of one system are correlated: as from a third of as many independent ones.
    #expect(abs(square - 1) < 5 * (2 / (Double(sampled) / 3)).squareRoot())
  }
}
