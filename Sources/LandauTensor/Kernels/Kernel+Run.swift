import LandauCore

extension Kernel {
  /// Computes one result or a bundle of them, with scratch memory of its own.
  func run(_ operands: [UnsafeRawPointer], into storage: Storage) {
    guard case .extension(let kernel) = self else { return run(operands, into: storage.pointer) }
    let scratch = Storage(byteCount: kernel.scratchBytes)
    operands.withUnsafeBufferPointer { operands in
      storage.parts.map(\.pointer).withUnsafeBufferPointer { results in
        withExtendedLifetime(scratch) { kernel.run(operands, results, scratch.pointer, nil) }
      }
    }
  }

  /// What may be computed at the same time; the results do not depend on it.
  var pieceCount: Int {
    switch self {
    case .matmul(let kernel, _): kernel.pieceCount
    case .convolution(let kernel): kernel.pieceCount
    case .fused(let kernel): kernel.pieceCount
    default: 1
    }
  }

  /// Computes some of the pieces, or a kernel that has only one; results are a bundle for fused kernels and extensions.
  func run(
    _ operands: UnsafeBufferPointer<UnsafeRawPointer>,
    _ results: UnsafeBufferPointer<UnsafeMutableRawPointer>, _ scratch: UnsafeMutableRawPointer,
    _ pieces: Range<Int>
  ) {
    switch self {
    case .matmul(let kernel, let scalar):
      Self.matmul(kernel, scalar, operands[0], operands[1], results[0], pieces)
    case .convolution(let kernel): kernel.run(operands[0], operands[1], results[0], scratch, pieces)
    case .fused(let kernel): kernel.run(operands, results, scratch, pieces)
    case .extension(let kernel): kernel.run(operands, results, scratch, nil)
    default: run(operands, into: results[0])
    }
  }

  /// Computes the result from the operands' buffers; no buffer may overlap the result.
  func run(_ operands: [UnsafeRawPointer], into result: UnsafeMutableRawPointer) {
    operands.withUnsafeBufferPointer { run($0, into: result) }
  }

  func run(_ operands: UnsafeBufferPointer<UnsafeRawPointer>, into result: UnsafeMutableRawPointer)
  {
    switch self {
    case .none: break
    case .fill(let fill): Self.fill(fill, result)
    case .copy(let byteCount): result.copyMemory(from: operands[0], byteCount: byteCount)
    case .unary(let op, let scalar, let count): Self.unary(op, scalar, count, operands[0], result)
    case .binary(let op, let scalar, let nest):
      Self.binary(op, scalar, nest, operands[0], operands[1], result)
    case .compare(let op, let scalar, let nest):
      Self.compare(op, scalar, nest, operands[0], operands[1], result)
    case .select(let bytes, let nest):
      Self.select(bytes, nest, operands[0], operands[1], operands[2], result)
    case .cast(let from, let to, let count):
      Elementwise.cast(from, to, count, operands[0], result)
    case .complex(let scalar, let nest):
      Self.join(scalar, nest, operands[0], operands[1], result)
    case .part(let part, let scalar, let count):
      Self.part(part, scalar, count, operands[0], result)
    case .strided(let copy): copy.run(operands[0], result)
    case .pad(let copy, let byteCount):
      result.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
      copy.run(operands[0], result)
    case .join(let parts):
      for (part, operand) in zip(parts, operands) { part.run(operand, result) }
    case .reduce(let kernel, let scalar): Self.reduce(kernel, scalar, operands[0], result)
    case .matmul(let kernel, let scalar):
      Self.matmul(kernel, scalar, operands[0], operands[1], result, 0..<kernel.pieceCount)
    case .convolution(let kernel):
      let scratch = Storage(byteCount: kernel.scratchBytes)
      withExtendedLifetime(scratch) {
        kernel.run(
          operands[0], operands[1], result, scratch.pointer, 0..<kernel.pieceCount)
      }
    case .gather(let kernel, let bytes):
      kernel.gather(operands[0], operands[1].words, result, elementBytes: bytes)
    case .scatterAdd(let kernel, let scalar):
      Self.scatterAdd(kernel, scalar, operands[0], operands[1].words, result)
    case .sort(let kernel, let scalar): Self.sort(kernel, scalar, operands[0], result.words)
    case .random(let kernel): kernel.run(operands[0].words, operands[1].words, result)
    case .fused, .extension: preconditionFailure("a fused kernel or an extension writes a bundle")
    }
  }

  private static func fill(_ fill: Fill, _ result: UnsafeMutableRawPointer) {
    let count = fill.type.count
    switch fill.type.scalar {
    case .float: result.floats.update(repeating: Float(fill.value), count: count)
    case .double: result.doubles.update(repeating: fill.value, count: count)
    case .int32: result.words.update(repeating: Int32(fill.value), count: count)
    case .bool:
      result.initializeMemory(as: UInt8.self, repeating: fill.value != 0 ? 1 : 0, count: count)
    case .complexFloat:
      result.complexFloats.update(repeating: Complex(Float(fill.value)), count: count)
    case .complexDouble: result.complexDoubles.update(repeating: Complex(fill.value), count: count)
    }
  }

  private static func matmul(
    _ kernel: MatmulKernel, _ scalar: ScalarType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ r: UnsafeMutableRawPointer, _ pieces: Range<Int>
  ) {
    switch scalar {
    case .float: kernel.run(a.floats, b.floats, r.floats, pieces)
    case .double: kernel.run(a.doubles, b.doubles, r.doubles, pieces)
    case .complexFloat: kernel.run(a.complexFloats, b.complexFloats, r.complexFloats, pieces)
    case .complexDouble: kernel.run(a.complexDoubles, b.complexDoubles, r.complexDoubles, pieces)
    case .int32, .bool: preconditionFailure("a matrix product of \(scalar)")
    }
  }

  static func unary(
    _ op: UnaryOp, _ scalar: ScalarType, _ count: Int, _ a: UnsafeRawPointer,
    _ r: UnsafeMutableRawPointer
  ) {
    switch scalar {
    case .float: Elementwise.unary(op, count, a.floats, r.floats)
    case .double: Elementwise.unary(op, count, a.doubles, r.doubles)
    case .int32: Elementwise.unary(op, count, a.words, r.words)
    case .bool: preconditionFailure("\(op) of bool")
    case .complexFloat: Elementwise.unary(op, count, a.complexFloats, r.complexFloats)
    case .complexDouble: Elementwise.unary(op, count, a.complexDoubles, r.complexDoubles)
    }
  }

  static func binary(
    _ op: BinaryOp, _ scalar: ScalarType, _ nest: LoopNest, _ a: UnsafeRawPointer,
    _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer
  ) {
    switch scalar {
    case .float: Elementwise.binary(op, nest, a.floats, b.floats, r.floats)
    case .double: Elementwise.binary(op, nest, a.doubles, b.doubles, r.doubles)
    case .int32: Elementwise.binary(op, nest, a.words, b.words, r.words)
    case .bool: preconditionFailure("\(op) of bool")
    case .complexFloat:
      Elementwise.binary(op, nest, a.complexFloats, b.complexFloats, r.complexFloats)
    case .complexDouble:
      Elementwise.binary(op, nest, a.complexDoubles, b.complexDoubles, r.complexDoubles)
    }
  }

  static func compare(
    _ op: Comparison, _ scalar: ScalarType, _ nest: LoopNest, _ a: UnsafeRawPointer,
    _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer
  ) {
    switch scalar {
    case .float: Elementwise.compare(op, nest, a.floats, b.floats, r.bytes)
    case .double: Elementwise.compare(op, nest, a.doubles, b.doubles, r.bytes)
    case .int32: Elementwise.compare(op, nest, a.words, b.words, r.bytes)
    case .bool: Elementwise.compare(op, nest, a.bytes, b.bytes, r.bytes)
    case .complexFloat: Elementwise.compare(op, nest, a.complexFloats, b.complexFloats, r.bytes)
    case .complexDouble: Elementwise.compare(op, nest, a.complexDoubles, b.complexDoubles, r.bytes)
    }
  }

  static func select(
    _ elementBytes: Int, _ nest: LoopNest, _ condition: UnsafeRawPointer, _ a: UnsafeRawPointer,
    _ b: UnsafeRawPointer, _ r: UnsafeMutableRawPointer
  ) {
    let condition = condition.bytes
    switch elementBytes {
    case 1: Elementwise.select(nest, condition, a.bytes, b.bytes, r.bytes)
    case 4: Elementwise.select(nest, condition, a.words, b.words, r.words)
    case 8:
      Elementwise.select(
        nest, condition, a.assumingMemoryBound(to: UInt64.self),
        b.assumingMemoryBound(to: UInt64.self), r.assumingMemoryBound(to: UInt64.self))
    default:
      Elementwise.select(
        nest, condition, a.assumingMemoryBound(to: Word16.self),
        b.assumingMemoryBound(to: Word16.self), r.assumingMemoryBound(to: Word16.self))
    }
  }

  /// Real and imaginary parts as complex numbers of the type `scalar`.
  static func join(
    _ scalar: ScalarType, _ nest: LoopNest, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
    _ r: UnsafeMutableRawPointer
  ) {
    if scalar == .complexFloat {
      Elementwise.join(nest, a.floats, b.floats, r.complexFloats)
    } else {
      Elementwise.join(nest, a.doubles, b.doubles, r.complexDoubles)
    }
  }

  /// A part of complex numbers of the type `scalar`.
  static func part(
    _ part: ComplexPart, _ scalar: ScalarType, _ count: Int, _ a: UnsafeRawPointer,
    _ r: UnsafeMutableRawPointer
  ) {
    if scalar == .complexFloat {
      Elementwise.part(part, count, a.complexFloats, r.floats)
    } else {
      Elementwise.part(part, count, a.complexDoubles, r.doubles)
    }
  }

  private static func reduce(
    _ kernel: ReductionKernel, _ scalar: ScalarType, _ a: UnsafeRawPointer,
    _ r: UnsafeMutableRawPointer
  ) {
    switch scalar {
    case .float: kernel.run(a.floats, r.floats)
    case .double: kernel.run(a.doubles, r.doubles)
    case .int32: kernel.run(a.words, r.words)
    case .bool, .complexFloat, .complexDouble: preconditionFailure("a reduction of \(scalar)")
    }
  }

  private static func sort(
    _ kernel: SortKernel, _ scalar: ScalarType, _ a: UnsafeRawPointer,
    _ r: UnsafeMutablePointer<Int32>
  ) {
    switch scalar {
    case .float: kernel.run(a.floats, r) { Double($0) }
    case .double: kernel.run(a.doubles, r) { $0 }
    case .int32: kernel.run(a.words, r) { Double($0) }
    case .bool, .complexFloat, .complexDouble: preconditionFailure("the order of \(scalar)")
    }
  }

  private static func scatterAdd(
    _ kernel: IndexKernel, _ scalar: ScalarType, _ a: UnsafeRawPointer,
    _ indices: UnsafePointer<Int32>, _ r: UnsafeMutableRawPointer
  ) {
    switch scalar {
    case .float: kernel.scatterAdd(a.floats, indices, r.floats, +)
    case .double: kernel.scatterAdd(a.doubles, indices, r.doubles, +)
    case .int32: kernel.scatterAdd(a.words, indices, r.words, &+)
    case .bool: preconditionFailure("scatterAdd of bool")
    case .complexFloat: kernel.scatterAdd(a.complexFloats, indices, r.complexFloats, +)
    case .complexDouble: kernel.scatterAdd(a.complexDoubles, indices, r.complexDoubles, +)
    }
  }
}

// What a buffer holds is known from the type beside it; these only say so.
extension UnsafeRawPointer {
  fileprivate var floats: UnsafePointer<Float> { assumingMemoryBound(to: Float.self) }
  fileprivate var doubles: UnsafePointer<Double> { assumingMemoryBound(to: Double.self) }
  fileprivate var words: UnsafePointer<Int32> { assumingMemoryBound(to: Int32.self) }
  fileprivate var bytes: UnsafePointer<UInt8> { assumingMemoryBound(to: UInt8.self) }
  fileprivate var complexFloats: UnsafePointer<Complex<Float>> {
    assumingMemoryBound(to: Complex<Float>.self)
  }
  fileprivate var complexDoubles: UnsafePointer<Complex<Double>> {
    assumingMemoryBound(to: Complex<Double>.self)
  }
}

extension UnsafeMutableRawPointer {
  fileprivate var floats: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
  fileprivate var doubles: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }
  fileprivate var words: UnsafeMutablePointer<Int32> { assumingMemoryBound(to: Int32.self) }
  fileprivate var bytes: UnsafeMutablePointer<UInt8> { assumingMemoryBound(to: UInt8.self) }
  fileprivate var complexFloats: UnsafeMutablePointer<Complex<Float>> {
    assumingMemoryBound(to: Complex<Float>.self)
  }
  fileprivate var complexDoubles: UnsafeMutablePointer<Complex<Double>> {
    assumingMemoryBound(to: Complex<Double>.self)
  }
}
