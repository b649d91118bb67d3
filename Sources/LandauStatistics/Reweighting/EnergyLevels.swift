import LandauCore

/// All measurements of all states, with equal energies counted together.
///
/// The energy is the only thing the weights depend on: whatever is computed for every energy and state
/// is computed once for each different energy (a few thousand for an Ising model).
struct EnergyLevels {
  /// The different energies, in the order of their first appearance.
  let energies: [Double]
  /// For every measurement its place in `energies`; state by state, chain by chain.
  let level: [Int32]
  /// The measurements of each state.
  let ranges: [Range<Int>]
  /// 1 / max(1, 2 tau) of each state's energy: how much independent data one measurement is.
  let sampleWeights: [Double]
  /// Weighted number of measurements on each level.
  let counts: [Double]
  /// Weighted number of measurements of each state.
  let stateCounts: [Double]

  init(_ states: [SampledState]) {
    var level: [Int32] = []
    var ranges: [Range<Int>] = []
    var energies: [Double] = []
    var places: [Double: Int32] = [:]
    level.reserveCapacity(states.reduce(0) { $0 + $1.energy.count })
    for state in states {
      let start = level.count
      for energy in state.energy.chains.joined() {
        if let place = places[energy] {
          level.append(place)
        } else {
          places[energy] = Int32(energies.count)
          level.append(Int32(energies.count))
          energies.append(energy)
        }
      }
      ranges.append(start..<level.count)
    }
    let sampleWeights = states.map { state -> Double in
      let series = state.energy
      guard series.count > 1, !series.isConstant else { return 1 }
      let time = Autocorrelation(of: series).integratedTime.value / Double(series.spacing)
      return 1 / max(1, 2 * time)
    }
    var counts = [Double](repeating: 0, count: energies.count)
    for (range, weight) in zip(ranges, sampleWeights) {
      for place in level[range] { counts[Int(place)] += weight }
    }
    self.energies = energies
    self.level = level
    self.ranges = ranges
    self.sampleWeights = sampleWeights
    self.counts = counts
    stateCounts = zip(ranges, sampleWeights).map { Double($0.count) * $1 }
  }

  /// The weighted sums of a per-measurement quantity on each level.
  func sums(of values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: energies.count)
    for (range, weight) in zip(ranges, sampleWeights) {
      for index in range { sums[Int(level[index])] += weight * values[index] }
    }
    return sums
  }
}
