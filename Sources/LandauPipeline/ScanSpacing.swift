import LandauCore
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where in a range the values of a scan are put: close together where energies of the largest lattice change
/// fast, told by a short look at it.
///
/// From one temperature to the next the Boltzmann distributions differ by the divergence (b' - b)(E - E'), the sum
/// of their two relative entropies, of the mean energies alone; its root, for small steps the step of beta in standard
/// deviations of the energy, is a length that adds up along the scan (thermodynamic length: Crooks, Phys. Rev.
/// Lett. 99, 100602, 2007). At a first-order transition the latent heat is in it. Half of the values are
/// spread evenly in temperature and half in this length, so no spacing is more than twice the even one, and
/// at a transition the distributions at neighbouring values overlap, which reweighting and replica exchange need.
struct ScanSpacing: Sendable {
  let model: ResolvedModel
  let seed: Seed

  static let steps = 25
  static let sweeps = 200

  /// - Parameter shape: of the largest lattice.
  /// - Throws: `Interrupted`.
  func grid(
    over range: ClosedRange<Double>, count: Int, shape: [Int], pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws -> [Double] {
    let physical = try model.sized(shape).physical()
    // Where vortices come apart energies change smoothly: a bump of the specific heat elsewhere would draw the values.
    guard !physical.isReal else {
      return Self.spread(range, count: count, temperatures: [], energies: [])
    }
    let factory = try ChainFactory(model: physical, update: "auto")
    let temperatures = DiscoverSettings.spaced(range.lowerBound, range.upperBound, Self.steps)
    progress.begin("spacing the values", total: Self.steps)
    let energies = try pool.map(Self.steps) { step -> Double in
      defer { progress.advance() }
      return try energy(factory, physical.siteCount, at: temperatures[step], step, cancellation)
    }
    try cancellation.check()
    progress.end()
    return Self.spread(range, count: count, temperatures: temperatures, energies: energies)
  }

  /// The mean total energy of two chains; one begins hot, the other cold, so that where both stay what they were
  /// the values lie close, too.
  private func energy(
    _ factory: ChainFactory, _ siteCount: Int, at temperature: Double, _ step: Int,
    _ cancellation: Cancellation
  ) throws -> Double {
    let beta = 1 / temperature
    var sum = 0.0
    for number in 0..<2 {
      try cancellation.check()
      let chain = try factory.chain(
        beta: beta, seed: seed.child("value", step).child("chain", number), pool: nil)
      (chain as? any TemperedChain)?.start(hot: number == 0, unless: cancellation)
      guard let column = chain.observables.firstIndex(of: .energyPerSite) else { return 0 }
      chain.burnIn(Self.sweeps / 2, unless: cancellation)
      var row: [Double] = []
      for _ in 0..<Self.sweeps {
        chain.sweep(1)
        row.removeAll(keepingCapacity: true)
        chain.measure(into: &row)
        sum += row[column] * Double(siteCount)
      }
    }
    return sum / Double(2 * Self.sweeps)
  }

  /// Values whose neighbours are equally far apart in the mean of both measures.
  ///
  /// - Parameters:
  ///   - temperatures: ascending, from end to end of the range; fewer than two give even spacing.
  ///   - energies: mean total energies there.
  static func spread(
    _ range: ClosedRange<Double>, count: Int, temperatures: [Double], energies: [Double]
  ) -> [Double] {
    let (low, high) = (range.lowerBound, range.upperBound)
    let even = DiscoverSettings.spaced(low, high, count)
    let steps = zip(temperatures, temperatures.dropFirst())
    let lengths = zip(steps, zip(energies, energies.dropFirst())).map { step, energy in
      max(0, (1 / step.0 - 1 / step.1) * (energy.1 - energy.0)).squareRoot()
    }
    let total = lengths.reduce(0, +)
    guard count > 2, total > 0, total.isFinite else { return even }
    var reached = [0.0]
    for (step, length) in zip(steps, lengths) {
      reached.append(
        reached[reached.count - 1] + 0.5 * (step.1 - step.0) / (high - low) + 0.5 * length / total)
    }
    let end = reached[reached.count - 1]
    var step = 0
    let inner = (1..<count - 1).map { index -> Double in
      let target = end * Double(index) / Double(count - 1)
      while step < lengths.count - 1 && reached[step + 1] < target { step += 1 }
      let share = (target - reached[step]) / (reached[step + 1] - reached[step])
      return temperatures[step] + share * (temperatures[step + 1] - temperatures[step])
    }
    return [low] + inner + [high]
  }
}
