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

extension StateWriter {
  /// The places of a sequence of operators; -1 where there is none.
  mutating func write(operators: SeriesBuffer<Int32>) {
    write(words: operators.elements.map { UInt64(bitPattern: Int64($0)) })
  }
}

extension StateReader {
  /// What `write(operators:)` wrote; nil where a code is not below the limit.
  mutating func operators(below limit: Int) throws(InputError) -> [Int32]? {
    let codes = try words().map { Int64(bitPattern: $0) }
    return codes.allSatisfy { $0 >= -1 && $0 < Int64(limit) } ? codes.map { Int32($0) } : nil
  }
}
