/// A set of at most 256 sites, as bits of four words.
public struct SiteSet: Sendable, Hashable, Comparable {
  private var words: SIMD4<UInt64> = .zero

  public static let maximumSiteCount = 256

  public init() {}

  /// Sites 0 to 63, from the bits of a word.
  public init(word: UInt64) { words[0] = word }

  public func contains(_ site: Int) -> Bool {
    words[site >> 6] >> UInt64(site & 63) & 1 == 1
  }

  public mutating func insert(_ site: Int) { words[site >> 6] |= 1 << UInt64(site & 63) }

  public var isEmpty: Bool { words == .zero }
  public var count: Int {
    words[0].nonzeroBitCount + words[1].nonzeroBitCount + words[2].nonzeroBitCount
      + words[3].nonzeroBitCount
  }

  /// The lowest site; nil of none.
  public var first: Int? {
    (0..<4).first { words[$0] != 0 }.map { 64 * $0 + words[$0].trailingZeroBitCount }
  }

  /// The highest site; nil of none.
  public var last: Int? {
    (0..<4).last { words[$0] != 0 }.map { 64 * $0 + 63 - words[$0].leadingZeroBitCount }
  }

  public func intersection(_ other: SiteSet) -> SiteSet {
    var result = SiteSet()
    result.words = words & other.words
    return result
  }

  public func union(_ other: SiteSet) -> SiteSet {
    var result = SiteSet()
    result.words = words | other.words
    return result
  }

  /// Those that are not in the other set.
  public func subtracting(_ other: SiteSet) -> SiteSet {
    var result = SiteSet()
    result.words = words & ~other.words
    return result
  }

  /// As bits of one word.
  ///
  /// - Precondition: no site above 63.
  public var word: UInt64 {
    precondition(words[1] == 0 && words[2] == 0 && words[3] == 0, "sites above 63 in one word")
    return words[0]
  }

  /// Ascending.
  public var sites: [Int] {
    var result: [Int] = []
    for k in 0..<4 {
      var word = words[k]
      while word != 0 {
        result.append(64 * k + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
    return result
  }

  /// By the highest site in which they differ.
  public static func < (a: SiteSet, b: SiteSet) -> Bool {
    for k in (0..<4).reversed() where a.words[k] != b.words[k] { return a.words[k] < b.words[k] }
    return false
  }
}
