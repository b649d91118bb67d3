/// Random words from a key and a counter, by Threefry 2x32 with 20 rounds.
///
/// Operands are keys and counters, int32 `[…, 2]` of equal shape; the result is `[…] + shape`. Element j of a key's
/// part comes from block b = j / 2 (from block j for double) of the counter (c0 + b, c1): block words 2b
/// and 2b + 1 follow each other. Whoever computes it, in whatever order, gets the same numbers.
struct RandomBits: Sendable, Hashable {
  let shape: [Int]
  /// `int32`: the words. `float`: their upper 24 bits, a multiple of 2^-24 on [0, 1). `double`: the upper 53
  /// bits of two words, the first above the second, a multiple of 2^-53 on [0, 1).
  let scalar: ScalarType

  func resultType(_ key: TensorType, _ counter: TensorType) throws(ShapeError) -> TensorType {
    guard key == counter, key.scalar == .int32, key.shape.last == 2, shape.allSatisfy({ $0 >= 0 }),
      scalar == .int32 || scalar == .float || scalar == .double
    else {
      throw ShapeError("random \(scalar)\(shape) from the keys \(key) and counters \(counter)")
    }
    return TensorType(key.shape.dropLast() + shape, scalar)
  }
}
