import LandauCore
import LandauMonteCarlo

/// The ranks that sweep the replicas of one ladder, for the first of them: it has a share of its own, decides on exchanges, and
/// keeps the run as a single process does.
///
/// Once something went wrong at any rank the team is broken; `check` says what it was.
final class LadderTeam: ReplicaTeam {
  let count: Int
  private let ranks: any Ranks
  /// Answers that came while another member's was waited for.
  private var answers: [[[UInt8]]]
  private var failure: (any Error)?

  /// - Parameter count: ranks with a share; those beyond them wait for the end.
  init(_ ranks: any Ranks, count: Int) {
    (self.ranks, self.count) = (ranks, count)
    answers = [[[UInt8]]](repeating: [], count: ranks.count)
  }

  var isBroken: Bool { failure != nil }

  /// - Throws: what went wrong at any rank.
  func check() throws { if let failure { throw failure } }

  /// All members make their replicas of a unit.
  func begin(unit: Int) { for member in 1..<count { send(.unit(unit), to: member) } }

  /// All other ranks end.
  func stop() { for rank in 1..<ranks.count { send(.stop, to: rank) } }

  func send(_ order: [UInt8], to member: Int) { send(.order(order), to: member) }

  private func send(_ message: LadderMessage, to rank: Int) {
    guard !isBroken else { return }
    do {
      try ranks.send(message.bytes, to: rank)
    } catch {
      failure = error
    }
  }

  func answer(from member: Int) -> [UInt8]? {
    do {
      while !isBroken, answers[member].isEmpty {
        let received = try ranks.next()
        try take(LadderMessage(received.bytes), from: received.from)
      }
    } catch {
      failure = error
    }
    return isBroken ? nil : answers[member].removeFirst()
  }

  private func take(_ message: LadderMessage, from rank: Int) throws {
    switch message {
    case .answer(let bytes): answers[rank].append(bytes)
    case .failure(let message, isInput: true): throw InputError(message)
    case .failure(let message, isInput: false): throw RunError("rank \(rank): \(message)")
    case .unit, .order, .stop: throw RunError("rank \(rank) sent what only the first rank sends")
    }
  }
}

/// Any other rank: does what the first asks of its share of the replicas, until it is told to stop.
struct LadderMember {
  let job: SampleJob
  let ranks: any Ranks
  /// Ranks with a share; of another one nothing is asked.
  let memberCount: Int
  let pool: WorkerPool

  /// What goes wrong is told to the first rank. A stop that the person asks for is the first rank's to decide on, which hears of it, too.
  ///
  /// - Throws: `RunError` where messages cannot be sent.
  func run() throws {
    do {
      try serve()
    } catch let error as InputError {
      try send(.failure(error.message, isInput: true))
    } catch {
      try send(.failure("\(error)", isInput: false))
    }
  }

  private func send(_ message: LadderMessage) throws(RunError) {
    try ranks.send(message.bytes, to: 0)
  }

  private func serve() throws {
    var share: ReplicaShare?
    while true {
      switch try LadderMessage(ranks.next().bytes) {
      case .unit(let unit):
        // The former share goes before the next one comes.
        share = nil
        share = try job.ladderShare(
          ofUnit: unit, member: ranks.rank, of: memberCount, pool: pool)
      case .order(let order):
        guard let share else { throw RunError("an order came before there were replicas") }
        if let answer = try share.answer(to: order) { try send(.answer(answer)) }
      case .stop: return
      case .answer, .failure: throw RunError("a rank sent what only the first takes")
      }
    }
  }
}
