import LandauTestSupport
import Testing

@testable import LandauTensor

/// Functions against values of mpmath at 40 digits, in ulps of the value.
struct FunctionTests {
  private func check(
    _ f: (Tensor) -> Tensor, _ values: [(x: Double, y: Double)], ulps: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (x, y) in values {
      expectClose(
        f(Tensor(x)).item(), y, ulps: ulps, "at \(x)", sourceLocation: sourceLocation)
      // The argument of a Float is rounded, so its value is compared with that of the rounded one.
      let single: Float = f(Tensor(Float(x))).item()
      let truth: Double = f(Tensor(Double(Float(x)))).item()
      let allowed = (ulps + 2) * Double(Float(truth).ulp)
      #expect(abs(Double(single) - truth) <= allowed || !single.isFinite, "\(single) at \(x)")
    }
  }

  @Test func elementary() {
    check(
      log1p,
      [
        (1e-10, 9.99999999950000036e-11),
        (-0.3, -0.356674943938732363),
        (0.7, 0.53062825106217037),
        (5.0, 1.791759469228055),
        (10000000000.0, 23.0258509300404568),
      ], ulps: 2)
    check(
      expm1,
      [
        (1e-10, 1.00000000005000004e-10),
        (-0.3, -0.259181779318282126),
        (0.7, 1.01375270747047643),
        (-20.0, -0.999999997938846378),
        (30.0, 10686474581523.4621),
      ], ulps: 2)
    check(
      sinh,
      [
        (1e-10, 1.00000000000000004e-10),
        (-0.3, -0.304520293447142607),
        (2.0, 3.62686040784701877),
        (-20.0, -242582597.704895138),
        (300.0, 9.71213197620627968e+129),
      ], ulps: 4)
    check(
      cosh,
      [
        (1e-10, 1.0),
        (-0.3, 1.04533851412886048),
        (2.0, 3.76219569108363146),
        (-20.0, 242582597.70489514),
        (300.0, 9.71213197620627968e+129),
      ], ulps: 4)
    check(
      tan,
      [
        (1e-10, 1.00000000000000004e-10),
        (-0.3, -0.309336249609623221),
        (1.5, 14.1014199471717194),
      ], ulps: 4)
    check(
      atan,
      [
        (1e-10, 1.00000000000000004e-10),
        (-0.3, -0.291456794477867082),
        (1.5, 0.982793723247329068),
        (10000000000.0, 1.57079632669489662),
      ], ulps: 2)
    check(
      asin,
      [
        (1e-10, 1.00000000000000004e-10),
        (-0.3, -0.304692654015397496),
        (0.999999, 1.56938211311465203),
        (1.0, 1.57079632679489662),
      ], ulps: 4)
    check(
      acos,
      [
        (1e-10, 1.57079632669489662),
        (-0.3, 1.87548898081029412),
        (0.999999, 0.00141421368024458509),
        (-1.0, 3.14159265358979324),
      ], ulps: 4)
    #expect(
      atan2(Tensor([0.0, 1, -1]), Tensor([-1.0, -1, 0])).scalars(Double.self)
        == [Double.pi, 2.356_194_490_192_345, -Double.pi / 2])
    expectClose(
      tanh(Tensor(-0.5)).item(), (sinh(Tensor(-0.5)) / cosh(Tensor(-0.5))).item(), ulps: 4)
  }

  /// 1e-14, or relative to the value where that is larger.
  @Test func gammaFunctions() {
    func check(_ f: (Tensor) -> Tensor, _ values: [(x: Double, y: Double)]) {
      for (x, y) in values {
        expectClose(f(Tensor(x)).item(), y, absolute: 1e-14, relative: 1e-15, "at \(x)")
      }
    }
    check(
      logGamma,
      [
        (0.1, 2.2527126517342059),
        (0.5, 0.572364942924700087),
        (1.0, 0.0),
        (1.5, -0.120782237635245222),
        (2.0, 0.0),
        (3.3, 0.987098577894734404),
        (10.0, 12.8018274800814696),
        (100.0, 359.134205369575399),
        (1000000.0, 12815504.5691476117),
      ])
    check(
      digamma,
      [
        (0.1, -10.4237549404110762),
        (0.5, -1.96351002602142348),
        (1.0, -0.577215664901532861),
        (1.5, 0.0364899739785765206),
        (2.0, 0.422784335098467139),
        (3.3, 1.03482248905962169),
        (10.0, 2.25175258906672111),
        (100.0, 4.6001618527380874),
        (1000000.0, 13.8155100579641908),
      ])
    check(
      grad { digamma($0).sum() },
      [
        (0.5, 4.93480220054467931),
        (1.0, 1.64493406684822644),
        (3.3, 0.353501541841061832),
        (100.0, 0.0100501666633335714),
      ])
    check(
      grad(of: grad { digamma($0).sum() }),
      [
        (0.5, -16.82879664423432),
        (1.0, -2.40411380631918857),
        (3.3, -0.123751185264942726),
        (100.0, -0.000101004999833349997),
      ])
    #expect(logGamma(Tensor([-0.5, 0, .nan])).scalars(Double.self).allSatisfy { $0.isNaN })
    #expect(logGamma(Tensor(1e-300)).item(Double.self) > 690)
  }
}
