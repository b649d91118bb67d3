/// A product of spins inside a window: the letters that formulas are written in.
///
/// Two products that are translates of one another have the same average over a torus and are the same
/// term; `factors` are shifted so that the smallest row and column are zero.
public struct Term: Sendable, Hashable {
  public struct Factor: Sendable, Hashable, Comparable {
    public var row: Int
    public var column: Int
    public var channel: Int
    public init(row: Int, column: Int, channel: Int) {
      self.row = row
      self.column = column
      self.channel = channel
    }
    public static func < (a: Factor, b: Factor) -> Bool {
      (a.row, a.column, a.channel) < (b.row, b.column, b.channel)
    }
  }

  /// Sorted, without repetition; empty for the constant.
  public let factors: [Factor]

  public init(_ factors: [Factor]) {
    let row = factors.map(\.row).min() ?? 0
    let column = factors.map(\.column).min() ?? 0
    self.factors = factors.map {
      Factor(row: $0.row - row, column: $0.column - column, channel: $0.channel)
    }.sorted()
  }

  /// The product of the spins whose bits are set in `mask`, bit `site * channelCount + channel`.
  public init(mask: Int, window: Window, channelCount: Int) {
    var factors: [Factor] = []
    for (site, offset) in window.offsets.enumerated() {
      for channel in 0..<channelCount where mask >> (site * channelCount + channel) & 1 == 1 {
        factors.append(Factor(row: offset.row, column: offset.column, channel: channel))
      }
    }
    self.init(factors)
  }

  public var degree: Int { factors.count }

  /// Odd under the flip of every spin of every channel.
  public var isOdd: Bool { degree % 2 == 1 }

  /// What the field calls the average of this product, where it has a name.
  ///
  /// `linkChannels` tells that the channels are the two link directions of a square lattice, channel 0
  /// stepping to the next row and channel 1 to the next column.
  public func familiarName(siteDimension: Int, linkChannels: Bool) -> String? {
    if degree == 0 { return "constant" }
    if linkChannels {
      return self == .plaquette ? "plaquette" : nil
    }
    let channels = Set(factors.map(\.channel))
    guard channels.count == 1 else { return nil }
    switch degree {
    case 1: return "magnetisation"
    case 2:
      let distance = (factors[1].row, abs(factors[1].column - factors[0].column))
      if distance == (0, 1) || distance == (1, 0) { return "nearest-neighbour correlator" }
      if siteDimension == 1 && distance == (0, 2) { return "next-nearest-neighbour correlator" }
      if distance == (1, 1) { return "diagonal correlator" }
      return
        "two-point correlator at distance \(distance.0 == 0 ? "\(distance.1)" : "(\(distance.0), \(distance.1))")"
    case 4
    where self
      == Term(
        Window(rows: 2, columns: 2).offsets.map {
          Factor(row: $0.row, column: $0.column, channel: factors[0].channel)
        }):
      return "four-spin plaquette"
    default: return nil
    }
  }

  /// The elementary plaquette of links: down and right from a site, and the two that close the square.
  public static let plaquette = Term([
    Factor(row: 0, column: 0, channel: 0), Factor(row: 0, column: 0, channel: 1),
    Factor(row: 0, column: 1, channel: 0), Factor(row: 1, column: 0, channel: 1),
  ])

  /// `<s(0) s(1)>`, `<s(0,0) s(0,1)>`, or with channels `<z(0) z(1)>`.
  public func formula(siteDimension: Int, channels: [String]) -> String {
    if degree == 0 { return "1" }
    return "<"
      + factors.map { symbol($0, siteDimension: siteDimension, channels: channels) }
      .joined(separator: " ") + ">"
  }

  public func latex(siteDimension: Int, channels: [String]) -> String {
    if degree == 0 { return "1" }
    let products = factors.map { factor -> String in
      let place = siteDimension == 1 ? "\(factor.column)" : "\(factor.row),\(factor.column)"
      let letter =
        channels.count == 1 && channels[0] == "spin" ? "s" : "\\sigma^{\(channels[factor.channel])}"
      return "\(letter)_{\(place)}"
    }
    return "\\langle " + products.joined(separator: " ") + " \\rangle"
  }

  private func symbol(_ factor: Factor, siteDimension: Int, channels: [String]) -> String {
    let letter = channels.count == 1 && channels[0] == "spin" ? "s" : channels[factor.channel]
    return siteDimension == 1
      ? "\(letter)(\(factor.column))" : "\(letter)(\(factor.row),\(factor.column))"
  }
}
