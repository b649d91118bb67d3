import LandauCore

extension Tensor {
  /// A tensor of the given shape from its scalars in row-major order.
  public init<S: TensorScalar>(_ scalars: [S], shape: [Int]) {
    let type = TensorType(shape, S.scalarType)
    require(
      shape.allSatisfy { $0 >= 0 } && scalars.count == type.count,
      "\(scalars.count) scalars do not fill the shape \(shape)")
    node = Node(Constant(storage: Storage(scalars), type: type))
  }

  /// A tensor of rank one.
  public init<S: TensorScalar>(_ scalars: [S]) { self.init(scalars, shape: [scalars.count]) }

  /// A scalar: a tensor of rank zero.
  public init<S: TensorScalar>(_ scalar: S) { self.init([scalar], shape: []) }

  /// A tensor whose scalars `body` writes, all of them, into uninitialised memory.
  public init<S: TensorScalar>(
    shape: [Int], _ scalar: S.Type = S.self,
    initialize body: (UnsafeMutableBufferPointer<S>) throws -> Void
  ) rethrows {
    let type = TensorType(shape, S.scalarType)
    let storage = Storage(byteCount: type.byteCount)
    let pointer = storage.pointer.bindMemory(to: S.self, capacity: Swift.max(1, type.count))
    try body(UnsafeMutableBufferPointer(start: pointer, count: type.count))
    node = Node(Constant(storage: storage, type: type))
  }

  /// The same number everywhere; takes no memory until it is looked at.
  public static func full(_ shape: [Int], _ value: Double, type: ScalarType = .float) -> Tensor {
    require(shape.allSatisfy { $0 >= 0 }, "the shape \(shape) has a negative extent")
    return apply(.full(Fill(value, TensorType(shape, type))), [])
  }

  public static func zeros(_ shape: [Int], type: ScalarType = .float) -> Tensor {
    full(shape, 0, type: type)
  }

  public static func ones(_ shape: [Int], type: ScalarType = .float) -> Tensor {
    full(shape, 1, type: type)
  }

  /// Standard normal numbers, drawn as Double and rounded to `type`.
  public static func normal(
    _ shape: [Int], type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) -> Tensor {
    let count = shape.reduce(1, *)
    return fromDoubles((0..<count).map { _ in rng.normal() }, shape, type)
  }

  /// Numbers uniform on `[low, high)`, drawn as Double and rounded to `type`.
  public static func uniform(
    _ shape: [Int], low: Double = 0, high: Double = 1, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) -> Tensor {
    let count = shape.reduce(1, *)
    return fromDoubles((0..<count).map { _ in low + (high - low) * rng.uniform() }, shape, type)
  }

  private static func fromDoubles(_ values: [Double], _ shape: [Int], _ type: ScalarType) -> Tensor
  {
    switch type {
    case .float: Tensor(values.map { Float($0) }, shape: shape)
    case .double: Tensor(values, shape: shape)
    case .int32, .bool, .complexFloat, .complexDouble:
      misuse("random numbers of type \(type)")
    }
  }
}
