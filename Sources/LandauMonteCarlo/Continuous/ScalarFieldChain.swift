public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Markov chain of a scalar field with quartic self-interaction, weight exp(-S).
///
/// Observables, per site: action, phi (`order(0)`), |phi| and phi^2 of the mean field, phi^2 and phi^4 of the
/// sites, the product of neighbours per bond, the virial phi dS/dphi, and `structureMinimal`.
public final class ScalarFieldChain: ReportingChain, TrajectoryChain {
  public let model: ScalarFieldModel
  public let update: ScalarFieldUpdate
  public let observables: [Observable]

  private let kernel: ScalarFieldKernel
  private let waves: MinimalWaves?
  private let queue: UnsafeMutablePointer<Int32>?
  private var rng: RandomStream
  /// Width of Metropolis' steps.
  private var step = 1.0
  var trajectory: TrajectoryTuning
  private var clustersPerSweep = 1
  var tally = UpdateTally()

  /// Starts from independent normal numbers.
  ///
  /// - Parameter seed: of the start and of all updates.
  /// - Throws: `InputError` when settings of the update cannot be used.
  public init(
    model: ScalarFieldModel, update: ScalarFieldUpdate, seed: Seed
  ) throws(InputError) {
    if let refusal = update.trajectorySettings?.refusal { throw InputError(refusal) }
    self.model = model
    self.update = update
    trajectory = TrajectoryTuning(update.trajectorySettings ?? HamiltonianSettings())
    kernel = ScalarFieldKernel(model, hasMomenta: update.trajectorySettings != nil)
    waves = MinimalWaves(model.lattice)
    queue = update == .wolff ? .allocate(capacity: model.siteCount) : nil
    rng = seed.child("update").makeStream()
    observables =
      [
        .actionPerSite, .order(0), .absOrder, .orderSquared, .fieldSquared, .fieldFourth,
        .neighbourProduct, .virial,
      ] + (waves == nil ? [] : [.structureMinimal])
    var start = seed.child("start").makeStream()
    // About the size of the field: of the wells, or of the harmonic well alone.
    let (_, quadratic, quartic) = model.coefficients
    let scale = 1 / (1 + abs(quadratic) + quartic.squareRoot()).squareRoot()
    for site in 0..<model.siteCount {
      kernel.field[site] = scale * NormalZiggurat.shared.draw(using: &start)
    }
  }

  deinit {
    kernel.deallocate()
    queue?.deallocate()
  }

  // MARK: Configurations

  /// Total action of the present configuration.
  public var action: Double { kernel.action(kernel.totals()) }

  /// Numbers in a configuration: one per site.
  public var configurationWidth: Int { model.siteCount }

  /// Appends the field, site by site.
  public func appendConfiguration(to array: inout [Double]) { kernel.append(to: &array) }

  /// The present field as one array.
  public var configuration: [Double] {
    get {
      var array: [Double] = []
      array.reserveCapacity(configurationWidth)
      appendConfiguration(to: &array)
      return array
    }
    set {
      precondition(
        newValue.count == configurationWidth,
        "the configuration has \(newValue.count) numbers, not \(configurationWidth)")
      kernel.load(newValue)
    }
  }

  // MARK: Updates

  public func sweep(_ count: Int) { for _ in 0..<count { sweepOnce() } }

  /// Makes sweeps; step sizes and the number of clusters per sweep are set on the way and frozen at the end.
  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    let count = stage.count
    switch update {
    case .metropolis, .wolff:
      if stage.made == 0 && count > 0 { clustersPerSweep = 1 }
      var made = stage.made
      stage.makeSweeps(unless: isOver) {
        if 2 * made <= count { (tally.clusters, tally.flipped) = (0, 0) }
        (tally.attempted, tally.accepted) = (0, 0)
        sweepOnce()
        let rate = Double(tally.accepted) / Double(tally.attempted)
        step = min(max(step * (0.6 + 0.8 * rate), 1e-9), 1e9)
        made += 1
      }
      if stage.isComplete, count > 0, tally.clusters > 0 {
        let wanted = Double(model.siteCount) * Double(tally.clusters) / Double(tally.flipped)
        clustersPerSweep = max(1, Int(wanted.rounded()))
      }
    case .hamiltonian: burnInTrajectories(&stage, unless: isOver)
    }
    if stage.isComplete && count > 0 { tally = UpdateTally() }
  }

  private func sweepOnce() {
    switch update {
    case .metropolis, .wolff:
      tally.updates += model.siteCount
      tally.attempted += model.siteCount
      tally.accepted += kernel.metropolis(step: step, using: &rng)
      guard let queue else { return }
      for _ in 0..<clustersPerSweep {
        let size = kernel.flipCluster(queue, using: &rng)
        tally.updates += size
        tally.flipped += size
        tally.clusters += 1
      }
    case .hamiltonian: sweepTrajectory(of: model.siteCount)
    }
  }

  func moveOnce() -> TrajectoryResult {
    let path = trajectory.draw(using: &rng)
    return kernel.trajectory(path, using: &rng)
  }

  // MARK: What was measured and done

  public func measure(into row: inout [Double]) {
    let totals = kernel.totals()
    let sites = Double(model.siteCount)
    let action = kernel.action(totals)
    let mean = totals.field / sites
    row.append(action / sites)
    row.append(mean)
    row.append(abs(mean))
    row.append(mean * mean)
    row.append(totals.square / sites)
    row.append(totals.fourth / sites)
    row.append(totals.products / (sites * Double(model.lattice.dimension)))
    // Each term of S is a power of phi: two and four times it.
    let quartic = kernel.quartic / 4 * totals.fourth
    row.append((2 * (action - quartic) + 4 * quartic) / sites)
    if let waves { row.append(waves.meanSquare(kernel.field) / (sites * sites)) }
  }

  public var algorithm: String { update.algorithm }

  /// Attempts and sites turned over by clusters, or sites moved along a trajectory, since burn-in.
  public var updateCount: Int { tally.updates }

  /// Share of attempts or trajectories accepted since burn-in.
  public var acceptanceRate: Double? { tally.acceptanceRate }

  /// Steps of a trajectory (their mean where the number is random) and the time of each; nil for other updates.
  public var trajectorySteps: (count: Int, step: Double)? {
    update.trajectorySettings == nil ? nil : (trajectory.steps, trajectory.step)
  }

  /// Mean of exp(-violation of total energy) over trajectories since burn-in, whose expectation is 1.
  public var meanViolationWeight: Double? {
    update.trajectorySettings == nil ? nil : tally.meanViolationWeight
  }

  // MARK: Checkpoints

  public func save(to writer: inout StateWriter) {
    writer.write("scalar field chain 1 \(update.name)")
    writer.write(rng)
    writer.write(numbers: UnsafeBufferPointer(start: kernel.field, count: model.siteCount))
    writer.write(step)
    trajectory.save(to: &writer)
    writer.write(clustersPerSweep)
    tally.save(to: &writer, hasClusters: true)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == "scalar field chain 1 \(update.name)" else {
      throw .damagedCheckpoint
    }
    rng = try reader.stream()
    kernel.load(try reader.numbers(count: model.siteCount))
    step = try reader.number()
    try trajectory.restore(from: &reader)
    clustersPerSweep = try reader.integer()
    try tally.restore(from: &reader, hasClusters: true)
  }
}

extension ScalarFieldChain: SnapshotChain {
  /// Four bytes for each site.
  public var snapshotWidth: Int { 4 * model.siteCount }

  /// Appends the field, site by site, in single precision.
  public func appendSnapshot(to array: inout [Int8]) { array.appendSingle(configuration) }
}
