public import LandauCore

/// The Z2 lattice gauge theory on a torus of two, three or four axes.
///
/// H = -sum over plaquettes of the product of their four links, weight exp(-beta H). There is one link
/// per site and axis, stored axis by axis: `links[axis * siteCount + site]` leads from the site to the next one
/// along the axis; in two dimensions axis 0 leads down and axis 1 right, and the plaquette of a site is the square
/// to its lower right. In d dimensions a site has d (d - 1)/2 plaquettes, one per pair of axes.
/// Where a side is 1 a link occurs twice in a plaquette and drops out of the product.
public struct IsingGaugeModel: LatticeModel, Hashable {
  public let lattice: HypercubicLattice

  /// - Throws: `InputError` when the lattice does not have two to four axes.
  public init(lattice: HypercubicLattice) throws(InputError) {
    guard (2...4).contains(lattice.dimension) else {
      throw .notAllowed("the number of axes", lattice.dimension, allowed: "2 to 4 for ising-gauge")
    }
    self.lattice = lattice
  }

  /// The square torus.
  ///
  /// - Throws: `InputError` as the lattice does.
  public init(side: Int) throws(InputError) {
    self = try IsingGaugeModel(lattice: HypercubicLattice(sides: [side, side]))
  }

  public var dimension: Int { lattice.dimension }
  public var rows: Int { lattice.sides[0] }
  public var columns: Int { lattice.sides[1] }
  public var siteCount: Int { lattice.siteCount }
  public var plaquettesPerSite: Int { lattice.planeCount }
  public var plaquetteCount: Int { plaquettesPerSite * siteCount }
  public var variableCount: Int { dimension * lattice.siteCount }
  public var states: [Int8] { [-1, 1] }

  /// The product of the four links of a plaquette of a site.
  public func plaquette(
    at site: Int, axes: (Int, Int) = (0, 1), in links: Span<Int8>
  ) -> Int8 {
    let (first, second) = (axes.0 * siteCount, axes.1 * siteCount)
    let after = lattice.neighbour(of: site, axis: axes.0)
    let beside = lattice.neighbour(of: site, axis: axes.1)
    return links[first + site] &* links[first + beside] &* links[second + site]
      &* links[second + after]
  }

  /// The plaquettes of all sites, plane by plane.
  public func plaquettes(of links: Span<Int8>) -> [Int8] {
    requireShape(links)
    var all: [Int8] = []
    for axes in lattice.planes {
      for site in 0..<siteCount { all.append(plaquette(at: site, axes: axes, in: links)) }
    }
    return all
  }

  /// Sum of all plaquettes, which is minus the energy.
  public func plaquetteSum(of links: Span<Int8>) -> Int {
    requireShape(links)
    var sum = 0
    for axes in lattice.planes {
      for site in 0..<siteCount { sum += Int(plaquette(at: site, axes: axes, in: links)) }
    }
    return sum
  }

  public func energy(of links: Span<Int8>) -> Double { -Double(plaquetteSum(of: links)) }

  public func energyChange(at link: Int, to new: Int8, in links: Span<Int8>) -> Double {
    if new == links[link] { return 0 }
    return 2 * Double(plaquetteSum(touching: link, in: links))
  }

  /// Sum of the plaquettes that change sign when the link does: two per plane that contains it, or none where
  /// the plane's plaquettes contain it twice (the side across it is 1).
  public func plaquetteSum(touching link: Int, in links: Span<Int8>) -> Int {
    let axis = link / siteCount
    let site = link - axis * siteCount
    var sum = 0
    for other in 0..<dimension where other != axis && lattice.sides[other] > 1 {
      let before = lattice.neighbour(of: site, axis: other, step: -1)
      let axes = (axis, other)
      sum += Int(plaquette(at: site, axes: axes, in: links))
      sum += Int(plaquette(at: before, axes: axes, in: links))
    }
    return sum
  }

  /// The products of the links along the two loops through site 0 that wind round a torus of two axes:
  /// down the first column and right along the first row.
  public func windingLoops(of links: Span<Int8>) -> (down: Int8, right: Int8) {
    requireShape(links)
    precondition(dimension == 2, "a torus of \(dimension) axes")
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
    for axis in 0..<dimension {
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
