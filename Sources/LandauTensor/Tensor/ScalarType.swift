public import LandauCore

/// The types of number a tensor can hold.
public enum ScalarType: UInt8, Sendable, Hashable, CustomStringConvertible {
  case float
  case double
  case int32
  case bool
  /// Two Floats.
  case complexFloat
  /// Two Doubles.
  case complexDouble

  /// Whether derivatives exist with respect to values of this type, real or complex.
  public var isFloating: Bool {
    switch self {
    case .float, .double, .complexFloat, .complexDouble: true
    case .int32, .bool: false
    }
  }

  public var isComplex: Bool { part != nil }

  /// The type of the real and imaginary parts; nil where there are none.
  public var part: ScalarType? {
    switch self {
    case .complexFloat: .float
    case .complexDouble: .double
    case .float, .double, .int32, .bool: nil
    }
  }

  /// The complex type whose parts have this type; nil where there is none.
  public var complex: ScalarType? {
    switch self {
    case .float: .complexFloat
    case .double: .complexDouble
    case .int32, .bool, .complexFloat, .complexDouble: nil
    }
  }

  /// Bytes one scalar takes.
  public var byteCount: Int {
    switch self {
    case .complexDouble: 16
    case .double, .complexFloat: 8
    case .float, .int32: 4
    case .bool: 1
    }
  }

  public var description: String {
    switch self {
    case .float: "float"
    case .double: "double"
    case .int32: "int32"
    case .bool: "bool"
    case .complexFloat: "complexFloat"
    case .complexDouble: "complexDouble"
    }
  }
}

/// A Swift type that a tensor can hold: Float, Double, Int32, Bool, Complex of Float and of Double, no others.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  /// The tag that tensors of this type carry.
  static var scalarType: ScalarType { get }
}

extension Float: TensorScalar { public static var scalarType: ScalarType { .float } }
extension Double: TensorScalar { public static var scalarType: ScalarType { .double } }
extension Int32: TensorScalar { public static var scalarType: ScalarType { .int32 } }
extension Bool: TensorScalar { public static var scalarType: ScalarType { .bool } }
extension Complex: TensorScalar where Real: TensorScalar {
  public static var scalarType: ScalarType {
    guard let type = Real.scalarType.complex else { misuse("complex numbers of \(Real.self)") }
    return type
  }
}

/// Shape and scalar type: all that is known of a tensor before it is evaluated.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  /// Extents, slowest axis first; empty for a scalar.
  public let shape: [Int]
  public let scalar: ScalarType
  /// The types of the results of an operation outside the closed set; empty for every tensor.
  let parts: [TensorType]

  public init(_ shape: [Int], _ scalar: ScalarType) {
    self.shape = shape
    self.scalar = scalar
    parts = []
  }

  /// The type of a bundle of results, which only `.result` takes apart.
  init(parts: [TensorType]) {
    shape = []
    scalar = .bool
    self.parts = parts
  }

  public var rank: Int { shape.count }
  /// The number of scalars.
  public var count: Int { shape.reduce(1, *) }
  var byteCount: Int { count * scalar.byteCount }
  var isBundle: Bool { !parts.isEmpty }
  /// Whether derivatives exist with respect to a value, or a part of a value, of this type.
  var hasDerivative: Bool {
    isBundle ? parts.contains { $0.hasDerivative } : scalar.isFloating
  }

  /// For example `float[2, 3]`; for a bundle `(float[2, 3], int32[])`.
  public var description: String {
    isBundle
      ? "(" + parts.map(\.description).joined(separator: ", ") + ")" : "\(scalar)\(shape)"
  }

  func with(shape: [Int]) -> TensorType { TensorType(shape, scalar) }
  func with(scalar: ScalarType) -> TensorType { TensorType(shape, scalar) }
}
