import CLandauKernels
import LandauCore
import LandauTensor
import Testing

@testable import LandauNN

/// Steps change memory in place where, and only where, nobody else can see it.
struct InPlaceTests {
  private func address(_ tensor: Tensor) -> UnsafeRawPointer? {
    tensor.withScalars { (x: UnsafeBufferPointer<Float>) in UnsafeRawPointer(x.baseAddress) }
  }

  private func number(_ name: String, _ shape: [Int]) -> Tensor {
    var rng = Seed(75).child(name).makeStream()
    let tensor = Tensor.normal(shape, using: &rng)
    tensor.eval()
    return tensor
  }

  private func rules() -> [any GradientOptimizer] {
    [
      AdamW(weightDecay: 0.1), SGD(learningRate: 0.1), SGD(learningRate: 0.1, momentum: 0.9),
      Lion(), Adagrad(), RMSProp(),
    ]
  }

  @Test func sharedParametersAreCopied() {
    for var rule in rules() {
      let name = String(describing: type(of: rule))
      let gradient = number("g", [33])
      let original = number("p", [33])
      let before = original.scalars(Float.self)
      var parameters = [original]
      let view = original.reshaped([3, 11])
      for _ in 0..<3 { rule.step(&parameters, gradients: [gradient]) }
      #expect(original.scalars(Float.self) == before, "\(name)")
      #expect(view.scalars(Float.self) == before)
      #expect(parameters[0].scalars(Float.self) != before)
    }
  }

  /// 70 001 numbers are four shares, of which three threads take part.
  @Test func `Steps on a pool have the same bits`() {
    for rule in rules() {
      let name = String(describing: type(of: rule))
      func stepped(_ pool: WorkerPool?) -> [Tensor] {
        var rule = rule
        rule.state.pool = pool
        var parameters = [number("p", [70_001]), number("q", [5])]
        for step in 0..<3 {
          let gradients = [number("g\(step)", [70_001]), number("h\(step)", [5])]
          rule.step(&parameters, gradients: gradients)
        }
        return parameters + rule.state.slots.flatMap(\.tensors)
      }
      let (alone, shared) = (stepped(nil), stepped(WorkerPool(threadCount: 3)))
      for (one, other) in zip(alone, shared) {
        #expect(one.scalars(Float.self) == other.scalars(Float.self), "\(name)")
      }
    }
  }

  @Test func ownParametersKeepTheirMemory() {
    for var rule in rules() {
      let name = String(describing: type(of: rule))
      let gradient = number("g", [33])
      var parameters = [number("p", [33])]
      rule.step(&parameters, gradients: [gradient])
      let place = address(parameters[0])
      for _ in 0..<3 { rule.step(&parameters, gradients: [gradient]) }
      #expect(address(parameters[0]) == place, "\(name)")
      // Somebody looks: the next step writes elsewhere.
      let copy = parameters
      let seen = copy[0].scalars(Float.self)
      rule.step(&parameters, gradients: [gradient])
      #expect(copy[0].scalars(Float.self) == seen)
      #expect(address(parameters[0]) != place)
    }
  }

  /// What a compiled function has frozen stays as it was.
  @Test func constantsOfPrograms() {
    var parameters = [number("p", [8])]
    let before = parameters[0].scalars(Float.self)
    let frozen = parameters[0]
    let f = compile { [$0[0] + frozen] }
    let zero = Tensor.zeros([8])
    #expect(f([zero])[0].scalars(Float.self) == before)
    var rule = AdamW()
    rule.step(&parameters, gradients: [number("g", [8])])
    #expect(f([zero])[0].scalars(Float.self) == before)
  }

  /// The kernel of every level against its loop in Swift, bit for bit, with and without a rest.
  @Test(arguments: KernelLevel.allCases.filter(\.isSupported))
  func adamAtEveryLevel(level: KernelLevel) {
    var step = lk_adam(
      rate: 1e-2, unbias: 1.7, beta1: 0.9, beta2: 0.99, complement1: 1 - 0.9,
      complement2: 1 - 0.99, keep: 0.999, epsilon: 1e-8)
    for n in [1, 3, 4, 7, 8, 9, 16, 33] {
      check(Float.self, n, level.kernels.adam.0!)
      check(Double.self, n, level.kernels.adam.1!)
    }

    func check<T: BinaryFloatingPoint & TensorScalar>(
      _ type: T.Type, _ n: Int,
      _ kernel:
        @convention(c) (
          Int, UnsafePointer<lk_adam>?, UnsafeMutableRawPointer?, UnsafeRawPointer?,
          UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Void
    ) {
      var rng = Seed(76).child("adam", n).makeStream()
      func draw() -> [T] { (0..<n).map { _ in T(rng.uniform() - 0.5) } }
      let g = draw()
      var (p, m) = (draw(), draw())
      var v = draw().map(\.magnitude)
      var expected: [[T]] = [[], [], []]
      for i in 0..<n {
        let (x, mean, square) = AdamW.reference(step, p[i], g[i], m[i], v[i])
        expected[0].append(x)
        expected[1].append(mean)
        expected[2].append(square)
      }
      g.withUnsafeBytes { kernel(n, &step, &p, $0.baseAddress, &m, &v) }
      #expect([p, m, v] == expected, "\(n) \(type)")
    }
  }
}
