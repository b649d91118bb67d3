public import LandauCore

extension Lattice {
  /// Any graph: sites without places, joined by bonds.
  ///
  /// - Parameters:
  ///   - bonds: pairs of site numbers from 0; a pair may occur more than once, and a site may be joined
  ///     with itself.
  /// - Throws: `InputError` when there is no site, a bond leads to a site that does not exist, or there are
  ///   too many.
  public init(
    name: String = "graph", siteCount: Int, bonds: [Bond]
  ) throws(InputError) {
    guard (1...Self.maximumCount).contains(siteCount) else {
      throw .notAllowed("the number of sites", siteCount, allowed: "1 to \(Self.maximumCount)")
    }
    guard bonds.count <= Self.maximumCount / 2 else {
      throw .notAllowed(
        "the number of bonds", bonds.count, allowed: "at most \(Self.maximumCount / 2)")
    }
    let sites = 0..<Int32(siteCount)
    if let bond = bonds.first(where: {
      !sites.contains($0.source) || !sites.contains($0.target)
    }) {
      throw .notAllowed(
        "a bond", "\(bond.source)-\(bond.target)", allowed: "sites 0 to \(siteCount - 1)")
    }
    self.init(
      name: name, sides: [siteCount], boundary: [], cell: nil, siteCount: siteCount, bonds: bonds,
      crossings: [])
  }

  /// The most sites of a complete graph.
  public static let maximumCompleteCount = 10_000

  /// Every pair of sites joined once.
  ///
  /// - Throws: `InputError` when there is no site or more than 10 000 sites (5 10^7 bonds, 1.2 GB).
  public static func complete(siteCount: Int) throws(InputError) -> Lattice {
    guard (1...maximumCompleteCount).contains(siteCount) else {
      throw .notAllowed(
        "size", siteCount, allowed: "1 to \(maximumCompleteCount) for the complete graph")
    }
    var bonds: [Bond] = []
    bonds.reserveCapacity(siteCount * (siteCount - 1) / 2)
    for one in 0..<siteCount {
      for other in (one + 1)..<max(siteCount, one + 1) {
        bonds.append(Bond(source: one, target: other))
      }
    }
    return try Lattice(name: "complete", siteCount: siteCount, bonds: bonds)
  }
}
