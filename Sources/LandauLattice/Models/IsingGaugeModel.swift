public import LandauCore

/// The Z2 lattice gauge theory on a two-dimensional torus.
///
/// H = -sum over plaquettes of the product of their four links, weight exp(-beta H). There is one link
/// per site and axis, stored axis by axis: `links[site]` leads down from the site, and
/// `links[siteCount + site]` leads right. The plaquette of a site is the square to its lower right.
/// Where a side is 1 a link occurs twice in a plaquette and drops out of the product.
public struct IsingGaugeModel: LatticeModel, Hashable {
  public let lattice: HypercubicLattice

  /// - Throws: `InputError` when the lattice does not have two axes.
  public init(lattice: HypercubicLattice) throws(InputError) {
    guard lattice.dimension == 2 else {
      throw .notAllowed("the number of axes", lattice.dimension, allowed: "2 for ising-gauge")
    }
    self.lattice = lattice
  }

  /// The square torus.
  ///
  /// - Throws: `InputError` as the lattice does.
  public init(side: Int) throws(InputError) {
    self = try IsingGaugeModel(lattice: HypercubicLattice(sides: [side, side]))
  }

  public var rows: Int { lattice.sides[0] }
  public var columns: Int { lattice.sides[1] }
  public var siteCount: Int { lattice.siteCount }
  public var plaquetteCount: Int { lattice.siteCount }
  public var variableCount: Int { 2 * lattice.siteCount }
  public var states: [Int8] { [-1, 1] }

  /// The product of the four links of the plaquette of a site.
  public func plaquette(at site: Int, in links: Span<Int8>) -> Int8 {
    let down = lattice.neighbour(of: site, axis: 0)
    let right = lattice.neighbour(of: site, axis: 1)
    return links[site] &* links[right] &* links[siteCount + site] &* links[siteCount + down]
  }

  /// The plaquettes of all sites.
  public func plaquettes(of links: Span<Int8>) -> [Int8] {
    requireShape(links)
    return (0..<siteCount).map { plaquette(at: $0, in: links) }
  }

  /// Sum of all plaquettes, which is minus the energy.
  public func plaquetteSum(of links: Span<Int8>) -> Int {
    requireShape(links)
    var sum = 0
    for site in 0..<siteCount { sum += Int(plaquette(at: site, in: links)) }
    return sum
  }

  public func energy(of links: Span<Int8>) -> Double { -Double(plaquetteSum(of: links)) }

  public func energyChange(at link: Int, to new: Int8, in links: Span<Int8>) -> Double {
    if new == links[link] { return 0 }
    return 2 * Double(plaquetteSum(touching: link, in: links))
  }

  /// Sum of the plaquettes that change sign when the link does: two, or none where the link's
  /// plaquettes contain it twice (the side across it is 1).
  public func plaquetteSum(touching link: Int, in links: Span<Int8>) -> Int {
    let axis = link / siteCount
    let site = link - axis * siteCount
    guard lattice.sides[1 - axis] > 1 else { return 0 }
    let before = lattice.neighbour(of: site, axis: 1 - axis, step: -1)
    return Int(plaquette(at: site, in: links)) + Int(plaquette(at: before, in: links))
  }

  /// The products of the links along the two loops through site 0 that wind round the torus:
  /// down the first column and right along the first row.
  public func windingLoops(of links: Span<Int8>) -> (down: Int8, right: Int8) {
    requireShape(links)
    var down: Int8 = 1
    var right: Int8 = 1
    for row in 0..<rows { down &*= links[row * columns] }
    for column in 0..<columns { right &*= links[siteCount + column] }
    return (down, right)
  }

  /// Multiplies every link by the signs at its two ends; plaquettes and loops do not change.
  ///
  /// - Parameter signs: one per site, -1 or +1.
  public func transform(_ links: inout [Int8], by signs: Span<Int8>) {
    requireShape(links.span)
    precondition(
      signs.count == siteCount, "signs has \(signs.count) entries, the lattice \(siteCount) sites")
    for axis in 0..<2 {
      for site in 0..<siteCount {
        let end = lattice.neighbour(of: site, axis: axis)
        links[axis * siteCount + site] &*= signs[site] &* signs[end]
      }
    }
  }

  /// A gauge transformation with independent fair signs.
  public func transformAtRandom(
    _ links: inout [Int8], using rng: inout some RandomNumberGenerator
  ) {
    let signs = (0..<siteCount).map { _ in rng.next() >> 63 == 0 ? Int8(1) : -1 }
    transform(&links, by: signs.span)
  }

  private func requireShape(_ links: Span<Int8>) {
    precondition(
      links.count == variableCount, "links has \(links.count) entries, the lattice \(variableCount)"
    )
  }
}
