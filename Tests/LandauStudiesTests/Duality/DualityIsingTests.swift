import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct DualityIsingTests {
  @Test(.long) func `The dual of the Ising model is found`() throws {
    let report = try quickStudy("ml-duality-ising")
    #expect(report.exitStatus == 0, "\(report.text)")
  }
}
