import Testing

@testable import LandauTensor

struct CustomDerivativeTests {
  /// x³ y, with derivatives twice the true ones so that it shows who made them.
  private static let doubled = customDerivative(
    { [$0[0] * $0[0] * $0[0] * $0[1]] },
    pullback: { x, _, g in
      [g[0] * x[0] * x[0] * x[1] * 6, g[0] * x[0] * x[0] * x[0] * 2]
    })
  private static let doubledForward = customDerivative(
    { [$0[0] * $0[0] * $0[0] * $0[1]] },
    pushforward: { x, _, t in
      [x[0] * x[0] * (x[0] * t[1] * 2 + x[1] * t[0] * 6)]
    })

  @Test(arguments: [0, 1])
  func givenDerivativesAreUsedInBothModes(_ which: Int) {
    let f = which == 0 ? Self.doubled : Self.doubledForward
    let (x, y) = (Tensor([2.0, 3.0]), Tensor([5.0, 7.0]))
    let both = valueAndGradient { f($0)[0].sum() }([x, y])
    #expect(both.value.item(Double.self) == 8 * 5 + 27 * 7)
    #expect(both.gradients[0].scalars(Double.self) == [120, 378])
    #expect(both.gradients[1].scalars(Double.self) == [16, 54])
    let forward = jvp(f, [x, y], tangents: [Tensor([1.0, 0.0]), Tensor([0.0, 1.0])])
    #expect(forward.tangents[0].scalars(Double.self) == [120, 54])
    // The second order differentiates the given derivative: d/dx of 6 x² y.
    let second = grad { x in grad { f([$0, y])[0].sum() }(x).sum() }(x)
    #expect(second.scalars(Double.self) == [120, 252])
  }

  @Test func batchedCustomFunctionsKeepTheirDerivatives() {
    let x = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
    let y = Tensor([0.5, -1])
    for mapped in [[true, false], [false, true]] {
      let arguments = mapped[0] ? [x, y] : [y, x]
      let whole = valueAndGradient { vmap({ Self.doubled($0) }, mapped: mapped)($0)[0].sum() }(
        arguments)
      let looped = valueAndGradient { all in
        (0..<3).map { index in
          Self.doubled(
            zip(all, mapped).map { tensor, isMapped in
              isMapped
                ? tensor.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0) : tensor
            })[0].sum()
        }.reduce(Tensor(0.0)) { $0 + $1 }
      }(arguments)
      #expect(distance(whole.value, looped.value) < 1e-14)
      for (a, b) in zip(whole.gradients, looped.gradients) { #expect(distance(a, b) < 1e-14) }
    }
    // Two levels of vmap, then both modes.
    let z = Tensor((0..<12).map { Double($0) / 4 - 1 }, shape: [2, 3, 2])
    let twice = vmap { vmap({ Self.doubled($0) }, mapped: [true, false])([$0[0], $0[1]]) }
    let w = Tensor([1.0, 2, 3, 4], shape: [2, 2])
    let tangents = jvp(twice, [z, w], tangents: [z * 0 + 1, w * 0]).tangents[0]
    let expected = z * z * w.expandedDimension(at: 1) * 6
    #expect(distance(tangents, expected) < 1e-14)
  }

  @Test func compilationWritesTheFunctionOut() {
    let types = [TensorType([2], .double), TensorType([2], .double)]
    let plain = Program(tracing: { Self.doubled($0) }, types)
    #expect(
      plain.description == """
        %0: double[2] = input 0
        %1: double[2] = input 1
        %2: (double[2]) = custom %0 %1 {
          %0: double[2] = input 0
          %1: double[2] = input 1
          %2: double[2] = multiply %0 %0
          %3: double[2] = multiply %2 %0
          %4: double[2] = multiply %3 %1
          return %4
        }
        %3: double[2] = result 0 %2
        return %3
        """)
    #expect(plain.simplified().instructions.allSatisfy { !$0.type.isBundle })
    let f: @Sendable ([Tensor]) -> [Tensor] = { x in
      let both = valueAndGradient { Self.doubled($0)[0].sum() }(x)
      return [both.value] + both.gradients
    }
    let x = [Tensor([2.0, 3.0]), Tensor([5.0, 7.0])]
    for (a, b) in zip(compile(f)(x), f(x)) { #expect(distance(a, b) < 1e-15) }
  }

  @Test func severalResultsAndWholeNumbers() {
    // Value and index of the larger of two numbers; the index has no derivative.
    let larger = customDerivative(
      { x in
        let first = x[0] .> x[1]
        return [select(first, x[0], x[1]), select(first, x[1] * 0, x[1] * 0 + 1).asType(.int32)]
      },
      pullback: { x, y, g in
        let second = y[1].asType(.double)
        return [g[0] * (1 - second), g[0] * second]
      })
    let x = [Tensor([1.0, 5.0]), Tensor([2.0, 3.0])]
    #expect(larger(x)[1].scalars(Int32.self) == [1, 0])
    let gradients = valueAndGradient { (larger($0)[0] * $0[0]).sum() }(x).gradients
    #expect(gradients[0].scalars(Double.self) == [2, 10])
    #expect(gradients[1].scalars(Double.self) == [1, 0])
    let tangents = jvp(larger, x, tangents: [Tensor([1.0, 1.0]), Tensor([0.0, 0.0])]).tangents
    #expect(tangents[0].scalars(Double.self) == [0, 1])
    #expect(tangents[1].scalars(Int32.self) == [0, 0])
  }

  @Test func complexPullbacksAreAdjoints() {
    // z² w: the adjoint has conjugates, as `vjp` gives it; each derivative alone, against none given.
    let plain: @Sendable ([Tensor]) -> [Tensor] = { [$0[0] * $0[0] * $0[1]] }
    let byPullback = customDerivative(
      plain,
      pullback: { x, _, g in
        [g[0] * conjugate(x[0] * x[1] * 2), g[0] * conjugate(x[0] * x[0])]
      })
    let byPushforward = customDerivative(
      plain, pushforward: { x, _, t in [x[0] * x[1] * t[0] * 2 + x[0] * x[0] * t[1]] })
    func number(_ real: Double, _ imaginary: Double) -> Tensor {
      complex(Tensor([real, 0.3]), Tensor([imaginary, -0.8]))
    }
    let x = [number(1, 2), number(-0.5, 1)]
    let g = [number(0.7, -1.1)]
    for f in [byPullback, byPushforward] {
      for (a, b) in zip(
        vjp(f, x, cotangents: g).cotangents + jvp(f, x, tangents: x).tangents,
        vjp(plain, x, cotangents: g).cotangents + jvp(plain, x, tangents: x).tangents)
      {
        #expect(distance(real(a), real(b)) < 1e-15)
        #expect(distance(imaginary(a), imaginary(b)) < 1e-15)
      }
    }
  }

  @Test func partsOfAnEvaluatedBundleAreConstantsOfLaterTraces() {
    let pair = customDerivative({ [$0[0] * 2, $0[0] * 3] }, pullback: { _, _, g in [g[0] + g[1]] })
    let results = pair([Tensor([1.0, 2.0])])
    results[0].eval()
    let sum = compile { [$0[0] + results[1]] }([Tensor([1.0, 1.0])])[0]
    #expect(sum.scalars(Double.self) == [4, 7])
  }
}
