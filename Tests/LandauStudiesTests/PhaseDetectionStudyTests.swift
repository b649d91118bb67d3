import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PhaseDetectionStudyTests {
  @Test(arguments: [0.4, 1, 2])
  func `The critical line is Onsager's`(ratio: Double) {
    let t = AnisotropicIsingMap.critical(ratio)
    #expect(abs(sinh(2 / t) * sinh(2 * ratio / t) - 1) < 1e-12)
    if ratio == 1 { #expect(abs(t - 2 / log(1 + 2.0.squareRoot())) < 1e-12) }
    // Exchanging both couplings changes nothing: T(1, r) = r T(1, 1/r).
    #expect(abs(t - ratio * AnisotropicIsingMap.critical(1 / ratio)) < 1e-12)
  }

  @Test(.long) func `Learned curves and their optima agree`() throws {
    let report = try quickStudy("prediction-based-phase-detection")
    #expect(report.exitStatus == 0, "\(report.text)")
  }
}
