public import LandauCore

/// What each axis of a snapshot array means, in order.
public struct SnapshotLayout: Sendable, Hashable, CustomStringConvertible {
  public enum Axis: Sendable, Hashable {
    case parameter, chain, shot, sample, channel
    /// A direction of the lattice: `x`, `y`, `site`, …
    case site(String)

    var name: String {
      switch self {
      case .parameter: "parameter"
      case .chain: "chain"
      case .shot: "shot"
      case .sample: "sample"
      case .channel: "channel"
      case .site(let name): name
      }
    }
  }

  public static let siteNames = ["site", "x", "y", "z", "t", "row", "column"]
  /// More lattice directions than physics uses here are taken for a mistake.
  public static let mostSiteAxes = 4

  public let axes: [Axis]

  /// Reads `parameter,shot,x,y`.
  ///
  /// - Throws: `InputError` naming the word or the combination that is not allowed.
  public init(_ text: String) throws(InputError) {
    var axes: [Axis] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = String(word.drop { $0 == " " }).lowercased()
      switch word {
      case "parameter": axes.append(.parameter)
      case "chain": axes.append(.chain)
      case "shot", "snapshot": axes.append(.shot)
      case "sample": axes.append(.sample)
      case "channel": axes.append(.channel)
      case let name where Self.siteNames.contains(name): axes.append(.site(name))
      default:
        throw InputError.notAllowed(
          "the layout's axis", "'\(word.printable)'",
          allowed:
            "parameter, chain, shot, sample, channel, \(Self.siteNames.joined(separator: ", "))")
      }
    }
    // Without a parameter axis a shot is a sample.
    if !axes.contains(.parameter) && !axes.contains(.sample), let shot = axes.firstIndex(of: .shot)
    {
      axes[shot] = .sample
    }
    try self.init(axes: axes)
  }

  init(axes: [Axis]) throws(InputError) {
    self.axes = axes
    let text = "layout '\(description)'"
    for axis in axes where axes.count(where: { $0 == axis }) > 1 && axis != .site("site") {
      throw InputError("\(text) names '\(axis.name)' twice")
    }
    guard axes.contains(.sample) != axes.contains(.parameter) else {
      throw InputError("\(text) needs either 'sample' or 'parameter' among its axes, and not both")
    }
    if axes.contains(.sample) && (axes.contains(.shot) || axes.contains(.chain)) {
      throw InputError("\(text) has 'sample', which leaves no room for 'shot' or 'chain'")
    }
    guard (1...Self.mostSiteAxes).contains(siteAxes.count) else {
      throw InputError(
        "\(text) has \(siteAxes.count) site axes; allowed: 1 to \(Self.mostSiteAxes), named "
          + Self.siteNames.joined(separator: ", "))
    }
  }

  /// Positions of the lattice directions among the axes.
  var siteAxes: [Int] { axes.indices.filter { if case .site = axes[$0] { true } else { false } } }

  func position(of axis: Axis) -> Int? { axes.firstIndex(of: axis) }

  /// `leading` axes followed by lattice directions with their usual names.
  static func standard(_ leading: [Axis], siteRank: Int) throws(InputError) -> SnapshotLayout {
    let names = siteRank == 1 ? ["site"] : ["x", "y", "z", "t"]
    let sites = (0..<siteRank).map { Axis.site($0 < names.count ? names[$0] : "site") }
    return try SnapshotLayout(axes: leading + sites)
  }

  public var description: String { axes.map(\.name).joined(separator: ",") }
}
