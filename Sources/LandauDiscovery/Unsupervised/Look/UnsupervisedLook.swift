public import LandauCore
public import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A first look at snapshots of a scan that asks nothing: what varies most, which clusters there are, and where along
/// the scan the clusters change.
///
///     let look = try UnsupervisedLook(snapshots, seed: seed)
///     look.explainedVariance[0]      // of the leading component, with its error
///     look.clusterCount              // by Schwarz's criterion
///     look.change?.location          // where samples pass from cluster to cluster fastest
///
/// 1. Principal components of samples of the whole scan, and the edge of independent noise of the same size.
/// 2. A mixture of normal densities in the leading one or two of them; the number of components has the smallest
///    criterion of Schwarz.
/// 3. The mean parameter of a cluster's samples is what the cluster says of the parameter. Its mean over the samples of
///    each parameter is a curve, and its steepest rise is the place of the change. The mixture is fitted
///    anew without each fold, for the part of the error that the clusters have.
///
/// A place of a change is one of a finite lattice: it drifts with the size. Clusters may come without any transition, from
/// a crossover for instance. The criterion takes samples as independent and clusters as normal; numbers of clusters are
/// descriptions, no tests.
public struct UnsupervisedLook: Sendable {
  public let parameterName: String
  public let parameters: [Double]
  public let siteShape: [Int]
  /// Samples that components and clusters were found from, and all that the curves are of.
  public let fittedCount: Int
  public let sampleCount: Int
  public let splitUnit: SampleFolds.Unit

  /// Shares of the total variance of the leading components, descending.
  public let explainedVariance: [Estimate]
  /// The largest share that independent noise would give (`MarchenkoPastur`).
  public let noiseFloor: Double
  /// Components above that edge.
  public let componentsAboveNoise: Int
  /// The leading component, of unit length, as features are ordered in `SampleMatrix`.
  public let leadingComponent: [Double]
  /// |cosine| of the leading component with the uniform one: 1 for a magnetisation.
  public let uniformOverlap: Double
  /// Mean |coordinate| along the leading component over sqrt(features), at each parameter.
  public let leadingMagnitude: [Estimate]

  public let clusters: GaussianMixture
  /// Of mixtures of 1, 2, ... components.
  public let criteria: [Double]
  /// Share of each cluster at each parameter, `[cluster][parameter]`.
  public let shares: [[Estimate]]
  /// What a sample's cluster says of the parameter, on average at each parameter.
  public let curve: PredictionCurve
  /// Its steepest rise; nil with one cluster or fewer than five parameters.
  public let change: SlopePeak?
  public let warnings: [String]

  public var clusterCount: Int { clusters.componentCount }

  /// - Parameters:
  ///   - sampleLimit: the largest number of samples to find components and clusters from, spread evenly over the scan.
  ///   - maximumClusters: the largest number of clusters tried.
  ///   - seed: of starts of the clusters and of the error of the place.
  /// - Throws: `LinearAlgebraError` where LAPACK does not converge.
  /// - Complexity: `9 min(samples, features)³` operations for the fitted samples; one projection of each sample.
  public init(
    _ snapshots: Snapshots, sampleLimit: Int = 1600, maximumClusters: Int = 6, seed: Seed
  ) throws(LinearAlgebraError) {
    precondition(snapshots.sampleCount > 1, "a look at \(snapshots.sampleCount) snapshots")
    let scan = ScanFolds(snapshots)
    let fitted = snapshots.samples(
      perParameter: max(2, sampleLimit / snapshots.parameters.count))
    let matrix = SampleMatrix(snapshots, samples: fitted)
    let components = try PrincipalComponents(matrix, count: 16)
    let floor = MarchenkoPastur(noiseOf: components)
    let above = components.variances.prefix { $0 > floor.upperEdge }.count
    explainedVariance = Array(
      try components.explainedVariance(
        of: matrix, folds: fitted.map { scan.folds.fold[$0] }, foldCount: scan.folds.count
      ).prefix(8))
    noiseFloor = components.totalVariance > 0 ? floor.upperEdge / components.totalVariance : 0
    componentsAboveNoise = above
    leadingComponent = components.component(0)
    let width = Double(matrix.columnCount)
    uniformOverlap = abs(leadingComponent.reduce(0, +)) / width.squareRoot()

    let coordinates = Self.coordinates(
      of: snapshots, along: components, count: min(2, max(1, above)))
    let d = coordinates.columnCount
    leadingMagnitude = scan.means(
      of: (0..<coordinates.rowCount).map {
        abs(coordinates.values[$0 * d]) / width.squareRoot()
      })
    let fit = ClusterFit(coordinates, scan: scan, fitted: fitted)
    let (mixture, criteria) = fit.selection(upTo: maximumClusters, seed: seed.child("clusters"))
    clusters = mixture
    self.criteria = criteria
    let probabilities = mixture.responsibilities(coordinates)
    let k = mixture.componentCount
    shares = (0..<k).map { cluster in
      scan.means(of: (0..<coordinates.rowCount).map { probabilities.values[$0 * k + cluster] })
    }
    curve = fit.curve(of: mixture, seed: seed.child("folds"))
    change =
      k > 1 && snapshots.parameters.count >= 5
      ? SlopePeak(curve, seed: seed.child("place")) : nil
    warnings = Self.warnings(mixture, criteria: criteria, above: above)
    parameterName = snapshots.parameterName
    parameters = snapshots.parameters
    siteShape = snapshots.siteShape
    fittedCount = fitted.count
    sampleCount = snapshots.sampleCount
    splitUnit = scan.folds.unit
  }

  /// Leading coordinates of all samples, a block at a time: as floating-point numbers they may not fit into memory.
  private static func coordinates(
    of snapshots: Snapshots, along components: PrincipalComponents, count: Int
  ) -> SampleMatrix {
    var values: [Double] = []
    let kept = min(count, components.componentCount)
    for first in stride(from: 0, to: snapshots.sampleCount, by: 512) {
      let rows = Array(first..<min(first + 512, snapshots.sampleCount))
      let block = components.projected(SampleMatrix(snapshots, samples: rows))
      for row in 0..<rows.count { values += block[row].prefix(kept) }
    }
    return SampleMatrix(values, rowCount: snapshots.sampleCount, columnCount: kept)
  }

  private static func warnings(
    _ mixture: GaussianMixture, criteria: [Double], above: Int
  ) -> [String] {
    var warnings: [String] = []
    if above == 0 { warnings.append("no component stands above independent noise") }
    if mixture.status == .iterationLimit { warnings.append("the clusters did not converge") }
    if !mixture.degenerate.isEmpty {
      warnings.append(
        "\(mixture.degenerate.count) of \(mixture.componentCount) clusters are degenerate")
    }
    if mixture.componentCount == criteria.count && criteria.count > 1 {
      warnings.append("as many clusters as were tried: more may describe the data better")
    }
    return warnings
  }
}

/// Clusters in some coordinates of the samples of a scan.
private struct ClusterFit {
  let coordinates: SampleMatrix
  let scan: ScanFolds
  let fitted: [Int]

  init(_ coordinates: SampleMatrix, scan: ScanFolds, fitted: [Int]) {
    self.coordinates = coordinates
    self.scan = scan
    self.fitted = fitted
  }

  func selection(upTo maximum: Int, seed: Seed) -> (best: GaussianMixture, criteria: [Double]) {
    var rng = seed.makeStream()
    return GaussianMixture.selection(
      coordinates.selecting(fitted), componentCounts: 1...min(maximum, fitted.count),
      restarts: 3, using: &rng)
  }

  /// The mean of what clusters say of the parameter, with modes from fits without each fold.
  func curve(of mixture: GaussianMixture, seed: Seed) -> PredictionCurve {
    let count = scan.folds.count
    let curves = (0..<count).map { fold -> [Double] in
      var rng = seed.child("fold", fold).makeStream()
      let rest = fitted.filter { scan.folds.fold[$0] != fold }
      guard rest.count > mixture.componentCount else {
        return scan.curve(of: readings(mixture)).means
      }
      let other = GaussianMixture(
        coordinates.selecting(rest), componentCount: mixture.componentCount, restarts: 2,
        using: &rng)
      return scan.curve(of: readings(other)).means
    }
    let n = Double(count)
    let center = scan.parameters.indices.map { p in curves.reduce(0) { $0 + $1[p] } / n }
    // The jackknife's covariance, (n - 1)/n sum of squares, as the sum of outer products.
    let modes = curves.map { curve in
      zip(curve, center).map { ($0 - $1) * ((n - 1) / n).squareRoot() }
    }
    return scan.curve(of: readings(mixture), modes: modes)
  }

  /// For every sample the parameter that its clusters stand for: each one's mean, the parameters counted alike.
  private func readings(_ mixture: GaussianMixture) -> [Double] {
    let k = mixture.componentCount
    let r = mixture.responsibilities(coordinates)
    var counts = [Double](repeating: 0, count: scan.parameters.count)
    for p in scan.parameterIndex { counts[p] += 1 }
    var (sums, weights) = ([Double](repeating: 0, count: k), [Double](repeating: 0, count: k))
    for (sample, p) in scan.parameterIndex.enumerated() {
      for c in 0..<k {
        let weight = r.values[sample * k + c] / counts[p]
        weights[c] += weight
        sums[c] += weight * scan.parameters[p]
      }
    }
    let middle = scan.parameters.reduce(0, +) / Double(scan.parameters.count)
    let means = zip(sums, weights).map { $1 > 0 ? $0 / $1 : middle }
    return (0..<r.rowCount).map { sample in
      (0..<k).reduce(0) { $0 + r.values[sample * k + $1] * means[$1] }
    }
  }
}
