import LandauCore

extension Convolution {
  /// Where window element `w` at `place` reads along `axis`; nil outside.
  func source(_ axis: Int, _ place: Int, _ w: Int) -> Int? {
    let index = place * strides[axis] + w * dilations[axis] - low[axis]
    let extent = input[axis]
    if isPeriodic && extent > 0 { return (index % extent + extent) % extent }
    return index >= 0 && index < extent ? index : nil
  }

  /// Channels of one group on either side, where they are few enough for loops without matrices of windows: real numbers
  /// and unit strides, nothing empty.
  func fewChannels(
    _ shapes: [Role: [Int]], _ scalar: ScalarType
  ) -> (inputs: Int, outputs: Int)? {
    let (input, output) = (shapes[.input]!, shapes[.output]!)
    let (channels, outputs) = (input[1] / groups, output[1] / groups)
    let count = window.reduce(1, *)
    guard scalar == .float || scalar == .double, strides.allSatisfy({ $0 == 1 }),
      [input, output, window].joined().allSatisfy({ $0 > 0 }), channels * count <= 1024,
      outputs * count <= 1024, channels * outputs <= 1024
    else { return nil }
    return (channels, outputs)
  }
}

/// The evaluate rule of convolutions: directly or by matrix products, by their shapes.
enum ConvolutionKernel: Sendable {
  case samples(SampleConvolution, ScalarType)
  case direct(DirectConvolution, ScalarType)
  case columns(ColumnConvolution, ScalarType)

  /// - Parameter shapes: of the three arrays.
  init(_ op: Convolution, shapes: [Convolution.Role: [Int]], _ scalar: ScalarType) {
    if let samples = SampleConvolution(op, shapes: shapes, scalar) {
      self = .samples(samples, scalar)
    } else if let direct = DirectConvolution(op, shapes: shapes, scalar) {
      self = .direct(direct, scalar)
    } else {
      self = .columns(ColumnConvolution(op, shapes: shapes), scalar)
    }
  }

  /// Bytes of memory that a run wants, aligned to a cache line.
  var scratchBytes: Int {
    switch self {
    case .samples(let kernel, _): kernel.scratchBytes
    case .direct(let kernel, _): kernel.scratchBytes
    case .columns(let kernel, let scalar): kernel.scratchCount * scalar.byteCount
    }
  }

  /// What may be computed at the same time, each with memory of its own; the result does not depend on how.
  var pieceCount: Int {
    switch self {
    case .samples(let kernel, _): kernel.pieceCount
    case .direct(let kernel, _): kernel.pieceCount
    case .columns(let kernel, _): kernel.pieceCount
    }
  }

  /// - Parameters: the operands in the primitive's order.
  func run(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutableRawPointer, _ pieces: Range<Int>
  ) {
    switch self {
    // Of single or double precision, both of them.
    case .samples(let kernel, .float): kernel.run(Float.self, a, b, r, scratch, pieces)
    case .samples(let kernel, _): kernel.run(Double.self, a, b, r, scratch, pieces)
    case .direct(let kernel, .float): kernel.run(Float.self, a, b, r, scratch, pieces)
    case .direct(let kernel, _): kernel.run(Double.self, a, b, r, scratch, pieces)
    case .columns(let kernel, let scalar):
      switch scalar {
      case .float: kernel.run(Float.self, a, b, r, scratch, pieces)
      case .double: kernel.run(Double.self, a, b, r, scratch, pieces)
      case .complexFloat: kernel.run(Complex<Float>.self, a, b, r, scratch, pieces)
      case .complexDouble: kernel.run(Complex<Double>.self, a, b, r, scratch, pieces)
      case .int32, .bool: preconditionFailure("a convolution of \(scalar)")
      }
    }
  }
}
