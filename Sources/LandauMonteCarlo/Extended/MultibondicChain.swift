public import LandauCore
public import LandauLattice

/// One Markov chain of a Potts ferromagnet whose clusters do not mind that two phases coexist: Swendsen and
/// Wang's update with frozen weights for the number of joined bonds.
///
/// A sweep goes once through all bonds and then draws a state for every cluster. From one phase to the other it
/// takes a few N sweeps, a random walk, where a multicanonical chain of single sites takes N^1.3 and more.
///
/// - Note: Janke and Kappler, Phys. Rev. Lett. 74, 212 (1995).
public final class MultibondicChain: MarkovChain {
  public let model: DiscreteModel
  public let observables: [Observable] = [.energyPerSite]
  private let engine: SwendsenWangDiscrete
  private let bonds: JoinedBonds
  private var rng: RandomStream
  private var lastEnd = 0
  /// How often the chain went from one end of the flat range of bonds to the other.
  public private(set) var tunnellingCount = 0

  /// May be exchanged for others of the same model; the histogram begins anew.
  public var weights: BondWeights {
    didSet {
      bonds.setWeights(weights.logWeights)
      bonds.clearHistogram()
    }
  }

  /// - Throws: `InputError` where the weights are not of this model, or of one that has none.
  public init(model: DiscreteModel, weights: BondWeights, seed: Seed) throws(InputError) {
    let facts = try BondWeights.facts(model)
    guard facts.bondCount == weights.bondCount, facts.gap == weights.gap else {
      throw InputError(
        "weights of \(weights.bondCount) bonds of \(weights.gap) for a lattice with "
          + "\(facts.bondCount) of \(facts.gap)")
    }
    self.model = model
    self.weights = weights
    rng = seed.child("multibondic").makeStream()
    let storage = DiscreteStorage(model: model, start: model.states(0))
    for site in 0..<storage.count {
      storage.states[site] = UInt8(rng.index(below: storage.stateCount))
    }
    engine = SwendsenWangDiscrete(storage: storage, beta: 0, using: rng)
    bonds = JoinedBonds(bondCount: storage.bondCount)
    bonds.setWeights(weights.logWeights)
  }

  /// Total energy H.
  public var energy: Double { engine.storage.energy() }

  /// How often each number of bonds was joined, counted bond by bond since the burn-in or the last change of
  /// weights.
  public var histogram: [Int] {
    Array(UnsafeBufferPointer(start: bonds.histogram, count: bonds.bondCount + 1))
  }

  public func sweep(_ count: Int) {
    precondition(count >= 0, "\(count) sweeps")
    var stream = rng
    for _ in 0..<count {
      engine.pass(bonds, using: &stream)
      let range = weights.flatRange
      let end = bonds.count <= range.lowerBound ? 1 : bonds.count >= range.upperBound ? 2 : 0
      if end != 0 {
        if lastEnd != 0 && end != lastEnd { tunnellingCount += 1 }
        lastEnd = end
      }
    }
    rng = stream
  }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
    if !stage.isComplete { return }
    bonds.clearHistogram()
    tunnellingCount = 0
  }

  public func measure(into row: inout [Double]) { row.append(energy / Double(model.siteCount)) }

  public func save(to writer: inout StateWriter) {
    writer.write("multibondic/1")
    writer.write(rng)
    writer.write(bytes: engine.storage.configuration)
    writer.write(
      bytes: Array(UnsafeBufferPointer(start: bonds.isJoined, count: bonds.bondCount)))
    writer.write(numbers: weights.slopes)
    writer.write(words: histogram.map { UInt64($0) })
    writer.write(lastEnd)
    writer.write(tunnellingCount)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == "multibondic/1" else { throw .damagedCheckpoint }
    rng = try reader.stream()
    let storage = engine.storage
    let configuration = try reader.bytes(count: storage.count)
    guard configuration.allSatisfy({ $0 < storage.stateCount }) else { throw .damagedCheckpoint }
    storage.load(configuration)
    let joined = try reader.bytes(count: bonds.bondCount)
    bonds.count = 0
    for (bond, flag) in joined.enumerated() {
      let joins = storage.states[Int(storage.high[bond])] == storage.states[Int(storage.low[bond])]
      guard flag == 0 || (flag == 1 && joins) else { throw .damagedCheckpoint }
      bonds.isJoined[bond] = flag
      bonds.count += Int(flag)
    }
    weights.slopes = try reader.numbers(count: BondWeights.partCount)
    for (count, visits) in try reader.words(count: bonds.bondCount + 1).enumerated() {
      bonds.histogram[count] = Int(truncatingIfNeeded: visits)
    }
    lastEnd = try reader.integer()
    tunnellingCount = try reader.integer()
  }
}
