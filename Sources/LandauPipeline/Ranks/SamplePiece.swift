import LandauCore
import LandauMonteCarlo

/// What one rank does at a stretch: a unit of a sampling run, or some of its chains.
struct SamplePiece: Sendable, Hashable {
  var unit: Int
  /// Lanes of the unit, which are chains or bundles of chains that are swept together.
  var lanes: Range<Int>
}

extension SampleJob {
  /// Pieces enough for every rank to have some in turn: a rank that ends with its last waits for no other's long one.
  private static let piecesPerRank = 4

  /// All units, divided where they are few: contiguous chains go to one rank, at least one for each of its threads.
  ///
  /// - Parameter threadCount: of a rank.
  func pieces(ranks: Int, threadCount: Int) throws(InputError) -> [SamplePiece] {
    var pieces: [SamplePiece] = []
    for unit in 0..<unitCount {
      let laneCount = try laneSizes(ofUnit: unit).count
      let wanted = (Self.piecesPerRank * ranks + unitCount - 1) / unitCount
      let count = max(1, min(wanted, laneCount / max(1, threadCount)))
      pieces += (0..<count).map {
        SamplePiece(unit: unit, lanes: laneCount * $0 / count..<laneCount * ($0 + 1) / count)
      }
    }
    return pieces
  }

  /// Measured sweeps of all chains of a piece.
  func sweeps(of piece: SamplePiece) throws(InputError) -> Int {
    try laneSizes(ofUnit: piece.unit)[piece.lanes].reduce(0, +) * plan.sweeps
  }
}

/// The states of pieces, as workers send them, and those of their units, as a run is kept.
struct PieceStates {
  private let pieces: [SamplePiece]
  /// Empty for a piece not begun.
  var states: [[UInt8]]

  /// Divides the states of units.
  init(
    _ state: SampleState, pieces: [SamplePiece], of job: SampleJob, pool: WorkerPool
  ) throws(InputError) {
    self.pieces = pieces
    states = []
    for (unit, lanes) in Self.lanes(pieces) {
      let bytes = state.units[unit]
      guard lanes.count > 1, !bytes.isEmpty else {
        states += lanes.map { _ in bytes }
        continue
      }
      let whole = try job.makeUnit(unit, pool: pool)
      try whole.restore(bytes)
      states += whole.states(of: lanes)
    }
  }

  /// The state of the run.
  var whole: SampleState {
    var next = 0
    return SampleState(
      units: Self.lanes(pieces).map { _, lanes in
        let parts = lanes.indices.map { (lanes[$0].count, states[next + $0]) }
        next += lanes.count
        if parts.count == 1 { return parts[0].1 }
        return parts.allSatisfy { $0.1.isEmpty } ? [] : ChainRunner.joined(parts)
      })
  }

  /// Unit by unit.
  private static func lanes(_ pieces: [SamplePiece]) -> [(unit: Int, lanes: [Range<Int>])] {
    var found: [(unit: Int, lanes: [Range<Int>])] = []
    for piece in pieces {
      if found.last?.unit == piece.unit {
        found[found.count - 1].lanes.append(piece.lanes)
      } else {
        found.append((piece.unit, [piece.lanes]))
      }
    }
    return found
  }
}
