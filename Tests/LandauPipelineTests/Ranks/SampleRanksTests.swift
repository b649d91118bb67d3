import LandauCore
import LandauTestSupport
import Synchronization
import Testing

@testable import LandauPipeline
@testable import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sampling on several ranks, which are threads here.
@Suite struct SampleRanksTests {
  private func options(
    _ name: ModelOptions.Name = .potts, betas: [Double] = [0.5, 0.7, 0.9, 1.1, 1.3]
  ) -> SampleOptions {
    var model = ModelOptions(name: name)
    model.size = [6]
    if name == .potts { model.parameters = [.states: 3] }
    var options = SampleOptions(model: model, scan: .beta(betas))
    options.length.sweeps = 400
    return options
  }

  @Test(arguments: [2, 3, 4])
  func resultsDoNotDependOnTheNumberOfRanks(count: Int) throws {
    try withTemporaryFolder { folder in
      var alone = options()
      alone.length.snapshots = 16
      alone.output = "\(folder)/alone.h5"
      var together = alone
      together.output = "\(folder)/together.h5"
      together.commitEvery = 0.001
      let one = try alone.run(threads: 1).timelessPoints
      #expect(one.count == 5)
      #expect(try together.run(ranks: count).timelessPoints == one)
      let bytes = try [alone, together].map { try FileBytes.read($0.output!) }
      #expect(bytes[0] == bytes[1])
    }
  }

  /// Realisations of the disorder with exchange of temperatures: one unit each.
  @Test func realizationsAreDealtOut() throws {
    var options = options(.edwardsAnderson, betas: [0.4, 0.8])
    options.update = "tempering"
    options.realizations = 5
    let one = try options.run(threads: 1).timelessPoints
    #expect(try options.run(ranks: 3).timelessPoints == one)
  }

  /// A run that was stopped on three ranks goes on alone, and on two, to the same bytes: of many values, and of one with its chains
  /// dealt out.
  @Test(arguments: [[0.5, 0.7, 0.9, 1.1, 1.3], [0.9]])
  func stoppedRunsGoOnWithAnyNumberOfRanks(betas: [Double]) throws {
    try withTemporaryFolder { folder in
      var straight = options(betas: betas)
      straight.length.sweeps = 40_000
      if betas.count == 1 { straight.length.chains = 7 }
      straight.length.snapshots = betas.count == 1 ? 14 : 8
      var broken = straight
      straight.output = "\(folder)/straight.h5"
      broken.output = "\(folder)/broken.h5"
      let one = try straight.run(threads: 2).timelessPoints
      broken.commitEvery = 0.005
      var stops = 0
      for count in [3, 1, 2, 3, 1] {
        broken.seconds = 0.02
        let report =
          count == 1 ? try broken.run(threads: 1) : try broken.run(ranks: count)
        if report.exitStatus == 4 { stops += 1 }
      }
      #expect(stops > 0)
      broken.seconds = nil
      #expect(try broken.run(ranks: 3).timelessPoints == one)
      #expect(try FileBytes.read(straight.output!) == FileBytes.read(broken.output!))
    }
  }

  /// One value, or few: the chains are dealt out, and what is left is what a single process leaves.
  @Test(arguments: [(1, 5), (1, 1), (2, 4), (1, 130)])
  func chainsOfOneValueAreDealtOut(values: Int, chains: Int) throws {
    try withTemporaryFolder { folder in
      var alone = options(betas: Array([0.8, 1.1].prefix(values)))
      alone.length.chains = chains
      alone.length.sweeps = 200
      alone.update = chains >= 64 ? "metropolis" : "auto"
      alone.length.snapshots = 2 * chains
      alone.output = "\(folder)/alone.h5"
      var together = alone
      together.output = "\(folder)/together.h5"
      together.commitEvery = 0.001
      let one = try alone.run(threads: 1).timelessPoints
      #expect(try together.run(ranks: 3).timelessPoints == one)
      #expect(try FileBytes.read(alone.output!) == FileBytes.read(together.output!))
    }
  }

  /// Every chain in one piece, in order, with threads enough to do.
  @Test(arguments: [(1, 9, 4, 2), (3, 4, 2, 1), (40, 4, 8, 1), (1, 3, 2, 8)])
  func piecesCoverAllChains(values: Int, chains: Int, ranks: Int, threads: Int) throws {
    var options = options(betas: (0..<values).map { 0.5 + 0.01 * Double($0) })
    options.length.chains = chains
    let job = try SampleJob(options)
    let pieces = try job.pieces(ranks: ranks, threadCount: threads)
    func lanes(_ piece: SamplePiece) -> Range<Int> { piece.part?.lanes ?? 0..<chains }
    let covered = pieces.flatMap { piece in lanes(piece).map { [piece.unit, $0] } }
    #expect(covered == (0..<values).flatMap { unit in (0..<chains).map { [unit, $0] } })
    #expect(
      pieces.allSatisfy {
        lanes($0).count >= min(chains, threads) && $0.part?.lanes == $0.part?.chains
      })
    #expect(pieces.reduce(0) { $0 + job.sweeps(of: $1) } == values * chains * 400)
    if values >= 4 * ranks { #expect(pieces.count == values) }
  }

  /// Ranks that count the units given to them, and answer late.
  private final class Slow: Ranks {
    let base: LocalRanks
    let delay: UInt32
    let units: Counter
    var rank: Int { base.rank }
    var count: Int { base.count }

    init(_ base: LocalRanks, delay: UInt32, units: Counter) {
      (self.base, self.delay, self.units) = (base, delay, units)
    }

    func send(_ bytes: [UInt8], to rank: Int) throws(RunError) { try base.send(bytes, to: rank) }

    func received() throws(RunError) -> (from: Int, bytes: [UInt8])? {
      guard let received = try base.received() else { return nil }
      if case .work? = try? RankMessage(received.bytes) {
        units.add()
        usleep(delay)
      }
      return received
    }

    func finish() {}
  }

  private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func add() { value.add(1, ordering: .relaxed) }
    var count: Int { value.load(ordering: .relaxed) }
  }

  /// While one rank sleeps over its unit the others take all the rest.
  @Test func aSlowRankHoldsNobodyUp() throws {
    let slow = Counter()
    let report = try options(betas: (0..<12).map { 0.5 + 0.05 * Double($0) }).run(ranks: 2) {
      Slow($1, delay: 2_000_000, units: slow)
    }
    #expect(try report.timelessPoints.count == 12)
    #expect(slow.count <= 2)
  }

  @Test func failuresOfAnyRankEndTheRun() throws {
    let error = #expect(throws: RunError.self) {
      try options().run(ranks: 2) { BrokenRank($1) }
    }
    #expect(error?.message == "rank 1: the network is down")
  }

  @Test func messagesComeBack() throws {
    var part = RankMessage.UnitPart(
      piece: 3, state: [1, 2, 3], sweeps: 17, isLast: true, isComplete: false)
    part.observables = ["energyPerSite"]
    part.series = [ArchiveKey(point: 1, chain: 2, name: "energyPerSite"): [0.5, -.infinity]]
    part.snapshots = [ArchiveChain(point: 1, chain: 2): [-1, 1, 0]]
    part.works = [
      1: SamplePoint.Work(
        update: "wolff", algorithm: "clusters", sweeps: 10, sweepsMade: 9, burnIn: 8,
        measureEvery: 2, chains: 3, acceptances: [0.2, 0.3], roundTrips: 4,
        warnings: ["slow"],
        seconds: 1.5)
    ]
    guard case .part(let read) = try RankMessage(RankMessage.part(part).bytes) else {
      Issue.record("not a part")
      return
    }
    #expect(read.series == part.series && read.snapshots == part.snapshots)
    #expect("\(read.works)" == "\(part.works)")
    #expect(
      (read.piece, read.sweeps, read.isLast, read.isComplete) == (3, 17, true, false)
        && read.state == part.state && read.observables == part.observables)
    let chains = SamplePiece.Part(lanes: 3..<7, chains: 5..<9)
    let work = RankMessage.work(piece: 5, SamplePiece(unit: 2, part: chains), state: [1])
    guard case .work(5, let piece, [1]) = try RankMessage(work.bytes) else {
      Issue.record("not work")
      return
    }
    #expect(piece == SamplePiece(unit: 2, part: chains))
    #expect(throws: InputError.self) { try RankMessage([7]) }
  }
}

@Suite struct LauncherTests {
  private func launcher(_ variables: [String: String], now: Double = 1000) -> Launcher {
    Launcher(environment: { variables[$0] }, now: now)
  }

  @Test func launchersAreRead() {
    let alone = launcher([:])
    #expect((alone.rank, alone.count) == (0, 1) && alone.workingSeconds == nil)
    #expect(alone.defaultThreadCount == WorkerPool.availableThreads)
    let openMPI = launcher([
      "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
    ])
    #expect((openMPI.rank, openMPI.count, openMPI.localCount) == (3, 4, 4))
    #expect(openMPI.defaultThreadCount == max(1, WorkerPool.availableThreads / 4))
    let pmi = launcher(["PMI_SIZE": "2", "PMI_RANK": "1"])
    #expect((pmi.rank, pmi.count) == (1, 2))
    // A batch script is one process, however many tasks the job has.
    let batch = launcher([
      "SLURM_NTASKS": "8", "SLURM_PROCID": "0", "SLURM_CPUS_PER_TASK": "6",
      "SLURM_JOB_END_TIME": "4600",
    ])
    #expect((batch.rank, batch.count, batch.defaultThreadCount) == (0, 1, 6))
    #expect(batch.secondsLeft == 3600 && batch.workingSeconds == 3390)
    #expect(launcher(["SLURM_JOB_END_TIME": "900"]).workingSeconds == 1)
    let step = launcher(["SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "5", "SLURM_JOB_ID": "3"])
    #expect((step.rank, step.count) == (5, 8) && step.job == nil)
    #expect(launcher(["SLURM_JOB_ID": "17"]).job == "17")
    #expect(
      launcher([
        "SLURM_JOB_ID": "17", "SLURM_ARRAY_JOB_ID": "16", "SLURM_ARRAY_TASK_ID": "2",
      ]).job == "16_2")
  }

  @Test(arguments: [
    ("3:00\n", 180.0), ("59:59", 3599), ("2:03:04", 7384), ("1-02:03:04", 93784),
    ("UNLIMITED", nil), ("INVALID", nil), ("", nil), ("1-", nil), ("-1:00", nil), ("17", nil),
  ])
  func `What squeue says of the time left is read`(text: String, seconds: Double?) {
    #expect(SlurmTime.seconds(text) == seconds)
  }
}
