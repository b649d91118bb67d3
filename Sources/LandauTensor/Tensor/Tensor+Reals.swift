// Complex numbers as pairs of real ones, for code that treats all real numbers of a tensor alike.
extension Tensor {
  /// The type of the real numbers that a tensor is made of; nil for whole numbers and truth values.
  package var realType: ScalarType? {
    switch scalarType {
    case .float, .complexFloat: .float
    case .double, .complexDouble: .double
    case .int32, .bool: nil
    }
  }

  /// How many real numbers the tensor is made of.
  package var realCount: Int { realType == nil ? 0 : scalarType.isComplex ? 2 * count : count }

  /// Lends the real numbers in row-major order: of complex ones the real part, then the imaginary one.
  package func withReals<T: BinaryFloatingPoint & TensorScalar, Result>(
    _ body: (UnsafeBufferPointer<T>) throws -> Result
  ) rethrows -> Result {
    require(
      realType == T.scalarType, "a tensor of \(scalarType) was asked for its \(T.scalarType)s")
    let storage = Evaluation.storage(of: node)
    let pointer = storage.pointer.assumingMemoryBound(to: T.self)
    return try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: pointer, count: realCount))
    }
  }

  /// A tensor of another one's type whose real numbers `body` writes, all of them.
  package init<T: BinaryFloatingPoint & TensorScalar>(
    like other: Tensor, _ real: T.Type = T.self,
    initialize body: (UnsafeMutableBufferPointer<T>) throws -> Void
  ) rethrows {
    require(
      other.realType == T.scalarType, "\(other.scalarType) was to be made of \(T.scalarType)s")
    let storage = Storage(byteCount: other.type.byteCount)
    let count = other.realCount
    let pointer = storage.pointer.bindMemory(to: T.self, capacity: Swift.max(1, count))
    try body(UnsafeMutableBufferPointer(start: pointer, count: count))
    node = Node(Constant(storage: storage, type: other.type))
  }

  /// Lends the real numbers for changes: in place where nobody else holds them, else in a copy.
  package mutating func withMutableReals<T: BinaryFloatingPoint & TensorScalar, Result>(
    _ body: (UnsafeMutableBufferPointer<T>) throws -> Result
  ) rethrows -> Result {
    require(
      realType == T.scalarType, "a tensor of \(scalarType) was asked for its \(T.scalarType)s")
    eval()
    if !isKnownUniquelyReferenced(&node) || !node.ownsStorage {
      let old = self
      self = Tensor(like: old, T.self) { new in
        old.withReals { (numbers: UnsafeBufferPointer<T>) in _ = new.update(fromContentsOf: numbers)
        }
      }
    }
    let storage = node.storage!
    let pointer = storage.pointer.assumingMemoryBound(to: T.self)
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: pointer, count: realCount))
    }
  }
}
