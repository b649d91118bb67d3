import LandauCore
import Testing

@testable import LandauTensor

/// Laws of the transformations on random functions of fifty operations over the whole set.
///
/// A wrong rule shows up in every law that uses it; the bounds leave room for a hundred roundings in
/// derivatives of size one.
struct RandomFunctionTests {
  private static let functions = (0..<40).map {
    RandomFunction(seed: Seed(61).child("function", $0))
  }

  private func expectEqual(
    _ a: [Tensor], _ b: [Tensor], _ bound: Double, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(a.map(\.shape) == b.map(\.shape), sourceLocation: sourceLocation)
    for (x, y) in zip(a, b) {
      let difference = distance(x, y)
      #expect(difference < bound, "\(what) \(difference)", sourceLocation: sourceLocation)
    }
  }

  @Test func theWholeSetIsCovered() {
    var seen: Set<String> = []
    for f in Self.functions {
      let program = Program(
        tracing: { f($0) + valueAndGradient { f.scalar($0) }($0).gradients },
        f.arguments("x").map(\.type))
      #expect(program.check().isEmpty)
      for instruction in program.instructions { seen.insert(instruction.op.kind) }
    }
    #expect(Op.kinds.subtracting(seen) == [])
  }

  @Test(arguments: functions.indices)
  func compiledEqualsInterpreted(index: Int) {
    let f = Self.functions[index]
    let x = f.arguments("x")
    expectEqual(compile { f($0) }(x), f(x), 1e-13)
    let single = f.arguments("x", type: .float)
    expectEqual(compile { f($0) }(single), f(single), 1e-5, "Float")
  }

  @Test(arguments: functions.indices)
  func gradientsOfCompiledFunctions(index: Int) {
    let f = Self.functions[index]
    let x = f.arguments("x")
    let plain = valueAndGradient { f.scalar($0) }(x)
    #expect(plain.gradients.contains { $0.scalars(Double.self).contains { abs($0) > 1e-6 } })
    let compiled = compile { [f.scalar($0)] }
    let inside = valueAndGradient { compiled($0)[0] }(x)
    let outside = compile { valueAndGradient { f.scalar($0) }($0).gradients }
    expectEqual(inside.gradients, plain.gradients, 1e-12, "gradient of compiled")
    expectEqual(outside(x), plain.gradients, 1e-12, "compiled gradient")
  }

  @Test(arguments: functions.indices)
  func vmappedEqualsLooped(index: Int) {
    let f = Self.functions[index]
    let count = 3
    let mapped = f.arguments("x", leading: [count])
    let shared = f.arguments("shared")
    let flags = mapped.indices.map { ($0 + index) % 3 != 0 }
    let x = mapped.indices.map { flags[$0] ? mapped[$0] : shared[$0] }
    let whole = vmap({ f($0) + [f.scalar($0)] }, mapped: flags)(x)
    let slopes = vmap({ valueAndGradient { f.scalar($0) }($0).gradients }, mapped: flags)(x)
    for row in 0..<count {
      let own = x.indices.map { flags[$0] ? element(x[$0], row) : x[$0] }
      expectEqual(whole.map { element($0, row) }, f(own) + [f.scalar(own)], 1e-13)
      let gradients = valueAndGradient { f.scalar($0) }(own).gradients
      expectEqual(slopes.map { element($0, row) }, gradients, 1e-12, "gradients")
    }
  }

  @Test(arguments: functions.indices)
  func forwardAgreesWithReverse(index: Int) {
    let f = Self.functions[index]
    let (x, v) = (f.arguments("x"), f.arguments("v"))
    let forward = jvp({ f($0) }, x, tangents: v)
    let w = forward.values.map { cos($0 * 3) }
    let reverse = vjp({ f($0) }, x, cotangents: w)
    expectEqual([inner(forward.tangents, w)], [inner(reverse.cotangents, v)], 1e-12)
    // And once more on top: the Hessian is symmetric.
    let u = f.arguments("u")
    func curvature(_ a: [Tensor], _ b: [Tensor]) -> Tensor {
      inner(hessianVectorProduct(of: { f.scalar($0) }, x, tangents: a).products, b)
    }
    expectEqual([curvature(u, v)], [curvature(v, u)], 1e-11, "Hessian")
  }

  @Test(arguments: functions.indices)
  func taylorAgreesWithNestedForwardMode(index: Int) {
    let f = Self.functions[index]
    let (x, v) = (f.arguments("x"), f.arguments("v"))
    let series = taylor({ f($0) }, x, series: v.map { [$0] }, order: 3)
    let first: ([Tensor]) -> [Tensor] = { jvp({ f($0) }, $0, tangents: v).tangents }
    let second: ([Tensor]) -> [Tensor] = { jvp(first, $0, tangents: v).tangents }
    expectEqual(series.map { $0[0] }, f(x), 1e-14)
    expectEqual(series.map { $0[1] }, first(x), 1e-13)
    expectEqual(series.map { $0[2] * 2 }, second(x), 1e-12)
    expectEqual(series.map { $0[3] * 6 }, jvp(second, x, tangents: v).tangents, 1e-11)
  }

  @Test(arguments: functions.indices)
  func rewritesKeepValues(index: Int) {
    let f = Self.functions[index]
    let x = f.arguments("x")
    let slope = { (x: [Tensor]) in
      let both = valueAndGradient { f.scalar($0) }(x)
      return [both.value] + both.gradients
    }
    let program = Program(tracing: slope, x.map(\.type))
    let values = program(x)
    for rules in Rewrite.allCases.map({ [$0] }) + [Rewrite.allCases] {
      let simplified = program.simplified(rules)
      #expect(simplified.check().isEmpty)
      #expect(
        simplified.instructionCount <= program.instructionCount || rules == [.delayBroadcasts])
      expectEqual(simplified(x), values, 1e-12, "\(rules)")
    }
  }

  /// Concurrent callers of one compiled function get what one caller gets, bit for bit.
  @Test(arguments: [1, 2, 4])
  func anyNumberOfThreads(threadCount: Int) throws {
    for f in Self.functions.prefix(6) {
      let compiled = compile { x in
        let both = valueAndGradient { f.scalar($0) }(x)
        return [both.value] + both.gradients
      }
      let inputs = (0..<24).map { f.arguments("thread \($0)") }
      let alone = inputs.map { compiled($0).flatMap { $0.scalars(Double.self) } }
      let together = try WorkerPool(threadCount: threadCount).map(inputs.count) {
        compiled(inputs[$0]).flatMap { $0.scalars(Double.self) }
      }
      #expect(alone == together)
    }
  }

  private func inner(_ a: [Tensor], _ b: [Tensor]) -> Tensor {
    zip(a, b).map { ($0 * $1).sum() }.reduce(Tensor(0.0)) { $0 + $1 }
  }

  private func element(_ x: Tensor, _ index: Int) -> Tensor {
    x.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0)
  }
}
