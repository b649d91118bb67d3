import LandauCore
import Testing

@testable import LandauTensor

struct ProgramTests {
  private func example() -> Program {
    Program(
      tracing: { x in
        let loss: ([Tensor]) -> Tensor = { (tanh(matmul($0[0], $0[1])) + 1).mean() }
        let both = valueAndGradient(of: loss)(x)
        return [both.value, both.gradients[1]]
      }, [TensorType([4, 3], .float), TensorType([3, 2], .float)])
  }

  @Test func printed() {
    #expect(
      example().simplified().description == """
        %0: float[4, 3] = input 0
        %1: float[3, 2] = input 1
        %2: float[4, 2] = matmul %0 %1
        %3: float[4, 2] = tanh %2
        %4: float[4, 2] = full 1.0
        %5: float[4, 2] = add %3 %4
        %6: float[] = reduce sum [0, 1] %5
        %7: float[] = full 0.125
        %8: float[] = multiply %6 %7
        %9: float[3, 4] = transpose [1, 0] %0
        %10: float[4, 2] = full 0.125
        %11: float[4, 2] = multiply %3 %3
        %12: float[4, 2] = subtract %4 %11
        %13: float[4, 2] = multiply %12 %10
        %14: float[3, 2] = matmul %9 %13
        return %8 %14
        """)
  }

  /// Every kind of damage is found, and named with the instruction it is in.
  @Test func brokenProgramsAreRejected() {
    #expect(example().check().isEmpty)
    func problems(_ damage: (inout Program) -> Void) -> String {
      var program = example()
      damage(&program)
      return program.check().joined(separator: "\n")
    }
    let tanh = example().instructions.firstIndex { $0.op == .unary(.tanh) }!
    let matmul = example().instructions.firstIndex { $0.op == .matmul }!
    let later = problems { $0.instructions[tanh].inputs = [Program.Value(tanh + 1)] }
    #expect(later.contains("%\(tanh) uses %\(tanh + 1) before it is assigned"))
    let itself = problems { $0.instructions[tanh].inputs = [Program.Value(tanh)] }
    #expect(itself.contains("before it is assigned"))
    let wrongType = problems { $0.instructions[tanh].type = TensorType([4, 2], .double) }
    #expect(wrongType.contains("%\(tanh) is declared double[4, 2] but its rule gives float[4, 2]"))
    let wrongShapes = problems { $0.instructions[matmul].inputs.reverse() }
    #expect(wrongShapes.contains("%\(matmul): matmul of float[3, 2] and float[4, 3]"))
    let wrongCount = problems { $0.instructions[matmul].inputs.removeLast() }
    #expect(wrongCount.contains("matmul takes 2 operands, not 1"))
    let wrongInput = problems { $0.inputs.swapAt(0, 1) }
    #expect(wrongInput.contains("%0 is input 0 but not listed as that"))
    let noOutput = problems { $0.outputs = [Program.Value(1000)] }
    #expect(noOutput.contains("an output points at %1000"))
  }

  /// Each rule on its own, and all together, on random programs.
  @Test(arguments: Rewrite.allCases.map { [$0] } + [Rewrite.allCases, []])
  func rewritesKeepTheValue(_ rules: [Rewrite]) {
    var changed = 0
    for index in 0..<200 {
      var rng = Seed(21).child("program", index).makeStream()
      let program = RandomProgram.make(length: 30, using: &rng)
      #expect(program.check() == [])
      let simplified = program.simplified(rules)
      #expect(simplified.check() == [])
      if simplified.description != program.simplified([]).description { changed += 1 }
      let arguments = program.inputTypes.map {
        Tensor.uniform($0.shape, low: 0.5, high: 1.5, type: .double, using: &rng)
      }
      for (a, b) in zip(program(arguments), simplified(arguments)) {
        #expect(distance(a, b) < 1e-12, "\(program)\n\(simplified)")
      }
      // The plan reads views in place and reuses buffers.
      var builder = PlanBuilder(simplified)
      let planned = builder.plan().run(arguments.map { Evaluation.storage(of: $0.node) })
      for (a, b) in zip(program(arguments), planned) {
        #expect(distance(a, b) < 1e-12, "\(simplified)")
      }
    }
    // A rule that never applies would not be tested.
    #expect(rules.isEmpty ? changed == 0 : changed > 10, "\(rules) changed \(changed) programs")
  }

  @Test func namedRewritesDoWhatTheySay() {
    func simplified(_ f: @escaping ([Tensor]) -> [Tensor]) -> [String] {
      Program(tracing: f, [TensorType([2, 3], .double), TensorType([3], .double)]).simplified()
        .instructions.dropFirst(2).map { "\($0.op)" }
    }
    #expect(simplified { [$0[0] + 0, $0[0] * 1, $0[0] - 0, $0[0] / 1, pow($0[0], 1)] } == [])
    #expect(simplified { [pow($0[0], 2)] } == ["multiply"])
    #expect(simplified { [$0[0] * -1] } == ["negate"])
    #expect(simplified { [-(-$0[0])] } == [])
    #expect(simplified { [$0[1] - (-$0[1])] } == ["add"])
    #expect(simplified { [($0[0] * 2) * 3] } == ["full 6.0", "multiply"])
    #expect(simplified { [exp(Tensor(0.0)) + $0[0]] } == ["full 1.0", "add"])
    #expect(simplified { [$0[0].transposed().transposed()] } == [])
    #expect(simplified { [$0[0].reshaped([6]).reshaped([2, 3])] } == [])
    #expect(
      simplified { [exp($0[1].broadcast(to: [2, 3])) * $0[0]] } == [
        "exponential", "broadcast [2, 3]", "multiply",
      ])
    #expect(simplified { [$0[0] * $0[0] + $0[0] * $0[0]] } == ["multiply", "add"])
    #expect(
      simplified { _ in [Tensor([1.0, 2.0]) * Tensor([3.0, 4.0])] } == ["constant [3.0, 8.0]"])
  }

  @Test func deadCodeGoes() {
    let program = Program(
      tracing: { x in
        _ = exp(x[0])
        return [x[0] * 2]
      }, [TensorType([3], .float)])
    #expect(program.instructionCount == 3)
  }
}

/// Random programs over a few shapes, bounded so that no value runs away.
enum RandomProgram {
  static func make(length: Int, using rng: inout some RandomNumberGenerator) -> Program {
    var b = ProgramBuilder()
    let shapes = [[2, 3], [2, 3], [3], [3, 2], [2, 1]]
    var values = shapes.map { b.input(TensorType($0, .double)) }
    while values.count < length {
      if let next = step(values, &b, &rng) { values.append(next) }
    }
    return b.finished(outputs: Array(values.suffix(6)))
  }

  private static func step(
    _ values: [Value], _ b: inout ProgramBuilder, _ rng: inout some RandomNumberGenerator
  ) -> Value? {
    let x = values[rng.index(below: values.count)]
    let same = values.filter { b.type(of: $0) == b.type(of: x) }
    let y = same[rng.index(below: same.count)]
    let numbers = [-1.0, 0, 0.5, 1, 2]
    let number = b.full(numbers[rng.index(below: numbers.count)], like: x)
    switch rng.index(below: 14) {
    case 0: return b.unary([.negate, .tanh, .sine, .absolute][rng.index(below: 4)], x)
    case 1: return b.negate(x)
    case 2: return b.add(x, y)
    case 3: return b.subtract(x, y)
    case 4: return b.multiply(b.unary(.tanh, x), b.unary(.sine, y))
    case 5: return rng.index(below: 2) == 0 ? b.add(number, x) : b.multiply(x, number)
    case 6: return b.multiply(b.multiply(x, number), b.full(0.5, like: x))
    case 7: return b.divide(x, b.full(2, like: x))
    case 8: return b.power(b.unary(.absolute, x), b.full(Double(rng.index(below: 3)), like: x))
    case 9 where rng.index(below: 2) == 0: return b.add(x, b.unary(.sine, number))
    case 9: return b.select(b.compare(.less, x, y), x, number)
    case 10:
      guard b.shape(of: x) == [3] || b.shape(of: x) == [2, 1] else { return nil }
      return b.unary(.tanh, b.broadcast(x, [2, 3]))
    case 11:
      guard b.shape(of: x).count == 2 else { return nil }
      return b.append(.transpose([1, 0]), [x])
    case 12:
      guard b.shape(of: x) == [2, 3], let z = values.last(where: { b.shape(of: $0) == [3, 2] })
      else { return nil }
      let square = b.matmul(b.unary(.tanh, x), b.unary(.tanh, z))
      return b.matmul(b.matrixTranspose(square), b.unary(.tanh, x))
    default:
      guard b.shape(of: x) == [2, 3] || b.shape(of: x) == [3, 2] else { return nil }
      let flat = b.append(.reshape([6]), [x])
      return b.append(.reshape(b.shape(of: y)), [flat])
    }
  }
}
