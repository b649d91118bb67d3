import LandauCore

extension Discovery {
  /// The windows that were tried, what was counted in them, and which stay.
  struct Chosen {
    /// The first of these are those of the ensembles; behind them stand windows given up earlier.
    var windows: [Window]
    var ensembles: [Ensemble]
    var selection: WindowSelection
  }

  /// Times that a list may grow; each makes windows larger by one site along one axis.
  static let growthLimit = 3

  /// Chooses among the windows given, then grows: windows one site larger than those that stay are tried
  /// beside them, by the same price, until none of the new ones stays.
  func chooseAndGrow(
    _ ensembles: [Ensemble], pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Chosen {
    let last = ensembles.count - 1
    var chosen = Chosen(
      windows: windows, ensembles: ensembles,
      selection: try choose(
        ensembles[last], windows: windows, pool: pool, progress: progress,
        cancellation: cancellation))
    guard let recount else { return chosen }
    let smallest = ensembles[0].siteShape.indices.map { axis in
      ensembles.map { $0.siteShape[axis] }.min()!
    }
    for _ in 0..<Self.growthLimit {
      let alive = chosen.selection.alive.map { chosen.windows[$0] }
      let counts = ensembles[0].counts
      var grown = Window.grown(
        from: alive, beyond: chosen.windows, siteShape: smallest,
        channelCount: ensembles[0].channels.count, alphabet: counts.alphabet)
      if let group = counts.group {
        grown = group.representatives(
          of: grown, beyond: chosen.windows, alphabet: counts.alphabet)
      }
      if grown.isEmpty { break }
      let trial = alive + grown
      let largest = try recount(trial, last)
      let selection = try choose(
        largest, windows: trial, pool: pool, progress: progress, cancellation: cancellation)
      let isBetter = selection.alive.contains { $0 >= alive.count }
      if isBetter {
        let others = try (0..<last).map { try recount(trial, $0) }
        let dropped = chosen.windows.indices.filter { !chosen.selection.alive.contains($0) }
        chosen = Chosen(
          windows: trial + dropped.map { chosen.windows[$0] }, ensembles: others + [largest],
          selection: selection.followed(by: dropped.map { chosen.selection.gains[$0] }))
      } else {
        // Tried and not needed: they are named beside the others.
        chosen.windows += grown
        chosen.selection = chosen.selection.followed(
          by: Array(selection.gains.suffix(grown.count)))
        break
      }
    }
    return chosen
  }
}

extension WindowSelection {
  /// The same choice with further windows that do not stay.
  func followed(by gains: [Double]) -> WindowSelection {
    var longer = self
    longer.gains += gains
    return longer
  }
}

extension Window {
  /// The boxes one site larger along one axis than some of the given windows, the cheapest first; at most six.
  ///
  /// - Parameter known: those that were tried already.
  static func grown(
    from alive: [Window], beyond known: [Window], siteShape: [Int], channelCount: Int,
    alphabet: Alphabet, maximumBits: Int = 8
  ) -> [Window] {
    var found: [Window] = []
    for window in alive where window.sites == nil {
      for axis in 3 - siteShape.count..<3 {
        let extents = [window.layers, window.rows, window.columns]
        // An axis the window did not reach along gets the dilation of the others.
        let dilations = zip(
          extents, [window.layerDilation, window.rowDilation, window.columnDilation]
        )
        .map { $0.0 == 1 ? window.dilation : $0.1 }
        let larger = Window(
          layers: extents[0] + (axis == 0 ? 1 : 0), rows: extents[1] + (axis == 1 ? 1 : 0),
          columns: extents[2] + (axis == 2 ? 1 : 0), layerDilation: dilations[0],
          rowDilation: dilations[1], columnDilation: dilations[2])
        let count = alphabet.featureCount(variables: larger.area * channelCount)
        guard let count, count < 1 << maximumBits, larger.fits(siteShape), !known.contains(larger),
          !found.contains(larger)
        else { continue }
        found.append(larger)
      }
    }
    return Array(found.sorted { $0.cost < $1.cost }.prefix(6))
  }
}
