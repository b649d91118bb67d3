import LandauCore
import LandauLattice
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauPipeline

@Suite struct QuantumThermalTests {
  private static func options(
    _ name: QuantumModelOptions.Name, _ size: [Int], _ parameters: [QuantumParameter: [Double]],
    isSpinHalf: Bool = false, beta: Double
  ) -> QuantumSampleOptions {
    var model = QuantumModelOptions(name: name)
    model.size = size
    model.parameters = parameters
    model.isSpinHalf = isSpinHalf
    var options = QuantumSampleOptions(model: model)
    options.beta = beta
    options.length.sweeps = 4000
    return options
  }

  private static func points(_ options: QuantumSampleOptions) throws -> [JSONValue] {
    try QuantumSampleJob(options).run(
      pool: WorkerPool(), progress: .silent, cancellation: .never
    ).json.first { $0.key == "points" }?.value.items ?? []
  }

  /// Every average that has an exact value beside it, in both conventions of spins; a bias of 0.15 would be seen, in
  /// specific heats, differences of large numbers, one of 0.6.
  @Test(arguments: [
    options(.xxz, [6], [.anisotropy: [0.5], .field: [0.4]], beta: 0.6),
    options(.xxz, [6], [.anisotropy: [0.5], .field: [0.4]], isSpinHalf: true, beta: 2),
    options(.heisenberg, [8], [:], isSpinHalf: true, beta: 4),
    options(.heisenberg, [2, 3], [.coupling: [-1]], beta: 0.4),
    options(.rydberg, [6], [.detuning: [1.2], .interaction: [3]], beta: 2),
    options(.tfim, [6], [.transverseField: [0.8]], isSpinHalf: true, beta: 3),
  ])
  func `What is exact stands beside`(options: QuantumSampleOptions) throws {
    var names = Set<String>()
    let first = try #require(try Self.points(options).first)
    guard case .object(let members)? = first["exact"] else {
      Issue.record("no exact values")
      return
    }
    for member in members {
      guard let exact = member.value.number else { continue }
      names.insert(member.key)
      try expectAgreement(
        with: exact, seed: .test(options.model.name.rawValue, member.key),
        minimalBias: member.key == "specificHeatPerSite" ? 0.6 : 0.15
      ) { seed, effort in
        var options = options
        options.seed = seed.value
        options.length.sweeps = 4000 * effort
        let value = try Self.points(options).first?[member.key]
        return Estimate(
          value?["value"]?.number ?? .nan, error: value?["error"]?.number ?? .nan)
      }
    }
    #expect(names.isSuperset(of: ["energyPerSite", "specificHeatPerSite"]) && names.count >= 5)
  }

  @Test func `Snapshots at a temperature are written for discovery`() throws {
    var options = Self.options(
      .rydberg, [4, 4], [.detuning: [0, 2], .blockadeRadius: [1.2]], beta: 3)
    options.length.sweeps = 200
    options.length.snapshots = 40
    options.snapshots = 40
    try withTemporaryFolder { folder in
      options.output = folder + "/r.npz"
      _ = try Self.points(options)
      let read = try SnapshotFile.open(
        folder + "/r.npz", options: .init(parameter: "detuning")
      ).snapshots
      #expect(read.parameters == [0, 2] && read.siteShape == [4, 4] && read.isSequential)
      #expect(read.sampleCount == 80)
    }
  }

  @Test func `What has no chains says why`() throws {
    var along = Self.options(.xxz, [8], [:], beta: 1)
    along.basis = "x"
    for (options, words) in [
      (Self.options(.heisenberg, [7], [:], beta: 1), "sign problem"),
      (Self.options(.clusterIsing, [8], [:], beta: 1), "--temperature and --beta are options of"),
      (
        Self.options(.tfim, [8], [.transverseField: [1], .field: [0.5]], beta: 1), "--field is 0.5"
      ),
      (
        Self.options(
          .rydberg, [8], [.detuning: [1], .interaction: [1], .rabi: [0]], beta: 1), "--rabi is 0"
      ),
      (along, "--basis is x"),
    ] {
      do {
        _ = try QuantumSampleJob(options)
        Issue.record("accepted: \(words)")
      } catch { #expect("\(error)".contains(words), "\(error)") }
    }
  }
}
