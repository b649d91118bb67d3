import LandauCore
import Testing

@testable import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The examples of docs/manual/tensors.md, line by line: they compile, run and give what the page says.
struct ManualTests {
  struct Network: TensorTree {
    var weights: Tensor
    var bias: Tensor

    func callAsFunction(_ x: Tensor) -> Tensor { tanh(matmul(x, weights) + bias) }

    mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
      visit("weights", &weights)
      visit("bias", &bias)
    }
  }

  private let network: Network
  private let inputs: Tensor
  private let targets: Tensor

  init() {
    var rng = Seed(81).makeStream()
    network = Network(
      weights: .normal([2, 4], type: .double, using: &rng),
      bias: .normal([4], type: .double, using: &rng))
    inputs = Tensor((0..<10).map { Double($0) / 5 - 1 }, shape: [5, 2])
    targets = .zeros([5, 4], type: .double)
  }

  @Test func idea() {
    let x = Tensor([0.5, -1, 2])
    let f: (Tensor) -> Tensor = { sin($0 * $0).sum() }
    let slope = grad(of: f)(x)
    let curvature = grad { grad(of: f)($0).sum() }(x)

    #expect(distance(slope, 2 * x * cos(x * x)) < 1e-15)
    #expect(distance(curvature, 2 * cos(x * x) - 4 * x * x * sin(x * x)) < 1e-14)
  }

  @Test func transformations() {
    let step = valueAndGradient { (network: Network, batch: [Tensor]) in
      let error = network(batch[0]) - batch[1]
      return (error * error).mean()
    }
    let (loss, gradient) = step(network, [inputs, targets])

    #expect(loss.item(Double.self) > 0)
    #expect(gradient.tensors.map(\.shape) == [[2, 4], [4]])
  }

  @Test func everyDerivative() {
    let wave: (Tensor) -> Tensor = { exp(($0 * $0).sum(axes: [-1]) * -0.5) }
    let points = Tensor([0.1, 0.2, 0.3, -1, 0, 1], shape: [2, 3])
    let kinetic = laplacian(of: wave)(points) * -0.5

    let square = (points * points).sum(axes: [-1])
    #expect(distance(kinetic, wave(points) * (3 - square) * 0.5) < 1e-14)

    let x = Tensor([0.5, -1, 2])
    let series = taylorCoefficients(
      of: { tanh($0) }, at: x, along: Tensor.ones([3], type: .double), order: 6)
    #expect(series.count == 7 && distance(series[1], 1 - tanh(x) * tanh(x)) < 1e-15)

    let each = perSampleGradients { (network: Network, sample: [Tensor]) in
      let error = network(sample[0].reshaped([1, -1])) - sample[1]
      return (error * error).sum()
    }
    let (losses, gradients) = each(network, [inputs, targets])
    #expect(losses.shape == [5] && gradients.weights.shape == [5, 2, 4])
  }

  @Test func controlFlow() {
    let x = Tensor([0.5, -1, 2])
    let decay = scan([Tensor(1.0)], over: [inputs]) { carry, slices in
      let next = carry[0] * 0.5 + slices[0].sum()
      return (carry: [next], outputs: [next])
    }
    let root = whileLoop([Tensor(1.0)], while: { abs($0[0] * $0[0] - 2) .> 1e-12 }) {
      [($0[0] + 2 / $0[0]) * 0.5]
    }
    let either = conditional(x.sum() .> 0, [x]) {
      [sin($0[0])]
    } otherwise: {
      [$0[0] * 0]
    }
    let sparing = checkpoint { [tanh(tanh($0[0]))] }

    #expect(decay.outputs[0].shape == [5])
    #expect(distance(root[0], Tensor(2.0.squareRoot())) < 1e-12)
    #expect(distance(either[0], sin(x)) == 0 && distance(sparing([x])[0], tanh(tanh(x))) == 0)
  }

  @Test func linearAlgebra() {
    let x = Tensor([0.5, -1, 2])
    let matrix = matmul(inputs.transposed(), inputs) + Tensor.identity(2, type: .double)
    let spectrum = grad { logDeterminant($0).logarithm.sum() }(matrix)
    #expect(distance(spectrum, inverse(matrix)) < 1e-14)

    let quadratic: ([Tensor]) -> Tensor = { ($0[0] * $0[0] * Tensor([1.0, 2, 5])).sum() * 0.5 }
    let solution = conjugateGradients([x], tolerance: 1e-12) {
      hessianVectorProduct(of: quadratic, [x], tangents: $0).products
    }
    #expect(distance(solution.solution[0], x / Tensor([1.0, 2, 5])) < 1e-12)
  }

  @Test func convolutions() {
    let lattice = Tensor((0..<16).map { Double($0 % 3) }, shape: [1, 1, 4, 4])
    let smooth = convolution(
      lattice, Tensor.ones([1, 1, 3, 3], type: .double), boundary: .circular)
    #expect(smooth.shape == [1, 1, 4, 4])
    #expect(distance(smooth.sum(), lattice.sum() * 9) < 1e-14)
  }

  @Test func complexNumbers() {
    let z = complex(Tensor([0.3, 1.0]), Tensor([-0.4, 2.0]))
    let uphill = valueAndGradient { (abs($0[0]) * abs($0[0])).sum() }([z]).gradients[0]
    #expect(distance(real(uphill), real(z) * 2) < 1e-15)
    #expect(distance(imaginary(uphill), imaginary(z) * 2) < 1e-15)
  }

  @Test func randomNumbers() {
    let x = Tensor([0.5, -1, 2])
    let noisy = compile { all in
      let (noise, _) = RandomKey(words: all[0]).split()
      return [all[1] + noise.normal(all[1].shape, type: .double)]
    }
    let sample = noisy([RandomKey(Seed(1)).words, x])[0]
    let (noise, _) = RandomKey(Seed(1)).split()
    #expect(distance(sample, x + noise.normal([3], type: .double)) < 1e-15)
  }

  @Test(.enabled(if: hasPage)) func whereThingsGoWrong() throws {
    let x = Tensor([0.5, -1, 2])
    let (values, first) = tracingNonFinite([x]) { x in [log(x[0] * 2)] }
    #expect(values[0].count == 3)
    let page = try Self.page()
    for line in try #require(first).description.split(separator: "\n").prefix(3) {
      #expect(page.contains("    \(line)\n"), "\(line)")
    }
  }

  @Test(.enabled(if: hasPage)) func lookingAtPrograms() throws {
    let program = Program(tracing: { (network: Network) in [network(inputs)] }, network)
    let page = try Self.page()
    for line in program.description.split(separator: "\n") {
      #expect(page.contains("    \(line)\n"), "\(line)")
    }
    let picture = program.svg
    let graph = program.graphviz
    #expect(picture.hasPrefix("<svg") && graph.hasPrefix("digraph"))
  }

  /// Every line of Swift on the page is a line of this file.
  @Test(.enabled(if: hasPage)) func thePageSaysWhatIsTestedHere() throws {
    func squeezed(_ text: some StringProtocol) -> String {
      String(text.filter { !$0.isWhitespace })
    }
    let tested = squeezed(try Self.contents(of: "\(#filePath)"))
    for line in try Self.page().split(separator: "\n") where line.hasPrefix("    ") {
      let isSwift = ["let ", "var ", "func ", "{ ", "return ", "visit("].contains {
        line.contains($0)
      }
      let isOutput = ["%", "operand ", "  result", "  at ", "Fatal error", "print("].contains {
        line.contains($0)
      }
      if isSwift && !isOutput { #expect(tested.contains(squeezed(line)), "\(line)") }
    }
  }

  /// Sources may be built without the manual beside them.
  private static var hasPage: Bool { (try? page()) != nil }

  private static func page() throws -> String {
    let parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
    return try contents(
      of: parts.dropLast(3).joined(separator: "/") + "/docs/manual/tensors.md")
  }

  private struct NoPage: Error {}

  private static func contents(of path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw NoPage() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = getc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
