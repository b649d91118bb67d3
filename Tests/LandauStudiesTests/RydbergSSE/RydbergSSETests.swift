import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct RydbergSSETests {
  @Test(.long) func `Blockaded atoms agree with exact diagonalisation`() throws {
    let report = try quickStudy("rydberg-sse")
    #expect(report.exitStatus == 0, "\(report.text)")
    #expect(report.json.first { $0.key == "agrees" }?.value == .bool(true))
  }
}
