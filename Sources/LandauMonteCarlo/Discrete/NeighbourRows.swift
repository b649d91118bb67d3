import LandauLattice

/// The neighbours of every site as distances in the numbering, of which a crystal has few different lists: one
/// per site of the cell, and others at the boundary.
///
/// A list of all neighbours takes 4 z bytes a site and leaves the cache long before the spins do; this takes one.
/// On 64^3 sites Wolff's clusters grow four to five times as fast.
struct NeighbourRows {
  /// Neighbours of each site.
  let width: Int
  /// Which list a site has.
  let rowOfSite: UnsafeMutablePointer<UInt8>
  /// `[row, neighbour]`: number of the neighbour less that of the site.
  let distances: UnsafeMutablePointer<Int32>

  /// Stretches of sites with the same list, one after the other; empty where they are too short to gain by.
  private let stretches: [(range: Range<Int>, row: Int)]

  /// nil where sites have different numbers of neighbours, or more than 256 lists: on random graphs.
  init?(_ links: Links, buffers: OwnedBuffers) {
    let count = links.start.count - 1
    guard count > 0 else { return nil }
    let width = Int(links.start[1])
    var known: [[Int32]: UInt8] = [:]
    var distances: [Int32] = []
    var rows = [UInt8](repeating: 0, count: count)
    for site in 0..<count {
      let range = Int(links.start[site])..<Int(links.start[site + 1])
      guard range.count == width else { return nil }
      let row = links.sites[range].map { $0 - Int32(site) }
      if let index = known[row] {
        rows[site] = index
        continue
      }
      guard let index = UInt8(exactly: known.count) else { return nil }
      known[row] = index
      distances += row
      rows[site] = index
    }
    self.width = width
    stretches = Self.stretches(rows)
    rowOfSite = buffers.make(of: rows)
    self.distances = buffers.make(of: distances)
  }

  private static func stretches(_ rows: [UInt8]) -> [(range: Range<Int>, row: Int)] {
    var found: [(range: Range<Int>, row: Int)] = []
    var first = 0
    for site in 1...rows.count where site == rows.count || rows[site] != rows[first] {
      found.append((first..<site, Int(rows[first])))
      first = site
    }
    return rows.count >= 3 * found.count ? found : []
  }

  /// How many bonds join equal states, each counted at its end of higher number; nil where that would not be
  /// faster than bond by bond.
  func equalBonds(_ states: UnsafeMutablePointer<UInt8>) -> Int? {
    if stretches.isEmpty { return nil }
    var equal = 0
    for (range, row) in stretches {
      for place in (row &* width)..<(row &* width &+ width) where distances[place] < 0 {
        let others = states + Int(distances[place])
        var count: Int32 = 0
        for site in range { count &+= states[site] == others[site] ? 1 : 0 }
        equal &+= Int(count)
      }
    }
    return equal
  }
}
