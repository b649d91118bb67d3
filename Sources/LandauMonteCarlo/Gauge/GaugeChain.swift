public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Markov chain of the links of U(1), SU(2) or SU(3) lattice gauge theory, weight exp(-beta H).
///
/// A sweep of local updates visits every link once, axis by axis, and over-relaxation adds its reflections to that. Links are brought back into the group every 64 sweeps.
public final class GaugeChain: TemperedChain, ReportingChain, TrajectoryChain {
  public let model: GaugeModel
  public let update: GaugeUpdate
  public let measurements: GaugeMeasurements
  public var observables: [Observable] { measurements.observables }

  public var beta: Double {
    didSet { precondition(beta >= 0 && beta.isFinite, "beta is \(beta)") }
  }

  private let field: GaugeField
  private var rng: RandomStream
  /// Spread of Metropolis' steps.
  private var step = 0.5
  var trajectory: TrajectoryTuning
  private var sweepCount = 0
  var tally = UpdateTally()

  /// - Parameters:
  ///   - beta: 1/g^2 for U(1), 2N/g^2 for SU(N); from 0.
  ///   - measurements: what `measure` appends; nil for the usual ones.
  ///   - seed: of the start and of all updates.
  /// - Throws: `InputError` when beta is negative or settings of the update cannot be used.
  public init(
    model: GaugeModel, beta: Double, update: GaugeUpdate, start: GaugeStart = .hot,
    measurements: GaugeMeasurements? = nil, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    if let refusal = update.refusal { throw InputError(refusal) }
    self.model = model
    self.beta = beta
    self.update = update
    if let measurements {
      self.measurements = measurements
    } else {
      self.measurements = try GaugeMeasurements(model)
    }
    trajectory = TrajectoryTuning(update.trajectorySettings ?? HamiltonianSettings())
    field = GaugeField(model, hasMomenta: update.trajectorySettings != nil)
    rng = seed.child("update").makeStream()
    if start == .hot {
      var rng = seed.child("start").makeStream()
      field.randomise(using: &rng)
    }
  }

  deinit { field.deallocate() }

  // MARK: Configurations

  /// H = sum over plaquettes of (1 - Re tr U_p / N).
  public var energy: Double { field.energy() }

  /// Mean of Re tr U_p / N.
  public var plaquette: Double { 1 - energy / Double(model.plaquetteCount) }

  /// The links: sites in order, the axes of a site, N x N complex numbers row by row, real and imaginary part.
  public var configuration: [Double] {
    get {
      var array: [Double] = []
      array.reserveCapacity(configurationWidth)
      field.append(to: &array)
      return array
    }
    set {
      precondition(
        newValue.count == configurationWidth,
        "the configuration has \(newValue.count) numbers, not \(configurationWidth)")
      field.load(newValue)
    }
  }

  /// Real numbers in a configuration: 2 N^2 per link.
  public var configurationWidth: Int { 2 * model.group.rank * model.group.rank * model.linkCount }

  // MARK: Updates

  public func sweep(_ count: Int) { for _ in 0..<count { sweepOnce() } }

  /// Makes sweeps; step sizes are set on the way and frozen at the end.
  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    switch update {
    case .metropolis:
      stage.makeSweeps(unless: isOver) {
        tally = UpdateTally()
        sweepOnce()
        let rate = Double(tally.accepted) / Double(tally.attempted)
        // Ten of these take the step anywhere it may need to be; half a turn reaches everything.
        step = min(max(step * (0.6 + 0.8 * rate), 1e-6), 3)
      }
    case .hamiltonian: burnInTrajectories(&stage, unless: isOver)
    case .heatBath, .overRelaxation:
      stage.makeSweeps(unless: isOver) { sweepOnce() }
    }
    guard stage.isComplete else { return }
    field.unitarise()
    tally = UpdateTally()
    sweepCount = 0
  }

  private func sweepOnce() {
    switch update {
    case .metropolis:
      tally.attempted += model.linkCount
      tally.accepted += field.metropolis(beta: beta, step: step, using: &rng)
      tally.updates += model.linkCount
    case .heatBath:
      field.heatBath(beta: beta, using: &rng)
      tally.updates += model.linkCount
    case .overRelaxation(let reflections):
      field.heatBath(beta: beta, using: &rng)
      for _ in 0..<reflections { field.reflect() }
      tally.updates += (1 + reflections) * model.linkCount
    case .hamiltonian: sweepTrajectory(of: model.linkCount)
    }
    sweepCount += 1
    if sweepCount % 64 == 0 { field.unitarise() }
  }

  func moveOnce() -> TrajectoryResult {
    let path = trajectory.draw(using: &rng)
    return field.trajectory(path, beta: beta, using: &rng)
  }

  // MARK: What was measured and done

  public func measure(into row: inout [Double]) { field.measure(measurements, into: &row) }

  public var algorithm: String { update.algorithm }

  /// Links drawn, attempted, turned over, or moved along a trajectory, since burn-in.
  public var updateCount: Int { tally.updates }

  /// Share of attempts or trajectories accepted since burn-in; nil for other updates.
  public var acceptanceRate: Double? { tally.acceptanceRate }

  /// Mean of exp(-violation of total energy) over trajectories since burn-in, whose expectation is 1.
  public var meanViolationWeight: Double? {
    update.trajectorySettings == nil ? nil : tally.meanViolationWeight
  }

  // MARK: Checkpoints

  private var title: String { "gauge chain 1 \(model.group.rawValue) \(update.name)" }

  public func save(to writer: inout StateWriter) {
    writer.write(title)
    writer.write(beta)
    writer.write(rng)
    writer.write(numbers: configuration)
    writer.write(step)
    trajectory.save(to: &writer)
    writer.write(sweepCount)
    tally.save(to: &writer)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == title else { throw .damagedCheckpoint }
    let stored = try reader.number()
    guard stored >= 0, stored.isFinite else { throw .damagedCheckpoint }
    beta = stored
    rng = try reader.stream()
    field.load(try reader.numbers(count: configurationWidth))
    step = try reader.number()
    try trajectory.restore(from: &reader)
    sweepCount = try reader.integer()
    try tally.restore(from: &reader)
  }
}

extension GaugeChain: SnapshotChain {
  /// Names of the real numbers of a site in a snapshot: of each axis the angle of U(1), or real and imaginary part
  /// of the elements of SU(N), row by row.
  public static func snapshotChannels(_ model: GaugeModel) -> [String] {
    (0..<model.dimension).flatMap { axis -> [String] in
      if model.group == .u1 { return ["angle\(axis)"] }
      return (0..<model.group.rank).flatMap { row in
        (0..<model.group.rank).flatMap { column in
          ["real", "imag"].map { "link\(axis)_\($0)\(row)\(column)" }
        }
      }
    }
  }

  /// Four bytes for each real number.
  public var snapshotWidth: Int { 4 * Self.snapshotChannels(model).count * model.siteCount }

  /// Appends channel after channel, in single precision.
  public func appendSnapshot(to array: inout [Int8]) {
    let values = configuration
    if model.group == .u1 {
      for axis in 0..<model.dimension {
        array.appendSingle(
          stride(from: 2 * axis, to: values.count, by: 2 * model.dimension).lazy.map {
            atan2(values[$0 + 1], values[$0])
          })
      }
      return
    }
    let width = values.count / model.siteCount
    for channel in 0..<width {
      array.appendSingle(
        stride(from: channel, to: values.count, by: width).lazy.map { values[$0] })
    }
  }
}
