import LandauExact
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct CriticalIsingTorusTests {
  @Test func `Correlations have the symmetries of the torus`() {
    let value = CriticalIsingTorus.scaledCorrelation(x: 0.3, y: 0.2)
    for (x, y) in [(0.2, 0.3), (-0.3, 0.2), (0.7, 0.2), (0.3, 0.8), (1.3, -2.2)] {
      expectClose(CriticalIsingTorus.scaledCorrelation(x: x, y: y), value, relative: 1e-14)
    }
  }

  /// The plane's law with corrections of second order in the distance (the energy's expectation comes with the first order).
  @Test func `At short distances the plane is left`() {
    let distance = 1e-4
    let plane = CriticalIsingTorus.amplitude * pow(distance, -0.25)
    expectClose(CriticalIsingTorus.scaledCorrelation(x: distance), plane, relative: 1e-3)
    expectClose(CriticalIsingTorus.amplitude, 0.7033801577, absolute: 1e-10)
  }

  /// Over the eighth of the square between an axis and a diagonal; with r = R v^4 the integrand is smooth.
  @Test func `The squared order is the integral of the correlation`() {
    let count = 200
    var sum = 0.0
    for i in 0..<count {
      let angle = (Double(i) + 0.5) / Double(count) * Double.pi / 4
      let edge = 0.5 / cos(angle)
      for j in 0..<count {
        let v = (Double(j) + 0.5) / Double(count)
        let r = edge * pow(v, 4)
        sum +=
          CriticalIsingTorus.scaledCorrelation(x: r * cos(angle), y: r * sin(angle)) * r * edge * 4
          * pow(v, 3)
      }
    }
    // Midpoints: an error of the order of the squared spacing.
    let integral = 8 * sum * Double.pi / 4 / Double(count * count)
    expectClose(integral, CriticalIsingTorus.scaledSquaredOrder, absolute: 1e-4)
  }
}
