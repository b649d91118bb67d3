#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The standard library does not promise that its mappings from words to numbers stay the same, so the
// ones that results depend on are ours.
extension RandomNumberGenerator {
  /// A number uniform on [0, 1), a multiple of 2^-53.
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// An index uniform on `0..<count`, without modulo bias.
  ///
  /// Lemire's multiply-and-reject (2019): at most `count / 2^64` of the words are rejected.
  @inlinable
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "index(below: \(count)) has nothing to choose from")
    let bound = UInt64(count)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// A standard normal number, mean 0 and variance 1.
  ///
  /// The cosine half of Box and Muller's transformation: two words a number, no hidden state. The
  /// radius uses a uniform on (0, 1], so the logarithm is finite; the largest value is about 8.57.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// Shuffles in place, every order equally likely (Fisher and Yates).
  public mutating func shuffle<C: MutableCollection & RandomAccessCollection>(_ items: inout C) {
    guard items.count > 1 else { return }
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      let other = index(below: last + 1)
      items.swapAt(
        items.index(items.startIndex, offsetBy: last),
        items.index(items.startIndex, offsetBy: other))
    }
  }
}
