import LandauCore
import LandauLattice

/// How a crystal is cut into equal blocks, one for each lane of the words of a place.
///
/// Sides L_a are cut into b_a blocks of L_a / b_a cells, so that sites at one place of different blocks can be attempted
/// together. Lanes and places are numbered as cells and sites are: row-major, the sites of a cell next to each other.
struct LaneGrid: Sendable, Hashable {
  /// Cells of the lattice, and blocks of it, along each axis.
  let sides: [Int]
  let blocks: [Int]
  /// Sites of a cell.
  let basisCount: Int

  /// The most lanes, and the fewest that are faster than one site after the other.
  static let lanes = 32...PackedChains.maximumCount

  var laneCount: Int { blocks.reduce(1, *) }
  var placeCount: Int { siteCount / laneCount }
  var siteCount: Int { sides.reduce(basisCount, *) }

  /// Sites of a block that are next to each other in the lattice, too.
  var rowLength: Int { basisCount * sides[sides.count - 1] / blocks[blocks.count - 1] }

  /// Grids from the most lanes on, of as many the ones with the smallest surfaces first.
  ///
  /// - Parameters:
  ///   - canCut: which axes are closed without a shift.
  ///   - width: the fewest cells of a block along an axis that is cut.
  static func candidates(
    sides: [Int], basisCount: Int, canCut: [Bool], width: Int
  ) -> [LaneGrid] {
    var all: [[Int]] = [[]]
    for (axis, side) in sides.enumerated() {
      let cuts = (1...min(side, lanes.upperBound)).filter {
        $0 == 1 || (canCut[axis] && side % $0 == 0 && side / $0 >= width)
      }
      all = all.flatMap { blocks in
        cuts.lazy.filter { $0 * blocks.reduce(1, *) <= lanes.upperBound }.map { blocks + [$0] }
      }
    }
    return all.map { LaneGrid(sides: sides, blocks: $0, basisCount: basisCount) }
      .filter { lanes.contains($0.laneCount) }
      .sorted {
        let (one, other) = (($1.laneCount, $0.surface), ($0.laneCount, $1.surface))
        // Long rows are unpacked faster.
        return one == other ? $1.blocks.lexicographicallyPrecedes($0.blocks) : one < other
      }
  }

  /// Cells of a block beside others.
  private var surface: Int {
    sides.indices.reduce(0) { sum, axis in
      blocks[axis] == 1 ? sum : sum + placeCount * blocks[axis] / sides[axis]
    }
  }

  /// The number of the first site of each block, and those of the sites of the first block: site numbers are sums
  /// of both.
  var offsets: (lanes: [Int], places: [Int]) {
    var (lanes, places) = ([0], [0])
    for axis in sides.indices {
      let inBlock = sides[axis] / blocks[axis]
      lanes = lanes.flatMap { lane in
        (0..<blocks[axis]).map { lane * sides[axis] + $0 * inBlock }
      }
      places = places.flatMap { place in (0..<inBlock).map { place * sides[axis] + $0 } }
    }
    return (
      lanes.map { $0 * basisCount },
      places.flatMap { place in (0..<basisCount).map { place * basisCount + $0 } }
    )
  }

  /// Where a site is.
  func position(of site: Int) -> (lane: Int, place: Int) {
    var cell = site / basisCount
    var (lane, place) = (0, site % basisCount)
    var (lanes, places) = (1, basisCount)
    for axis in sides.indices.reversed() {
      let inBlock = sides[axis] / blocks[axis]
      let (rest, position) = cell.quotientAndRemainder(dividingBy: sides[axis])
      lane += position / inBlock * lanes
      place += position % inBlock * places
      lanes *= blocks[axis]
      places *= inBlock
      cell = rest
    }
    return (lane, place)
  }

  /// The step along each axis, from 0 on, that has a number: the lane it leads to from lane 0.
  func step(_ number: Int) -> [Int] {
    var rest = number
    return blocks.reversed().map { count in
      defer { rest /= count }
      return rest % count
    }.reversed()
  }

  /// The lane a step leads to, round the torus.
  func lane(_ lane: Int, after step: Int) -> Int {
    zip(zip(self.step(lane), self.step(step)), blocks).reduce(0) {
      $0 * $1.1 + ($1.0.0 + $1.0.1) % $1.1
    }
  }

  /// The number of the step from a lane to another.
  func step(from: Int, to: Int) -> Int {
    var (number, scale, from, to) = (0, 1, from, to)
    for count in blocks.reversed() where count > 1 {
      let distance = to % count - from % count
      number += (distance < 0 ? distance + count : distance) * scale
      scale *= count
      from /= count
      to /= count
    }
    return number
  }
}

extension LaneGrid {
  /// The lanes of each of some classes, eight words for a class.
  func masks(_ count: Int, classOf: (_ lane: Int) -> Int) -> [UInt64] {
    var masks = [UInt64](repeating: 0, count: 8 * count)
    for lane in 0..<laneCount { masks[8 * classOf(lane) + lane / 64] |= 1 << UInt64(lane % 64) }
    return masks
  }
}

extension LaneGrid: CustomStringConvertible {
  /// `21x21`: blocks along each axis.
  var description: String { blocks.map { "\($0)" }.joined(separator: "x") }
}
