import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the ranks that sweep the replicas of one ladder tell each other.
enum LadderMessage {
  /// To a member: make your share of the replicas of a unit.
  case unit(Int)
  /// To a member: what `ReplicaShare.answer` takes.
  case order([UInt8])
  /// To a member: end.
  case stop
  /// To the first rank: what an order asked for.
  case answer([UInt8])
  /// To the first rank: something went wrong; the run ends.
  case failure(String, isInput: Bool)

  private enum Kind: UInt8 { case unit, order, stop, answer, failure }

  /// The kind is the last byte: what stands before it need not be moved.
  var bytes: [UInt8] {
    var writer = StateWriter()
    switch self {
    case .unit(let unit): writer.write(unit)
    case .order(let bytes): return bytes + [Kind.order.rawValue]
    case .stop: return [Kind.stop.rawValue]
    case .answer(let bytes): return bytes + [Kind.answer.rawValue]
    case .failure(let message, let isInput):
      writer.write(message)
      writer.write(isInput)
      return writer.bytes + [Kind.failure.rawValue]
    }
    return writer.bytes + [Kind.unit.rawValue]
  }

  /// - Throws: `InputError` for bytes of another program's version.
  init(_ bytes: [UInt8]) throws(InputError) {
    var bytes = bytes
    switch bytes.popLast().flatMap(Kind.init) {
    case .unit:
      var reader = StateReader(bytes)
      self = .unit(try reader.integer())
    case .order: self = .order(bytes)
    case .stop: self = .stop
    case .answer: self = .answer(bytes)
    case .failure:
      var reader = StateReader(bytes)
      self = .failure(try reader.text(), isInput: try reader.flag())
    case nil: throw InputError("the ranks run different versions of the program")
    }
  }
}

extension Ranks {
  /// Seconds of looking again at once, longer than ranks with equal shares wait for one another.
  private static var patience: Double { 0.001 }

  /// Waits for the next message from any rank.
  ///
  /// What comes soon is found within a microsecond, what comes late by a twentieth of the time later; a rank that has long had nothing to do
  /// costs next to nothing. The processor is never only yielded: on a busy machine that gives it away for milliseconds, where one who
  /// sleeps gets it back at once.
  func next() throws(RunError) -> (from: Int, bytes: [UInt8]) {
    let start = Progress.now()
    while true {
      if let received = try received() { return received }
      let waited = Progress.now() - start
      if waited > Self.patience { usleep(UInt32(min(500, 1e6 * waited / 20))) }
    }
  }
}
