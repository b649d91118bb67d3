import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct ConstraintTests {
  private let x = Expression.variable(0)
  private let y = Expression.variable(1)

  @Test func `Units multiply, divide and take roots`() {
    let velocity = PhysicalDimension.length / .time
    #expect(PhysicalDimension.energy == .mass * velocity.raised(to: 2))
    #expect(PhysicalDimension.energy.description == "m^2 kg s^-2")
    #expect((velocity.raised(to: 2)).raised(to: 0.5) == velocity)
    #expect(PhysicalDimension.length.raised(to: 1.0 / 3).raised(to: 3) == .length)
    #expect(PhysicalDimension.length.power(1.0 / 5) == nil)
  }

  @Test func `Unlike quantities are not added`() {
    let units = [PhysicalDimension.length, .time]
    func check(_ expression: Expression, _ free: Bool = false) -> Expression.DimensionCheck {
      expression.dimension(of: units, constantsCarryUnits: free)
    }
    #expect(check(x / y) == .consistent(.length / .time))
    #expect(check(x + y) == .inconsistent)
    #expect(check(x - x / y) == .inconsistent)
    #expect(check(x.applying(.exponential)) == .inconsistent)
    #expect(check((x / x).applying(.cosine)) == .consistent(.none))
    #expect(check(x.applying(.square).applying(.squareRoot) + x) == .consistent(.length))
    // A number is no length; a constant with units may be.
    #expect(check(x + 1) == .inconsistent)
    #expect(check(x + 1, true) == .consistent(.length))
    #expect(check((1 * x).applying(.exponential), true) == .consistent(.none))
    #expect(check(x + 1 * y, true) == .consistent(.length))
    #expect(check(x + (1 + y), true) == .inconsistent)
    #expect(check(3 * x, true) == .any)
  }

  @Test func `Parities follow from the operations`() {
    #expect((x * x + y).parity(in: 0) == .even)
    #expect((x * y).parity(in: 1) == .odd)
    #expect((x + 1).parity(in: 0) == .none)
    #expect((x.applying(.sine) / x).parity(in: 0) == .even)
    #expect(x.applying(.cube).applying(.hyperbolicTangent).parity(in: 0) == .odd)
    #expect(x.applying(.exponential).parity(in: 0) == .none)
    #expect(x.applying(.absolute).applying(.logarithm).parity(in: 0) == .even)
    #expect(x.raised(to: 3).parity(in: 0) == .odd)
    #expect(x.raised(to: 1.5).parity(in: 0) == .none)
  }
}
