public import LandauCore
public import LandauLattice
public import LandauStatistics

/// One Markov chain of a `DiscreteModel` with weights that depend on the energy alone and are frozen: energies
/// between coexisting phases are visited as often as others.
///
/// A sweep is as many attempts as there are sites, each at a random site with another state. Measured means belong to the
/// weights; `sampledState` makes them canonical at any temperature the energies reach:
///
///     let runner = ChainRunner(chains: chains, lengths: .init(sweeps: 100_000, burnIn: 1000))
///     runner.advance(pool: pool)
///     let state = weights.sampledState(runner.recording, siteCount: model.siteCount, [.absOrder])
///     let energies = try Reweighting([state]).values(at: betas) { $0.energy }
///
/// - Note: Berg and Neuhaus, Phys. Rev. Lett. 68, 9 (1992).
public final class MulticanonicalChain: SnapshotChain {
  public let model: DiscreteModel
  public let weights: FlatWeights
  public let observables: [Observable]
  private let walker: FlatWalker
  /// Energies below and above which a journey through the range ends.
  private let ends: (low: Double, high: Double)
  private var lastEnd = 0
  /// How often the chain went from the lowest tenth of the energies to the highest or back: independent visits to
  /// either end are about half as many.
  public private(set) var tunnellingCount = 0

  /// - Parameter ends: total energies between which journeys are counted, a tenth inside the energies
  ///   the weights were found for when nil.
  /// - Throws: `InputError` when no configuration with an energy in the bins is found.
  public init(
    model: DiscreteModel, weights: FlatWeights, ends: ClosedRange<Double>? = nil, seed: Seed
  ) throws(InputError) {
    self.model = model
    self.weights = weights
    walker = try FlatWalker(
      model: model, bins: weights.bins, seed: seed.child("multicanonical"))
    for (bin, value) in weights.logDensities.enumerated() { walker.logDensity[bin] = value }
    let low = weights.bins.energy(of: weights.knownBins.lowerBound)
    let high = weights.bins.energy(of: weights.knownBins.upperBound)
    let inside = 0.1 * (high - low)
    self.ends = ends.map { ($0.lowerBound, $0.upperBound) } ?? (low + inside, high - inside)
    observables =
      [.energyPerSite] + (0..<model.orderComponents).map { .order($0) } + [
        .absOrder, .orderSquared,
      ]
  }

  /// Total energy H.
  public var energy: Double { walker.energy }

  /// Visits of each bin, one per attempt, the burn-in excluded.
  public var histogram: [Int] {
    Array(UnsafeBufferPointer(start: walker.histogram, count: weights.bins.count))
  }

  /// The fraction of attempts that changed a state; nil before the first.
  public var acceptanceRate: Double? {
    let attempts = histogram.reduce(0, +)
    return attempts == 0 ? nil : Double(walker.acceptedCount) / Double(attempts)
  }

  public func sweep(_ count: Int) {
    precondition(count >= 0, "\(count) sweeps")
    for _ in 0..<count {
      walker.walk(model.siteCount, adding: 0)
      let end = energy <= ends.low ? 1 : energy >= ends.high ? 2 : 0
      if end != 0 {
        if lastEnd != 0 && end != lastEnd { tunnellingCount += 1 }
        lastEnd = end
      }
    }
  }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
    if !stage.isComplete { return }
    walker.clearCounters()
    tunnellingCount = 0
  }

  public func measure(into row: inout [Double]) {
    let sites = Double(model.siteCount)
    row.append(energy / sites)
    let counts = walker.storage.stateCounts()
    var square = 0.0
    for component in 0..<model.orderComponents {
      var sum = 0.0
      for state in 0..<model.stateCount {
        sum += Double(counts[state]) * model.spins.orderVectors[state][component]
      }
      row.append(sum / sites)
      square += sum * sum / (sites * sites)
    }
    row.append(square.squareRoot())
    row.append(square)
  }

  public var snapshotWidth: Int { model.siteCount }

  public func appendSnapshot(to array: inout [Int8]) {
    for site in 0..<model.siteCount {
      array.append(model.spins.values[Int(walker.storage.states[site])])
    }
  }

  public func save(to writer: inout StateWriter) {
    writer.write("multicanonical/1")
    walker.save(to: &writer)
    writer.write(lastEnd)
    writer.write(tunnellingCount)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == "multicanonical/1" else { throw .damagedCheckpoint }
    try walker.restore(from: &reader)
    lastEnd = try reader.integer()
    tunnellingCount = try reader.integer()
  }
}

extension FlatWeights {
  /// What a multicanonical run gives to `Reweighting`.
  ///
  /// - Parameters:
  ///   - recording: of chains with these weights.
  ///   - observables: to be reweighted beside the energy, of those that were measured.
  public func sampledState(
    _ recording: Recording, siteCount: Int, _ observables: [Observable] = []
  ) -> SampledState {
    guard let energy = recording[.energyPerSite] else {
      preconditionFailure("the recording has no energies")
    }
    return SampledState(
      logWeight: logWeight, energy: energy.map { $0 * Double(siteCount) },
      observables: observables.map { observable in
        guard let series = recording[observable] else {
          preconditionFailure("the recording has no \(observable)")
        }
        return series
      })
  }

  /// Weights found without Wang-Landau: runs of growing length, each with the weights that would have flattened
  /// the one before, beginning with a canonical ensemble.
  ///
  /// - Parameters:
  ///   - beta: where to begin; 0 begins where most configurations are.
  ///   - rounds: runs.
  ///   - sweeps: of the first run; each later one has a quarter more.
  /// - Throws: `InputError` when no configuration with an energy in the bins is found.
  public static func iterated(
    model: DiscreteModel, bins: EnergyBins, beta: Double = 0, rounds: Int, sweeps: Int, seed: Seed,
    unless cancellation: Cancellation = .never
  ) throws(InputError) -> FlatWeights {
    var weights = FlatWeights.canonical(beta: beta, bins: bins)
    var length = Double(sweeps)
    for round in 0..<rounds where !cancellation.isRequested {
      let chain = try MulticanonicalChain(
        model: model, weights: weights, seed: seed.child("round", round))
      chain.burnIn(Int(length) / 10, unless: cancellation)
      for _ in 0..<Int(length) where !cancellation.isRequested { chain.sweep(1) }
      weights = weights.flattened(by: chain.histogram)
      length *= 1.25
    }
    return weights
  }
}
