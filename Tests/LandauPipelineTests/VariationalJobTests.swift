import LandauCore
import LandauQuantum
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauPipeline

@Suite struct VariationalJobTests {
  private static func options(_ name: QuantumModelOptions.Name, size: [Int]) -> VariationalOptions {
    var model = QuantumModelOptions(name: name)
    model.size = size
    if name == .tfim { model.parameters[.transverseField] = [0.7, 1.3] }
    var options = VariationalOptions(model: model)
    options.iterations = 40
    options.samples = 128
    options.chains = 8
    options.measured = 2000
    return options
  }

  private static func run(
    _ options: VariationalOptions, threads: Int = 2, cancellation: Cancellation = .never
  ) throws -> Report {
    try VariationalJob(options).run(
      pool: WorkerPool(threadCount: threads), progress: .silent, cancellation: cancellation)
  }

  @Test func `Energies stand beside exact ones`() throws {
    let report = try Self.run(Self.options(.tfim, size: [8]))
    let points = try #require(report.json.first { $0.key == "points" }?.value.items)
    #expect(points.count == 2)
    for point in points {
      let exact = try #require(point["exactEnergyPerSite"]?.number)
      let energy = try #require(point["energyPerSite"]?["value"]?.number)
      let error = try #require(point["energyPerSite"]?["error"]?.number)
      // Above the ground state but for chance, and near it.
      #expect(energy > exact - 6 * error && energy < exact * 0.98)
      #expect(try #require(point["vScore"]?["value"]?.number) < 0.1)
    }
    #expect(try Self.run(Self.options(.tfim, size: [8]), threads: 1) == report)
  }

  /// Stopped at several moments and taken up again: the same report and the same snapshots.
  @Test func `A stopped run goes on bit for bit`() throws {
    try withTemporaryFolder { folder in
      var whole = Self.options(.tfim, size: [6])
      whole.snapshots = 20
      whole.iterations = 200
      whole.output = folder + "/whole"
      let reference = try Self.run(whole)
      var stopped = whole
      stopped.output = folder + "/stopped"
      var report = try Self.run(stopped, cancellation: Self.requested())
      #expect(report.exitStatus == 4)
      for attempt in 1...200 where report.exitStatus == 4 {
        // Longer and longer, so that every machine comes to the end.
        report = try Self.run(
          stopped, cancellation: Cancellation.never.orAfter(seconds: 0.02 * Double(attempt)))
      }
      #expect(report.exitStatus == 0)
      #expect(report.json == reference.json)
      let files = try ["whole", "stopped"].map {
        try SnapshotFile.read("\(folder)/\($0)/snapshots.npz")
      }
      #expect(files[0].values == files[1].values && files[0].sampleCount == 40)
      #expect(files[0].parameters == [0.7, 1.3] && files[0].parameterName == "transverseField")
      // A finished run is read, not run.
      #expect(try Self.run(stopped).json == reference.json)
      stopped.shift = 0.02
      #expect(throws: InputError.self) { try Self.run(stopped) }
    }
  }

  private static func requested() -> Cancellation {
    let cancellation = Cancellation()
    cancellation.request()
    return cancellation
  }

  @Test func `What a state cannot be is refused`() throws {
    // A triangle of antiferromagnetic bonds has no rule for its signs.
    var frustrated = Self.options(.xxz, size: [3, 3])
    frustrated.model.lattice = .triangular
    #expect(throws: InputError.self) { try VariationalJob(frustrated) }
    frustrated.ansatz = .complexRBM
    _ = try VariationalJob(frustrated)
    frustrated.signs = .marshall
    #expect(throws: InputError.self) { try VariationalJob(frustrated) }
    var signs = Self.options(.xxz, size: [8])
    _ = try VariationalJob(signs)
    signs.signs = .none
    #expect(throws: InputError.self) { try VariationalJob(signs) }
    var moves = Self.options(.tfim, size: [8])
    moves.moves = .exchange
    #expect(throws: InputError.self) { try VariationalJob(moves) }
    let large = Self.options(.tfim, size: [65])
    #expect(throws: InputError.self) { try VariationalJob(large) }
  }

  /// Ferromagnets with a stronger coupling along z have no ground state with half of the spins up.
  @Test func `Exchanges are taken where the ground state is balanced`() throws {
    for (coupling, anisotropy, isExchange) in [
      (1.0, 2.0, true), (1, -0.5, true), (1, -1.5, false), (-1, 0.5, true), (-1, 1.5, false),
    ] {
      var options = Self.options(.xxz, size: [8])
      options.model.parameters = [.coupling: [coupling], .anisotropy: [anisotropy]]
      let system = try VariationalJob(options).systems[0]
      if case .exchange(pairs: _, downCount: _) = system.move {
        #expect(isExchange)
      } else {
        #expect(!isExchange)
      }
    }
  }
}
