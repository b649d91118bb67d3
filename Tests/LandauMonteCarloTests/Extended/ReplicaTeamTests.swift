import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// Tempering whose replicas are shared out; the members are in this process.
@Suite struct ReplicaTeamTests {
  /// Members that do an order when they get it.
  private final class TeamAtHand: ReplicaTeam {
    let shares: [ReplicaShare?]
    private var answers: [[[UInt8]]]
    /// Orders until something goes wrong.
    var patience = Int.max

    /// - Parameter shares: nil for the first member.
    init(_ shares: [ReplicaShare?]) {
      self.shares = shares
      answers = [[[UInt8]]](repeating: [], count: shares.count)
    }

    var count: Int { shares.count }
    var isBroken: Bool { patience <= 0 }

    func send(_ order: [UInt8], to member: Int) {
      patience -= 1
      do {
        if let answer = try shares[member]?.answer(to: order) { answers[member].append(answer) }
      } catch {
        Issue.record("\(error)")
      }
    }

    func answer(from member: Int) -> [UInt8]? {
      isBroken ? nil : answers[member].removeFirst()
    }
  }

  private static let betas = [0.1, 0.4, 1, 3]

  private static var plan: ReplicaExchangePlan {
    var plan = ReplicaExchangePlan()
    plan.burnIn = 64
    plan.exchangesPerMeasurement = 2
    plan.tuning = .rejection
    return plan
  }

  private func chain(_ beta: Double, _ seed: Seed) throws(InputError) -> any TemperedChain {
    try DiscreteChain(
      model: .ising(Lattice.named("square", sides: [4, 4])), beta: beta, seed: seed)
  }

  private func tempering(members: Int, seed: Seed) throws -> (ReplicaExchange, TeamAtHand?) {
    let ladder = try TemperatureLadder(betas: Self.betas)
    let pool = WorkerPool(threadCount: 1)
    guard members > 1 else {
      return (
        try ReplicaExchange(
          ladder: ladder, plan: Self.plan, seed: seed, pool: pool, makeChain: chain), nil
      )
    }
    let shares = try (0..<members).map { member in
      member == 0
        ? nil
        : try ReplicaShare(
          member: member, of: members, ladder: ladder, ladderCount: Self.plan.ladderCount,
          seed: seed, pool: pool, makeChain: chain)
    }
    let team = TeamAtHand(shares)
    let run = try ReplicaExchange(
      ladder: ladder, plan: Self.plan, seed: seed, pool: pool, team: team, makeChain: chain)
    return (run, team)
  }

  private func state(_ run: ReplicaExchange) -> [UInt8] {
    var writer = StateWriter()
    run.save(to: &writer)
    return writer.bytes
  }

  /// Numbers, ladder, state and configurations; eight replicas, the last time with one member that has none.
  @Test(arguments: [2, 3, 8, 9])
  func aTeamDoesWhatOneProcessDoes(members: Int) throws {
    let (alone, _) = try tempering(members: 1, seed: .test())
    let (together, _) = try tempering(members: members, seed: .test())
    for target in [0, 40] {
      alone.run(to: target)
      together.run(to: target)
      #expect(together.recordings == alone.recordings)
      #expect(together.ladder == alone.ladder && together.flows == alone.flows)
      #expect(state(together) == state(alone))
    }
    for place in Self.betas.indices {
      for copy in 0..<2 {
        let snapshot = together.snapshot(at: place, ladder: copy)
        #expect(snapshot.count == 16 && snapshot == alone.snapshot(at: place, ladder: copy))
      }
    }
  }

  /// From one process to three members, to two, and back.
  @Test func statesPassFromTeamToTeam() throws {
    let (whole, _) = try tempering(members: 1, seed: .test())
    whole.run(to: 40)
    var bytes: [UInt8]?
    for (members, target) in [(1, 0), (3, 11), (2, 30), (1, 40)] {
      let (run, _) = try tempering(members: members, seed: .test())
      if let bytes {
        var reader = StateReader(bytes)
        try run.restore(from: &reader)
        #expect(reader.isAtEnd)
      }
      run.run(to: target)
      bytes = state(run)
    }
    #expect(bytes == state(whole))
  }

  @Test func aBrokenTeamStops() throws {
    let (run, team) = try tempering(members: 3, seed: .test())
    team?.patience = 21
    run.run(to: 1000)
    #expect(run.isBroken && run.exchangeCount < 12)
  }

  @Test func ordersComeBack() throws {
    let order = ReplicaOrder(.sweepAndMeasure, count: 3, payload: [0.5, -1].rawBytes)
    let read = try #require(ReplicaOrder(order.bytes))
    #expect(read.kind == order.kind && read.count == 3 && read.numbers == [0.5, -1])
    #expect(ReplicaOrder([1, 2]) == nil)
    #expect(ReplicaOrder([UInt8](repeating: 99, count: 16)) == nil)
  }
}
