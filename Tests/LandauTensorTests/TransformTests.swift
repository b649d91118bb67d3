import LandauCore
import Testing

@testable import LandauTensor

/// vmap and compile change how a function is computed, not what it computes.
struct TransformTests {
  @Test(arguments: PrimitiveCase.all)
  func vmapIsALoop(_ primitive: PrimitiveCase) {
    let count = 3
    let x = primitive.inputs(Seed(11), leading: [count])
    let whole = vmap { [primitive.function($0)] }(x)[0]
    let parts = (0..<count).map { index in primitive.function(x.map { element($0, index) }) }
    #expect(distance(whole, stacked(parts)) < 1e-14)
  }

  @Test(arguments: PrimitiveCase.all.filter { $0.shapes.count > 1 })
  func vmapSharesWhatIsNotMapped(_ primitive: PrimitiveCase) {
    let count = 3
    let mapped = primitive.inputs(Seed(12), leading: [count])
    let shared = primitive.inputs(Seed(13))
    for chosen in mapped.indices {
      let flags = mapped.indices.map { $0 == chosen }
      let arguments = mapped.indices.map { $0 == chosen ? mapped[$0] : shared[$0] }
      let whole = vmap({ [primitive.function($0)] }, mapped: flags)(arguments)[0]
      let parts = (0..<count).map { index in
        primitive.function(
          arguments.indices.map { flags[$0] ? element(arguments[$0], index) : arguments[$0] })
      }
      #expect(distance(whole, stacked(parts)) < 1e-14)
    }
  }

  @Test(arguments: PrimitiveCase.all)
  func vmapOfGradIsALoopOfGrad(_ primitive: PrimitiveCase) {
    let x = primitive.inputs(Seed(14), leading: [2])
    let f = primitive.scalar
    let whole = vmap { valueAndGradient(of: f)($0).gradients }(x)
    for index in 0..<2 {
      let part = valueAndGradient(of: f)(x.map { element($0, index) }).gradients
      for (a, b) in zip(whole, part) { #expect(distance(element(a, index), b) < 1e-14) }
    }
    // And the other order: the gradient of a sum over the batch.
    let summed = valueAndGradient { arguments in vmap { [f($0)] }(arguments)[0].sum() }(x).gradients
    for (a, b) in zip(summed, whole) { #expect(distance(a, b) < 1e-14) }
  }

  @Test func vmapOfIndices() {
    let table = Tensor((0..<6).map { Double($0 * $0) })
    let indices = Tensor([0, 5, 2, 3] as [Int32], shape: [2, 2])
    let picked = vmap { [table.gathered($0[0], axis: 0)] }([indices])[0]
    #expect(picked.scalars(Double.self) == [0, 25, 4, 9])
    let spread = vmap { [$0[1].scatterAdded($0[0], axis: 0, count: 6)] }(
      [indices, Tensor([1.0, 2, 3, 4], shape: [2, 2])])[0]
    #expect(spread.scalars(Double.self) == [1, 0, 0, 0, 0, 2, 0, 0, 3, 4, 0, 0])
  }

  @Test(arguments: PrimitiveCase.all)
  func compiledIsEager(_ primitive: PrimitiveCase) {
    let x = primitive.inputs(Seed(15))
    let f = primitive.scalar
    let all: @Sendable ([Tensor]) -> [Tensor] = { arguments in
      let both = valueAndGradient(of: f)(arguments)
      return [both.value, primitive.function(arguments)] + both.gradients
    }
    let eager = all(x)
    let compiled = compile(all)
    for round in 0..<2 {
      for (a, b) in zip(compiled(x), eager) { #expect(distance(a, b) < 1e-14, "round \(round)") }
    }
  }

  @Test(arguments: PrimitiveCase.all)
  func programsOfDerivativesAreSound(_ primitive: PrimitiveCase) {
    let types = primitive.inputs(Seed(16)).map(\.type)
    let program = Program(tracing: { [primitive.scalar($0)] }, types)
    #expect(program.check().isEmpty)
    let reverse = program.reverse(types.count, seeded: true)
    #expect(reverse.check().isEmpty)
    let second = reverse.forward(types.count)
    #expect(second.check().isEmpty)
    let batched = second.batched(second.inputs.map { _ in true }, count: 2)
    #expect(batched.check().isEmpty)
    #expect(batched.simplified().check().isEmpty)
  }

  @Test func compiledFunctionsRunOnSeveralThreads() throws {
    let f: @Sendable ([Tensor]) -> [Tensor] = { x in
      let both = valueAndGradient { tanh(matmul($0[0], $0[1])).sum() }(x)
      return [both.value] + both.gradients
    }
    let compiled = compile(f)
    let pool = WorkerPool(threadCount: 4)
    let distances = try pool.map(64) { index -> Double in
      var rng = Seed(17).child("thread", index).makeStream()
      let x = [
        Tensor.normal([5, 4], type: .double, using: &rng),
        Tensor.normal([4, 3 + index % 3], type: .double, using: &rng),
      ]
      return zip(compiled(x), f(x)).map { distance($0, $1) }.max()!
    }
    #expect(distances.max()! < 1e-14)
  }

  @Test func theCacheIsBounded() {
    let compiled = CompiledFunction { [$0[0] * 2] }
    for count in 1...40 {
      let x = Tensor([Double](repeating: 1, count: count))
      #expect(compiled.call([x])[0].scalars(Double.self) == [Double](repeating: 2, count: count))
      #expect(compiled.planCount <= CompiledFunction.capacity)
    }
    #expect(compiled.planCount == CompiledFunction.capacity)
  }

  @Test func capturesAreFrozenAndArgumentsAreNot() {
    let scale = Tensor([1.0, 2.0]) * 3
    let compiled = compile { [$0[0] * scale + $0[1]] }
    let x = Tensor([1.0, 1.0])
    #expect(compiled([x, Tensor(0.0)])[0].scalars(Double.self) == [3, 6])
    #expect(compiled([x, Tensor(1.0)])[0].scalars(Double.self) == [4, 7])
  }

  @Test func compiledInsideAnotherTransformationIsDifferentiated() {
    let cube = compile { [$0[0] * $0[0] * $0[0]] }
    let slope = grad { cube([$0])[0].sum() }(Tensor([2.0]))
    #expect(slope.scalars(Double.self) == [12])
    // A compiled function that captures the variable of the gradient around it.
    let nested = grad { x in
      compile { [$0[0] * x] }([Tensor(5.0)])[0]
    }(Tensor(3.0))
    #expect(nested.item(Double.self) == 5)
  }

  @Test func outputsMayBeInputsConstantsAndEachOther() {
    let three = Tensor([3.0, 3.0])
    let compiled = compile { x in
      let y = x[0] + 1
      return [
        x[0], three, y, y, y.reshaped([1, 2]), Tensor.ones([2, 2], type: .double),
        x[0].reshaped([2, 1]),
      ]
    }
    let x = Tensor([1.0, 2.0])
    let results = compiled([x])
    #expect(results.map(\.shape) == [[2], [2], [2], [2], [1, 2], [2, 2], [2, 1]])
    let numbers = results.map { $0.scalars(Double.self) }
    #expect(
      numbers == [[1, 2], [3, 3], [2, 3], [2, 3], [2, 3], [1, 1, 1, 1], [1, 2]])
  }

  private func element(_ x: Tensor, _ index: Int) -> Tensor {
    x.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0)
  }
}
