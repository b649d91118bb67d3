/// One stream of random words: xoshiro256++ (Blackman and Vigna 2021), period 2^256 - 1.
///
/// The state is filled by splitmix64 from a `Seed`; streams of different seeds are independent for
/// every practical purpose (the chance that two of 10^6 streams overlap within 10^15 draws is below
/// 10^-49). The sequence is part of the file format: `RandomStream.name` changes when it does.
public struct RandomStream: RandomNumberGenerator, Sendable, Hashable {
  /// Name and version of the generator, as stored in every output file.
  public static let name = "xoshiro256++/1"

  @usableFromInline var s0: UInt64
  @usableFromInline var s1: UInt64
  @usableFromInline var s2: UInt64
  @usableFromInline var s3: UInt64

  public init(seed: Seed) {
    var counter = seed.value
    func next() -> UInt64 {
      counter &+= 0x9E37_79B9_7F4A_7C15
      return Seed.mix(counter)
    }
    s0 = next()
    s1 = next()
    s2 = next()
    s3 = next()
    if s0 | s1 | s2 | s3 == 0 { s0 = 1 }
  }

  /// The four words of state, for checkpoints.
  public var state: [UInt64] { [s0, s1, s2, s3] }

  /// A stream that continues from a stored state; the all-zero state is no state of this generator.
  public init(state: [UInt64]) {
    precondition(state.count == 4, "a state has 4 words, not \(state.count)")
    precondition(state != [0, 0, 0, 0], "the all-zero state is a fixed point of the generator")
    (s0, s1, s2, s3) = (state[0], state[1], state[2], state[3])
  }

  @inlinable
  public mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = (sum << 23 | sum >> 41) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 << 45 | s3 >> 19
    return result
  }
}
