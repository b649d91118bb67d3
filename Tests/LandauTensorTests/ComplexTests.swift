import LandauCore
import LandauTestSupport
import Testing

@testable import LandauTensor

struct ComplexTests {
  private typealias Number = Complex<Double>

  private func random(_ shape: [Int], _ name: String) -> Tensor {
    var rng = Seed.test(name).makeStream()
    return complex(
      .normal(shape, type: .double, using: &rng), .normal(shape, type: .double, using: &rng))
  }

  private func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double) {
    #expect(distance(real(a), real(b)) <= tolerance)
    #expect(distance(imaginary(a), imaginary(b)) <= tolerance)
  }

  @Test func numbersGoInAndOut() {
    let z = Tensor([Number(1, 2), Number(-3, 0.5)])
    #expect(z.scalarType == .complexDouble && "\(z.type)" == "complexDouble[2]")
    #expect(z.scalars(Number.self) == [Number(1, 2), Number(-3, 0.5)])
    #expect(z.asType(.complexFloat).scalars(Complex<Float>.self)[1] == Complex(-3, 0.5))
    #expect(real(z).scalars(Double.self) == [1, -3])
    #expect(imaginary(z).scalars(Double.self) == [2, 0.5])
    #expect(conjugate(z).scalars(Number.self)[0] == Number(1, -2))
    #expect(abs(Tensor(Number(3, -4))).item(Double.self) == 5)
    #expect(abs(Tensor(Complex<Float>(3e30, 4e30))).item(Float.self) == 5e30)
    #expect(
      Tensor([1, 0] as [Int32]).asType(.complexFloat).scalars(Complex<Float>.self)[0] == Complex(1))
    let x = Tensor([1.5, 2])
    #expect(conjugate(x).node === x.node && real(x).node === x.node)
    #expect(imaginary(x).scalars(Double.self) == [0, 0])
    #expect("\(Number(1.5, -2))" == "1.5-2.0i")
  }

  @Test func arithmetic() {
    let (a, b) = (random([3, 2], "a"), random([2], "b"))
    let (x, y) = (a.scalars(Number.self), b.scalars(Number.self))
    func expected(_ f: (Number, Number) -> Number) -> Tensor {
      Tensor((0..<6).map { f(x[$0], y[$0 % 2]) }, shape: [3, 2])
    }
    close(a + b, expected(+), 0)
    close(a - b, expected(-), 0)
    close(
      a * b,
      expected { p, q in
        Number(
          p.real * q.real - p.imaginary * q.imaginary, p.real * q.imaginary + p.imaginary * q.real)
      }, 0)
    close(a / b * b, a.broadcast(to: [3, 2]), 1e-15)
    close(a * 2 + 1, expected { p, _ in Number(2 * p.real + 1, 2 * p.imaginary) }, 0)
    #expect((a .== a).asType(.int32).sum().item(Int32.self) == 6)
    #expect((a .!= conjugate(a)).asType(.int32).sum().item(Int32.self) == 6)
    close(
      a.sum(axes: [0]), Tensor([x[0] + x[2] + x[4], x[1] + x[3] + x[5]]), 1e-15)
    close(a.transposed().reshaped([6]).sliced(axis: 0, 1..<3), Tensor([x[2], x[4]]), 0)
    close(select(Tensor([true, false]), b, b * 2), Tensor([y[0], y[1] + y[1]]), 0)
    close(b.gathered(Tensor([1, 1, 0] as [Int32]), axis: 0), Tensor([y[1], y[1], y[0]]), 0)
    close(
      b.scatterAdded(Tensor([0, 0] as [Int32]), axis: 0, count: 1), Tensor([y[0] + y[1]]), 0)
    close(concatenated([b, b]).padded(low: [1], high: [0]), Tensor([.zero] + y + y), 0)
  }

  @Test(arguments: [ScalarType.complexFloat, .complexDouble])
  func matrixProducts(_ type: ScalarType) {
    let (a, b) = (random([2, 3, 4], "a"), random([2, 5, 4], "b"))
    let product = matmul(a.asType(type), b.asType(type).transposed(axes: [0, 2, 1]))
    let (x, u) = (real(a), imaginary(a))
    let (y, v) = (
      real(b).transposed(axes: [0, 2, 1]), imaginary(b).transposed(axes: [0, 2, 1])
    )
    let expected = complex(matmul(x, y) - matmul(u, v), matmul(x, v) + matmul(u, y))
    close(product, expected.asType(type), type == .complexFloat ? 1e-6 : 1e-15)
    let (image, kernel) = (random([1, 2, 5], "image"), random([3, 2, 2], "kernel"))
    let direct = convolution(image, kernel, boundary: .circular)
    func part(_ f: (Tensor) -> Tensor, _ g: (Tensor) -> Tensor) -> Tensor {
      convolution(f(image), g(kernel), boundary: .circular)
    }
    close(
      direct,
      complex(
        part(real, real) - part(imaginary, imaginary), part(real, imaginary) + part(imaginary, real)
      ), 1e-15)
  }

  /// Values of mpmath at 30 digits, printed in full.
  @Test func elementaryFunctions() {
    let z = [Number(0.3, -1.7), Number(-2.5, 0.4), Number(0.001, 1.0005)]
    func check(_ f: (Tensor) -> Tensor, _ expected: [Number], _ name: Comment) {
      for (single, truth) in zip(f(Tensor(z)).scalars(Number.self), expected) {
        let error = (single - truth).magnitude / truth.magnitude
        #expect(error < 1e-15, "\(name): \(single) instead of \(truth)")
      }
      for (single, truth) in zip(
        f(Tensor(z).asType(.complexFloat)).scalars(Complex<Float>.self), expected)
      {
        // The argument is rounded, too; the logarithm near the unit circle magnifies that.
        let error = (Complex<Double>(single) - truth).magnitude / truth.magnitude
        #expect(error < 1e-6, "\(name): \(single) instead of \(truth)")
      }
    }
    check(
      exp,
      [
        Number(-0.173921875432490023, -1.33860747855245242),
        Number(0.0756052904252536777, 0.0319654040925265273),
        Number(0.540421654389089292, 0.842583192807309677),
      ], "exp")
    check(
      log,
      [
        Number(0.545961650258656515, -1.39612412778665693),
        Number(0.928929635466289337, 2.98293739140339183),
        Number(0.000500374541776242573, 1.56979682687785519),
      ], "log")
    check(
      sqrt,
      [
        Number(1.0065454908157919, -0.844472512922477199),
        Number(0.126090801080872965, 1.58615853246679484),
        Number(0.707637089103588489, 0.706930159121111507),
      ], "sqrt")
    check(
      sin,
      [
        Number(0.835824368619104312, -2.52746872319064923),
        Number(-0.64699170030570977, -0.329071603387979708),
        Number(0.00154366817104357385, 1.17597229290711733),
      ], "sin")
    check(
      cos,
      [
        Number(2.70199295968028196, 0.781837695837418369),
        Number(-0.866094228642558818, 0.245823825118897905),
        Number(1.5436676564874825, -0.00117597268489803845),
      ], "cos")
    check(
      tanh,
      [
        Number(2.91152074812590478, 1.16863116993636658),
        Number(-0.990609049968290525, 0.00957666696847282498),
        Number(0.00343085136288305984, 1.55911646986658747),
      ], "tanh")
    check(
      { sigmoid($0) },
      [
        Number(0.666133268115878994, -0.541009973329014501),
        Number(0.0711113106013938439, 0.0276052029289151166),
        Number(0.500324700257815955, 0.273313484151642265),
      ], "sigmoid")
    check(
      { pow($0, 0.7) },
      [
        Number(0.819596525964806733, -1.21484632483725303),
        Number(-0.947473093777298464, 1.6653624170058252),
        Number(0.454773043138956525, 0.891000700907195252),
      ], "power")
    check(
      { pow($0, -3) },
      [
        Number(-0.0972657075426495458, -0.168306706058648439),
        Number(-0.0547698729218587373, -0.0282335372649526237),
        Number(-0.00299399752247504405, 0.99849551374341081),
      ], "power -3")
    #expect(exp(Tensor(Number(-.infinity, 0))).item(Number.self) == .zero)
    #expect(exp(Tensor(Number(1000, 0))).item(Number.self) == Number(.infinity, 0))
    #expect(sqrt(Tensor(Number(-4, 0))).item(Number.self) == Number(0, 2))
    #expect(sqrt(Tensor(Number(-4, -0.0))).item(Number.self) == Number(0, -2))
    #expect(sqrt(Tensor(Number(1e308, 1e308))).item(Number.self).real.isFinite)
    #expect(tanh(Tensor(Number(400, 1))).item(Number.self) == Number(1, 0))
    #expect(pow(Tensor(Number(-2, 0)), 3).item(Number.self) == Number(-8, 0))
    #expect(pow(Tensor(Number.zero), 0.5).item(Number.self) == .zero)
  }

  /// The gradient of a real function is dL/dx + i dL/dy: the direction in which it grows fastest.
  @Test func gradientsPointUphill() {
    let z = random([3], "z")
    let (w, m) = (random([3], "w"), random([3, 3], "m"))
    let functions: [(Tensor) -> Tensor] = [
      { abs($0).sum() },
      { real(conjugate($0) * w * exp($0)).sum() },
      { (imaginary(sin($0)) * real($0)).sum() },
      { x in
        let y = matmul(m, x.reshaped([3, 1]))
        return real(matmul(conjugate(y).transposed(), tanh(y))).sum()
      },
      { abs(pow($0, w) / ($0 * $0 + 2)).sum() },
      { real(log(sqrt($0) + 3)).sum() + abs(sigmoid($0)).sum() },
    ]
    let h = 1e-4
    for (index, f) in functions.enumerated() {
      let gradient = grad(of: f)(z).scalars(Number.self)
      for site in 0..<3 {
        func slope(_ unit: Number) -> Double {
          func value(_ step: Double) -> Double {
            var shifted = z.scalars(Number.self)
            shifted[site] = shifted[site] + step * unit
            return f(Tensor(shifted)).item()
          }
          return (8 * (value(h) - value(-h)) - value(2 * h) + value(-2 * h)) / (12 * h)
        }
        let expected = Number(slope(Number(1)), slope(.i))
        let error = (gradient[site] - expected).magnitude
        #expect(
          error < 1e-9 * max(1, expected.magnitude),
          "function \(index): \(gradient[site]), \(expected)")
      }
    }
  }

  /// Re sum conj(w) J t = Re sum conj(vjp(w)) t for every t and w, holomorphic or not.
  @Test func pullbacksAreAdjointToPushforwards() {
    let (z, t, w) = (random([4], "z"), random([4], "t"), random([4], "w"))
    let f: ([Tensor]) -> [Tensor] = { x in
      [exp(x[0]) * conjugate(x[0]) + complex(abs(x[0]), imaginary(x[0] * x[0]))]
    }
    let forward = jvp(f, [z], tangents: [t]).tangents[0]
    let back = vjp(f, [z], cotangents: [w]).cotangents[0]
    func inner(_ a: Tensor, _ b: Tensor) -> Double { real(conjugate(a) * b).sum().item() }
    expectClose(inner(w, forward), inner(back, t), relative: 1e-13)
    // For a holomorphic function the pushforward is f'(z) t and the pullback conj(f'(z)) w.
    close(vjp({ [exp($0[0])] }, [z], cotangents: [w]).cotangents[0], conjugate(exp(z)) * w, 1e-14)
  }

  @Test func theMagnitudeOfZeroHasNoSlope() {
    let z = Tensor([Number.zero, Number(0, 2)])
    #expect(grad { abs($0).sum() }(z).scalars(Number.self) == [.zero, Number(0, 1)])
  }

  @Test func complexProgramsAreFolded() {
    // i * i through the rewrites: -1 + 0i; sqrt(-1) is no fill of a real number.
    let compiled = compile { x in
      let root = sqrt(Tensor(-1.0).asType(.complexDouble))
      return [x[0] * root * root + root * Tensor(Number(0, 1)).broadcast(to: [2])]
    }
    let z = Tensor([Number(1, 2), Number(3, 4)])
    close(compiled([z])[0], Tensor([Number(-2, -2), Number(-4, -4)]), 1e-15)
  }

  @Test func whatHasNoMeaningIsRefused() {
    let z = TensorType([2], .complexDouble)
    func message(_ op: Op, _ types: [TensorType]) -> String {
      do {
        _ = try op.resultType(types)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(message(.compare(.less), [z, z]).contains("complex numbers have no order"))
    #expect(message(.binary(.maximum), [z, z]).contains("complex numbers have no order"))
    #expect(message(.reduce(.maximum, axes: [0]), [z]).contains("complex numbers have no order"))
    #expect(message(.unary(.sign), [z]).contains("sign of complexDouble[2]"))
    #expect(message(.unary(.errorFunction), [z]).contains("errorFunction of complexDouble[2]"))
    #expect(message(.cast(.double), [z]).contains("take real(), imaginary() or abs()"))
    #expect(message(.complex, [z, z]).contains("complex numbers from"))
    #expect(message(.part(.real), [TensorType([2], .double)]).contains("real part of double[2]"))
    #expect(message(.unary(.conjugate), [TensorType([2], .double)]) != "")
  }
}
