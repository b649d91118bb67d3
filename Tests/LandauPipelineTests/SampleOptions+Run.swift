import LandauCore

@testable import LandauPipeline

extension SampleOptions {
  /// The whole job, without progress and to its end.
  func run(threads: Int) throws -> Report {
    try SampleJob(self).run(
      pool: WorkerPool(threadCount: threads), progress: .silent, cancellation: .never)
  }
}
