import LandauCore
import LandauTestSupport
import Testing

/// The helpers that all statistical checks rest on, checked against what they promise.
@Suite struct AgreementTests {
  private func measure(bias: Double) -> (_ seed: Seed, _ effort: Int) -> Estimate {
    { seed, effort in
      var rng = seed.makeStream()
      let error = 1 / Double(effort).squareRoot()
      return Estimate(bias + error * rng.normal(), error: error)
    }
  }

  /// Without fault: 2.2e-3 go to the second stage, and five in a million are rejected.
  @Test func falseAlarms() {
    var (repeated, rejected) = (0, 0)
    for index in 0..<40_000 {
      let result = compare(with: 0, seed: .test(index), measure: measure(bias: 0))
      repeated += result.stages.count - 1
      rejected += result.isAccepted ? 0 : 1
    }
    // 88 expected with a deviation of 9.4; more than two rejections have a probability of 1e-3.
    #expect(abs(repeated - 88) < 47)
    #expect(rejected <= 2)
  }

  /// A bias of four standard errors is found in 83 % of the cases.
  @Test func power() {
    let found = (0..<2000).count { index in
      !compare(with: 0, seed: .test(index), measure: measure(bias: 4)).isAccepted
    }
    expectClose(Double(found) / 2000, 0.826, absolute: 0.04)
  }

  @Test func errorsFromFewPieces() {
    let few = compare(with: 0, seed: .test(), degreesOfFreedom: 3) { _, _ in
      Estimate(4, error: 1)
    }
    #expect(few.isAccepted)
    #expect(few.detectableBias > 8)
    let many = compare(with: 0, seed: .test()) { _, _ in Estimate(4, error: 1) }
    #expect(!many.isAccepted && many.stages.count == 2)
    expectClose(many.detectableBias, 4.06, absolute: 0.01)
  }

  @Test func numbersThatAreNone() {
    for bad in [Estimate(.nan, error: 1), Estimate(0, error: .nan), Estimate(1, error: 0)] {
      #expect(!compare(with: 0, seed: .test()) { _, _ in bad }.isAccepted)
    }
    #expect(compare(with: 2, seed: .test()) { _, _ in Estimate(2, error: 0) }.isAccepted)
  }

  /// Helpers that never fail would make every test above them worthless.
  @Test func failuresAreRecorded() {
    withKnownIssue { expectClose(1, 1 + 1e-15, ulps: 2) }
    withKnownIssue { expectClose(1, 1.1, absolute: 0.01, relative: 0.01) }
    withKnownIssue { expectClose(.nan, 1, absolute: 1) }
    withKnownIssue { expectPlausible(seed: .test()) { _, _ in 1e-3 } }
    withKnownIssue { expectPlausible(seed: .test()) { _, _ in .nan } }
    withKnownIssue {
      expectAgreement(with: 0, seed: .test(), minimalBias: 10, measure: measure(bias: 20))
    }
    withKnownIssue {
      expectAgreement(with: 0, seed: .test(), minimalBias: 1, measure: measure(bias: 0))
    }
    withKnownIssue { expectDisagreement(with: 0, seed: .test(), measure: measure(bias: 0)) }
  }
}
