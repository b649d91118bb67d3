import LandauCore
import LandauStatistics

/// Whether two phases coexist: the valley between two peaks of the energy deepens with the size.
struct Coexistence: Sendable {
  var sides: [Int]
  /// ln of peak over valley, size by size.
  var barriers: [Estimate]
  /// Energies per site of the peaks of the largest size, and where they are equally high.
  var energies: ClosedRange<Double>
  var beta: Double
}

extension Coexistence {
  /// - Parameter found: peaks of growing sizes.
  /// - Returns: nil where the valley does not deepen clearly.
  init?(_ found: [(sample: ScalingSample, peaks: DoublePeak)]) {
    sides = found.map(\.sample.plan.side)
    barriers = found.map(\.peaks.barrier)
    guard found.count >= 2, let first = barriers.first, let last = barriers.last,
      let (sample, peaks) = found.last
    else { return nil }
    let error = (first.error * first.error + last.error * last.error).squareRoot()
    guard last.value > 0.5, last.value - first.value > max(0.3, 3 * error),
      peaks.orderedEnergy.value < peaks.disorderedEnergy.value
    else { return nil }
    let sites = Double(sample.siteCount)
    energies = (peaks.orderedEnergy.value / sites)...(peaks.disorderedEnergy.value / sites)
    beta = peaks.equalHeightBeta.value
  }

  /// Latent heats per site below this hide in the fluctuations of one peak: two phases of equal weights at a distance d
  /// have a variance of d^2/4 or more.
  static func unseenLatentHeat(_ sample: ScalingSample) -> Double {
    2 * sample.energyMoments.deviation / Double(sample.siteCount)
  }

  /// The two peaks of one size; nil where there are not two.
  static func peaks(_ sample: ScalingSample) -> DoublePeak? {
    let sites = Double(sample.siteCount)
    let energy = Series(
      sample.chains.map { $0.energy.map { ($0 * sites).rounded(toDigits: 9) } },
      spacing: sample.plan.measureEvery)
    guard let width = DoublePeak.binWidth(Array(energy.chains.joined())),
      let reweighting = try? Reweighting([SampledState(beta: sample.plan.beta, energy: energy)])
    else { return nil }
    return try? DoublePeak(reweighting, near: sample.plan.beta, binWidth: width)
  }
}

extension Double {
  func rounded(toDigits digits: Int) -> Double {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    return abs(self) < 1e6 ? (self * scale).rounded() / scale : self
  }
}

extension ScalingJob {
  /// The first size of a pair whose crossing is known at which two phases are looked for; all larger pairs follow.
  var coexistencePause: Int { system.dimension == 2 ? 16 : 12 }

  /// Sizes about that of a pair; none that clusters could not take from one phase to the other in the time of a look.
  private func coexistenceSides(about side: Int) -> [Int] {
    let sides = [0.62, 0.86, 1.12].map { 2 * Int((0.5 * $0 * Double(side)).rounded()) }
    return system.siteCount(side: sides[2]) <= 20_000 ? sides : []
  }

  /// Looks for two peaks of the energy, each size where those of the one before are equally high.
  ///
  /// Strong transitions show at the first pair, at small sizes that clusters still take from phase to phase: these come
  /// first there. Later only weak ones are left, and the largest size, where they show most, decides first.
  func coexistence(near beta: Double, about side: Int, _ run: ScalingRun) throws -> Coexistence? {
    let isFirst = side == coexistencePause
    let sides = coexistenceSides(about: side)
    var beta = beta
    var found: [(sample: ScalingSample, peaks: DoublePeak)] = []
    for size in isFirst ? sides : sides.reversed() {
      // On small lattices peaks may be equally high a few per cent beside the crossing of moments.
      let shifts = isFirst && found.isEmpty ? [1, 1.006, 1.012, 1.018, 1.024] : [1]
      var look: (sample: ScalingSample, peaks: DoublePeak)?
      for shift in shifts where look == nil {
        // Between two phases clusters take tens to hundreds of sweeps.
        let sweeps = Int(4e7) / system.siteCount(side: size)
        let plan = ScalingPlan(side: size, beta: shift * beta, sweeps: sweeps)
        let sample = try system.measure([plan], stage: "peaks", run)[0]
        look = Coexistence.peaks(sample).map { (sample, $0) }
      }
      guard let look else { break }
      found.append(look)
      beta = look.peaks.equalHeightBeta.value
    }
    return Coexistence(isFirst ? found : found.reversed())
  }
}
