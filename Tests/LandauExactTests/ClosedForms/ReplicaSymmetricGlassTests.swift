import LandauExact
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ReplicaSymmetricGlassTests {
  /// Above both lines nothing is ordered, and the replicon is 1 - beta^2.
  @Test(arguments: [(1.3, 0.0), (2, 0.5), (2.2, 2)])
  func `The paramagnet has no order`(temperature: Double, bias: Double) {
    let state = ReplicaSymmetricGlass(temperature: temperature, bias: bias)
    #expect(state.magnetization < 1e-9)
    #expect(state.overlap < 1e-9)
    #expect(abs(state.replicon - (1 - 1 / (temperature * temperature))) < 1e-9)
  }

  /// Without bias q = t + t^2/3 + O(t^3) with t = 1 - T (Sherrington and Kirkpatrick's expansion), and replica symmetry is unstable.
  @Test func `The glass is unstable`() {
    let state = ReplicaSymmetricGlass(temperature: 0.95, bias: 0)
    #expect(abs(state.overlap - (0.05 + 0.0025 / 3)) < 3e-4)
    #expect(abs(state.magnetization) < 1e-12)
    #expect(state.replicon < 0)
  }

  /// Just below T = J_0 the magnetisation grows like a root; deep in the ferromagnet replica symmetry is stable.
  @Test func `The ferromagnet orders at its bias`() {
    #expect(ReplicaSymmetricGlass(temperature: 2.01, bias: 2).magnetization < 1e-6)
    let near = ReplicaSymmetricGlass(temperature: 1.99, bias: 2)
    let far = ReplicaSymmetricGlass(temperature: 1.96, bias: 2)
    #expect(abs(far.magnetization / near.magnetization - 2) < 0.1)
    #expect(ReplicaSymmetricGlass(temperature: 1, bias: 2).replicon > 0.3)
  }

  /// For low T sech^4 becomes narrow, and the line (4/3) p(J_0 m) with the normal density p, where m = erf(J_0 m/sqrt 2); the other
  /// end is at T = 1.
  @Test func `The line of de Almeida and Thouless has its ends`() {
    var m = 1.0
    for _ in 0..<100 { m = erf(2 * m / 2.0.squareRoot()) }
    let exponential = 4 / (3 * (2 * Double.pi).squareRoot()) * exp(-2 * m * m)
    let temperature = ReplicaSymmetricGlass.stabilityTemperature(bias: 2)
    #expect(abs(temperature / exponential - 1) < 0.02)
    let ends = ReplicaSymmetricGlass.stabilityTemperature(bias: 1.02)
    #expect(ends < 1 && ends > 0.8)
  }
}
