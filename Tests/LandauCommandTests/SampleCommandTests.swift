import LandauCore
import LandauTestSupport
import Testing

@testable import LandauCommand

private let quick = "--sweeps 400 --chains 2 --json --quiet"

/// The object without the members that depend on time and machine.
private func withoutTimes(_ value: JSONValue) -> JSONValue {
  switch value {
  case .object(let members):
    .object(
      members.filter { !["seconds", "rate", "nanosecondsPerSpin"].contains($0.key) }.map {
        .init($0.key, withoutTimes($0.value))
      })
  case .array(let items): .array(items.map(withoutTimes))
  default: value
  }
}

@Suite struct SampleCommandTests {
  @Test func envelope() throws {
    let run = CommandRun("sample ising --size 8 --temperature 2.0:2.6:3 --seed 5 \(quick)")
    #expect(run.status == 0)
    #expect(run.error == "")
    let json = try run.json()
    #expect(
      json.members.map(\.key) == [
        "schema", "landau", "command", "arguments", "seed", "seconds", "points", "files",
      ])
    #expect(json["schema"] == .integer(1))
    #expect(json["landau"] == .string(Release.version))
    #expect(json["command"] == .string("sample"))
    #expect(json["seed"] == .integer(5))
    #expect(json["arguments"]?["model"] == .string("ising"))
    #expect(json["arguments"]?["temperature"] == .string("2.0:2.6:3"))
    #expect(json["files"] == .array([]))
    #expect(json["points"]?.items.compactMap { $0["temperature"]?.number } == [2.0, 2.3, 2.6])
  }

  @Test(arguments: ["ising --size 8x4 --beta 0,0.3", "ising-gauge --size 4 --beta 0,1"])
  func everyQuantityHasAnErrorOrAWarning(line: String) throws {
    let points = try CommandRun("sample \(line) \(quick.replacingChains)").json()["points"]
    let names =
      line.hasPrefix("ising-gauge")
      ? ["plaquette", "actionPerPlaquette", "energyPerSite", "specificHeatPerSite"]
      : [
        "energyPerSite", "specificHeatPerSite", "magnetizationPerSite", "absMagnetizationPerSite",
        "magnetizationSquaredPerSite", "susceptibilityPerSite",
        "susceptibilityDisorderedPerSite", "binderCumulant",
      ]
    #expect(points?.items.count == 2)
    for point in points?.items ?? [] {
      for name in names {
        let quantity = try #require(point[name], "\(name)")
        #expect(quantity["value"]?.number != nil, "\(name)")
        if quantity["error"]?.number == nil {
          #expect(quantity["error"] == .null)
          #expect(point["warnings"]?.items.isEmpty == false, "\(name) without error or warning")
        }
      }
      for name in ["lattice", "size", "convention", "update", "algorithm", "sweeps", "burnIn"] {
        #expect(point[name] != nil, "\(name)")
      }
    }
  }

  @Test func aFrozenChainHasNoErrorAndSaysSo() throws {
    let point = try #require(
      try CommandRun("sample ising --size 8 --temperature 0.05 \(quick)").json()["points"]?.items
        .first)
    #expect(point["energyPerSite"]?["value"]?.number == -2)
    #expect(point["energyPerSite"]?["error"] == .null)
    guard case .string(let warning)? = point["warnings"]?.items.first else {
      Issue.record("no warning")
      return
    }
    #expect(warning.hasPrefix("frozen"))
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let line = "sample ising --size 16 --temperature 2.2,2.3 --sweeps 300 --json --quiet --threads"
    let results = try [1, 3].map { withoutTimes(try CommandRun("\(line) \($0)").json()) }
    #expect(results[0]["points"] == results[1]["points"])
  }

  @Test func aTemperatureHasTheSameNumbersInEveryScan() throws {
    let alone = try CommandRun("sample ising --size 8 --temperature 2.5 \(quick)").json()
    let scan = try CommandRun("sample ising --size 8 --temperature 1,2.5 \(quick)").json()
    let (one, other) = (alone["points"]!.items[0], scan["points"]!.items[1])
    #expect(withoutTimes(one) == withoutTimes(other))
  }

  @Test func seedsDiffer() throws {
    let runs = try [1, 2].map {
      try CommandRun("sample ising --size 8 --temperature 2.5 --seed \($0) \(quick)").json()
    }
    #expect(
      runs[0]["points"]!.items[0]["energyPerSite"] != runs[1]["points"]!.items[0]["energyPerSite"])
  }

  @Test func couplingAndTemperatureScaleTogether() throws {
    let line = "sample ising --size 8 \(quick)"
    let one = try CommandRun("\(line) --temperature 2.5").json()["points"]!.items[0]
    let two = try CommandRun("\(line) --temperature 5 --coupling 2").json()["points"]!.items[0]
    // Doubling both leaves every Boltzmann factor as it is; seeds differ with beta, so compare exactly.
    let exact = try #require(one["exact"]?["energyPerSite"]?.number)
    #expect(two["exact"]?["energyPerSite"]?.number == 2 * exact)
    #expect(two["exact"]?["specificHeatPerSite"] == one["exact"]?["specificHeatPerSite"])
  }

  @Test func snapshotsAreWrittenAndRead() throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/s.npz"
      let line =
        "sample ising --size 4x6 --temperature 2.5,1.5 --snapshots 7 --output \(file) \(quick)"
      let run = CommandRun(line)
      #expect(run.status == 0)
      #expect(try run.json()["files"] == .strings([file]))
      #expect(folderListing(folder) == ["s.npz"])
      let seen = try CommandRun("inspect \(file) --json").json()
      let snapshots = try #require(seen["snapshots"])
      #expect(snapshots["lattice"] == .integers([4, 6]))
      #expect(snapshots["boundary"] == .string("periodic"))
      #expect(snapshots["samples"] == .integer(14))
      #expect(snapshots["parameter"]?["name"] == .string("temperature"))
      #expect(snapshots["parameter"]?["values"]?.items.compactMap(\.number) == [1.5, 2.5])
      #expect(snapshots["parameter"]?["samples"] == .integers([7, 7]))
      let series = seen["arrays"]?.items.first { $0["name"] == .string("energyPerSite") }
      #expect(series?["shape"] == .integers([2, 2, 400]))
    }
  }

  @Test(arguments: [
    ("xy --size 4 --temperature 1,2", "[24, 2, 4, 4]"),
    ("heisenberg --size 2 --temperature 1,2", "[24, 3, 2, 2, 2]"),
    ("phi4 --size 12 --mass-squared -1 --lambda 1", "[12, 12, 12]"),
  ])
  func realConfigurationsAreWrittenAndRefused(model: String, shape: String) throws {
    try withTemporaryFolder { folder in
      for file in ["\(folder)/s.npz", "\(folder)/s.h5"] {
        let line = "sample \(model) --snapshots 12 --output \(file) --sweeps 60 --quiet"
        #expect(CommandRun(line).status == 0)
        let seen = try CommandRun("inspect \(file) --json").json()
        let spins = seen["arrays"]?.items.first {
          $0["name"] == .string("spins") || $0["name"] == .string("snapshots/spins")
        }
        #expect(spins?["type"] == .string("float32"), "\(file)")
        #expect(spins?["shape"]?.text(indented: false) == shape, "\(file)")
        #expect(seen["snapshots"] == .null)
        let refused = CommandRun("discover \(file)")
        #expect(refused.status == 2)
        // A field without a temperature has one value of the parameter, which is refused before.
        let reason = model.hasPrefix("phi4") ? "only one value" : "real numbers"
        #expect(refused.error.contains(reason), "\(refused.error)")
      }
    }
  }

  @Test func aGaugeTheoryWritesTwoChannels() throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/g.npz"
      let line =
        "sample ising-gauge --size 4 --beta 0.5,1 --snapshots 6 --output \(file) --sweeps 50"
      #expect(CommandRun("\(line) --quiet").status == 0)
      let seen = try CommandRun("inspect \(file) --json").json()
      #expect(seen["snapshots"]?["channels"] == .strings(["down", "right"]))
      #expect(seen["snapshots"]?["sequential"] == .bool(false))
      #expect(seen["snapshots"]?["samples"] == .integer(12))
    }
  }

  @Test func anUnwritableOutputIsRefusedBeforeTheWork() throws {
    try withTemporaryFolder { folder in
      let run = CommandRun(
        "sample ising --size 64 --temperature 2 --output \(folder)/none/x.npz --sweeps 1000000")
      #expect(run.status == 2)
      #expect(run.complaint?.contains("--output") == true)
      #expect(folderListing(folder) == [])
    }
  }

  @Test func aStopBeforeTheFirstResultIsStatusFour() {
    let cancellation = Cancellation()
    cancellation.request()
    let run = CommandRun(
      "sample ising --size 8 --temperature 2 \(quick)", cancellation: cancellation)
    #expect(run.status == 4)
    #expect(run.output == "")
    #expect(run.complaint != nil)
  }

  @Test func textNamesWhatWasDone() {
    let run = CommandRun("sample ising --size 8 --temperature 2.5 --sweeps 400 --quiet")
    for word in ["square 8x8", "J = 1", "seed 1", "wolff", "burn-in", "energy", "exact", "k_B = 1"]
    {
      #expect(run.output.contains(word), "\(word)")
    }
  }
}

extension String {
  /// Direct sampling has no chains to count.
  fileprivate var replacingChains: String {
    split(separator: " ").filter { $0 != "--chains" && $0 != "2" }.joined(separator: " ")
  }
}
