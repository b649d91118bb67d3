/// A buffer of scalars, written once by whoever makes it and read by everybody afterwards.
///
/// Unchecked: the pointer is only written before the storage is published by a node or a plan.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    // 64 bytes: a cache line, and the widest vector register.
    pointer = .allocate(byteCount: max(64, byteCount), alignment: 64)
  }

  convenience init<S: TensorScalar>(_ scalars: [S]) {
    self.init(byteCount: scalars.count * MemoryLayout<S>.stride)
    scalars.withUnsafeBytes { source in
      if let base = source.baseAddress { pointer.copyMemory(from: base, byteCount: source.count) }
    }
  }

  deinit { pointer.deallocate() }
}

/// A storage with its type, equal only to itself.
struct Constant: Sendable, Hashable {
  let storage: Storage
  let type: TensorType

  static func == (left: Constant, right: Constant) -> Bool {
    left.storage === right.storage && left.type == right.type
  }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(storage)) }
}
