import LandauCore

/// Processes that sweep the replicas of one tempering run together, seen from the first one, which decides on exchanges.
///
/// Messages of each member arrive in the order in which they were sent.
package protocol ReplicaTeam: AnyObject {
  /// Members with a share of the replicas, this process included, which is member 0.
  var count: Int { get }

  /// To another member, which hands it to `ReplicaShare.answer`.
  func send(_ order: [UInt8], to member: Int)

  /// Waits for the next answer of another member; nil where none will come, for good.
  func answer(from member: Int) -> [UInt8]?

  /// Whether something went wrong at any member: no number of this run can be used any more.
  var isBroken: Bool { get }
}

/// What one process asks of another about its share of the replicas.
///
/// Only temperatures and energies travel from exchange to exchange, 8 bytes a replica each way, and where something is measured its
/// numbers; configurations travel in states and snapshots alone.
struct ReplicaOrder {
  enum Kind: UInt64 { case burnIn, temperatures, sweep, sweepAndMeasure, save, restore, snapshot }

  var kind: Kind
  /// Sweeps, or the replica's place in its share.
  var count = 0
  /// Temperatures of the share, or a state.
  var payload: [UInt8] = []

  init(_ kind: Kind, count: Int = 0, payload: [UInt8] = []) {
    (self.kind, self.count, self.payload) = (kind, count, payload)
  }

  var numbers: [Double] { [Double](rawBytes: payload) }

  /// All ranks of a run are the same program on machines of one kind: words are sent as they stand in memory.
  var bytes: [UInt8] { [kind.rawValue, UInt64(count)].rawBytes + payload }

  /// nil for bytes of another version.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 16 else { return nil }
    let head = [UInt64](rawBytes: Array(bytes[..<16]))
    guard let kind = Kind(rawValue: head[0]), let count = Int(exactly: head[1]) else { return nil }
    self.init(kind, count: count, payload: Array(bytes[16...]))
  }
}

/// The replicas that other members sweep.
///
/// Once the team is broken nothing here means anything.
final class DistantReplicas {
  private let team: any ReplicaTeam
  private let replicaCount: Int
  /// Numbers of one measurement.
  private let width: Int
  /// What was last measured, by the number of the replica.
  private(set) var rows: [[Double]]

  init(_ team: any ReplicaTeam, replicaCount: Int, width: Int) {
    (self.team, self.replicaCount, self.width) = (team, replicaCount, width)
    rows = [[Double]](repeating: [], count: replicaCount)
  }

  var isBroken: Bool { team.isBroken }
  private var members: Range<Int> { 1..<max(1, team.count) }

  private func numbers(of member: Int) -> StrideTo<Int> {
    ReplicaShare.numbers(of: member, among: team.count, count: replicaCount)
  }

  func burnIn(_ sweeps: Int) {
    for member in members { team.send(ReplicaOrder(.burnIn, count: sweeps).bytes, to: member) }
  }

  /// - Parameter betas: of all replicas, by number.
  func setTemperatures(_ betas: [Double]) { send(.temperatures, count: 0, betas) }

  /// Makes the others begin to sweep; `endSweeps` waits for them.
  func beginSweeps(_ count: Int, isMeasured: Bool, betas: [Double]) {
    send(isMeasured ? .sweepAndMeasure : .sweep, count: count, betas)
  }

  private func send(_ kind: ReplicaOrder.Kind, count: Int, _ betas: [Double]) {
    for member in members {
      let own = numbers(of: member).map { betas[$0] }
      team.send(ReplicaOrder(kind, count: count, payload: own.rawBytes).bytes, to: member)
    }
  }

  /// - Parameter energies: of all replicas, by number; those of others are written.
  func endSweeps(isMeasured: Bool, energies: UnsafeMutablePointer<Double>) {
    for member in members {
      guard let answer = team.answer(from: member) else { return }
      let values = [Double](rawBytes: answer)
      let numbers = Array(numbers(of: member))
      let wanted = numbers.count * (isMeasured ? 1 + width : 1)
      precondition(
        values.count == wanted, "member \(member) sent \(values.count) numbers for \(wanted)")
      for (place, number) in numbers.enumerated() {
        energies[number] = values[place]
        guard isMeasured else { continue }
        let first = numbers.count + place * width
        rows[number].replaceSubrange(rows[number].indices, with: values[first..<first + width])
      }
    }
  }

  func state(of number: Int) -> [UInt8] { answer(.save, number) }

  func restore(_ number: Int, from state: [UInt8]) {
    let (place, member) = number.quotientAndRemainder(dividingBy: team.count)
    team.send(ReplicaOrder(.restore, count: place, payload: state).bytes, to: member)
  }

  func snapshot(of number: Int) -> [Int8] {
    answer(.snapshot, number).map { Int8(bitPattern: $0) }
  }

  private func answer(_ kind: ReplicaOrder.Kind, _ number: Int) -> [UInt8] {
    let (place, member) = number.quotientAndRemainder(dividingBy: team.count)
    team.send(ReplicaOrder(kind, count: place).bytes, to: member)
    return team.answer(from: member) ?? []
  }
}

extension Array where Element: BitwiseCopyable {
  var rawBytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

  /// - Parameter bytes: of whole elements; what is left over is dropped.
  init(rawBytes bytes: [UInt8]) {
    let count = bytes.count / MemoryLayout<Element>.stride
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(
        from: bytes.prefix(count * MemoryLayout<Element>.stride))
      initialized = count
    }
  }
}
