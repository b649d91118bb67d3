public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Markov chain of unit vectors on any lattice: XY, Heisenberg, O(n).
///
/// Observables, per site: energy, the components of the order parameter and its absolute value and square;
/// on crystals the two parts of the helicity modulus; on periodic ones `structureMinimal`; with
/// Swendsen and Wang's clusters the improved estimators.
///
/// Helicity modulus. When all spins are turned by phi per unit length along a direction e, F(phi) =
/// F(0) + N Y phi^2/2 with
///
///     Y = <helicityCosine> - beta <helicitySineSquared>,
///     helicityCosine = (1/N) sum_b J_b (d_b . e)^2 cos(theta_i - theta_j),
///     helicitySineSquared = (1/N) [sum_b J_b (d_b . e) sin(theta_i - theta_j)]^2,
///
/// both averaged over orthonormal directions e; d_b is the vector along bond b, and the turn is in the plane of
/// the first two components (cos and sin are the products of these). Y is in units of J, per site;
/// per area it is Y N / area.
public final class VectorChain: TemperedChain, ReportingChain, TrajectoryChain {
  public let model: VectorModel
  public let update: VectorUpdate
  public let observables: [Observable]
  /// Of an antiferromagnet on two sublattices; empty elsewhere.
  private let sublatticeSigns: [Int8]

  public var beta: Double {
    didSet { precondition(beta >= 0 && beta.isFinite, "beta is \(beta)") }
  }

  private let spins: VectorSpins
  /// The same spins for faster loops, where the model lies on a checkerboard and the update has such loops.
  private let board: VectorBoard?
  /// Which of both holds the present spins.
  private var holder = Holder.spins
  private let scratch: ClusterScratch?
  private var rng: RandomStream
  /// Step of Metropolis' turns.
  private var step = 1.0
  var trajectory: TrajectoryTuning
  private var clustersPerSweep = 0
  private var sweepCount = 0
  var tally = UpdateTally()
  /// |m|^2 and |m|^4 by the clusters of the last sweep; nil before the first.
  private var improved: (square: Double, fourth: Double)?

  private enum Holder { case spins, board, both }

  /// - Parameters:
  ///   - beta: inverse temperature, from 0.
  ///   - seed: of the start and of all updates.
  /// - Throws: `InputError` when the update does not apply to the model, beta is negative, or a twist acts on
  ///   bonds of a site with itself in more than two components (which would be a field).
  public init(
    model: VectorModel, beta: Double, update: VectorUpdate, start: VectorStart = .random, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    if let refusal = update.refusal(for: model) { throw InputError(refusal) }
    let hasSelfBonds = model.lattice.bonds.contains(where: \.isSelfBond)
    guard model.twist.isEmpty || model.components == 2 || !hasSelfBonds else {
      throw .notAllowed(
        "twist", model.twist.map { "\($0)" }.joined(separator: ","),
        allowed: "none across axes of side 1 for more than two components")
    }
    self.model = model
    self.beta = beta
    self.update = update
    let links = VectorLinks(model)
    trajectory = TrajectoryTuning(update.trajectorySettings ?? HamiltonianSettings())
    let hasMomenta = update.trajectorySettings != nil
    spins = VectorSpins(model, links: links, hasMomenta: hasMomenta)
    scratch =
      update == .wolff || update == .swendsenWang
      ? ClusterScratch(siteCount: model.siteCount) : nil
    board = update.hasBoard ? VectorBoard(model, seed: seed.child("board")) : nil
    rng = seed.child("update").makeStream()
    observables = Self.observables(model, update)
    sublatticeSigns =
      observables.contains(.staggeredOrderSquared) ? model.lattice.sublatticeSigns ?? [] : []
    if start == .random {
      var rng = seed.child("start").makeStream()
      spins.randomise(using: &rng)
    }
  }

  deinit { spins.deallocate() }

  private static func observables(_ model: VectorModel, _ update: VectorUpdate) -> [Observable] {
    var names: [Observable] = [.energyPerSite]
    names += (0..<model.components).map { .order($0) }
    names += [.absOrder, .orderSquared]
    if model.lattice.crystal != nil { names += [.helicityCosine, .helicitySineSquared] }
    if MinimalWaves(model.lattice) != nil { names.append(.structureMinimal) }
    if update == .swendsenWang { names += [.improvedOrderSquared, .improvedOrderFourth] }
    if (model.uniformCoupling ?? 0) < 0, model.twist.isEmpty, model.lattice.sublatticeSigns != nil {
      names.append(.staggeredOrderSquared)
    }
    return names
  }

  /// The present spins, off the board.
  private var present: VectorSpins {
    if let board, holder == .board {
      spins.take(from: board)
      holder = .both
    }
    return spins
  }

  // MARK: Configurations

  public var energy: Double { present.energy() }

  /// Numbers in a configuration: n per site.
  public var configurationWidth: Int { model.variableCount }

  /// Appends the spins, site by site, the components of a spin next to each other.
  public func appendConfiguration(to array: inout [Double]) {
    present.append(to: &array)
  }

  /// The present spins as one array.
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
      load(newValue)
    }
  }

  private func load(_ configuration: [Double]) {
    improved = nil
    holder = .spins
    spins.load(configuration)
  }

  // MARK: Updates

  public func sweep(_ count: Int) {
    if update == .wolff && clustersPerSweep == 0 { burnIn(20) }
    for _ in 0..<count {
      sweepOnce()
      sweepCount += 1
      if sweepCount % 64 == 0 { renormalise() }
    }
  }

  /// Makes sweeps; step sizes and the number of clusters per sweep are set on the way and frozen at the end.
  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    let count = stage.count
    guard count > 0 else {
      stage.isComplete = true
      return
    }
    switch update {
    case .metropolis:
      stage.makeSweeps(unless: isOver) {
        tally = UpdateTally()
        sweepOnce()
        let rate = Double(tally.accepted) / Double(tally.attempted)
        // Ten of these take the step anywhere it may need to be.
        step = min(max(step * (0.6 + 0.8 * rate), 1e-6), 4)
      }
    case .wolff:
      let wanted = stage.flipClusters(
        siteCount: model.siteCount, unless: isOver, flip: { flipCluster() })
      if let wanted { clustersPerSweep = max(1, Int(wanted.rounded())) }
    case .hamiltonian: burnInTrajectories(&stage, unless: isOver)
    case .heatBath, .overRelaxation, .swendsenWang:
      stage.makeSweeps(unless: isOver) { sweepOnce() }
    }
    guard stage.isComplete else { return }
    renormalise()
    tally = UpdateTally()
    sweepCount = 0
  }

  private func sweepOnce() {
    switch update {
    case .wolff:
      for _ in 0..<clustersPerSweep {
        tally.attempted += 1
        tally.updates += flipCluster()
      }
    case .hamiltonian: sweepTrajectory(of: model.siteCount)
    default:
      if sweepBoard() { return }
      defer { holder = .spins }
      switch present {
      case .two(let kernel): sweepSites(kernel)
      case .four(let kernel): sweepSites(kernel)
      case .eight(let kernel): sweepSites(kernel)
      case .sixteen(let kernel): sweepSites(kernel)
      }
    }
  }

  /// A sweep of the checkerboard; false, and nothing is done, where there is none, or not for this beta.
  private func sweepBoard() -> Bool {
    guard let board else { return false }
    if holder == .spins {
      spins.put(on: board)
      holder = .both
    }
    guard board.heatBath(beta: beta) else { return false }
    holder = .board
    tally.updates += model.siteCount
    if case .overRelaxation(let reflections) = update {
      for _ in 0..<reflections { board.reflect() }
      tally.updates += reflections * model.siteCount
    }
    return true
  }

  @inline(__always)
  private func sweepSites<V: SpinVector>(_ kernel: VectorKernel<V>) {
    tally.updates += model.siteCount
    switch update {
    case .metropolis:
      tally.attempted += model.siteCount
      tally.accepted += kernel.metropolis(beta: beta, step: step, using: &rng)
    case .heatBath: kernel.heatBath(beta: beta, using: &rng)
    case .overRelaxation(let reflections):
      kernel.heatBath(beta: beta, using: &rng)
      for _ in 0..<reflections { kernel.reflect() }
      tally.updates += reflections * model.siteCount
    case .swendsenWang:
      let sums = kernel.flipAllClusters(beta: beta, scratch!, using: &rng)
      let (n, sites) = (Double(model.components), Double(model.siteCount))
      // With r uniform <(r . M)^2> = |M|^2/n and <(r . M)^4> = 3 |M|^4/(n (n + 2)); over the signs of clusters
      // <(r . M)^2> = sum S_c^2 and <(r . M)^4> = 3 (sum S_c^2)^2 - 2 sum S_c^4.
      let fourth = sums.squares * sums.squares - 2 * sums.fourths / 3
      improved = (
        n * sums.squares / (sites * sites),
        n * (n + 2) * fourth / (sites * sites * sites * sites)
      )
    case .wolff, .hamiltonian: preconditionFailure("made elsewhere")
    }
  }

  private func flipCluster() -> Int {
    present.flipCluster(beta: beta, scratch!, using: &rng)
  }

  func moveOnce() -> TrajectoryResult {
    let path = trajectory.draw(using: &rng)
    return present.trajectory(path, beta: beta, using: &rng)
  }

  private func renormalise() {
    defer { holder = .spins }
    present.renormalise()
  }

  // MARK: What was measured and done

  public func measure(into row: inout [Double]) {
    switch present {
    case .two(let kernel): measure(kernel, into: &row)
    case .four(let kernel): measure(kernel, into: &row)
    case .eight(let kernel): measure(kernel, into: &row)
    case .sixteen(let kernel): measure(kernel, into: &row)
    }
  }

  @inline(__always)
  private func measure<V: SpinVector>(_ kernel: VectorKernel<V>, into row: inout [Double]) {
    let totals = kernel.totals()
    let sites = Double(model.siteCount)
    row.append(totals.energy / sites)
    var square = 0.0
    for total in totals.order {
      row.append(total / sites)
      square += total * total
    }
    square /= sites * sites
    row.append(square.squareRoot())
    row.append(square)
    if model.lattice.crystal != nil {
      row.append(totals.helicityCosine / sites)
      row.append(totals.helicitySineSquared / sites)
    }
    if let waves = kernel.waves { row.append(waves.meanSquare(kernel.spins) / (sites * sites)) }
    if update == .swendsenWang {
      row.append(improved?.square ?? square)
      row.append(improved?.fourth ?? square * square)
    }
    if !sublatticeSigns.isEmpty {
      var order = V.zero
      for site in 0..<model.siteCount {
        if sublatticeSigns[site] > 0 {
          order += kernel.spins[site]
        } else {
          order -= kernel.spins[site]
        }
      }
      row.append(V.dot(order, order) / (sites * sites))
    }
  }

  public var algorithm: String { update.algorithm }

  /// Attempts, spins drawn or mirrored, spins visited by clusters, or spins moved along a trajectory, since
  /// burn-in.
  public var updateCount: Int { tally.updates }

  /// Share of attempts accepted since burn-in (Metropolis, trajectories); nil for other updates.
  public var acceptanceRate: Double? {
    switch update {
    case .metropolis, .hamiltonian: tally.acceptanceRate
    default: nil
    }
  }

  /// Mean number of spins in a cluster since burn-in; nil for other updates than Wolff's.
  public var meanClusterSize: Double? {
    update == .wolff && tally.attempted > 0
      ? Double(tally.updates) / Double(tally.attempted) : nil
  }

  /// Mean of exp(-violation of total energy) over trajectories since burn-in, whose expectation is 1.
  public var meanViolationWeight: Double? {
    update.trajectorySettings == nil ? nil : tally.meanViolationWeight
  }

  // MARK: Checkpoints

  public func save(to writer: inout StateWriter) {
    writer.write(checkpointName)
    writer.write(beta)
    writer.write(rng)
    writer.write(numbers: configuration)
    writer.write(step)
    trajectory.save(to: &writer)
    writer.write(clustersPerSweep)
    writer.write(sweepCount)
    tally.save(to: &writer)
    writer.write(improved != nil)
    writer.write(improved?.square ?? 0)
    writer.write(improved?.fourth ?? 0)
    if let board { writer.write(words: board.words) }
  }

  /// Version 2 adds the streams of the checkerboard.
  private var checkpointName: String { "vector chain \(board == nil ? 1 : 2) \(update.name)" }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == checkpointName else { throw .damagedCheckpoint }
    let stored = try reader.number()
    guard stored >= 0 && stored.isFinite else { throw .damagedCheckpoint }
    beta = stored
    rng = try reader.stream()
    load(try reader.numbers(count: configurationWidth))
    step = try reader.number()
    try trajectory.restore(from: &reader)
    clustersPerSweep = try reader.integer()
    sweepCount = try reader.integer()
    try tally.restore(from: &reader)
    let hasImproved = try reader.flag()
    let (square, fourth) = (try reader.number(), try reader.number())
    improved = hasImproved ? (square, fourth) : nil
    if let board { board.words = try reader.words(count: board.words.count) }
  }
}

extension VectorChain: SnapshotChain {
  /// Four bytes for each component of each spin.
  public var snapshotWidth: Int { 4 * model.variableCount }

  /// Appends all first components, then all second ones, ..., in single precision.
  public func appendSnapshot(to array: inout [Int8]) {
    let values = configuration
    for component in 0..<model.components {
      array.appendSingle(
        stride(from: component, to: values.count, by: model.components).lazy.map { values[$0] })
    }
  }
}
