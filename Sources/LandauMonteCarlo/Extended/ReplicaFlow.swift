import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the replicas of one ladder are and how they have travelled.
///
/// Temperature indices go from hot (0) to cold.
struct ReplicaFlow: Sendable, Hashable {
  /// The end of the ladder a replica visited last.
  enum End: UInt8 { case none, hot, cold }

  /// Replica at each temperature.
  private(set) var replicas: [Int]
  /// Temperature index of each replica.
  private(set) var places: [Int]
  private var ends: [End]
  /// How often each replica has reached one end after the other.
  private(set) var crossings: [Int]
  /// Visits of each temperature by replicas that were last at the hot end, and that were at any end.
  private(set) var visitsFromHot: [Int]
  private(set) var visits: [Int]
  /// Per pair of neighbours: exchanges tried, exchanges made, and the sum of acceptance probabilities.
  private(set) var attempts: [Int]
  private(set) var acceptances: [Int]
  private(set) var probabilitySums: [Double]

  init(count: Int) {
    replicas = Array(0..<count)
    places = replicas
    ends = [End](repeating: .none, count: count)
    crossings = [Int](repeating: 0, count: count)
    visitsFromHot = crossings
    visits = crossings
    attempts = [Int](repeating: 0, count: max(0, count - 1))
    acceptances = attempts
    probabilitySums = [Double](repeating: 0, count: max(0, count - 1))
  }

  var count: Int { replicas.count }

  /// Forgets what was counted; replicas stay where they are and remember where they come from.
  mutating func resetCounters() {
    let fresh = ReplicaFlow(count: count)
    crossings = fresh.crossings
    visitsFromHot = fresh.visitsFromHot
    visits = fresh.visits
    attempts = fresh.attempts
    acceptances = fresh.acceptances
    probabilitySums = fresh.probabilitySums
  }

  /// Tries to exchange every second pair of neighbours, beginning with pair `parity`.
  ///
  /// Even and odd rounds take turns, which carries replicas on in the direction they go (the
  /// non-reversible scheme of Okabe et al. 2001; Syed et al. 2022). One word per pair is drawn.
  ///
  /// - Parameters:
  ///   - betas: of each temperature.
  ///   - energies: of each replica.
  mutating func exchange(
    parity: Int, betas: [Double], energies: UnsafePointer<Double>,
    using rng: inout some RandomNumberGenerator
  ) {
    for pair in stride(from: parity, to: count - 1, by: 2) {
      let (hot, cold) = (replicas[pair], replicas[pair + 1])
      let logRatio = (betas[pair + 1] - betas[pair]) * (energies[cold] - energies[hot])
      let probability = logRatio >= 0 ? 1 : exp(logRatio)
      attempts[pair] += 1
      probabilitySums[pair] += probability
      guard rng.uniform() < probability else { continue }
      acceptances[pair] += 1
      replicas.swapAt(pair, pair + 1)
      places.swapAt(hot, cold)
    }
    countVisits()
  }

  private mutating func countVisits() {
    guard count > 1 else { return }
    arrive(replicas[0], at: .hot)
    arrive(replicas[count - 1], at: .cold)
    for (place, replica) in replicas.enumerated() where ends[replica] != .none {
      visits[place] += 1
      if ends[replica] == .hot { visitsFromHot[place] += 1 }
    }
  }

  private mutating func arrive(_ replica: Int, at end: End) {
    if ends[replica] != end && ends[replica] != .none { crossings[replica] += 1 }
    ends[replica] = end
  }
}

extension ReplicaFlow {
  func save(to writer: inout StateWriter) {
    writer.write(words: replicas.map { UInt64($0) })
    writer.write(bytes: ends.map(\.rawValue))
    for counters in [crossings, visitsFromHot, visits, attempts, acceptances] {
      writer.write(words: counters.map { UInt64($0) })
    }
    writer.write(numbers: probabilitySums)
  }

  mutating func restore(from reader: inout StateReader) throws(InputError) {
    let stored = try reader.words(count: count).map { Int(truncatingIfNeeded: $0) }
    guard stored.sorted() == Array(0..<count) else { throw .damagedCheckpoint }
    replicas = stored
    for (place, replica) in replicas.enumerated() { places[replica] = place }
    ends = try reader.bytes(count: count).map { End(rawValue: $0) ?? .none }
    crossings = try Self.counters(&reader, count)
    visitsFromHot = try Self.counters(&reader, count)
    visits = try Self.counters(&reader, count)
    attempts = try Self.counters(&reader, attempts.count)
    acceptances = try Self.counters(&reader, attempts.count)
    probabilitySums = try reader.numbers(count: attempts.count)
  }

  private static func counters(
    _ reader: inout StateReader, _ count: Int
  ) throws(InputError) -> [Int] {
    try reader.words(count: count).map { Int(truncatingIfNeeded: $0) }
  }
}

extension InputError {
  /// Bytes that belong to another job, or to none.
  static let damagedCheckpoint = InputError(
    "the checkpoint is damaged or belongs to another job or version")
}
