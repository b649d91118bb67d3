import LandauCore
import Testing

@testable import LandauTensor

/// Fused plans against the interpreter, bit for bit.
struct FusionTests {
  /// The scalars as text, which tells zeros of both signs apart and takes all NaN for one.
  private func text(_ tensors: [Tensor]) -> [[String]] {
    tensors.map { tensor in
      switch tensor.scalarType {
      case .float: tensor.scalars(Float.self).map { "\($0)" }
      case .double: tensor.scalars(Double.self).map { "\($0)" }
      case .int32, .bool: tensor.scalars(Int32.self).map { "\($0)" }
      case .complexFloat: tensor.scalars(Complex<Float>.self).map { "\($0)" }
      case .complexDouble: tensor.scalars(Complex<Double>.self).map { "\($0)" }
      }
    }
  }

  /// Runs a function as it was written, and as a plan of the very same operations.
  @discardableResult
  private func expectSameBits(
    _ arguments: [Tensor], _ what: String = "", _ function: ([Tensor]) -> [Tensor],
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Plan {
    let program = Program(tracing: function, arguments.map(\.type))
    var builder = PlanBuilder(program)
    let plan = builder.plan()
    let storages = arguments.map { Evaluation.storage(of: $0.node) }
    let plain = text(program(arguments))
    // Twice: the second run finds the memory of the first.
    for _ in 0..<2 {
      #expect(text(plan.run(storages)) == plain, "\(what)", sourceLocation: sourceLocation)
    }
    // And with every step dealt out among more threads than there are.
    var divided = PlanBuilder(
      program, threads: Self.pool.threadCount, leastShare: .init(products: 1, elements: 1))
    let shared = divided.plan().run(storages, on: Self.pool)
    #expect(text(shared) == plain, "\(what), threads", sourceLocation: sourceLocation)
    return plan
  }

  private static let pool = WorkerPool(threadCount: 3)

  private func normal(_ name: String, _ shape: [Int], _ type: ScalarType = .float) -> Tensor {
    var rng = Seed(73).child(name).makeStream()
    return .normal(shape, type: type, using: &rng)
  }

  @Test(arguments: 0..<40)
  func randomFunctions(index: Int) {
    let f = RandomFunction(seed: Seed(61).child("function", index))
    for type in [ScalarType.double, .float] {
      expectSameBits(f.arguments("x", type: type), "\(type)") { f($0) }
      expectSameBits(f.arguments("x", type: type), "gradient \(type)") {
        valueAndGradient { f.scalar($0) }($0).gradients
      }
    }
  }

  /// Rows, columns, planes: repeated operands whose blocks are the same, or not.
  @Test(arguments: [
    [3, 5, 7], [7, 300, 11], [2, 1, 5000], [130, 8, 16], [1, 1, 1], [40, 64, 3],
  ])
  func broadcasts(shape: [Int]) {
    let x = normal("x", shape)
    let others = [
      [shape[2]], [shape[1], 1], [shape[0], 1, 1], [shape[0], 1, shape[2]],
      [1, shape[1], shape[2]],
      [],
    ].map { normal("\($0)", $0) }
    for other in others {
      let plan = expectSameBits([x, other], "\(other.shape)") { a in
        let y = tanh(a[0] * a[1] + 1)
        return [y - a[1], (y * y).sum(axes: [2]), y.sum(axes: [0]), y.max(axes: [1])]
      }
      #expect(plan.stepCount == 1)
    }
  }

  /// Runs of all lengths, reduced or kept, over the borders of blocks and of the sum's own pieces.
  @Test(arguments: [1, 9, 15, 16, 17, 100, 255, 256, 257, 2047, 2048, 2049, 5000])
  func reductions(extent: Int) {
    for shape in [[3, extent], [extent, 3], [2, extent, 3], [3, 2, extent]] {
      for type in [ScalarType.float, .double] {
        expectSameBits([normal("x", shape, type)], "\(shape)") { a in
          let y = a[0] * 3 - 1
          return shape.indices.flatMap { axis in
            [y.sum(axes: [axis]), y.max(axes: [axis]), y.min(axes: [axis])]
          } + [y.sum(), y.sum(axes: [0, shape.count - 1])]
        }
      }
    }
  }

  /// Many short runs and narrow rows are taken at once.
  @Test(arguments: [2, 3, 4, 5, 8, 10, 15, 16, 17, 32, 33])
  func `Narrow arrays are reduced with the same bits`(width: Int) {
    for shape in [[1500, width], [3, 500, width]] {
      for type in [ScalarType.float, .double] {
        expectSameBits([normal("x", shape, type)], "\(shape)") { a in
          let y = a[0] * 3 - 1
          return shape.indices.flatMap { axis in
            [y.sum(axes: [axis]), y.max(axes: [axis]), y.min(axes: [axis])]
          }
        }
      }
    }
  }

  @Test func reductionsOfNumbers() {
    expectSameBits([normal("x", [1])]) { a in
      let wide = a[0].broadcast(to: [9, 5000])
      return [
        (a[0].broadcast(to: [70, 50]) * 2).sum(axes: [0]), wide.max(), exp(wide),
        (wide .> 0).asType(.float),
        wide.asType(.complexFloat) + complex(wide, wide), wide.asType(.bool),
      ]
    }
  }

  /// What is cut out, turned or repeated is read in place.
  @Test func movements() {
    let x = normal("x", [6, 40, 50])
    let plan = expectSameBits([x]) { a in
      let turned = exp(a[0].transposed(axes: [2, 0, 1]))
      let cut = a[0].sliced(axis: 1, 3..<19) * 2
      let strided = a[0].sliced(axis: 2, 1..<50, stride: 3) + 1
      let joined = (a[0] + 1).reshaped([240, 50]) * a[0].reshaped([12000]).reshaped([240, 50])
      return [turned, cut, strided, joined]
    }
    #expect(plan.stepCount == 4)
  }

  @Test func otherTypes() {
    let n = Tensor((0..<3000).map { Int32($0 % 17 - 8) })
    let z = complex(normal("re", [50, 40]), normal("im", [50, 40]))
    expectSameBits([n, z, normal("x", [3000])]) { a in
      let odd = (a[0] * 3 - 1) .> 4
      let y = select(odd, a[2], .full([3000], 2)) * odd.asType(.float)
      let w = a[1] * conjugate(a[1]) + exp(a[1])
      return [abs(a[0]) + 1, y, y.sum(), real(w), w.sum(axes: [0]), odd, y.asType(.double) * 0.1]
    }
  }

  @Test func notANumberGoesThrough() {
    let x = Tensor([.nan, .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude] as [Float])
    expectSameBits([x]) { a in
      [
        select(a[0] .> 0, a[0], .full([6], 0)), maximum(a[0], 1), sign(a[0]), -a[0],
        (a[0] * 0).sum(), sigmoid(a[0]), tanh(a[0]), log(a[0]), sqrt(a[0]), abs(a[0]),
      ]
    }
  }

  /// A value that waits for a reduction of what it would be fused with.
  @Test func nothingRunsBeforeItsOperands() {
    let plan = expectSameBits([normal("x", [30, 70])]) { a in
      let y = exp(a[0])
      let mean = y.mean(axes: [1], keepingAxes: true)
      let z = y - mean
      return [z / (z * z).sum(axes: [0]), y]
    }
    #expect(plan.stepCount >= 3)
  }

  /// Two branches that need each other's sums cannot both be one step.
  @Test func circlesAreTakenApart() {
    expectSameBits([normal("x", [64]), normal("y", [64])]) { a in
      let (p, q) = (sin(a[0]), cos(a[1]))
      let (u, v) = (p * q.sum(), q * p.sum())
      return [u + v, u - v, p + q]
    }
  }

  /// Products of several panels, by rows and by columns, all ways around: against sums in double, and on threads.
  @Test(arguments: [[400, 96], [40, 820], [1600, 5]]) func largeProducts(_ extents: [Int]) {
    let (rows, columns, inner) = (extents[0], extents[1], 2_100_000 / (extents[0] * extents[1]) + 1)
    let (a, b) = (normal("a", [rows, inner]), normal("b", [inner, columns]))
    let exact = matmul(a.asType(.double), b.asType(.double))
    let ways: [([Tensor], ([Tensor]) -> [Tensor])] = [
      ([a, b], { [matmul($0[0], $0[1])] }),
      ([a.transposed(), b], { [matmul($0[0].transposed(), $0[1])] }),
      ([a, b.transposed()], { [matmul($0[0], $0[1].transposed())] }),
      ([a.transposed(), b.transposed()], { [matmul($0[0].transposed(), $0[1].transposed())] }),
    ]
    for (arguments, product) in ways {
      expectSameBits(arguments, "\(extents)", product)
      let difference = abs(product(arguments)[0].asType(.double) - exact).max().item(Double.self)
      #expect(difference < 1e-6 * Double(inner), "\(extents): \(difference)")
    }
  }

  @Test func emptyTensors() {
    expectSameBits([normal("x", [0, 5])]) { a in
      let y = a[0] * 2 + 1
      return [y, y.sum(axes: [0]), y.sum()]
    }
  }

  /// A chain of ten thousand operations is planned and run.
  @Test func longChains() {
    let program = Program(
      tracing: { a in
        var x = a[0]
        for index in 0..<5000 { x = x * 0.999 + Double(index % 3) * 1e-3 }
        return [x]
      }, [TensorType([100], .float)])
    var builder = PlanBuilder(program)
    let plan = builder.plan()
    #expect(plan.stepCount < 200)
    let x = normal("x", [100])
    #expect(text(plan.run([Evaluation.storage(of: x.node)])) == text(program([x])))
  }
}
