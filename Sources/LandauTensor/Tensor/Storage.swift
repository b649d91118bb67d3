/// A buffer of scalars, written once by whoever makes it and read by everybody afterwards.
///
/// Unchecked: the pointer is only written before the storage is published by a node or a plan.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// The buffers of a bundle, which has none of its own.
  let parts: [Storage]

  init(byteCount: Int) {
    self.byteCount = byteCount
    parts = []
    // 64 bytes: a cache line, and the widest vector register.
    pointer = .allocate(byteCount: max(64, byteCount), alignment: 64)
  }

  /// Uninitialised buffers for a value of the given type.
  convenience init(_ type: TensorType) {
    if type.isBundle {
      self.init(parts: type.parts.map { Storage($0) })
    } else {
      self.init(byteCount: type.byteCount)
    }
  }

  private init(parts: [Storage]) {
    self.parts = parts
    byteCount = 0
    pointer = .allocate(byteCount: 1, alignment: 1)
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
