import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct UnsupervisedStudiesTests {
  @Test func `Seeds by rejection agree with their law and cost`() throws {
    #expect(try quickStudy("kmeans-rejection-seeding").exitStatus == 0)
  }

  @Test(.long, arguments: ["knn-ratio-divergence", "unsupervised-ising"])
  func `Longer unsupervised studies agree with their references`(name: String) throws {
    #expect(try quickStudy(name).exitStatus == 0, "\(name)")
  }
}
