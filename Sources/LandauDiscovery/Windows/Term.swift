/// A function of the variables inside a window: the letters that formulas are written in.
///
/// Two functions that are translates of one another have the same average over a torus and are the same
/// term; `factors` are shifted so that the smallest layer, row and column are zero.
public struct Term: Sendable, Hashable {
  /// What the factors are factors of.
  public enum Kind: Sendable, Hashable {
    /// A product of orthogonal polynomials, factor by factor; the polynomial of degree one of a spin is the
    /// spin itself.
    case product
    /// One where all variables of each group are equal, else zero.
    case equality
    /// One where the variable has the value `index`.
    case level
    /// The cosine of `index` times the angle between two variables.
    case angle
    /// Cosine (`index` 1) or sine (2) of one angle.
    case component
  }

  public struct Factor: Sendable, Hashable, Comparable {
    public var layer: Int
    public var row: Int
    public var column: Int
    public var channel: Int
    /// Degree of the polynomial, number of the group, value or multiple: see `Kind`.
    public var index: Int

    public init(layer: Int = 0, row: Int, column: Int, channel: Int, index: Int = 1) {
      self.layer = layer
      self.row = row
      self.column = column
      self.channel = channel
      self.index = index
    }

    init(_ offset: Window.Offset, channel: Int, index: Int = 1) {
      self.init(
        layer: offset.layer, row: offset.row, column: offset.column, channel: channel, index: index)
    }

    public static func < (a: Factor, b: Factor) -> Bool {
      (a.layer, a.row, a.column, a.channel, a.index)
        < (b.layer, b.row, b.column, b.channel, b.index)
    }
  }

  public let kind: Kind
  /// Sorted, without repetition; empty for the constant.
  public let factors: [Factor]

  public init(_ factors: [Factor], kind: Kind = .product) {
    self.kind = kind
    let layer = factors.map(\.layer).min() ?? 0
    let row = factors.map(\.row).min() ?? 0
    let column = factors.map(\.column).min() ?? 0
    var shifted = factors.map {
      Factor(
        layer: $0.layer - layer, row: $0.row - row, column: $0.column - column,
        channel: $0.channel, index: $0.index)
    }.sorted()
    if kind == .equality {
      // Groups are numbered in the order in which they first occur.
      let groups = SetPartition.byEquality(shifted.map(\.index))
      for (place, group) in zip(shifted.indices, groups) { shifted[place].index = group + 1 }
    }
    self.factors = shifted
  }

  /// The product of the spins whose bits are set in `mask`, bit `site * channelCount + channel`.
  public init(mask: Int, window: Window, channelCount: Int) {
    var factors: [Factor] = []
    for (site, offset) in window.offsets.enumerated() {
      for channel in 0..<channelCount where mask >> (site * channelCount + channel) & 1 == 1 {
        factors.append(Factor(offset, channel: channel))
      }
    }
    self.init(factors)
  }

  public var degree: Int { factors.count }

  /// Odd under the flip of every spin of every channel.
  public var isOdd: Bool {
    switch kind {
    case .product: factors.reduce(0) { $0 + $1.index } % 2 == 1
    case .component: true
    case .equality, .level, .angle: false
    }
  }

  /// The elementary plaquette of links: down and right from a site, and the two that close the square.
  public static let plaquette = Term([
    Factor(row: 0, column: 0, channel: 0), Factor(row: 0, column: 0, channel: 1),
    Factor(row: 0, column: 1, channel: 0), Factor(row: 1, column: 0, channel: 1),
  ])
}
