import LandauTestSupport
import Testing

@testable import LandauExact

@Suite struct TruthRegisterTests {
  @Test func everyShortTruthHolds() throws {
    for truth in TruthRegister.exact where !truth.isLong {
      let outcome = try truth.check()
      #expect(
        outcome.agrees, "\(truth.name): \(outcome.computed), known \(truth.reference)")
    }
  }

  @Test(.slow) func everyLongTruthHolds() throws {
    for truth in TruthRegister.exact where truth.isLong {
      let outcome = try truth.check()
      #expect(
        outcome.agrees, "\(truth.name): \(outcome.computed), known \(truth.reference)")
    }
  }

  /// Enough of them, none twice, and each says how well it is known.
  @Test func theRegister() {
    let truths = TruthRegister.exact
    #expect(truths.count >= 120)
    #expect(Set(truths.map(\.name)).count == truths.count)
    for truth in truths {
      #expect(!truth.source.isEmpty && !truth.group.isEmpty)
      #expect(truth.tolerance <= max(1, abs(truth.reference)) * 1e-5, "\(truth.name)")
    }
  }

  /// A wrong value is found, a value that is none too.
  @Test func disagreementIsSeen() throws {
    let wrong = Truth("test", "half", "0.5000", source: "arithmetic") { 0.5003 }
    #expect(try !wrong.check().agrees && wrong.check().deviation > 2.9)
    let nothing = Truth("test", "none", "0.5000", source: "arithmetic") { .nan }
    #expect(try !nothing.check().agrees)
    let right = Truth("test", "right", "0.5000", source: "arithmetic") { 0.50004 }
    #expect(try right.check().agrees)
  }
}
