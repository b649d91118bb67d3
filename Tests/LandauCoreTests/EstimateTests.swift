import LandauCore
import LandauTestSupport
import Testing

@Suite struct EstimateTests {
  @Test(arguments: [
    (0.70712, 0.0012, "0.7071(12)"), (0.7071, 0.003, "0.707(3)"), (1.5, 0.2, "1.50(20)"),
    (12.34, 1.4, "12.3(1.4)"), (123.4, 14.2, "123(14)"), (12.3, 5, "12(5)"),
    (1234, 142, "1230(140)"), (-2.26918, 0.00021, "-2.26918(21)"), (0.5, 0.0996, "0.50(10)"),
    (0.5, 0.00296, "0.500(3)"), (0.5, 0.00294, "0.5000(29)"), (7, 9.96, "7(10)"),
    (-0.0001, 0.1, "0.00(10)"), (1e-7, 2e-9, "0.0000001000(20)"), (5, 0, "5.000000(0)"),
    (0.25, .nan, "0.250000(?)"), (.nan, 1, "nan"), (.infinity, 1, "inf"),
    (123456, 3000, "123000(3000)"),
  ])
  func digitsTheErrorJustifies(value: Double, error: Double, text: String) {
    #expect(Estimate(value, error: error).description == text)
  }

  @Test func fixedNotation() {
    #expect(Estimate.fixed(3.14159, digits: 2) == "3.14")
    #expect(Estimate.fixed(-0.001, digits: 2) == "0.00")
    #expect(Estimate.fixed(-0.5, digits: 0) == "0")
    #expect(Estimate.fixed(2, digits: -3) == "2")
    #expect(Estimate.fixed(1e300, digits: 0).count == 301)
    #expect(Estimate.fixed(.nan, digits: 2) == "nan")
  }

  @Test func pulls() {
    let estimate = Estimate(3, error: 0.3)
    expectClose(estimate.pull(to: 2.4), 2, ulps: 8)
    expectClose(estimate.pull(to: 3.5, referenceError: 0.4), -1, ulps: 8)
  }
}

@Suite struct TableTests {
  @Test func columnsByName() {
    let table = Table([.init("T", [1, 2]), .init("e", [3, 4])])
    #expect(table.rowCount == 2 && table["e"] == [3, 4] && table["x"] == nil)
    #expect(Table([]).rowCount == 0)
  }
}

@Suite struct ErrorTests {
  @Test func wording() {
    #expect(
      InputError.notAllowed("--size", 0, allowed: "whole numbers from 1").description
        == "--size is 0; allowed: whole numbers from 1")
    #expect(
      InputError.notAllowed("T", "x", allowed: "numbers", hint: "a hint").description
        == "T is x; allowed: numbers (a hint)")
    #expect(InputError.file("a.npz", "is empty").description == "a.npz: is empty")
    #expect(RunError("disk full").description == "disk full")
    #expect(Interrupted().description == "interrupted")
  }

  @Test func cancellation() throws {
    let cancellation = Cancellation()
    try cancellation.check()
    #expect(!cancellation.isRequested)
    cancellation.request()
    #expect(cancellation.isRequested)
    #expect(throws: Interrupted.self) { try cancellation.check() }
    try Cancellation.never.check()
  }
}
