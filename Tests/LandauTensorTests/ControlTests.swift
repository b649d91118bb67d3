import LandauCore
import Testing

@testable import LandauTensor

struct ControlTests {
  private func numbers(_ x: Tensor) -> [Double] { x.scalars(Double.self) }

  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func scanIsALoop() {
    let x = Tensor([1.0, 2, 3, 4])
    let sums = scan([Tensor(0.0)], over: [x]) { ([$0[0] + $1[0]], [$0[0]]) }
    #expect(sums.carry[0].item(Double.self) == 10)
    #expect(numbers(sums.outputs[0]) == [0, 1, 3, 6])
    let back = scan([Tensor(0.0)], over: [x], reversed: true) { ([$0[0] + $1[0]], [$0[0]]) }
    #expect(numbers(back.outputs[0]) == [9, 7, 4, 0])
    let none = scan([Tensor(5.0)], length: 0) { carry, _ in (carry, [carry[0] * 2]) }
    #expect(none.carry[0].item(Double.self) == 5)
    #expect(none.outputs[0].shape == [0])
    // Outputs that are inputs, constants and each other.
    let constant = Tensor([7.0])
    let passed = scan([Tensor(1.0), Tensor(2.0)], over: [x]) { carry, x in
      ([carry[1], carry[0]], [x[0], x[0], constant, carry[0]])
    }
    #expect(passed.carry.map { $0.item(Double.self) } == [1, 2])
    #expect(numbers(passed.outputs[0]) == [1, 2, 3, 4])
    #expect(numbers(passed.outputs[1]) == [1, 2, 3, 4])
    #expect(numbers(passed.outputs[2]) == [7, 7, 7, 7])
    #expect(numbers(passed.outputs[3]) == [1, 2, 1, 2])
  }

  /// Steps of 90 000 numbers, shared by three threads: the bits of one.
  @Test func `Programs inside share their steps`() throws {
    let all: @Sendable ([Tensor]) -> [Tensor] = { a in
      func scanned(_ x: Tensor) -> Tensor {
        scan([x], over: [a[1]]) { carry, row in
          ([tanh(carry[0] * 1.1 + row[0].expandedDimension(at: 0))], [])
        }.carry[0]
      }
      let y = scanned(a[0])
      let halved = whileLoop([y, Tensor(0 as Int32)], while: { $0[1] .< 2 }) {
        [exp($0[0]) * 0.5, $0[1] + 1]
      }[0]
      let chosen = conditional(
        y.sum() .> 0, [halved], then: { [sin($0[0])] }, otherwise: { [cos($0[0])] })
      let slope = valueAndGradient { p in scanned(p[0]).sum() }([a[0]]).gradients[0]
      return [y, halved, chosen[0], slope]
    }
    var rng = Seed(11).makeStream()
    let arguments = [Tensor.normal([300, 300], using: &rng), .normal([3, 300], using: &rng)]
    let pool = WorkerPool(threadCount: 3)
    let shared = CompiledFunction(all, on: pool)
    let plan = try #require(shared.plan(for: arguments.map(\.type)))
    #expect(plan.isShared)
    for (one, other) in zip(compile(all)(arguments), shared.call(arguments)) {
      #expect(one.scalars(Float.self) == other.scalars(Float.self))
    }
  }

  @Test func whileStopsWhenTheConditionFails() {
    func collatz(_ start: Int32) -> Tensor {
      whileLoop([Tensor(start), Tensor(0 as Int32)], while: { $0[0] .!= 1 }) { state in
        let n = state[0]
        let half = (n.asType(.double) / 2).asType(.int32)
        let isEven = (half * 2) .== n
        return [select(isEven, half, n * 3 + 1), state[1] + 1]
      }[1]
    }
    #expect(collatz(27).item(Int32.self) == 111)
    #expect(collatz(1).item(Int32.self) == 0)
    let bounded = whileLoop([Tensor(1.0)], maximumCount: 5, while: { _ in Tensor(true) }) {
      [$0[0] * 2]
    }
    #expect(bounded[0].item(Double.self) == 32)
  }

  @Test func whileHasForwardDerivativesWithoutABound() {
    // The square root by Newton's method: d/dx = 1 / (2 sqrt x), and the second derivative.
    let root: (Tensor) -> Tensor = { x in
      whileLoop([x], while: { abs($0[0] * $0[0] - x) .> 1e-13 }) { [($0[0] + x / $0[0]) * 0.5] }[0]
    }
    let slope: (Tensor) -> Tensor = { x in
      jvp({ [root($0[0])] }, [x], tangents: [Tensor(1.0)]).tangents[0]
    }
    let x = Tensor(3.0)
    #expect(distance(root(x), sqrt(x)) < 1e-14)
    #expect(distance(slope(x), 0.5 / sqrt(x)) < 1e-12)
    let second = jvp({ [slope($0[0])] }, [x], tangents: [Tensor(1.0)]).tangents[0]
    #expect(distance(second, -0.25 / (x * sqrt(x))) < 1e-10)
    // Elements of a batch stop at different times.
    let many = Tensor([1.0, 2.0, 1e4])
    #expect(distance(vmap { [root($0[0])] }([many])[0], sqrt(many)) < 1e-13)
  }

  @Test func onlyTheChosenBranchIsComputed() {
    // The other branch would stop the program: its index is out of range.
    let table = Tensor([1.0, 2.0])
    @Sendable func pick(_ isFirst: Bool) -> Tensor {
      conditional(
        Tensor(isFirst), [table, Tensor(9 as Int32)], then: { [$0[0].sum()] },
        otherwise: { [$0[0].gathered($0[1], axis: 0)] })[0]
    }
    #expect(pick(true).item(Double.self) == 3)
    #expect(compile { _ in [pick(true)] }([])[0].item(Double.self) == 3)
  }

  @Test func sharedPredicatesStayConditionalUnderVmap() {
    let program = Program(
      tracing: { all in
        vmap(
          { x in
            conditional(x[0], [x[1]], then: { [sin($0[0])] }, otherwise: { [$0[0]] })
          }, mapped: [false, true])(all)
      }, [TensorType([], .bool), TensorType([4], .double)])
    #expect(program.description.contains("conditional"))
    #expect(!program.description.contains("select"))
  }

  @Test func loopsArePrintedWithTheirBodies() {
    let program = Program(
      tracing: { all in
        let (carry, outputs) = scan([all[0]], over: [all[1]]) { carry, x in
          ([carry[0] * x[0]], [carry[0]])
        }
        return carry + outputs
      }, [TensorType([], .double), TensorType([4], .double)])
    #expect(
      program.description == """
        %0: double[] = input 0
        %1: double[4] = input 1
        %2: (double[], double[4]) = scan 4 steps, 1 carried %0 %1 {
          %0: double[] = input 0
          %1: double[] = input 1
          %2: double[] = multiply %0 %1
          return %2 %0
        }
        %3: double[] = result 0 %2
        %4: double[4] = result 1 %2
        return %3 %4
        """)
    #expect(program.check().isEmpty)
    var broken = program
    guard case .extension(let operation) = broken.instructions[2].op,
      let rule = operation.rule as? Scan
    else { return #expect(Bool(false)) }
    var body = rule.body.program
    body.instructions[2].type = TensorType([7], .double)
    broken.instructions[2].op = .extension(
      Extension(
        rule: Scan(body, carry: 1, inputs: 1, length: 4, isReversed: false)))
    #expect(broken.check().contains { $0.contains("inside %2: %2 is declared double[7]") })
  }

  /// Reverse mode over a chain of checkpointed pieces keeps one value a piece instead of all of them.
  @Test func checkpointsSaveMemory() {
    let (pieces, operations, extent) = (12, 10, 1000)
    func chain(_ isCheckpointed: Bool) -> @Sendable ([Tensor]) -> [Tensor] {
      let piece: @Sendable ([Tensor]) -> [Tensor] = { x in
        [(0..<operations).reduce(x[0]) { y, _ in sin(y) * y }]
      }
      return { x in
        let both = valueAndGradient { x in
          var y = [x[0]]
          for _ in 0..<pieces { y = isCheckpointed ? checkpoint(piece)(y) : piece(y) }
          return y[0].sum()
        }(x)
        return [both.value] + both.gradients
      }
    }
    let x = Tensor([Double](repeating: 1.1, count: extent))
    let types = [x.type]
    let (plain, saving) = (CompiledFunction(chain(false)), CompiledFunction(chain(true)))
    let bytes = extent * 8
    let (all, kept) = (
      plain.plan(for: types)!.workspaceBytes, saving.plan(for: types)!.workspaceBytes
    )
    // Values of all operations, against one value a piece and five for each operation of one piece.
    #expect(all > pieces * operations * bytes)
    #expect(kept < (pieces + 5 * operations) * bytes)
    for (a, b) in zip(plain.call([x]), saving.call([x])) { #expect(distance(a, b) < 1e-13) }
  }

  /// The carry is all that reverse mode keeps of a scan.
  @Test func scansKeepTheCarryOnly() {
    let (steps, extent) = (50, 100)
    let f: @Sendable ([Tensor]) -> [Tensor] = { x in
      let both = valueAndGradient { x in
        scan([x[0]], length: steps) { carry, _ in
          ([(0..<10).reduce(carry[0]) { y, _ in sin(y) + carry[0] }], [])
        }.carry[0].sum()
      }(x)
      return both.gradients
    }
    let plan = CompiledFunction(f).plan(for: [TensorType([extent], .double)])!
    #expect(plan.workspaceBytes < (steps + 40) * extent * 8)
    // A handful of kernels, not some for every step.
    #expect(plan.stepCount < 10)
  }

  @Test func compiledLoopsRunOnSeveralThreads() throws {
    let f: @Sendable ([Tensor]) -> [Tensor] = { x in
      let both = valueAndGradient { x in
        scan([x[0]], length: 20) { carry, _ in ([sin(carry[0]) + x[1]], []) }.carry[0].sum()
      }(x)
      return [both.value] + both.gradients
    }
    let compiled = compile(f)
    let distances = try WorkerPool(threadCount: 4).map(32) { index -> Double in
      let x = [Tensor([Double(index), 0.5]), Tensor(0.3)]
      return zip(compiled(x), f(x)).map { distance($0, $1) }.max()!
    }
    #expect(distances.max()! < 1e-14)
  }

  @Test func misuseIsNamed() async {
    let unbounded = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = valueAndGradient { x in
        whileLoop([x[0]], while: { $0[0] .< 2 }) { [$0[0] * 2] }[0]
      }([Tensor(1.0)])
    }
    #expect(text(unbounded).contains("give it maximumCount"))
    let changing = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = scan([Tensor(1.0)], length: 2) { carry, _ in ([carry[0].asType(.float)], []) }
    }
    #expect(text(changing).contains("a carry of [double[]], but a step gives [float[]]"))
  }
}
