public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What one move of a Metropolis chain through basis states changes.
public enum SpinMove: Sendable, Hashable {
  /// One spin.
  case flip
  /// Two spins, of a pair taken at random, are exchanged: the number of down spins stays.
  case exchange(pairs: [Pair], downCount: Int)

  public struct Pair: Sendable, Hashable {
    public var first: Int
    public var second: Int

    public init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }
  }

  /// Exchanges along the bonds of a lattice.
  public static func exchange(along lattice: Lattice, downCount: Int) -> SpinMove {
    .exchange(
      pairs: lattice.bonds.filter { !$0.isSelfBond }.map { Pair(Int($0.source), Int($0.target)) },
      downCount: downCount)
  }
}

/// Chains through basis states with probabilities |psi|^2, which go on from call to call while parameters change.
///
/// Every chain has a stream of its own, so that nothing depends on the number of threads. Where a state offers local updates, moves cost those;
/// otherwise all chains move in step and their amplitudes are computed together.
public final class MetropolisSampler: Checkpointable, Sendable {
  public let siteCount: Int
  public let chainCount: Int
  public let move: SpinMove
  // Changed by one call at a time, chains apart from one another.
  nonisolated(unsafe) private var states: [UInt64]
  nonisolated(unsafe) private var streams: [RandomStream]

  /// - Throws: `InputError` for exchanges that cannot reach all states with that many down spins.
  public init(siteCount: Int, chainCount: Int, move: SpinMove, seed: Seed) throws(InputError) {
    precondition((1...64).contains(siteCount) && chainCount >= 1, "\(chainCount) chains")
    self.siteCount = siteCount
    self.chainCount = chainCount
    self.move = move
    var streams = (0..<chainCount).map { seed.child("chain", $0).makeStream() }
    switch move {
    case .flip:
      let mask = siteCount == 64 ? UInt64.max : (1 << UInt64(siteCount)) - 1
      states = streams.indices.map { streams[$0].next() & mask }
    case .exchange(let pairs, let downCount):
      guard (0...siteCount).contains(downCount) else {
        throw InputError("\(downCount) down spins of \(siteCount)")
      }
      guard Self.isConnected(pairs, siteCount: siteCount) else {
        throw InputError(
          "exchanges along these pairs leave parts of the lattice apart, so that most states are never reached"
        )
      }
      states = streams.indices.map { chain in
        var sites = Array(0..<siteCount)
        streams[chain].shuffle(&sites)
        return sites[..<downCount].reduce(0) { $0 | 1 << UInt64($1) }
      }
    }
    self.streams = streams
  }

  /// Exchanges along the edges of a connected graph reach every arrangement.
  private static func isConnected(_ pairs: [SpinMove.Pair], siteCount: Int) -> Bool {
    var roots = Array(0..<siteCount)
    func root(_ site: Int) -> Int {
      var site = site
      while roots[site] != site { site = roots[site] }
      return site
    }
    for pair in pairs { roots[root(pair.first)] = root(pair.second) }
    return Set((0..<siteCount).map(root)).count == 1
  }

  /// Goes on and takes `count` states of every chain.
  ///
  /// - Parameters:
  ///   - movesBetween: attempted moves from one state that is taken to the next; nil for as many as sites.
  ///   - burnIn: states left out at the beginning, each after as many moves.
  public func sample(
    _ state: some VariationalState, count: Int, burnIn: Int = 0, movesBetween: Int? = nil,
    pool: WorkerPool
  ) -> StateSample {
    precondition(state.siteCount == siteCount, "a state of \(state.siteCount) spins")
    precondition(count >= 1 && burnIn >= 0, "\(count) states after \(burnIn)")
    let moves = movesBetween ?? siteCount
    let (taken, accepted) =
      state.localAmplitudes().map {
        walk($0, count: count, burnIn: burnIn, moves: moves, pool: pool)
      } ?? evaluate(state, count: count, burnIn: burnIn, moves: moves, pool: pool)
    let attempted = chainCount * (count + burnIn) * moves
    return StateSample(
      states: taken, chainCount: chainCount,
      acceptanceRate: attempted == 0 ? nil : Double(accepted) / Double(attempted))
  }

  /// The spins that a move would flip; none where both spins of a pair are equal.
  @inline(__always)
  private static func proposal(
    _ move: SpinMove, siteCount: Int, state: UInt64, _ rng: inout RandomStream
  ) -> UInt64 {
    switch move {
    case .flip: return 1 << UInt64(rng.index(below: siteCount))
    case .exchange(let pairs, _):
      let pair = pairs[rng.index(below: pairs.count)]
      let (first, second) = (UInt64(pair.first), UInt64(pair.second))
      return (state >> first ^ state >> second) & 1 == 0 ? 0 : 1 << first | 1 << second
    }
  }

  /// Every chain by itself.
  private func walk(
    _ amplitudes: any LocalAmplitudes, count: Int, burnIn: Int, moves: Int, pool: WorkerPool
  ) -> (states: [UInt64], accepted: Int) {
    var taken = [UInt64](repeating: 0, count: chainCount * count)
    var accepted = [Int](repeating: 0, count: chainCount)
    taken.withUnsafeMutableBufferPointer { taken in
      accepted.withUnsafeMutableBufferPointer { accepted in
        nonisolated(unsafe) let (taken, accepted) = (taken.baseAddress!, accepted.baseAddress!)
        states.withUnsafeMutableBufferPointer { states in
          streams.withUnsafeMutableBufferPointer { streams in
            nonisolated(unsafe) let (states, streams) = (states.baseAddress!, streams.baseAddress!)
            pool.forEach(chainCount) { chain in
              let walker = amplitudes.makeWalker(at: states[chain])
              var rng = streams[chain]
              var successes = 0
              for draw in -burnIn..<count {
                for _ in 0..<moves {
                  let mask = Self.proposal(
                    move, siteCount: siteCount, state: walker.state, &rng)
                  if mask == 0 { continue }
                  if rng.uniform() < walker.ratio(flipping: mask).squaredMagnitude {
                    walker.flip(mask)
                    successes += 1
                  }
                }
                // What rounding has left of many flips is swept out.
                if draw & 15 == 15 { walker.move(to: walker.state) }
                if draw >= 0 { taken[chain * count + draw] = walker.state }
              }
              states[chain] = walker.state
              streams[chain] = rng
              accepted[chain] = successes
            }
          }
        }
      }
    }
    return (taken, accepted.reduce(0, +))
  }

  /// All chains in step.
  private func evaluate(
    _ state: some VariationalState, count: Int, burnIn: Int, moves: Int, pool: WorkerPool
  ) -> (states: [UInt64], accepted: Int) {
    var taken = [UInt64](repeating: 0, count: chainCount * count)
    var accepted = 0
    var logs = state.logAmplitudes(states, pool: pool).map(\.real)
    for draw in -burnIn..<count {
      for _ in 0..<moves {
        var proposed = states
        for chain in 0..<chainCount {
          proposed[chain] ^= Self.proposal(
            move, siteCount: siteCount, state: states[chain], &streams[chain])
        }
        let next = state.logAmplitudes(proposed, pool: pool).map(\.real)
        for chain in 0..<chainCount where proposed[chain] != states[chain] {
          if streams[chain].uniform() < exp(2 * (next[chain] - logs[chain])) {
            states[chain] = proposed[chain]
            logs[chain] = next[chain]
            accepted += 1
          }
        }
      }
      if draw >= 0 {
        for chain in 0..<chainCount { taken[chain * count + draw] = states[chain] }
      }
    }
    return (taken, accepted)
  }

  // MARK: - Checkpoint

  public func save(to writer: inout StateWriter) {
    writer.write(words: states)
    for stream in streams { writer.write(stream) }
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    states = try reader.words(count: chainCount)
    for chain in streams.indices { streams[chain] = try reader.stream() }
  }
}
