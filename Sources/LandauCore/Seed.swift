/// The root of all randomness of a run; children come from hashing a path, never from arithmetic.
///
/// Two different paths give independent streams whatever the numbers in them, so adding a chain, a
/// temperature or a thread never changes the numbers another part of the run sees.
///
///     let seed = Seed(1)
///     var rng = seed.child("metropolis", 3).makeStream()
public struct Seed: Sendable, Hashable {
  /// The 64-bit state that is printed and stored.
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// The seed of the named part of a run, told apart from its siblings by `indices`.
  ///
  /// The name and each index are absorbed with their lengths, so `("a", 1, 2)` and `("a1", 2)` differ.
  public func child(_ name: String, _ indices: Int...) -> Seed {
    child(name, indices: indices)
  }

  /// The seed of the named part of a run, with the path's indices given as an array.
  public func child(_ name: String, indices: [Int]) -> Seed {
    var state = Self.mix(value ^ 0x6C61_6E64_6175_0001)  // "landau", version 1
    state = Self.mix(state ^ UInt64(name.utf8.count))
    var word: UInt64 = 0
    var filled = 0
    for byte in name.utf8 {
      word |= UInt64(byte) << UInt64(8 * filled)
      filled += 1
      if filled == 8 {
        state = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15 ^ word)
        word = 0
        filled = 0
      }
    }
    state = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15 ^ word)
    state = Self.mix(state ^ (0xA5A5_0000_0000_0000 | UInt64(indices.count)))
    for index in indices {
      state = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(index)))
    }
    return Seed(state)
  }

  /// A fresh random stream at this point of the path.
  public func makeStream() -> RandomStream { RandomStream(seed: self) }

  /// The finaliser of splitmix64 (Steele, Lea and Flood 2014, constants of Stafford's variant 13): a
  /// bijection of 64 bits in which each input bit flips each output bit with probability one half.
  static func mix(_ input: UInt64) -> UInt64 {
    var z = input
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Seed: CustomStringConvertible {
  public var description: String { String(value) }
}
