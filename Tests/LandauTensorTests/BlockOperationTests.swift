import CLandauKernels
import LandauCore
import Testing

@testable import LandauTensor

/// The kernels of every level against the plain Swift ones, bit for bit.
struct BlockOperationTests {
  static let levels = KernelLevel.allCases.filter(\.isSupported)
  /// Lengths around every vector width, with and without a rest.
  static let lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100]

  /// Numbers of all sizes and signs, with both zeros, infinities, subnormals and NaN in between.
  private func numbers<T: BinaryFloatingPoint>(_ name: String, _ count: Int) -> [T] {
    var rng = Seed(71).child(name).makeStream()
    let special: [T] = [
      0, -0.0, .infinity, -.infinity, .nan, 1, -1, .leastNonzeroMagnitude, -.leastNormalMagnitude,
      .greatestFiniteMagnitude, 88.7, -104, 9.02, 0.5,
    ]
    return (0..<count).map { _ in
      if rng.index(below: 4) == 0 { return special[rng.index(below: special.count)] }
      let scale = [1e-3, 1, 30][rng.index(below: 3)]
      return T((rng.uniform() * 2 - 1) * scale)
    }
  }

  private func bytes(_ count: Int) -> [UInt8] {
    var rng = Seed(72).makeStream()
    return (0..<count).map { _ in UInt8(rng.index(below: 2)) }
  }

  /// What an operation writes, as bytes; NaN counts as one number whatever its sign and payload.
  private func result<T: BinaryFloatingPoint, R>(
    _ operation: BlockOperation, _ n: Int, _ flags: Int32, _ operands: [UnsafeRawPointer],
    _ type: T.Type, _ result: R.Type
  ) -> [String] where R: CVarArg & LosslessStringConvertible {
    withUnsafeTemporaryAllocation(of: R.self, capacity: n + 1) { buffer in
      let base = UnsafeMutableRawPointer(buffer.baseAddress!)
      base.initializeMemory(as: UInt8.self, repeating: 0x5A, count: (n + 1) * MemoryLayout<R>.size)
      let guarded = Array(UnsafeRawBufferPointer(start: base, count: MemoryLayout<R>.size))
      func at(_ position: Int) -> UnsafeRawPointer? {
        position < operands.count ? operands[position] : nil
      }
      operation.function(n, operation.scalars(flags), at(0), at(1), at(2), at(3), base)
      let rest = UnsafeRawBufferPointer(
        start: base + n * MemoryLayout<R>.size, count: MemoryLayout<R>.size)
      #expect(Array(rest) == guarded, "written beyond the end")
      return (0..<n).map { "\(buffer[$0])" }
    }
  }

  private func expectEqual<T: BinaryFloatingPoint & CVarArg & LosslessStringConvertible>(
    _ type: T.Type, _ operandCount: Int, _ name: String, toBytes: Bool = false,
    _ make: (KernelLevel?) -> BlockOperation
  ) {
    let a: [T] = numbers("a", 100)
    let b: [T] = numbers("b", 100)
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        let operands = Array([a.baseAddress!, b.baseAddress!].prefix(operandCount))
        for n in Self.lengths {
          for flags in 0..<(operandCount == 2 ? Int32(4) : 1) {
            func run(_ level: KernelLevel?) -> [String] {
              toBytes
                ? result(make(level), n, flags, operands, T.self, Int8.self)
                : result(make(level), n, flags, operands, T.self, T.self)
            }
            let plain = run(nil)
            for level in Self.levels {
              #expect(run(level) == plain, "\(name) of \(n) \(type), flags \(flags), \(level)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: UnaryOp.allCases.filter { $0 != .conjugate })
  func unary(op: UnaryOp) {
    expectEqual(Float.self, 1, "\(op)") { BlockOperation(op, .float, level: $0) }
    expectEqual(Double.self, 1, "\(op)") { BlockOperation(op, .double, level: $0) }
  }

  @Test(arguments: BinaryOp.allCases)
  func binary(op: BinaryOp) {
    expectEqual(Float.self, 2, "\(op)") { BlockOperation(op, .float, level: $0) }
    expectEqual(Double.self, 2, "\(op)") { BlockOperation(op, .double, level: $0) }
  }

  @Test(arguments: Comparison.allCases)
  func comparisons(op: Comparison) {
    expectEqual(Float.self, 2, "\(op)", toBytes: true) { BlockOperation(op, .float, level: $0) }
    expectEqual(Double.self, 2, "\(op)", toBytes: true) { BlockOperation(op, .double, level: $0) }
  }

  /// A choice by comparison is the comparison and then the choice.
  @Test(arguments: Comparison.allCases, levels)
  func choices(op: Comparison, level: KernelLevel) {
    let operands: [[Float]] = ["a", "b", "c", "d"].map { numbers($0, 100) }
    for n in Self.lengths {
      for flags in 0..<Int32(16) {
        let choice = BlockOperation(choosing: op, .float, level: level)!
        let (compare, select) = (
          BlockOperation(op, .float, level: nil), BlockOperation(selecting: .float, level: nil)
        )
        var (whole, parts) = ([Float](repeating: 7, count: n), [Float](repeating: 7, count: n))
        var mask = [UInt8](repeating: 0, count: n)
        operands[0].withUnsafeBytes { a in
          operands[1].withUnsafeBytes { b in
            operands[2].withUnsafeBytes { c in
              operands[3].withUnsafeBytes { d in
                choice.function(
                  n, choice.scalars(flags), a.baseAddress, b.baseAddress, c.baseAddress,
                  d.baseAddress, &whole)
                compare.function(
                  n, compare.scalars(flags & 3), a.baseAddress, b.baseAddress, nil, nil, &mask)
                select.function(
                  n, select.scalars(flags >> 1 & 6), mask, c.baseAddress, d.baseAddress, nil,
                  &parts)
              }
            }
          }
        }
        #expect(whole.map { "\($0)" } == parts.map { "\($0)" }, "\(op) \(n) \(flags)")
      }
    }
  }

  @Test(arguments: levels)
  func choicesAndNumbersOfBytes(level: KernelLevel) {
    let (mask, a, b) = (bytes(100), numbers("a", 100) as [Double], numbers("b", 100) as [Double])
    for n in Self.lengths {
      for flags in 0..<Int32(8) {
        func run(_ level: KernelLevel?) -> [String] {
          let select = BlockOperation(selecting: .double, level: level)
          var result = [Double](repeating: 7, count: n)
          select.function(n, select.scalars(flags), mask, a, b, nil, &result)
          return result.map { "\($0)" }
        }
        #expect(run(level) == run(nil), "\(n) \(flags)")
      }
      func cast(_ level: KernelLevel?) -> [Float] {
        let operation = BlockOperation(casting: .bool, to: .float, level: level)
        var result = [Float](repeating: 7, count: n)
        operation.function(n, operation.scalars(0), mask, nil, nil, nil, &result)
        return result
      }
      #expect(cast(level) == cast(nil))
    }
  }

  /// A result may be the very buffer of an operand.
  @Test(arguments: levels)
  func inPlace(level: KernelLevel) {
    let a: [Float] = numbers("a", 37)
    let add = BlockOperation(.add, .float, level: level)
    var (apart, own) = (a, a)
    add.function(37, add.scalars(0), a, a, nil, nil, &apart)
    own.withUnsafeMutableBytes {
      add.function(
        37, add.scalars(0), $0.baseAddress, $0.baseAddress, nil, nil, $0.baseAddress)
    }
    #expect(apart.map { "\($0)" } == own.map { "\($0)" })
  }
}
