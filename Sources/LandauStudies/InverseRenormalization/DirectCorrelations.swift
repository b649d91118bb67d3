import LandauCore
import LandauStatistics

/// Correlations from chains of the same size: what an inverse is compared with where there is no closed form.
struct DirectCorrelations: Sendable {
  static let chainCount = 8

  let square: Estimate
  let neighbours: Estimate
  let second: Estimate
  let farthest: Estimate
  let squaredOrder: Estimate

  /// - Parameter chain: runs the chain of that number and hands out the moments of each measured configuration.
  init(
    _ run: StudyRun,
    chain: @Sendable (_ index: Int, _ body: (TorusMoments) -> Void) throws -> Void
  ) throws {
    let chains = try run.pool.map(Self.chainCount) { index in
      defer { run.progress.advance() }
      var moments: [TorusMoments] = []
      try chain(index) { moments.append($0) }
      return moments
    }
    func estimate(_ path: KeyPath<TorusMoments, Double>) -> Estimate {
      Series(chains.map { $0.map { $0[keyPath: path] } }).estimate()
    }
    square = estimate(\.square)
    neighbours = estimate(\.neighbours)
    second = estimate(\.second)
    farthest = estimate(\.farthest)
    squaredOrder = estimate(\.squaredOrder)
  }
}
