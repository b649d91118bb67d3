import LandauCore
import LandauLattice

/// The neighbours of the places of a block, which are the same in all lanes, up to a step to another lane.
struct LaneLinks {
  /// A neighbour: its place, and the step to its lane (0 for the same).
  struct Neighbour: Hashable {
    var place: Int
    var step: Int
  }

  let grid: LaneGrid
  /// Neighbours of place i at `start[i]..<start[i + 1]`.
  private(set) var start: [Int32] = [0]
  private(set) var neighbours: [Neighbour] = []
  /// Which lanes have a negative coupling there, eight words for each neighbour.
  private(set) var negative: [UInt64] = []

  /// - Parameters:
  ///   - checked: how many lanes are compared; where fewer than all, signs are those of the first.
  ///   - visit: calls its argument with the neighbours of a site and their couplings, of one modulus.
  /// - Returns: nil where lanes differ in anything but signs, and where sites at one place are neighbours.
  init?(
    _ grid: LaneGrid, checking checked: Int, visit: (_ site: Int, (Int, Double) -> Void) -> Void
  ) {
    self.grid = grid
    let (laneOffsets, placeOffsets) = grid.offsets
    let lanes = grid.laneCount
    // A neighbour as one number, the sign last.
    var first: [Int] = []
    var found: [Int] = []
    for (place, offset) in placeOffsets.enumerated() {
      for lane in 0..<checked {
        found.removeAll(keepingCapacity: true)
        visit(laneOffsets[lane] + offset) { site, coupling in
          let (otherLane, other) = grid.position(of: site)
          let step = grid.step(from: lane, to: otherLane)
          found.append((other * lanes + step) * 2 + (coupling < 0 ? 1 : 0))
        }
        found.sort()
        if lane == 0 {
          first = found
          neighbours += found.map { Neighbour(place: $0 / 2 / lanes, step: $0 / 2 % lanes) }
          negative += [UInt64](repeating: 0, count: 8 * found.count)
          if found.contains(where: { $0 / 2 / lanes == place }) { return nil }
        }
        guard found.count == first.count else { return nil }
        for index in found.indices {
          if found[index] >> 1 != first[index] >> 1 { return nil }
          guard found[index] & 1 == 1 else { continue }
          negative[8 * (Int(start[place]) + index) + lane / 64] |= 1 << UInt64(lane % 64)
        }
      }
      // What all have is said of lanes that are not checked or not there, too.
      for words in stride(from: 8 * Int(start[place]), to: negative.count, by: 8)
      where negative[words..<words + 8].reduce(0, { $0 + $1.nonzeroBitCount }) == checked {
        for word in words..<words + 8 { negative[word] = ~0 }
      }
      start.append(Int32(neighbours.count))
    }
  }

  /// The neighbours in other lanes once each, ordered by place and step: copies of them stand behind the places.
  var copies: [Neighbour] {
    Set(neighbours.filter { $0.step != 0 }).sorted { ($0.place, $0.step) < ($1.place, $1.step) }
  }
}
