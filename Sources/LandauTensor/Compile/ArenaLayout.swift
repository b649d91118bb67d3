/// Buffers in one block of memory; a released buffer is reused by the next value that fits it best.
struct ArenaLayout {
  private(set) var slots: [(location: Int, offset: Int)] = []
  private(set) var byteCount = 0
  private var free: [(offset: Int, byteCount: Int)] = []
  private var live: [Int: (offset: Int, byteCount: Int)] = [:]

  mutating func allocate(_ location: Int, _ bytes: Int) {
    let size = (max(1, bytes) + 63) / 64 * 64
    var best: Int?
    for (index, slot) in free.enumerated().reversed() where slot.byteCount >= size {
      if best.map({ free[$0].byteCount > slot.byteCount }) ?? true { best = index }
    }
    let slot = best.map { free.remove(at: $0) } ?? (offset: byteCount, byteCount: size)
    if best == nil { byteCount += size }
    slots.append((location, slot.offset))
    live[location] = slot
  }

  /// Only what was allocated here can be released; other locations are left alone.
  mutating func release(_ location: Int) {
    if let slot = live.removeValue(forKey: location) { free.append(slot) }
  }
}
