/// Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
enum Threefry {
  /// The block cipher on two words of 32 bits.
  @inline(__always)
  static func encrypt(
    key: (UInt32, UInt32), _ counter: (UInt32, UInt32)
  ) -> (UInt32, UInt32) {
    // The parity constant of Skein, cut to 32 bits.
    let third = key.0 ^ key.1 ^ 0x1BD1_1BDA
    var (x, y) = (counter.0 &+ key.0, counter.1 &+ key.1)
    @inline(__always) func mix(_ rotation: UInt32) {
      x = x &+ y
      y = (y << rotation | y >> (32 &- rotation)) ^ x
    }
    @inline(__always) func even(_ a: UInt32, _ b: UInt32) {
      mix(13)
      mix(15)
      mix(26)
      mix(6)
      x = x &+ a
      y = y &+ b
    }
    @inline(__always) func odd(_ a: UInt32, _ b: UInt32) {
      mix(17)
      mix(29)
      mix(16)
      mix(24)
      x = x &+ a
      y = y &+ b
    }
    even(key.1, third &+ 1)
    odd(third, key.0 &+ 2)
    even(key.0, key.1 &+ 3)
    odd(key.1, third &+ 4)
    even(third, key.0 &+ 5)
    return (x, y)
  }
}

/// The evaluate rule of `RandomBits`.
struct RandomKernel: Sendable {
  let keyCount: Int
  /// Elements for each key.
  let count: Int
  let scalar: ScalarType

  func run(
    _ keys: UnsafePointer<Int32>, _ counters: UnsafePointer<Int32>, _ r: UnsafeMutableRawPointer
  ) {
    for index in 0..<keyCount {
      let (k, c) = (keys + 2 * index, counters + 2 * index)
      let key = (UInt32(bitPattern: k[0]), UInt32(bitPattern: k[1]))
      let counter = (UInt32(bitPattern: c[0]), UInt32(bitPattern: c[1]))
      switch scalar {
      case .int32:
        let result = r.assumingMemoryBound(to: UInt32.self) + index * count
        fillPairs(key, counter, result) { $0 }
      case .float:
        let result = r.assumingMemoryBound(to: Float.self) + index * count
        fillPairs(key, counter, result) { Float($0 >> 8) * 0x1p-24 }
      case .double:
        let result = r.assumingMemoryBound(to: Double.self) + index * count
        for block in 0..<count {
          let (x, y) = Self.block(key, counter, block)
          result[block] = Double((UInt64(x) << 32 | UInt64(y)) >> 11) * 0x1p-53
        }
      case .bool, .complexFloat, .complexDouble: preconditionFailure("random bits as \(scalar)")
      }
    }
  }

  @inline(__always)
  private static func block(
    _ key: (UInt32, UInt32), _ counter: (UInt32, UInt32), _ block: Int
  ) -> (UInt32, UInt32) {
    Threefry.encrypt(key: key, (counter.0 &+ UInt32(truncatingIfNeeded: block), counter.1))
  }

  @inline(__always)
  private func fillPairs<R>(
    _ key: (UInt32, UInt32), _ counter: (UInt32, UInt32), _ result: UnsafeMutablePointer<R>,
    _ map: (UInt32) -> R
  ) {
    for b in 0..<(count / 2) {
      let (x, y) = Self.block(key, counter, b)
      result[2 &* b] = map(x)
      result[2 &* b &+ 1] = map(y)
    }
    if count % 2 == 1 { result[count - 1] = map(Self.block(key, counter, count / 2).0) }
  }
}
