public import LandauCore

/// The key of random numbers inside traced functions: a tensor, so that what is drawn depends on it alone.
///
/// A key is used once: to draw, to split, or as the root of `folded` children; whoever needs more numbers
/// splits first. The same key gives the same numbers compiled or not, under `vmap` as in a loop, and on any
/// number of threads. The generator is Threefry 2x32 with 20 rounds, the key its key (Salmon et al.
/// 2011); draws, splits and folds encrypt counters that never coincide.
///
///     let step = compile { x in
///       let (noise, _) = RandomKey(words: x[0]).split()
///       return [x[1] + noise.normal(x[1].shape)]
///     }
///     step([RandomKey(seed).words, x])
public struct RandomKey: Sendable {
  /// int32 `[2]`: what a compiled or mapped function takes as its argument.
  public var words: Tensor

  /// The key in a tensor, int32 `[2]`.
  public init(words: Tensor) {
    require(
      words.type == TensorType([2], .int32),
      "a random key is int32[2], not \(words.type); vmap maps over several keys")
    self.words = words
  }

  /// The key of a place in the tree of seeds: the upper and the lower half of its value.
  public init(_ seed: Seed) {
    words = Tensor([
      Int32(truncatingIfNeeded: seed.value >> 32), Int32(truncatingIfNeeded: seed.value),
    ])
  }

  private static let drawStream: Int32 = 0
  private static let splitStream: Int32 = 1
  private static let foldStream: Int32 = 2

  private func bits(_ shape: [Int], _ scalar: ScalarType, counter: Tensor) -> Tensor {
    .apply(.randomBits(RandomBits(shape: shape, scalar: scalar)), [words, counter])
  }

  private func draw(_ shape: [Int], _ scalar: ScalarType) -> Tensor {
    bits(shape, scalar, counter: Tensor([0, Self.drawStream]))
  }

  /// Independent keys in one tensor, int32 `[count, 2]`, for `vmap`.
  public func splitWords(_ count: Int) -> Tensor {
    bits([count, 2], .int32, counter: Tensor([0, Self.splitStream]))
  }

  /// Independent keys.
  public func split(_ count: Int) -> [RandomKey] {
    let all = splitWords(count)
    return (0..<count).map {
      RandomKey(words: all.sliced(axis: 0, $0..<($0 + 1)).reshaped([2]))
    }
  }

  /// Two independent keys.
  public func split() -> (RandomKey, RandomKey) {
    let both = split(2)
    return (both[0], both[1])
  }

  /// The child number `index` (int32, one number): for steps of a loop, where the number is not known before.
  public func folded(_ index: Tensor) -> RandomKey {
    require(
      index.scalarType == .int32 && index.count == 1,
      "a key is folded with one int32, not \(index.type)")
    let counter = concatenated([index.reshaped([1]), Tensor([Self.foldStream])])
    return RandomKey(words: bits([2], .int32, counter: counter))
  }

  /// The child number `index`.
  public func folded(_ index: Int) -> RandomKey {
    folded(Tensor(Int32(truncatingIfNeeded: index)))
  }
}

extension RandomKey {
  /// Words of 32 bits, all equally likely.
  public func bits(_ shape: [Int]) -> Tensor { draw(shape, .int32) }

  /// Numbers uniform on `[low, high)`: u in [0, 1) with 24 bits (float) or 53 (double), then low + (high - low) u,
  /// which may round to `high`.
  public func uniform(
    _ shape: [Int], low: Double = 0, high: Double = 1, type: ScalarType = .float
  ) -> Tensor {
    require(
      type == .float || type == .double, "uniform numbers of type \(type); cast or use integers()")
    let u = draw(shape, type)
    return low == 0 && high == 1 ? u : u * (high - low) + low
  }

  /// Standard normal numbers: sqrt(-2 ln(1 - u)) cos(2 pi v), u and v uniform (Box and Muller 1958).
  ///
  /// The largest value is 5.77 for float (exceeded by one number in 10^8), 8.57 for double.
  public func normal(_ shape: [Int], type: ScalarType = .float) -> Tensor {
    require(type == .float || type == .double, "normal numbers of type \(type)")
    let both = draw([2] + shape, type)
    func half(_ index: Int) -> Tensor {
      both.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0)
    }
    return sqrt(-2 * log(1 - half(0))) * cos(half(1) * (2 * Double.pi))
  }

  /// True with the given probability (one number, or one for each; broadcasts to `shape`).
  public func bernoulli(_ shape: [Int], probability: Tensor) -> Tensor {
    draw(shape, .double) .< probability.asType(.double).broadcast(to: shape)
  }

  /// True with the given probability.
  public func bernoulli(_ shape: [Int], probability: Double) -> Tensor {
    draw(shape, .double) .< probability
  }

  /// Whole numbers from 0 to `count` - 1: count u rounded down, u with 53 bits; each has the probability
  /// 1 / count to 2^-52.
  public func integers(_ shape: [Int], below count: Int) -> Tensor {
    require(count >= 1 && count <= Int(Int32.max), "whole numbers below \(count)")
    return (draw(shape, .double) * Double(count)).asType(.int32)
  }

  /// Indices along `axis`, each with probability proportional to exp(logit): where logit - ln(-ln u) is largest
  /// (Gumbel 1954), in double.
  ///
  /// - Returns: int32, the shape of `logits` without `axis`.
  public func categorical(_ logits: Tensor, axis: Int = -1) -> Tensor {
    let u = draw(logits.shape, .double)
    return (logits.asType(.double) - log(-log(u))).argMax(axis: axis)
  }

  /// The numbers 0 to `count` - 1 in an order of which all are equally likely: the order of `count` uniform doubles.
  public func permutation(_ count: Int) -> Tensor { draw([count], .double).argSorted() }
}
