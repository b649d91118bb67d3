import LandauCore

/// A chain that may move by trajectories.
protocol TrajectoryChain: AnyObject {
  var trajectory: TrajectoryTuning { get set }
  var tally: UpdateTally { get set }
  /// Makes a trajectory as `trajectory` draws it.
  func moveOnce() -> TrajectoryResult
}

extension TrajectoryChain {
  /// Makes a burn-in's trajectories; the step is learnt on the way and frozen at the end.
  func burnInTrajectories(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    let count = stage.count
    trajectory.learnt = stage.learnt
    stage.makeSweeps(unless: isOver) {
      let result = moveOnce()
      trajectory.learn(result, of: count)
    }
    stage.learnt = trajectory.learnt
    if stage.isComplete && count > 0 { trajectory.freeze() }
  }

  /// Makes a trajectory of so many variables as a sweep.
  func sweepTrajectory(of variableCount: Int) {
    let result = moveOnce()
    tally.updates += variableCount
    tally.attempted += 1
    tally.accepted += result.isAccepted ? 1 : 0
    tally.violation += result.weight
  }
}

/// What a chain did since the end of burn-in.
struct UpdateTally {
  /// Variables updated.
  var updates = 0
  /// Attempts, trajectories or clusters, and how many were accepted.
  var attempted = 0
  var accepted = 0
  /// Clusters made beside attempts, and the variables they turned over.
  var clusters = 0
  var flipped = 0
  /// Sum of exp(-violation) of trajectories.
  var violation = 0.0

  /// Share of attempts accepted; nil without any.
  var acceptanceRate: Double? { attempted == 0 ? nil : Double(accepted) / Double(attempted) }

  /// Mean of exp(-violation), where all attempts are trajectories; nil without any.
  var meanViolationWeight: Double? { attempted == 0 ? nil : violation / Double(attempted) }

  /// - Parameter hasClusters: whether the chain makes clusters beside attempts.
  func save(to writer: inout StateWriter, hasClusters: Bool = false) {
    for number in [updates, attempted, accepted] + (hasClusters ? [clusters, flipped] : []) {
      writer.write(number)
    }
    writer.write(violation)
  }

  mutating func restore(
    from reader: inout StateReader, hasClusters: Bool = false
  ) throws(InputError) {
    updates = try reader.integer()
    attempted = try reader.integer()
    accepted = try reader.integer()
    if hasClusters {
      clusters = try reader.integer()
      flipped = try reader.integer()
    }
    violation = try reader.number()
  }
}
