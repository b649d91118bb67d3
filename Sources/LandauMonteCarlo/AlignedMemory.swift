extension UnsafeMutablePointer where Pointee: BitwiseCopyable {
  /// Memory that begins on a 64-byte boundary: vectors of 512 bits that lie across two cache lines take twice as long.
  static func onCacheLine(_ count: Int, repeating value: Pointee) -> Self {
    UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<Pointee>.stride * max(1, count), alignment: 64
    )
    .initializeMemory(as: Pointee.self, repeating: value, count: max(1, count))
  }
}
