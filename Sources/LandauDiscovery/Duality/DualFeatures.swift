public import LandauLattice

/// The correlation functions of link observables by which a dual is found, and others by which it is checked.
///
/// Loops: all products of links of an elementary loop, one of the shortest closed walks, up to translation. On the square lattice
/// these are the 13 features of Gupta, Ferrari and Iqbal (arXiv:2411.04838): two links, six pairs, four triples and the plaquette,
/// whose product is one. Stars: products of links that meet at a site and are in no loop together; without them couplings and map
/// are nearly free along one direction, above all where the original model is ordered. Checked by: pairs of links farther apart.
public struct DualFeatures: Sendable, Hashable {
  public let matched: [TermCluster]
  public let heldOut: [TermCluster]

  /// The most links of a product as a rule, whole loops apart; of stars of more than so many links one less.
  public static let largestProduct = 4

  init(matched: [TermCluster], heldOut: [TermCluster]) {
    self.matched = matched
    self.heldOut = heldOut
  }

  /// Kinds of terms are the bonds of the cell, in its order.
  ///
  /// - Parameter largestProduct: The most links of a product, whole loops apart where it is the default.
  public init(of cell: UnitCell, largestProduct: Int = Self.largestProduct) {
    let loops = Self.loopProducts(of: cell).filter {
      largestProduct == Self.largestProduct || $0.members.count <= largestProduct
    }
    let known = Set(loops)
    let stars = cell.basis.indices.flatMap { site -> [TermCluster] in
      let star = Self.steps(from: site, cell).map(\.member)
      let largest = min(
        largestProduct, star.count <= Self.largestProduct ? star.count : Self.largestProduct - 1)
      return TermCluster.subsets(of: star).filter { (2...largest).contains($0.count) }
        .map(TermCluster.init)
    }
    matched = loops + Self.distinct(stars).filter { !known.contains($0) }
    let near = Set(matched)
    heldOut = Self.distinct(Self.pairs(of: cell)).filter { !near.contains($0) }
  }

  /// The products of links of elementary loops alone, nothing held out.
  public init(loopsOf cell: UnitCell) {
    matched = Self.loopProducts(of: cell)
    heldOut = []
  }

  private static func loopProducts(of cell: UnitCell) -> [TermCluster] {
    distinct(
      loops(of: cell).flatMap { loop in
        TermCluster.subsets(of: loop)
          .filter { !$0.isEmpty && ($0.count <= largestProduct || $0.count == loop.count) }
          .map(TermCluster.init)
      })
  }

  /// Pairs of links up to two cells apart in the plane, one cell in space.
  private static func pairs(of cell: UnitCell) -> [TermCluster] {
    let reach = max(1, 4 - cell.axisCount)
    let zero = [Int](repeating: 0, count: cell.axisCount)
    let offsets = zero.reduce([[Int]()]) { list, _ in
      list.flatMap { start in (-reach...reach).map { start + [$0] } }
    }.filter { $0.reduce(0) { $0 + abs($1) } <= reach }
    return cell.bonds.indices.flatMap { one in
      cell.bonds.indices.flatMap { other in
        offsets.filter { one != other || $0 != zero }
          .map { TermCluster([.init(one, zero), .init(other, $0)]) }
      }
    }
  }

  private static func distinct(_ clusters: [TermCluster]) -> [TermCluster] {
    var seen: Set<TermCluster> = []
    return clusters.filter { seen.insert($0).inserted }.enumerated()
      .sorted { ($0.element.members.count, $0.offset) < ($1.element.members.count, $1.offset) }
      .map(\.element)
  }

  private struct Step {
    var member: TermCluster.Member
    var site: Int
    var offset: [Int]
  }

  /// The bonds at a site of cell 0, and where they lead.
  private static func steps(from site: Int, _ cell: UnitCell) -> [Step] {
    cell.bonds.enumerated().flatMap { kind, bond -> [Step] in
      let back = bond.offset.map { -$0 }
      let zero = bond.offset.map { _ in 0 }
      return [
        bond.source == site
          ? Step(member: .init(kind, zero), site: bond.target, offset: bond.offset) : nil,
        bond.target == site
          ? Step(member: .init(kind, back), site: bond.source, offset: back) : nil,
      ].compactMap { $0 }
    }
  }

  /// The shortest closed walks without a bond taken twice, up to translation.
  static func loops(of cell: UnitCell) -> [[TermCluster.Member]] {
    for length in 3...6 {
      var found: [[TermCluster.Member]] = []
      var seen: Set<TermCluster> = []
      for start in cell.basis.indices {
        let zero = [Int](repeating: 0, count: cell.axisCount)
        var walks: [(site: Int, offset: [Int], members: [TermCluster.Member])] = [(start, zero, [])]
        for _ in 0..<length {
          walks = walks.flatMap { walk in
            steps(from: walk.site, cell).compactMap { step in
              let member = TermCluster.Member(
                step.member.kind, zip(step.member.offset, walk.offset).map { $0 + $1 })
              if walk.members.contains(member) { return nil }
              return (
                step.site, zip(step.offset, walk.offset).map { $0 + $1 }, walk.members + [member]
              )
            }
          }
        }
        for walk in walks where walk.site == start && walk.offset == zero {
          if seen.insert(TermCluster(walk.members)).inserted { found.append(walk.members) }
        }
      }
      if !found.isEmpty { return found }
    }
    return []
  }
}
