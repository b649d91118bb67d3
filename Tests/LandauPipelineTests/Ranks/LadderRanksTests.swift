import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline
@testable import LandauStore

/// One ladder of temperatures whose replicas are swept on several ranks, which are threads here.
@Suite struct LadderRanksTests {
  /// Just enough for four ranks, as one ladder.
  private func options(
    _ name: ModelOptions.Name = .potts, temperatures: Int = 8, size: [Int] = [64]
  ) -> SampleOptions {
    var model = ModelOptions(name: name)
    model.size = size
    if name == .potts { model.parameters = [.states: 3] }
    let betas = (0..<temperatures).map { 0.96 + 0.01 * Double($0) }
    var options = SampleOptions(model: model, scan: .beta(betas))
    options.update = "tempering"
    options.length.chains = 1
    options.length.sweeps = 60
    options.length.burnIn = 20
    return options
  }

  @Test(arguments: [2, 3, 4])
  func fileAndNumbersAreThoseOfOneProcess(count: Int) throws {
    try withTemporaryFolder { folder in
      var alone = options()
      alone.length.snapshots = 16
      alone.length.measureEvery = 2
      alone.output = "\(folder)/alone.h5"
      var together = alone
      together.output = "\(folder)/together.h5"
      together.commitEvery = 0.001
      #expect(try SampleJob(together).ladderMembers(ranks: count) == count)
      let one = try alone.run(threads: 1).timelessPoints
      #expect(one.count == 8)
      #expect(try together.run(ranks: count).timelessPoints == one)
      #expect(try FileBytes.read(alone.output!) == FileBytes.read(together.output!))
    }
  }

  /// Pairs of replicas of one realisation, several ladders, a vector model.
  @Test func otherChainsAreSharedOutToo() throws {
    var glass = options(.edwardsAnderson, temperatures: 4, size: [16, 16, 16])
    glass.length.chains = 2
    let vectors = options(.xy, temperatures: 5, size: [48])
    for options in [glass, vectors] {
      #expect(try SampleJob(options).ladderMembers(ranks: 2) == 2)
      let one = try options.run(threads: 1).timelessPoints
      #expect(try options.run(ranks: 2).timelessPoints == one)
    }
  }

  /// Fewer realisations than ranks: all ranks work on one after the other.
  @Test func realizationsAreSharedOutWhereTheyAreFew() throws {
    var options = options(.edwardsAnderson, temperatures: 4, size: [16, 16, 16])
    options.length.chains = 2
    options.realizations = 2
    options.length.sweeps = 20
    #expect(try SampleJob(options).ladderMembers(ranks: 3) == 3)
    #expect(try SampleJob(options).ladderMembers(ranks: 2) == nil)
    let one = try options.run(threads: 1).timelessPoints
    #expect(try options.run(ranks: 3).timelessPoints == one)
  }

  @Test(arguments: [3, 4])
  func ranksWithoutAReplicaWaitForTheEnd(count: Int) throws {
    let options = options(temperatures: 2, size: [128])
    #expect(try SampleJob(options).ladderMembers(ranks: count) == 2)
    let one = try options.run(threads: 1).timelessPoints
    #expect(try options.run(ranks: count).timelessPoints == one)
  }

  /// Eight thousand spins a rank, whatever their number otherwise; whole units where there are as many as ranks.
  @Test func whetherReplicasAreSharedOutFollowsFromTheOptions() throws {
    func members(_ options: SampleOptions, ranks: Int) throws -> Int? {
      try SampleJob(options).ladderMembers(ranks: ranks)
    }
    #expect(try members(options(size: [8]), ranks: 4) == nil)
    #expect(try members(options(size: [32]), ranks: 4) == nil)
    #expect(try members(options(size: [48]), ranks: 4) == 2)
    #expect(try members(options(size: [64]), ranks: 16) == 4)
    #expect(try members(options(size: [256]), ranks: 16) == 8)
    var scan = options(size: [256])
    scan.update = "metropolis"
    #expect(try members(scan, ranks: 16) == nil)
  }

  /// A run that was stopped on some ranks goes on with others, from within the burn-in and after it.
  @Test func stoppedRunsGoOnWithAnyNumberOfRanks() throws {
    try withTemporaryFolder { folder in
      var straight = options()
      straight.length.sweeps = 1000
      straight.length.snapshots = 8
      var broken = straight
      straight.output = "\(folder)/straight.h5"
      broken.output = "\(folder)/broken.h5"
      let one = try straight.run(threads: 2).timelessPoints
      broken.commitEvery = 0.005
      var stops = 0
      for count in [3, 1, 2, 4, 1] {
        broken.seconds = 0.01
        let report = count == 1 ? try broken.run(threads: 1) : try broken.run(ranks: count)
        if report.exitStatus == 4 { stops += 1 }
      }
      #expect(stops > 0)
      broken.seconds = nil
      #expect(try broken.run(ranks: 3).timelessPoints == one)
      #expect(try FileBytes.read(straight.output!) == FileBytes.read(broken.output!))
    }
  }

  @Test func interruptionsStopAllRanks() throws {
    let cancellation = Cancellation()
    cancellation.request()
    #expect(throws: Interrupted.self) {
      try options().run(ranks: 3, cancellation: cancellation)
    }
  }

  @Test func failuresOfAnyRankEndTheRun() throws {
    let error = #expect(throws: RunError.self) {
      try options().run(ranks: 2) { BrokenRank($1) }
    }
    #expect(error?.message == "rank 1: the network is down")
  }

  @Test func messagesComeBack() throws {
    let messages: [LadderMessage] = [
      .unit(3), .order([1, 2, 255]), .order([]), .stop, .answer([0]),
      .failure("--size is 0", isInput: true),
    ]
    for message in messages {
      #expect("\(try LadderMessage(message.bytes))" == "\(message)")
    }
    #expect(throws: InputError.self) { try LadderMessage([]) }
    #expect(throws: InputError.self) { try LadderMessage([77]) }
  }
}
