public import LandauCore
public import LandauStatistics

/// A chain over sequences of operators: H = constant - sum of operators, and <n> = beta (constant - E).
public protocol SeriesExpansion: ReportingChain, SnapshotChain {
  var beta: Double { get }
  /// What H is when all operators are taken away.
  var constant: Double { get }
  /// n, operators of the present sequence.
  var operatorCount: Int { get }
}

extension SeriesExpansion {
  /// (<n^2> - <n>^2 - <n>)/N from the recorded energy per site, which is (constant - n/beta)/N.
  public func specificHeat(_ energyPerSite: Series) -> Estimate {
    let sites = Double(snapshotWidth)
    return Estimate.jackknife(energyPerSite) { moments in
      beta * beta * sites * moments.variance - beta * (constant / sites - moments.mean)
    }
  }
}
