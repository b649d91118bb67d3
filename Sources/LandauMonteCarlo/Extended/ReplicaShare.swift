package import LandauCore

/// The replicas of a tempering run that one process sweeps: all of them, or a share where several processes sweep together.
///
/// With m members the replicas are dealt round: member k has k, k + m, k + 2m, .... Shares differ by one replica at most, and no
/// member begins with the cold ones alone.
package final class ReplicaShare {
  let replicas: [Replica]
  private let member: Int
  private let memberCount: Int
  private let pool: WorkerPool

  /// - Parameters:
  ///   - member: whose share it is, of so many.
  ///   - seed: of the whole run; a replica has the same numbers whoever sweeps it.
  /// - Throws: what `makeChain` throws.
  package init(
    member: Int, of memberCount: Int, ladder: TemperatureLadder, ladderCount: Int, seed: Seed,
    pool: WorkerPool,
    makeChain: (_ beta: Double, _ seed: Seed) throws(InputError) -> any TemperedChain
  ) throws(InputError) {
    (self.member, self.memberCount, self.pool) = (member, memberCount, pool)
    var replicas: [Replica] = []
    for number in Self.numbers(of: member, among: memberCount, count: ladder.count * ladderCount) {
      let (copy, place) = number.quotientAndRemainder(dividingBy: ladder.count)
      let seed = seed.child("ladder", copy).child("replica", place)
      replicas.append(Replica(try makeChain(ladder.betas[place], seed)))
    }
    self.replicas = replicas
  }

  /// The replicas of a member, in order.
  static func numbers(of member: Int, among memberCount: Int, count: Int) -> StrideTo<Int> {
    stride(from: member, to: count, by: memberCount)
  }

  /// A replica by its number; nil where it belongs to another member.
  subscript(_ number: Int) -> Replica? {
    number % memberCount == member ? replicas[number / memberCount] : nil
  }

  func burnIn(_ sweeps: Int) { forEach { $0.chain.burnIn(sweeps) } }

  func sweep(_ count: Int, isMeasured: Bool) {
    forEach { $0.sweep(count, isMeasured: isMeasured) }
  }

  private func forEach(_ body: @Sendable (Replica) -> Void) {
    let replicas = replicas
    pool.forEach(replicas.count) { body(replicas[$0]) }
  }
}

// For another process, where exchanges are decided.
extension ReplicaShare {
  /// Does what the process that decides on exchanges asks for.
  ///
  /// - Parameter order: the bytes of a `ReplicaOrder`.
  /// - Returns: what it waits for; nil where it waits for nothing.
  /// - Throws: `InputError` for the state of another job.
  package func answer(to order: [UInt8]) throws(InputError) -> [UInt8]? {
    guard let order = ReplicaOrder(order) else {
      throw InputError("the ranks run different versions of the program")
    }
    switch order.kind {
    case .burnIn: burnIn(order.count)
    case .temperatures: setTemperatures(order.numbers)
    case .sweep, .sweepAndMeasure:
      setTemperatures(order.numbers)
      let isMeasured = order.kind == .sweepAndMeasure
      sweep(order.count, isMeasured: isMeasured)
      return answer(isMeasured: isMeasured)
    case .save:
      var writer = StateWriter()
      replicas[order.count].chain.save(to: &writer)
      return writer.bytes
    case .restore: try replicas[order.count].restore(order.payload)
    case .snapshot: return replicas[order.count].snapshot.map { UInt8(bitPattern: $0) }
    }
    return nil
  }

  private func setTemperatures(_ betas: [Double]) {
    for (replica, beta) in zip(replicas, betas) { replica.beta = beta }
  }

  /// Energies, then what was measured, replica by replica.
  private func answer(isMeasured: Bool) -> [UInt8] {
    var numbers = replicas.map(\.energy)
    if isMeasured { for replica in replicas { numbers += replica.row } }
    return numbers.rawBytes
  }
}

/// One chain of many, with what was last measured on it.
///
/// Unchecked: each is touched by one thread at a time, between the start and the end of a loop of the pool.
final class Replica: @unchecked Sendable {
  let chain: any TemperedChain
  private(set) var energy = 0.0
  private(set) var row: [Double] = []

  init(_ chain: any TemperedChain) { self.chain = chain }

  var beta: Double {
    get { chain.beta }
    set { if chain.beta != newValue { chain.beta = newValue } }
  }

  func sweep(_ count: Int, isMeasured: Bool) {
    chain.sweep(count)
    energy = chain.energy
    guard isMeasured else { return }
    row.removeAll(keepingCapacity: true)
    chain.measure(into: &row)
  }

  func restore(_ state: [UInt8]) throws(InputError) {
    var reader = StateReader(state)
    try chain.restore(from: &reader)
  }

  /// Empty where the chain keeps none.
  var snapshot: [Int8] {
    var snapshot: [Int8] = []
    (chain as? any SnapshotChain)?.appendSnapshot(to: &snapshot)
    return snapshot
  }
}
