import LandauCore
import Testing

@testable import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct TensorTests {
  @Test func arithmeticBroadcasts() {
    let a = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let b = Tensor([10, 20, 30] as [Float])
    #expect((a + b).scalars(Float.self) == [11, 22, 33, 14, 25, 36])
    #expect((b - a).scalars(Float.self) == [9, 18, 27, 6, 15, 24])
    let column = Tensor([100, 200] as [Float], shape: [2, 1])
    #expect((a + column).scalars(Float.self) == [101, 102, 103, 204, 205, 206])
    #expect((column / b).shape == [2, 3])
    #expect((2 * a - 1).scalars(Float.self) == [1, 3, 5, 7, 9, 11])
    #expect((1 / Tensor([2.0, 4.0])).scalars(Double.self) == [0.5, 0.25])
  }

  @Test func reductionsOverEveryChoiceOfAxes() {
    // Against plain loops over the coordinates, for all subsets of the axes of [3, 17, 5].
    let shape = [3, 17, 5]
    var rng = Seed(31).makeStream()
    let values = (0..<255).map { _ in Double(rng.index(below: 1000)) }
    let x = Tensor(values, shape: shape)
    for mask in 0..<8 {
      let axes = (0..<3).filter { mask >> $0 & 1 == 1 }
      let kept = (0..<3).filter { mask >> $0 & 1 == 0 }
      let extent = kept.map { shape[$0] }.reduce(1, *)
      var sums = [Double](repeating: 0, count: extent)
      var tops = [Double](repeating: -1, count: extent)
      for index in 0..<255 {
        let position = [index / 85, index / 5 % 17, index % 5]
        let place = kept.reduce(0) { $0 * shape[$1] + position[$1] }
        sums[place] += values[index]
        tops[place] = max(tops[place], values[index])
      }
      #expect(x.sum(axes: axes).scalars(Double.self) == sums)
      #expect(x.max(axes: axes).scalars(Double.self) == tops)
      #expect((-(-x).min(axes: axes)).scalars(Double.self) == tops)
      #expect(x.asType(.int32).sum(axes: axes).scalars(Double.self) == sums)
      #expect(x.sum(axes: axes, keepingAxes: true).rank == 3)
    }
  }

  @Test func movements() {
    let x = Tensor((0..<24).map { Int32($0) }, shape: [2, 3, 4])
    let turned = x.transposed(axes: [2, 0, 1]).scalars(Int32.self)
    for (i, j, k) in [(0, 0, 0), (1, 2, 3), (0, 2, 1), (1, 0, 2)] {
      #expect(turned[k * 6 + i * 3 + j] == Int32(i * 12 + j * 4 + k))
    }
    #expect(x.sliced(axis: 2, 1..<4, stride: 2).scalars(Int32.self).prefix(4) == [1, 3, 5, 7])
    #expect(x.reshaped([4, -1]).shape == [4, 6])
    let row = Tensor([1, 2] as [Int32])
    #expect(
      row.padded(low: [1], high: [2], interior: [1]).scalars(Int32.self) == [0, 1, 0, 2, 0, 0])
    #expect(concatenated([row, row * 10]).scalars(Int32.self) == [1, 2, 10, 20])
    #expect(stacked([row, row * 10], axis: 1).scalars(Int32.self) == [1, 10, 2, 20])
    #expect(row.broadcast(to: [2, 2]).scalars(Int32.self) == [1, 2, 1, 2])
  }

  @Test func emptyTensorsAreTensors() {
    let none = Tensor([] as [Double], shape: [0, 3])
    #expect((exp(none) + 1).count == 0)
    #expect(none.sum(axes: [0]).scalars(Double.self) == [0, 0, 0])
    #expect(
      matmul(none.transposed(), none).scalars(Double.self) == [Double](repeating: 0, count: 9))
    #expect(concatenated([none, Tensor([1.0, 2, 3], shape: [1, 3])]).shape == [1, 3])
    #expect(none.transposed().shape == [3, 0])
  }

  @Test func typesConvert() {
    let x = Tensor([-1.5, 0, 2.7, 1e20, -.infinity])
    #expect(x.asType(.int32).scalars(Int32.self) == [-1, 0, 2, .max, .min])
    #expect(x.asType(.bool).scalars(Bool.self) == [true, false, true, true, true])
    #expect((x .> 0).asType(.float).scalars(Float.self) == [0, 0, 1, 1, 0])
    #expect(Tensor([true, false]).asType(.double).scalars(Double.self) == [1, 0])
    #expect(Tensor([1, 2] as [Int32]).scalars(Float.self) == [1, 2])
  }

  @Test func evaluationFreesTheGraph() {
    let x = Tensor([1.0, 2.0])
    var middle: Tensor? = x * 2
    weak let node = middle!.node
    let y = middle! + 1
    middle = nil
    #expect(node != nil)
    y.eval()
    #expect(node == nil)
    #expect(y.scalars(Double.self) == [3, 5])
  }

  @Test func evaluationFromSeveralThreads() throws {
    var shared = Tensor([1.0, 2.0])
    for _ in 0..<200 { shared = sin(shared) + shared * 0.5 }
    let expected = shared.scalars(Double.self)
    for _ in 0..<20 {
      var fresh = Tensor([1.0, 2.0])
      for _ in 0..<200 { fresh = sin(fresh) + fresh * 0.5 }
      let subject = fresh
      let all = try WorkerPool(threadCount: 4).map(4) { _ in subject.scalars(Double.self) }
      #expect(all.allSatisfy { $0 == expected })
    }
  }

  /// Half a million products and as many sums: built, differentiated, evaluated and freed on a thread whose
  /// stack (128 KiB) would not survive recursion.
  @Test func aMillionOperations() {
    let outcome = UnsafeMutablePointer<Double>.allocate(capacity: 2)
    outcome.initialize(repeating: 0, count: 2)
    defer { outcome.deallocate() }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 128 << 10)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        let (factor, shift) = (Tensor(0.999_999), Tensor(1e-6))
        let chain: (Tensor) -> Tensor = { x in
          var y = x
          for _ in 0..<500_000 { y = y * factor + shift }
          return y
        }
        let (value, gradient) = valueAndGradient { chain($0[0]) }([Tensor(2.0)])
        eval([value] + gradient)
        // Tracing built the chain a second time and dropped it without evaluating it.
        let result = context!.assumingMemoryBound(to: Double.self)
        result[0] = value.item()
        result[1] = gradient[0].item()
        return nil
      }, outcome)
    pthread_attr_destroy(&attributes)
    #expect(status == 0)
    pthread_join(thread, nil)
    // y_n = 1 + (y_0 - 1) c^n with c = 1 - 10⁻⁶; every step rounds by at most an ulp of 2.
    let power = exp(Tensor(500_000 * -1.000_000_500_000_333e-6)).item(Double.self)
    #expect(abs(outcome[0] - (1 + power)) < 500_000 * 2.3e-16 * 2)
    #expect(abs(outcome[1] - power) < 500_000 * 2.3e-16)
  }
}

/// Misuse stops the program with a line that names what is wrong and what to do.
struct MisuseTests {
  private func message(of result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func askingATracedValue() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = grad { x in
        _ = x.sum().item(Double.self)
        return x.sum()
      }(Tensor([1.0]))
    }
    #expect(message(of: result).contains("return it from the traced function"))
  }

  @Test func shapesThatDoNotFit() async {
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
    }
    #expect(
      message(of: sum).contains("add of double[2] and double[3]: the shapes do not broadcast"))
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = matmul(Tensor.zeros([2, 3]), Tensor.zeros([2, 3]))
    }
    #expect(message(of: product).contains("matmul of float[2, 3] and float[2, 3]"))
    let mixed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(1.0) * Tensor(1 as Float)
    }
    #expect(message(of: mixed).contains("multiply of double[] and float[]: the types must agree"))
  }

  /// The line of the caller is named, also where the mistake is inside a traced function.
  @Test(.enabled(if: MisuseTests.hasCallSites)) func theLineIsNamed() async {
    let direct = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Mistakes.sum()
    }
    #expect(message(of: direct).contains("TensorTests.swift:\(Mistakes.sumLine) in "))
    let traced = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Mistakes.product()
    }
    let text = message(of: traced)
    #expect(text.contains("matmul of float[2, 3] and float[2, 3]: expected"))
    #expect(text.contains("TensorTests.swift:\(Mistakes.productLine) in "))
    #expect(text.contains("TensorTests.swift:\(Mistakes.productLine + 2) in "))
    #expect(!text.contains("Contraction.swift:") && !text.contains("Tensor+Arithmetic.swift:"))
  }

  /// Outside the macros of the tests, which move lines into files of their own. Results are used and functions
  /// not inlined: a call in the last place, or one that has become part of its caller, would leave no frame.
  private enum Mistakes {
    static let sumLine = #line + 3
    @inline(never)
    static func sum() -> Int {
      let sum = Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])
      return sum.count + sumLine
    }

    static let productLine = #line + 5
    @inline(never)
    static func product() {
      let f = compile { x in
        let hidden = tanh(x[0])
        return [matmul(hidden, x[1])]
      }
      _ = f([Tensor.ones([2, 3]), Tensor.ones([2, 3])])
    }
  }

  fileprivate static var hasCallSites: Bool {
    #if os(Linux)
      true
    #else
      false
    #endif
  }

  @Test func indicesOutOfRange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Tensor([1.0, 2.0]).gathered(Tensor([2] as [Int32]), axis: 0).eval()
    }
    #expect(message(of: result).contains("index 2 into an axis of 2"))
  }

  @Test func gradientOfSomethingWithoutOne() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = valueAndGradient { $0[0] * 2 }([Tensor([1.0, 2.0])])
    }
    #expect(message(of: result).contains("double[2]"))
  }
}
