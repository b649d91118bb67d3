import LandauCore
import LandauMonteCarlo

/// What one rank does at a stretch: a unit of a sampling run, or some of its chains.
struct SamplePiece: Sendable, Hashable {
  struct Part: Sendable, Hashable {
    /// Of the unit; each is a chain or a bundle of chains that are swept together.
    var lanes: Range<Int>
    var chains: Range<Int>
  }

  var unit: Int
  /// nil for the whole unit.
  var part: Part?
}

extension SampleJob {
  /// Pieces enough for every rank to have some in turn: a rank that ends with its last waits for no other's long one.
  private static let piecesPerRank = 4

  /// All units, divided where they are few: contiguous chains go to one rank, at least one for each of its threads.
  ///
  /// - Parameter threadCount: of a rank.
  func pieces(ranks: Int, threadCount: Int) throws(InputError) -> [SamplePiece] {
    let wanted = (Self.piecesPerRank * ranks + unitCount - 1) / unitCount
    var pieces: [SamplePiece] = []
    for unit in 0..<unitCount {
      let sizes = wanted > 1 ? try laneSizes(ofUnit: unit) : []
      let count = min(wanted, sizes.count / max(1, threadCount))
      guard count > 1 else {
        pieces.append(SamplePiece(unit: unit))
        continue
      }
      var first = 0
      for number in 0..<count {
        let lanes = sizes.count * number / count..<sizes.count * (number + 1) / count
        let chains = first..<first + sizes[lanes].reduce(0, +)
        pieces.append(SamplePiece(unit: unit, part: .init(lanes: lanes, chains: chains)))
        first = chains.upperBound
      }
    }
    return pieces
  }

  /// Measured sweeps of all chains of a piece.
  func sweeps(of piece: SamplePiece) -> Int {
    piece.part.map { $0.chains.count * plan.sweeps } ?? sweepsOfUnit
  }
}

/// The states of pieces, as workers send them, and those of their units, as a run is kept.
struct PieceStates {
  /// For each unit the lanes of its pieces; none where it is whole.
  private let lanes: [[Range<Int>]]
  /// Empty for a piece not begun.
  var states: [[UInt8]]

  /// Divides the states of units.
  init(
    _ state: SampleState, pieces: [SamplePiece], of job: SampleJob, pool: WorkerPool
  ) throws(InputError) {
    var lanes = state.units.map { _ in [Range<Int>]() }
    for piece in pieces { if let part = piece.part { lanes[piece.unit].append(part.lanes) } }
    self.lanes = lanes
    states = []
    for (unit, bytes) in state.units.enumerated() {
      guard !lanes[unit].isEmpty, !bytes.isEmpty else {
        states += [[UInt8]](repeating: bytes, count: max(1, lanes[unit].count))
        continue
      }
      let whole = try job.makeUnit(SamplePiece(unit: unit), pool: pool)
      try whole.restore(bytes)
      states += whole.states(of: lanes[unit])
    }
  }

  /// The state of the run.
  var whole: SampleState {
    var next = 0
    return SampleState(
      units: lanes.map { lanes in
        let own = states[next..<next + max(1, lanes.count)]
        next += own.count
        if lanes.isEmpty { return own.first! }
        if own.allSatisfy({ $0 == [] }) { return [] }
        return ChainRunner.joined(zip(lanes, own).map { ($0.count, $1) })
      })
  }
}
