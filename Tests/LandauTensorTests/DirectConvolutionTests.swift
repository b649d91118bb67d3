import LandauCore
import Testing

@testable import LandauTensor

/// Convolutions by rows of places and by samples in lanes against those by columns of windows.
struct DirectConvolutionTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let input: [Int]
    let kernel: [Int]
    var boundary = ConvolutionBoundary.circular
    var dilation: [Int]?
    var groups = 1
    var testDescription: String { "\(input) \(kernel) \(boundary) \(groups)" }
  }

  static let settings = [
    Setting(input: [3, 1, 64], kernel: [8, 1, 5]),
    Setting(input: [3, 2, 63], kernel: [7, 2, 6]),
    Setting(input: [5, 8, 8, 8], kernel: [8, 8, 3, 3]),
    Setting(input: [70, 8, 8, 8], kernel: [2, 8, 3, 3]),
    Setting(input: [2, 2, 16, 16], kernel: [8, 2, 3, 2]),
    Setting(input: [2, 3, 9, 10], kernel: [5, 3, 3, 3], boundary: .zero, dilation: [2, 1]),
    Setting(input: [2, 3, 9, 10], kernel: [5, 3, 4, 2], boundary: .valid),
    Setting(
      input: [2, 4, 6, 24], kernel: [6, 2, 2, 3], boundary: .padded(low: [3, 0], high: [0, 4]),
      groups: 2),
    Setting(input: [2, 2, 4, 3, 8], kernel: [3, 2, 2, 2, 3], boundary: .zero),
    Setting(input: [2, 1, 3], kernel: [2, 1, 7]),
    Setting(input: [4, 8, 5, 16], kernel: [1, 8, 1, 1]),
    Setting(input: [16, 3, 5], kernel: [13, 3, 4], boundary: .zero),
    Setting(input: [33, 2, 7, 6], kernel: [11, 2, 3, 3]),
    Setting(input: [30, 7, 5, 4], kernel: [15, 7, 2, 3], boundary: .valid, dilation: [1, 1]),
    Setting(
      input: [48, 4, 6, 5], kernel: [6, 2, 3, 2], boundary: .padded(low: [2, 0], high: [0, 3]),
      dilation: [2, 1], groups: 2),
    Setting(input: [19, 1, 3, 2, 4], kernel: [3, 1, 2, 2, 3], boundary: .zero),
  ]

  private func uniform(_ name: String, _ shape: [Int], _ type: ScalarType) -> Tensor {
    var rng = Seed(74).child(name).makeStream()
    return .uniform(shape, low: -1, high: 1, type: type, using: &rng)
  }

  private enum Way: CaseIterable { case columns, rows, samples }

  /// Nil where a way does not apply.
  private func run(
    _ op: Convolution, _ shapes: [Convolution.Role: [Int]], _ scalar: ScalarType,
    _ operands: [Tensor], by way: Way, parts: Int = 1
  ) -> Tensor? {
    let found: ConvolutionKernel? =
      switch way {
      case .columns: .columns(ColumnConvolution(op, shapes: shapes), scalar)
      case .rows: DirectConvolution(op, shapes: shapes, scalar).map { .direct($0, scalar) }
      case .samples: SampleConvolution(op, shapes: shapes, scalar).map { .samples($0, scalar) }
      }
    guard let kernel = found else { return nil }
    let type = TensorType(shapes[op.result]!, scalar)
    let (result, scratch) = (Storage(type), Storage(byteCount: kernel.scratchBytes))
    // Whatever is in the memory that is lent must not matter.
    scratch.pointer.initializeMemory(as: UInt8.self, repeating: 0xFF, count: scratch.byteCount)
    result.pointer.initializeMemory(as: UInt8.self, repeating: 0xFF, count: result.byteCount)
    let sources = operands.map { Evaluation.storage(of: $0.node) }
    for part in 0..<parts {
      let pieces = kernel.pieceCount
      kernel.run(
        sources[0].pointer, sources[1].pointer, result.pointer, scratch.pointer,
        pieces * part / parts..<pieces * (part + 1) / parts)
    }
    return Tensor(Node(Constant(storage: result, type: type)))
  }

  /// - Returns: the operation and the shapes of its three arrays.
  private func operation(
    _ s: Setting, _ result: Convolution.Role
  ) -> (Convolution, [Convolution.Role: [Int]]) {
    let window = Window(
      Array(s.kernel[2...]), s.boundary, stride: nil, dilation: s.dilation, "test")
    let spatial = Array(s.input[2...])
    let places = window.places(spatial)
    var op = window.convolution(spatial, places, s.groups)
    op.result = result
    return (op, [.input: s.input, .kernel: s.kernel, .output: [s.input[0], s.kernel[0]] + places])
  }

  /// Both add up the same products in other orders: sums of n products of numbers below one differ by n ulps at most.
  @Test(arguments: settings, Convolution.Role.allCases)
  func allWaysAgree(setting: Setting, result: Convolution.Role) throws {
    let (op, shapes) = operation(setting, result)
    for scalar in [ScalarType.float, .double] {
      let operands = op.operands.map { uniform("\($0)", shapes[$0]!, scalar) }
      let columns = try #require(run(op, shapes, scalar, operands, by: .columns))
      let rows = try #require(run(op, shapes, scalar, operands, by: .rows))
      let samples = run(op, shapes, scalar, operands, by: .samples)
      // Groups of at most sixteen lanes, less than a quarter of them empty.
      let isEven = setting.input[setting.input.count - 1] % 8 == 0
      if !isEven, setting.input[0] == 16 || setting.input[0] >= 48 { #expect(samples != nil) }
      if setting.input[0] == 1 { #expect(samples == nil) }
      for way in Way.allCases {
        let whole = run(op, shapes, scalar, operands, by: way)
        let divided = run(op, shapes, scalar, operands, by: way, parts: 3)
        #expect(whole.map { "\($0)" } == divided.map { "\($0)" }, "\(way)")
      }
      let terms = shapes.values.map { $0.reduce(1, *) }.max()!
      let ulp = scalar == .float ? 0x1p-23 : 0x1p-52
      let bound = ulp * Double(terms).squareRoot() * 8
      for found in [rows, samples].compactMap({ $0 }) {
        let difference = abs(found - columns).max().item(Double.self)
        #expect(difference < bound, "\(result) \(scalar): \(difference), bound \(bound)")
      }
    }
  }

  /// Numbers beside a row of places, which only fill up its last vector, count for nothing, even if they are none.
  @Test(arguments: Convolution.Role.allCases, [2, 16])
  func infinityStaysInItsWindow(result: Convolution.Role, samples: Int) throws {
    let setting = Setting(input: [samples, 1, 4, 11], kernel: [3, 1, 1, 2], boundary: .valid)
    let (op, shapes) = operation(setting, result)
    let operands = op.operands.map { role -> Tensor in
      var scalars = uniform("\(role)", shapes[role]!, .float).scalars(Float.self)
      if role != .kernel { scalars[0] = .infinity }
      return Tensor(scalars, shape: shapes[role]!)
    }
    let columns = try #require(run(op, shapes, .float, operands, by: .columns)).scalars(Float.self)
    for way in [Way.rows, .samples] {
      guard let found = run(op, shapes, .float, operands, by: way)?.scalars(Float.self) else {
        #expect(way == .samples && samples == 2)
        continue
      }
      #expect(found.map(\.isNaN) == columns.map(\.isNaN))
      #expect(found.map(\.isInfinite) == columns.map(\.isInfinite))
      #expect(found.contains { $0.isFinite })
    }
  }
}
