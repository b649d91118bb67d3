/// Numbers in a regular grid as they stand in a file: a shape, a type, and the elements in C order.
///
/// - Complexity: the elements are kept in their own width; `doubles` and `integers` convert all of them.
public struct NumericArray: Sendable, Hashable {
  public enum Element: String, Sendable, Hashable, CaseIterable {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64

    /// Bytes of one element.
    public var width: Int {
      switch self {
      case .bool, .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }

    public var isFloat: Bool { self == .float32 || self == .float64 }
  }

  public let shape: [Int]
  public let element: Element
  /// Little-endian, C order; `count * element.width` of them.
  let bytes: [UInt8]

  init(shape: [Int], element: Element, bytes: [UInt8]) {
    let count = shape.reduce(1, *)
    precondition(
      bytes.count == count * element.width,
      "\(bytes.count) bytes for shape \(shape) of \(element.rawValue)")
    self.shape = shape
    self.element = element
    self.bytes = bytes
  }

  public var count: Int { bytes.count / element.width }
  public var rank: Int { shape.count }

  /// The position of a flat index, e.g. `[3, 0, 17]`.
  public func position(of index: Int) -> [Int] {
    var rest = index
    var position = [Int](repeating: 0, count: shape.count)
    for axis in shape.indices.reversed() {
      position[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return position
  }

  /// All elements as doubles; 64-bit integers beyond 2^53 are rounded, booleans become 0 and 1.
  public var doubles: [Double] { numbers(Double.self) }

  /// All elements rounded to Float: half the memory of `doubles`.
  public var floats: [Float] { numbers(Float.self) }

  private func numbers<R: BinaryFloatingPoint>(_ type: R.Type) -> [R] {
    switch element {
    case .bool, .uint8: map(UInt8.self) { R($0) }
    case .int8: map(Int8.self) { R($0) }
    case .int16: map(Int16.self) { R($0) }
    case .int32: map(Int32.self) { R($0) }
    case .int64: map(Int64.self) { R($0) }
    case .uint16: map(UInt16.self) { R($0) }
    case .uint32: map(UInt32.self) { R($0) }
    case .uint64: map(UInt64.self) { R($0) }
    case .float32: map(UInt32.self) { R(Float(bitPattern: $0)) }
    case .float64: map(UInt64.self) { R(Double(bitPattern: $0)) }
    }
  }

  /// All elements as integers; nil for floating-point types and for values beyond `Int`.
  public var integers: [Int]? {
    switch element {
    case .bool, .uint8: return map(UInt8.self) { Int($0) }
    case .int8: return map(Int8.self) { Int($0) }
    case .int16: return map(Int16.self) { Int($0) }
    case .int32: return map(Int32.self) { Int($0) }
    case .int64: return map(Int64.self) { Int($0) }
    case .uint16: return map(UInt16.self) { Int($0) }
    case .uint32: return map(UInt32.self) { Int($0) }
    case .uint64:
      let values = map(UInt64.self) { Int(exactly: $0) }
      return values.contains(nil) ? nil : values.compactMap { $0 }
    case .float32, .float64: return nil
    }
  }

  private func map<T: FixedWidthInteger, R>(_ type: T.Type, _ body: (T) -> R) -> [R] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map {
        body(
          T(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)))
      }
    }
  }
}

extension NumericArray {
  /// An array of integers or booleans of a given width; the product of `shape` is the number of values.
  public init(_ values: [Int8], shape: [Int]) {
    self.init(shape: shape, element: .int8, bytes: values.map { UInt8(bitPattern: $0) })
  }

  public init(_ values: [Int32], shape: [Int]) {
    self.init(shape: shape, element: .int32, bytes: Self.encode(values))
  }

  public init(_ values: [Int], shape: [Int]) {
    self.init(shape: shape, element: .int64, bytes: Self.encode(values.map { Int64($0) }))
  }

  public init(_ values: [UInt64], shape: [Int]) {
    self.init(shape: shape, element: .uint64, bytes: Self.encode(values))
  }

  public init(_ values: [Bool], shape: [Int]) {
    self.init(shape: shape, element: .bool, bytes: values.map { $0 ? 1 : 0 })
  }

  public init(_ values: [Float], shape: [Int]) {
    self.init(shape: shape, element: .float32, bytes: Self.encode(values.map(\.bitPattern)))
  }

  public init(_ values: [Double], shape: [Int]) {
    self.init(shape: shape, element: .float64, bytes: Self.encode(values.map(\.bitPattern)))
  }

  /// A vector of doubles.
  public init(_ values: [Double]) { self.init(values, shape: [values.count]) }

  private static func encode(_ values: [some FixedWidthInteger]) -> [UInt8] {
    values.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }
}
