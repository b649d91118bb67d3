internal import CLandauKernels
import LandauCore
import LandauLattice

/// The neighbours of every site as distances in the numbering, of which a crystal has few different lists: one
/// per site of the cell, and others at the boundary.
///
/// A list of all neighbours takes 4 z bytes a site and leaves the cache long before the spins do; this takes one.
struct NeighbourRows {
  /// Neighbours of each site.
  let width: Int
  /// Which list a site has.
  let rowOfSite: UnsafeMutablePointer<UInt8>
  /// `[row, neighbour]`: number of the neighbour less that of the site.
  let distances: UnsafeMutablePointer<Int32>

  /// Stretches of sites that have a neighbour at the same distance before them; empty where they are too short to gain
  /// by.
  private let stretches: [(range: Range<Int>, distance: Int)]
  private let kernels = KernelLevel.current.kernels

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
    stretches = Self.stretches(rows, distances, width: width)
    rowOfSite = buffers.make(of: rows)
    self.distances = buffers.make(of: distances)
  }

  private static func stretches(
    _ rows: [UInt8], _ distances: [Int32], width: Int
  ) -> [(range: Range<Int>, distance: Int)] {
    if width == 0 { return [] }
    // How often every list has every distance to a neighbour before: twice where a lattice is two cells wide.
    let lists = (0..<(distances.count / width)).map { row in
      distances[(row * width)..<(row * width + width)].filter { $0 < 0 }
        .reduce(into: [Int32: Int]()) { $0[$1, default: 0] += 1 }
    }
    var found: [(range: Range<Int>, distance: Int)] = []
    for distance in Set(lists.flatMap(\.keys)).sorted() {
      let copies = lists.map { $0[distance] ?? 0 }
      for copy in 0..<copies.max()! {
        var first: Int?
        for site in 0...rows.count {
          let has = site < rows.count && copies[Int(rows[site])] > copy
          if has, first == nil { first = site }
          if !has, let start = first {
            found.append((start..<site, Int(distance)))
            first = nil
          }
        }
      }
    }
    let pairs = found.reduce(0) { $0 + $1.range.count }
    return pairs >= 3 * found.count ? found : []
  }

  /// How many bonds join equal states, each counted at its end of higher number; nil where that would not be
  /// faster than bond by bond.
  func equalBonds(_ states: UnsafeMutablePointer<UInt8>) -> Int? {
    if stretches.isEmpty { return nil }
    var equal = 0
    for (range, distance) in stretches {
      let own = states + range.lowerBound
      equal &+= Int(kernels.equal(own, own + distance, range.count))
    }
    return equal
  }
}
