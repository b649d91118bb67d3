public import LandauCore

extension CorrelatorCounts {
  /// The counts averaged over the orbits of every function: invariant under the group, for two-valued spins to the last bit.
  ///
  /// - Complexity: that of counting all images of the windows.
  public init(
    _ snapshots: Snapshots, orbits: WindowOrbits, alphabet: Alphabet? = nil, pool: WorkerPool
  ) {
    self = CorrelatorCounts(snapshots, windows: orbits.counted, alphabet: alphabet, pool: pool)
      .averaged(over: orbits, pool: pool)
  }

  public init(_ snapshots: AngleSnapshots, orbits: WindowOrbits, pool: WorkerPool) {
    self = CorrelatorCounts(snapshots, windows: orbits.counted, pool: pool)
      .averaged(over: orbits, pool: pool)
  }

  /// Sums of a few single-precision means of like size are exact in double precision, so that the order of an orbit does not
  /// matter.
  private func averaged(over orbits: WindowOrbits, pool: WorkerPool) -> CorrelatorCounts {
    let columns = orbits.columns.flatMap { $0 }
    let (width, values) = (featureCount, values)
    let averages = Self.rows(sampleCount, of: columns.count, pool: pool) {
      ()
    } fill: { _, sample, row in
      for (feature, members) in columns.enumerated() {
        let sum = members.reduce(0.0) { $0 + Double(values[sample * width + $1]) }
        row[feature] = Float(sum / Double(members.count))
      }
    }
    let positions = orbits.windows.map { window in
      positionCounts[orbits.counted.firstIndex(of: window)!]
    }
    return CorrelatorCounts(
      windows: orbits.windows, alphabet: alphabet, channelCount: channelCount,
      sampleCount: sampleCount, terms: orbits.terms, positionCounts: positions, values: averages,
      group: orbits.group)
  }
}
