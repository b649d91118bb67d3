public import LandauCore

/// A graph with a number for each bond, as instance collections for spin glasses and max-cut distribute them.
///
/// Three layouts are read; which one it is shows in the first line that is not a comment.
///
/// - **counted** (`n m`, then m lines `i j w`): Gset, Biq Mac's rudy files `.mc`, DIMACS torus sets, `.sg`.
/// - **DIMACS** (`p edge n m`, lines `e i j` or `e i j w`, comments `c`).
/// - **spin glass server** (`type: pm3`, `size: 8`, `name: ...`, then lines `i j w` without a count).
///
/// A fourth, plain lines `i j` or `i j w` without any header, looks like the first and has to be asked for.
/// Sites are numbered from 1 in all of these. Lines that begin with `#` or `%` are comments everywhere. Without w a
/// weight is 1. A pair that occurs twice is two bonds; a site joined with itself is refused.
public struct InstanceFile: Sendable, Hashable {
  /// What the numbers mean.
  public enum Meaning: String, Sendable, Hashable, CaseIterable {
    /// J of H = -sum J_ij s_i s_j: positive ones align.
    case coupling
    /// Weights w of a maximum cut: J = -w, and cut = (sum of w - H)/2, so the ground state is the largest cut.
    case maxCut = "max-cut"
  }

  public enum Layout: String, Sendable, Hashable, CaseIterable {
    case counted, dimacs, server, edges
  }

  /// What the file calls itself; empty where it does not.
  public var name: String
  public let siteCount: Int
  /// Site numbers from 0.
  public let bonds: [Lattice.Bond]
  /// One per bond, as written in the file.
  public let weights: [Double]

  /// The most sites an instance may have.
  public static let maximumSiteCount = 1 << 24

  /// - Throws: `InputError` when counts do not fit, a bond leads nowhere or to its own site, or a weight is not
  ///   finite.
  public init(
    name: String = "", siteCount: Int, bonds: [Lattice.Bond], weights: [Double]
  ) throws(InputError) {
    guard (1...Self.maximumSiteCount).contains(siteCount) else {
      throw .notAllowed("the number of sites", siteCount, allowed: "1 to \(Self.maximumSiteCount)")
    }
    guard weights.count == bonds.count else {
      throw .notAllowed(
        "the number of weights", weights.count, allowed: "\(bonds.count), the number of bonds")
    }
    let range = 0..<Int32(siteCount)
    for bond in bonds {
      guard range.contains(bond.source), range.contains(bond.target), !bond.isSelfBond else {
        throw .notAllowed(
          "a bond", "\(bond.source)-\(bond.target)", allowed: "two sites from 0 to \(siteCount - 1)"
        )
      }
    }
    for weight in weights where !weight.isFinite {
      throw .notAllowed("a weight", weight, allowed: "finite numbers")
    }
    self.name = name
    self.siteCount = siteCount
    self.bonds = bonds
    self.weights = weights
  }

  /// The graph, without the weights.
  ///
  /// - Throws: `InputError` as the lattice does.
  public func lattice() throws(InputError) -> Lattice {
    try Lattice(name: "graph", siteCount: siteCount, bonds: bonds)
  }

  /// J of every bond of H = -sum J s s.
  public func couplings(_ meaning: Meaning) -> [Double] {
    switch meaning {
    case .coupling: weights
    // Plain 0 rather than -0 for a weight of 0.
    case .maxCut: weights.map { 0 - $0 }
    }
  }

  /// The Ising model of the instance.
  ///
  /// - Throws: `InputError` as the model does.
  public func isingModel(_ meaning: Meaning) throws(InputError) -> DiscreteModel {
    try .ising(lattice(), couplings: couplings(meaning))
  }

  /// Weight of the bonds cut when the model made with `.maxCut` has the energy `energy`.
  public func cut(atEnergy energy: Double) -> Double {
    (weights.reduce(0, +) - energy) / 2
  }

  /// The file's text in one of the layouts; reading it gives the same bonds and weights, bit for bit. `server` and
  /// `edges` have no count: they cannot hold sites without a bond beyond the last one that has some.
  public func text(_ layout: Layout = .counted) -> String {
    var text = ""
    switch layout {
    case .counted:
      if !name.isEmpty { text += "# \(oneLineName)\n" }
      text += "\(siteCount) \(bonds.count)\n"
    case .dimacs:
      if !name.isEmpty { text += "c \(oneLineName)\n" }
      text += "p edge \(siteCount) \(bonds.count)\n"
    case .server: text += "name: \(oneLineName)\n"
    case .edges: if !name.isEmpty { text += "# \(oneLineName)\n" }
    }
    let prefix = layout == .dimacs ? "e " : ""
    for (bond, weight) in zip(bonds, weights) {
      text += "\(prefix)\(bond.source + 1) \(bond.target + 1) \(Self.text(weight))\n"
    }
    return text
  }

  private var oneLineName: String {
    String(name.map { $0.isNewline ? " " : $0 })
  }

  /// Whole numbers without a point.
  private static func text(_ weight: Double) -> String {
    if weight == 0 { return weight.sign == .minus ? "-0.0" : "0" }
    return abs(weight) < 1e15 && weight == weight.rounded() ? "\(Int(weight))" : "\(weight)"
  }
}
