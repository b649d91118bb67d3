import LandauTestSupport
import Testing

@testable import LandauStudies

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct SpinWavesOnTorusTests {
  let waves = SpinWavesOnTorus()

  /// Second-moment correlation lengths xi/L of the torus for exponents eta, integrated independently with 400
  /// points along each side; the one at 1/4 is Hasenbusch's 0.7506912 without the turns around the torus.
  @Test(arguments: [
    (0.05, 1.763701667341645), (1.0 / 9, 1.1660898090071623), (0.2, 0.8502287929378531),
    (0.25, 0.7507246943696059), (0.4, 0.5695666083376848),
  ])
  func `A ratio of Fourier components gives the exponent back`(eta: Double, length: Double) {
    let ratio = 1 + pow(2 * Double.pi * length, 2)
    expectClose(2 * Double.pi * waves.stiffness(ratio: ratio), 1 / eta, absolute: 2e-5 / eta)
  }

  @Test func `Stiffer waves have larger ratios, and nothing is said out of range`() {
    let values = [5.0, 10, 20, 40, 80].map { waves.stiffness(ratio: $0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
    #expect(waves.stiffness(ratio: 0.9).isNaN)
    #expect(waves.stiffness(ratio: .infinity).isNaN)
    #expect(waves.stiffness(ratio: .nan).isNaN)
  }
}
