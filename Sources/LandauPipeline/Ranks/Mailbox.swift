import LandauCore
import Synchronization

/// Ranks that are threads of one process, for the rank that works for itself and for tests.
///
/// Unlike `Ranks` of a launcher an end may be used from any one thread at a time.
final class Mailbox: Sendable {
  private let messages = Mutex<[(from: Int, bytes: [UInt8])]>([])

  func put(_ bytes: [UInt8], from rank: Int) {
    messages.withLock { $0.append((rank, bytes)) }
  }

  func take() -> (from: Int, bytes: [UInt8])? {
    messages.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

/// Ranks in one process: each end has a mailbox.
final class LocalRanks: Ranks {
  let rank: Int
  private let boxes: [Mailbox]
  var count: Int { boxes.count }

  private init(rank: Int, boxes: [Mailbox]) {
    self.rank = rank
    self.boxes = boxes
  }

  static func make(_ count: Int) -> [LocalRanks] {
    let boxes = (0..<count).map { _ in Mailbox() }
    return (0..<count).map { LocalRanks(rank: $0, boxes: boxes) }
  }

  func send(_ bytes: [UInt8], to rank: Int) throws(RunError) {
    boxes[rank].put(bytes, from: self.rank)
  }
  func received() throws(RunError) -> (from: Int, bytes: [UInt8])? { boxes[rank].take() }
  func finish() {}
}
