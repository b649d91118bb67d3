import LandauCore
import Testing

@testable import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Float functions against the C library's Double ones, in ulps of the result.
struct KernelTests {
  private func largestError(
    _ op: (Tensor) -> Tensor, _ exact: (Double) -> Double, from low: Float, to high: Float
  ) -> Double {
    let count = 200_001
    let inputs = (0..<count).map { low + (high - low) * Float($0) / Float(count - 1) }
    let outputs = op(Tensor(inputs)).scalars(Float.self)
    var worst = 0.0
    for (x, y) in zip(inputs, outputs) {
      let truth = exact(Double(x))
      let unit = Double(max(Float(truth).magnitude.ulp, Float.leastNormalMagnitude.ulp))
      worst = max(worst, abs(Double(y) - truth) / unit)
    }
    return worst
  }

  @Test func exponential() {
    #expect(largestError(exp, Glibc.exp, from: -87, to: 88.7) < 2)
    #expect(largestError(exp, Glibc.exp, from: -1, to: 1) < 2)
    // Subnormal results are off by one unit of the smallest number.
    #expect(largestError(exp, Glibc.exp, from: -104, to: -87) < 2)
    let edges = exp(Tensor([0, -0.0, 89, -110, .infinity, -.infinity, .nan] as [Float])).scalars(
      Float.self)
    #expect(edges[..<6] == [1, 1, .infinity, 0, .infinity, 0])
    #expect(edges[6].isNaN)
  }

  @Test func logarithm() {
    #expect(largestError(log, Glibc.log, from: 1e-3, to: 4) < 2)
    #expect(largestError(log, Glibc.log, from: 1, to: 1e6) < 2)
    #expect(largestError(log, Glibc.log, from: .leastNonzeroMagnitude, to: 1e-37) < 2)
    let edges = log(Tensor([1, 0, -0.0, .infinity, -1, .nan] as [Float])).scalars(Float.self)
    #expect(edges[..<4] == [0, -.infinity, -.infinity, .infinity])
    #expect(edges[4].isNaN && edges[5].isNaN)
  }

  @Test func hyperbolicTangent() {
    #expect(largestError(tanh, Glibc.tanh, from: -10, to: 10) < 14)
    #expect(largestError(tanh, Glibc.tanh, from: -0.1, to: 0.1) < 4)
    let x = Tensor([0, 1e-30, 9.1, 100, .infinity, -.infinity, .nan] as [Float])
    let edges = tanh(x).scalars(Float.self)
    #expect(edges[0] == 0 && abs(edges[1] - 1e-30) < 1e-36)
    #expect(edges[2..<6] == [1, 1, 1, -1])
    #expect(edges[6].isNaN)
    #expect(zip(tanh(-x).scalars(Float.self), edges).prefix(6).allSatisfy { $0 == -$1 })
  }

  @Test func sigmoidFunction() {
    #expect(largestError(sigmoid, { 1 / (1 + Glibc.exp(-$0)) }, from: -80, to: 80) < 4)
    #expect(sigmoid(Tensor([100, -200] as [Float])).scalars(Float.self) == [1, 0])
  }

  @Test func maximumKeepsNaN() {
    let x = Tensor([Double.nan, 1, .nan])
    let y = Tensor([1.0, .nan, .nan])
    #expect(maximum(x, y).scalars(Double.self).allSatisfy { $0.isNaN })
    #expect(minimum(x, y).scalars(Double.self).allSatisfy { $0.isNaN })
  }

  /// A sum of a million Floats: 128 additions in a block and 489 blocks, an ulp of 2^-24 each at most.
  /// A plain loop is off by about a thousand.
  @Test func longSums() {
    let count = 1_000_003
    let x = Tensor.full([count], 0.1)
    x.eval()
    let total = x.sum().item(Double.self)
    let exact = Double(0.1 as Float) * Double(count)
    #expect(abs(total - exact) < exact * (128 + 489) * 0x1p-24)
  }

  @Test func freedBuffersAreReused() {
    var arena = ArenaLayout()
    arena.allocate(0, 100)
    arena.allocate(1, 1000)
    arena.release(0)
    arena.release(1)
    arena.allocate(2, 128)
    arena.allocate(3, 500)
    #expect(arena.byteCount == 128 + 1024)
    #expect(arena.slots.map(\.offset) == [0, 128, 0, 128])
  }

  @Test func aPlanNeedsFewBuffers() {
    // A chain of fifty operations on 1000 numbers runs as one step in one block.
    let compiled = CompiledFunction { x in
      var y = x[0]
      for _ in 0..<50 { y = sin(y) }
      return [y]
    }
    let plan = compiled.plan(for: [TensorType([1000], .double)])!
    #expect(plan.stepCount == 1)
    #expect(plan.workspaceBytes <= 16_384)
  }
}
