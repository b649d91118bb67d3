import LandauCore
import Testing

@testable import LandauStudies

@Suite struct StudyFindingTests {
  private func finding(
    _ value: Double, _ error: Double, systematic: Double = 0,
    _ expected: StudyFinding.Expectation
  ) -> StudyFinding {
    StudyFinding(
      "key", "what", measured: Estimate(value, error: error), systematicError: systematic,
      expected: expected, reference: "none")
  }

  @Test func `Agreement is within three errors of everything together`() {
    #expect(finding(1.29, 0.1, .value(1, error: 0)).agrees)
    #expect(!finding(1.31, 0.1, .value(1, error: 0)).agrees)
    #expect(finding(1.31, 0.1, .value(1, error: 0.1)).agrees)
    #expect(finding(1.31, 0.1, systematic: 0.1, .value(1, error: 0)).agrees)
    #expect(finding(3, 0, .value(3, error: 0)).agrees)
    #expect(!finding(2, 0, .value(3, error: 0)).agrees)
  }

  @Test func `A bound has to be passed by three errors`() {
    #expect(finding(0.31, 0.1, .above(0)).agrees)
    #expect(!finding(0.29, 0.1, .above(0)).agrees)
    #expect(finding(-0.31, 0.1, .below(0)).agrees)
    #expect(!finding(-0.29, 0.1, .below(0)).agrees)
  }

  @Test func `What could not be measured does not agree`() {
    #expect(!finding(.nan, .nan, .above(0)).agrees)
    #expect(!finding(.nan, .nan, .below(0)).agrees)
    #expect(!finding(.nan, .nan, .value(0, error: 1)).agrees)
    #expect(!finding(1, .nan, .value(1, error: 0)).agrees)
  }
}
