import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct UnsupervisedStudiesTests {
  private func quick(_ name: String) throws -> Report {
    try withTemporaryFolder { folder in
      var options = StudyOptions(name: name)
      options.isQuick = true
      options.output = folder + "/study"
      return try StudyJob(options).run(
        pool: WorkerPool(), progress: .silent, cancellation: .never)
    }
  }

  @Test func `Seeds by rejection agree with their law and cost`() throws {
    #expect(try quick("kmeans-rejection-seeding").exitStatus == 0)
  }

  @Test(.long, arguments: ["knn-ratio-divergence", "unsupervised-ising"])
  func `Longer unsupervised studies agree with their references`(name: String) throws {
    #expect(try quick(name).exitStatus == 0, "\(name)")
  }
}
