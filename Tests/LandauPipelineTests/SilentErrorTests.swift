import LandauCore
import LandauLattice
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauPipeline

private func points(_ report: Report) throws -> [JSONValue] {
  try #require(report.json.first { $0.key == "points" }?.value.items)
}

/// Whole jobs against errors that return a number: docs/manual/silent-errors.md.
@Suite struct SilentErrorTests {
  /// Every lattice that has a name, but for files of couplings, with the bonds of a site.
  static let lattices: [(lattice: ModelOptions.Lattice, coordination: Int)] = [
    (.chain, 2), (.ladder, 3), (.square, 4), (.triangular, 6), (.honeycomb, 3), (.kagome, 4),
    (.cubic, 6), (.bcc, 8), (.fcc, 12), (.diamond, 4), (.hypercubic, 8),
  ]

  /// Silent errors 7 and 16: a lattice missing at one dimension, bonds lost or counted twice where a boundary joins a
  /// site with itself. In the cold every crystal has z/2 satisfied bonds per site, sides 1 and 2 included.
  @Test(arguments: lattices, [1, 2, 3])
  func everyLatticeIsSampled(_ entry: (ModelOptions.Lattice, Int), _ side: Int) throws {
    let (lattice, coordination) = entry
    var model = ModelOptions(name: .ising)
    model.lattice = lattice
    model.dimension = lattice == .hypercubic ? 4 : nil
    model.size = [side]
    var options = SampleOptions(model: model, scan: .beta([50]))
    options.update = "wolff"
    options.length.sweeps = 20
    let point = try #require(try points(options.run(threads: 2)).first)
    let energy = try #require(point["energyPerSite"]?["value"]?.number)
    expectClose(energy, -Double(coordination) / 2, absolute: 1e-12)
  }

  @Test func noLatticeIsForgotten() {
    let others: Set<ModelOptions.Lattice> = [.complete, .graph]
    #expect(Set(Self.lattices.map(\.lattice)).union(others) == Set(ModelOptions.Lattice.allCases))
  }

  /// Silent error 12: a file with axes, chains or points in another order than its header says. What is read back has
  /// the energies that the chains measured, with sides, couplings, chains and points that cannot be exchanged.
  @Test(arguments: ["npz", "h5"], 0..<3)
  func storedConfigurationsHaveTheirEnergies(format: String, index: Int) throws {
    var model = ModelOptions(name: [.ising, .potts, .ising][index])
    model.lattice = [.square, .triangular, .cubic][index]
    model.size = [[4, 6], [3, 5], [2, 3, 4]][index]
    model.bondCouplings = [[1, -0.5], [1, 0.5, 0.25], [1, 0.5, 0.25]][index]
    if model.name == .potts { model.parameters[.states] = 3 }
    var options = SampleOptions(model: model, scan: .temperature([2.5, 1.5]))
    options.update = "metropolis"
    options.length.sweeps = 60
    options.length.chains = 2
    options.length.snapshots = 12
    try withTemporaryFolder { folder in
      options.output = "\(folder)/run.h5"
      _ = try options.run(threads: 2)
      let stored = try RunFile.read("\(folder)/run.h5")
      options.output = "\(folder)/other.\(format)"
      _ = try options.run(threads: 2)
      let snapshots = try SnapshotFile.read("\(folder)/other.\(format)")
      #expect(snapshots.sampleCount == 24)
      guard case .discrete(let physical) = try model.resolved().physical() else {
        Issue.record("no model of few-valued spins")
        return
      }
      let width = physical.siteCount
      var taken: [[Int]: Int] = [:]
      for sample in 0..<snapshots.sampleCount {
        let parameter = snapshots.parameters[Int(snapshots.parameterIndex[sample])]
        let point = try #require(stored.job.parameters.firstIndex(of: parameter))
        let chain = Int(snapshots.chain[sample])
        taken[[point, chain], default: 0] += 1
        // The k-th of six in sixty sweeps, each of which was measured.
        let place = 10 * taken[[point, chain]]! - 1
        let energies = stored.contents.chains(of: "energyPerSite", point: point)[chain]
        let states = snapshots.values[(sample * width)..<((sample + 1) * width)].map { value in
          UInt8(physical.spins.values.firstIndex(of: value)!)
        }
        expectClose(
          physical.energy(of: states.span) / Double(width), energies[place], absolute: 1e-12)
      }
      #expect(taken.count == 4 && taken.values.allSatisfy { $0 == 6 })
    }
  }

  /// Silent error 14: results that move with a default that nobody wrote down. What a result says of itself is all
  /// that its numbers depend on: a run that is given it as options has the same numbers.
  @Test func defaultsAreRecorded() throws {
    var model = ModelOptions(name: .ising)
    model.size = [4]
    let plain = SampleOptions(model: model, scan: .temperature([2.5]))
    let report = try plain.run(threads: 2)
    let point = try #require(try points(report).first)
    func number(_ name: String) throws -> Double { try #require(point[name]?.number, "\(name)") }
    func count(_ name: String) throws -> Int {
      guard case .integer(let count)? = point[name] else {
        throw InputError("\(name) is not recorded")
      }
      return count
    }
    guard case .string(let lattice)? = point["lattice"], case .string(let update)? = point["update"]
    else {
      Issue.record("lattice and update are not recorded")
      return
    }
    #expect(update != "auto")
    var spelled = plain
    spelled.model.lattice = ModelOptions.Lattice(rawValue: lattice)
    spelled.model.coupling = try number("coupling")
    spelled.model.field = try number("field")
    spelled.update = update
    spelled.length.sweeps = try count("sweeps")
    spelled.length.burnIn = try count("burnIn")
    spelled.length.measureEvery = try count("measureEvery")
    spelled.length.chains = try count("chains")
    let again = try #require(try points(spelled.run(threads: 2)).first)
    for name in ["energyPerSite", "specificHeatPerSite", "absMagnetizationPerSite"] {
      #expect(point[name] != nil && again[name] == point[name], "\(name)")
    }
  }
}
