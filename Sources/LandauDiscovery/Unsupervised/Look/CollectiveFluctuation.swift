public import LandauCore
public import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The pattern in which snapshots fluctuate together most, found without being told what to look for.
///
/// A scanned parameter moves averages (a density, say) that break no symmetry. What is left when every variable's mean at
/// each value of the parameter is taken away are fluctuations; where an order forms in many places at once and with either
/// sign, its pattern is the leading principal component of them. The sign of a snapshot's coordinate along it
/// means nothing; its magnitude is the order.
///
///     let found = try CollectiveFluctuation(snapshots, seed: seed)
///     found.magnitude                // mean |order| at each parameter
///     found.magnitudes(of: others)   // of snapshots it was not learned from
public struct CollectiveFluctuation: Sendable {
  public let parameterName: String
  public let parameters: [Double]
  public let siteShape: [Int]
  /// The leading component, of unit length, variable by variable.
  public let pattern: [Double]
  /// Share of the variance of the fluctuations along it, and the largest share of independent noise.
  public let share: Double
  public let noiseShare: Double
  /// The product of alternating signs along some of the axes that is nearest to the pattern, and the cosine between them.
  public let nearestWave: (alternates: [Bool], overlap: Double)
  /// Mean |m| at each parameter with the signs of that product in place of the pattern.
  public let waveMagnitude: [Estimate]
  /// Mean |coordinate| over the root of the number of variables: |m| for a pattern of equal sizes.
  public let magnitude: [Estimate]
  /// What independent variables with the same means would have.
  public let floor: [Double]
  /// Where the magnitude grows fastest, with errors by folds: of the snapshots and of the pattern found without each;
  /// nil for fewer than seven parameters.
  public let onset: SlopePeak?

  /// - Precondition: one channel of variables that stand for themselves, such as spins.
  /// - Throws: `LinearAlgebraError` where LAPACK does not converge.
  /// - Complexity: `9 min(samples, sites)^3` operations for each of the folds; one projection of each sample.
  public init(
    _ snapshots: Snapshots, sampleLimit: Int = 6000, seed: Seed
  ) throws(LinearAlgebraError) {
    precondition(
      snapshots.channels.count == 1 && (snapshots.isBinary || snapshots.levels.contains(-1)),
      "a collective fluctuation of \(snapshots.channels.count) channels of \(snapshots.levels)")
    let scan = ScanFolds(snapshots)
    let fitted = snapshots.samples(perParameter: max(2, sampleLimit / snapshots.parameters.count))
    let means = Self.means(snapshots)
    let centred = Self.centred(snapshots, samples: fitted, means: means)
    let components = try PrincipalComponents(centred, count: 1)
    let pattern = components.component(0)
    self.pattern = pattern
    let total = components.totalVariance
    share = total > 0 ? components.variances[0] / total : 0
    noiseShare = total > 0 ? MarchenkoPastur(noiseOf: components).upperEdge / total : 0
    let wave = Self.nearestWave(pattern, shape: snapshots.siteShape)
    nearestWave = wave
    let scale = 1 / Double(pattern.count).squareRoot()
    waveMagnitude = scan.means(
      of: Self.magnitudes(
        snapshots,
        pattern: Self.signs(wave.alternates, shape: snapshots.siteShape).map { $0 * scale }))
    let magnitudes = Self.magnitudes(snapshots, pattern: pattern)
    magnitude = scan.means(of: magnitudes)
    let width = Double(pattern.count)
    // |sum of many independent terms| has the mean of a half-normal law.
    floor = means.map { mean in
      let variance = zip(pattern, mean).reduce(0.0) { $0 + $1.0 * $1.0 * max(0, 1 - $1.1 * $1.1) }
      return (2 / Double.pi * variance / width).squareRoot()
    }
    if snapshots.parameters.count >= Discovery.smallestScan {
      var curves: [[Double]] = []
      for fold in 0..<scan.folds.count {
        let rest = fitted.indices.filter { scan.folds.fold[fitted[$0]] != fold }
        let own = try PrincipalComponents(centred.selecting(rest), count: 1)
        curves.append(
          scan.means(of: Self.magnitudes(snapshots, pattern: own.component(0))).map(\.value))
      }
      let count = Double(curves.count)
      let middle = curves[0].indices.map { p in curves.reduce(0) { $0 + $1[p] } / count }
      // The jackknife: one part left out of each fit.
      let modes = curves.map { curve in
        zip(curve, middle).map { ($0 - $1) * ((count - 1) / count).squareRoot() }
      }
      onset = SlopePeak(
        scan.curve(of: magnitudes, modes: modes), seed: seed.child("onset"))
    } else {
      onset = nil
    }
    parameterName = snapshots.parameterName
    parameters = snapshots.parameters
    siteShape = snapshots.siteShape
  }

  /// |coordinate| of every snapshot over the root of the number of variables; of any snapshots of this lattice.
  public func magnitudes(of snapshots: Snapshots) -> [Double] {
    precondition(
      snapshots.siteCount == pattern.count, "\(snapshots.siteCount) sites, \(pattern.count) known")
    return Self.magnitudes(snapshots, pattern: pattern)
  }

  /// `nearestWave` in words.
  public var waveDescription: String {
    let names = siteShape.count == 1 ? ["the chain"] : ["rows", "columns", "layers", "the rest"]
    let along = nearestWave.alternates.indices.filter { nearestWave.alternates[$0] }
      .map { siteShape.count == 1 ? names[0] : "the " + names[$0] }
    return along.isEmpty ? "uniform" : "alternating along " + along.joined(separator: " and ")
  }

  private static func magnitudes(_ snapshots: Snapshots, pattern: [Double]) -> [Double] {
    let width = pattern.count
    return (0..<snapshots.sampleCount).map { sample in
      var sum = 0.0
      for site in 0..<width {
        sum += pattern[site] * Double(snapshots.values[sample * width + site])
      }
      return abs(sum) / Double(width).squareRoot()
    }
  }

  /// Of every variable at every parameter.
  private static func means(_ snapshots: Snapshots) -> [[Double]] {
    let width = snapshots.siteCount
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: width), count: snapshots.parameters.count)
    var counts = [Double](repeating: 0, count: snapshots.parameters.count)
    for (sample, parameter) in snapshots.parameterIndex.enumerated() {
      counts[Int(parameter)] += 1
      for site in 0..<width {
        sums[Int(parameter)][site] += Double(snapshots.values[sample * width + site])
      }
    }
    return zip(sums, counts).map { row, count in row.map { $0 / max(1, count) } }
  }

  private static func centred(
    _ snapshots: Snapshots, samples: [Int], means: [[Double]]
  ) -> SampleMatrix {
    let width = snapshots.siteCount
    var values: [Double] = []
    values.reserveCapacity(samples.count * width)
    for sample in samples {
      let mean = means[Int(snapshots.parameterIndex[sample])]
      for site in 0..<width {
        values.append(Double(snapshots.values[sample * width + site]) - mean[site])
      }
    }
    return SampleMatrix(values, rowCount: samples.count, columnCount: width)
  }

  private static func nearestWave(
    _ pattern: [Double], shape: [Int]
  ) -> (alternates: [Bool], overlap: Double) {
    let waves = (0..<1 << shape.count).map { code in
      shape.indices.map { code >> $0 & 1 == 1 && shape[$0] > 1 }
    }
    let overlaps = waves.map { wave in
      abs(zip(pattern, signs(wave, shape: shape)).reduce(0) { $0 + $1.0 * $1.1 })
        / Double(pattern.count).squareRoot()
    }
    let best = overlaps.indices.max { overlaps[$0] < overlaps[$1] }!
    return (waves[best], overlaps[best])
  }

  /// +1 and -1, site by site.
  private static func signs(_ alternates: [Bool], shape: [Int]) -> [Double] {
    (0..<shape.reduce(1, *)).map { site in
      var (rest, sign) = (site, 1.0)
      for axis in shape.indices.reversed() {
        if alternates[axis] && rest % shape[axis] % 2 == 1 { sign = -sign }
        rest /= shape[axis]
      }
      return sign
    }
  }
}
