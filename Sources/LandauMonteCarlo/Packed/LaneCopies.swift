internal import CLandauKernels

/// Copies of places with their lanes moved, in the buffers that kernels read: what a lane sees of others.
final class LaneCopies {
  /// Place and step of each copy.
  let copies: [LaneLinks.Neighbour]
  let start: UnsafeMutablePointer<Int32>
  let turnOfCopy: UnsafeMutablePointer<Int32>
  let moveStart: UnsafeMutablePointer<Int32>
  let moves: UnsafeMutablePointer<lk_lane_move>
  /// By turn, the lane that each lane is beside.
  private let sources: [[UInt16]]
  private let owned = OwnedBuffers()

  init(_ links: LaneLinks) {
    let (grid, copies) = (links.grid, links.copies)
    self.copies = copies
    var start = [Int32](repeating: 0, count: grid.placeCount + 1)
    for copy in copies { start[copy.place + 1] += 1 }
    for place in 0..<grid.placeCount { start[place + 1] += start[place] }
    self.start = owned.make(of: start)
    let turns = Set(copies.map(\.step)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: turns.enumerated().map { ($1, Int32($0)) })
    turnOfCopy = owned.make(of: copies.map { numbers[$0.step]! })
    sources = turns.map { step in
      (0..<grid.laneCount).map { UInt16(grid.lane($0, after: step)) }
    }
    let all = sources.map(Self.moves)
    moveStart = owned.make(of: all.reduce(into: [0]) { $0.append($0.last! + Int32($1.count)) })
    moves = owned.make(of: Array(all.joined()))
  }

  /// The lanes that a copy is taken from.
  func sources(of copy: Int) -> [UInt16] { sources[Int(turnOfCopy[copy])] }

  /// A step round the torus, as one move for the lanes that cross no boundary and one for each set of boundaries
  /// that some cross.
  private static func moves(_ sources: [UInt16]) -> [lk_lane_move] {
    var masks: [Int: [UInt64]] = [:]
    for (lane, source) in sources.enumerated() {
      let distance = Int(source) - lane
      masks[distance, default: [UInt64](repeating: 0, count: 8)][lane / 64] |=
        1 << UInt64(lane % 64)
    }
    return masks.sorted { $0.key < $1.key }.map { distance, words in
      var move = lk_lane_move()
      move.words = Int32(distance >> 6)
      move.bits = Int32(distance & 63)
      withUnsafeMutableBytes(of: &move.mask) { mask in
        words.withUnsafeBytes { mask.copyMemory(from: $0) }
      }
      return move
    }
  }

  /// Where a neighbour stands: its place, or the copy of it.
  func numbers(of links: LaneLinks) -> [Int32] {
    let places = links.grid.placeCount
    let numbers = Dictionary(
      uniqueKeysWithValues: copies.enumerated().map { ($1, Int32(places + $0)) })
    return links.neighbours.map { $0.step == 0 ? Int32($0.place) : numbers[$0]! }
  }
}
