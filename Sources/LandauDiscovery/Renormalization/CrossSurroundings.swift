/// The surroundings on which the conditional probability of a fine spin depends, as keys of a table.
///
/// With couplings between neighbours and `CrossBlocks`, P(fine, coarse) is a product of bonds and votes. Given everything else, a spin
/// depends on its four neighbours and on the votes of the crosses it belongs to (`CrossLattice`): a centre on the sum of its
/// neighbours and its block; a corner on the sum of its neighbours; an edge on the sum of its two corners, and for each of its crosses on
/// the centre, the sum of the other three members, and the block. Nothing farther enters.
///
/// That neighbours enter by their sum is the symmetry of bonds and votes of one strength; it is put in, not learned.
enum CrossSurroundings {
  private static let firstCorner = 10
  private static let firstEdge = 15
  /// 10 of centres, 5 of corners, 3 * 16 * 16 of edges.
  static let keyCount = firstEdge + 3 * 256

  /// The key after a turn of all spins.
  static func flipped(_ key: Int) -> Int {
    if key < firstCorner { return firstCorner - 1 - key }
    if key < firstEdge { return firstCorner + firstEdge - 1 - key }
    return firstEdge + keyCount - 1 - key
  }

  /// The key after the reflection that exchanges the two crosses of an edge; the other symmetries of the lattice leave every key alone.
  static func reflected(_ key: Int) -> Int {
    if key < firstEdge { return key }
    let edge = key - firstEdge
    return firstEdge + edge / 256 * 256 + edge % 16 * 16 + edge / 16 % 16
  }

  /// What one cross contributes: 0 to 15, and 15 less that with all spins turned.
  @inline(__always)
  private static func part(_ cross: CrossLattice.Cross<Int8>) -> Int {
    Int((cross.others &+ 3) >> 1) &* 4 &+ Int((cross.centre &+ 1) >> 1) &* 2
      &+ Int((cross.block &+ 1) >> 1)
  }

  /// Calls `body` with every site and its present key, in the order of `CrossLattice.forEachSite`; it may change the spin it is called with.
  @inline(__always)
  static func forEachSite(
    fine: UnsafePointer<Int8>, coarse: UnsafePointer<Int8>, side: Int,
    _ body: (_ site: Int, _ key: Int) -> Void
  ) {
    CrossLattice.forEachSite(
      fine: fine, coarse: coarse, side: side,
      centre: { site, neighbours, block in
        body(site, Int(neighbours &+ 4) &+ Int((block &+ 1) >> 1))
      },
      corner: { site, neighbours in body(site, firstCorner &+ Int((neighbours &+ 4) >> 1)) },
      edge: { site, corners, one, other in
        body(
          site,
          firstEdge &+ Int((corners &+ 2) >> 1) &* 256 &+ part(one) &* 16 &+ part(other))
      })
  }
}
