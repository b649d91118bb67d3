/// Crosses around every second site of a square torus, along both axes: the geometry that blocks and their inverses share.
///
/// Cross (i, j) is the fine site (2i, 2j), its centre, with its four neighbours. Every site (even, odd) and (odd, even), an edge, is in two
/// crosses; the sites (odd, odd), corners, are in none. Arrays are `[site]`, row-major.
enum CrossLattice {
  /// What one cross of an edge holds besides the edge itself.
  struct Cross<Value> {
    let centre: Value
    /// The sum of the other three neighbours of the centre.
    let others: Value
    let block: Value
  }

  static func requireShape(_ count: Int, side: Int) {
    precondition(
      side >= 4 && side % 2 == 0 && count == side * side,
      "\(count) sites for crosses on a torus of side \(side)")
  }

  /// Calls `body` with the centre and the sum of its neighbours, cross by cross, row by row.
  @inline(__always)
  static func forEachCross<Value: Numeric>(
    _ fine: [Value], side: Int, _ body: (_ centre: Value, _ neighbours: Value) -> Void
  ) {
    requireShape(fine.count, side: side)
    fine.withUnsafeBufferPointer { fine in
      for i in 0..<side / 2 {
        let row = Row(i, side)
        for column in stride(from: 0, to: side, by: 2) {
          body(fine[row.here + column], row.cross(fine.baseAddress!, column, side))
        }
      }
    }
  }

  /// One value for each cross, row by row: `[side / 2 * side / 2]`.
  @inline(__always)
  static func blocks<Value: Numeric>(
    of fine: [Value], side: Int, _ value: (_ centre: Value, _ neighbours: Value) -> Value
  ) -> [Value] {
    var coarse: [Value] = []
    coarse.reserveCapacity(fine.count / 4)
    forEachCross(fine, side: side) { coarse.append(value($0, $1)) }
    return coarse
  }

  /// Visits every site with what the terms of its bonds and crosses hold besides itself: all centres, then corners, then edges along rows
  /// and along columns. Sums are made after the visit before, so a visit may change its site.
  ///
  /// - Parameters:
  ///   - fine: `[side * side]`, `side` even and at least 4.
  ///   - coarse: `[side / 2 * side / 2]`.
  ///   - centre: gets the sum of its neighbours, and its block.
  ///   - corner: gets the sum of its neighbours.
  ///   - edge: gets the sum of the two neighbours that are corners, and its crosses.
  @inline(__always)
  static func forEachSite<Value: Numeric>(
    fine: UnsafePointer<Value>, coarse: UnsafePointer<Value>, side: Int,
    centre: (_ site: Int, _ neighbours: Value, _ block: Value) -> Void,
    corner: (_ site: Int, _ neighbours: Value) -> Void,
    edge: (_ site: Int, _ corners: Value, _ one: Cross<Value>, _ other: Cross<Value>) -> Void
  ) {
    let half = side / 2
    for i in 0..<half {
      let row = Row(i, side)
      for j in 0..<half {
        centre(row.here &+ 2 &* j, row.cross(fine, 2 &* j, side), coarse[i &* half &+ j])
      }
    }
    for i in 0..<half {
      let row = Row(i, side)
      for j in 0..<half {
        let (column, next) = (2 &* j, j &+ 1 < half ? 2 &* j &+ 2 : 0)
        corner(
          row.below &+ column &+ 1,
          fine[row.here &+ column &+ 1] + fine[row.next &+ column &+ 1]
            + fine[row.below &+ column] + fine[row.below &+ next])
      }
    }
    for i in 0..<half {
      let row = Row(i, side)
      for j in 0..<half {
        let (column, next) = (2 &* j, j &+ 1 < half ? 2 &* j &+ 2 : 0)
        let left = j > 0 ? column &- 1 : side &- 1
        edge(
          row.here &+ column &+ 1,
          fine[row.above &+ column &+ 1] + fine[row.below &+ column &+ 1],
          Cross(
            centre: fine[row.here &+ column],
            others: fine[row.above &+ column] + fine[row.below &+ column] + fine[row.here &+ left],
            block: coarse[i &* half &+ j]),
          Cross(
            centre: fine[row.here &+ next],
            others: fine[row.above &+ next] + fine[row.below &+ next]
              + fine[row.here &+ next &+ 1],
            block: coarse[i &* half &+ next / 2]))
      }
    }
    for i in 0..<half {
      let row = Row(i, side)
      for j in 0..<half {
        let (column, left) = (2 &* j, j > 0 ? 2 &* j &- 1 : side &- 1)
        edge(
          row.below &+ column, fine[row.below &+ left] + fine[row.below &+ column &+ 1],
          Cross(
            centre: fine[row.here &+ column],
            others: fine[row.above &+ column] + fine[row.here &+ left]
              + fine[row.here &+ column &+ 1],
            block: coarse[i &* half &+ j]),
          Cross(
            centre: fine[row.next &+ column],
            others: fine[row.next &+ left] + fine[row.next &+ column &+ 1]
              + fine[row.next &+ side &+ column],
            block: coarse[(i &+ 1 < half ? i &+ 1 : 0) &* half &+ j]))
      }
    }
  }

  /// First sites of a row of centres, of the rows above and below it, and of the next row of centres.
  private struct Row {
    let above: Int
    let here: Int
    let below: Int
    let next: Int

    @inline(__always)
    init(_ i: Int, _ side: Int) {
      above = (i > 0 ? 2 &* i &- 1 : side &- 1) &* side
      here = 2 &* i &* side
      below = here &+ side
      next = 2 &* i &+ 2 < side ? below &+ side : 0
    }

    /// The sum of the neighbours of the centre in an even column.
    @inline(__always)
    func cross<Value: Numeric>(
      _ fine: UnsafePointer<Value>, _ column: Int, _ side: Int
    ) -> Value {
      fine[above &+ column] + fine[below &+ column]
        + fine[here &+ (column > 0 ? column &- 1 : side &- 1)] + fine[here &+ column &+ 1]
    }
  }

  /// Each value at its two by two sites.
  ///
  /// - Parameters:
  ///   - coarse: `[side * side]`.
  ///   - side: of the coarse torus, at least 2.
  /// - Returns: `[4 * side * side]`.
  static func copied<Value>(_ coarse: [Value], side: Int) -> [Value] {
    precondition(side >= 2 && coarse.count == side * side, "\(coarse.count) sites, side \(side)")
    var fine: [Value] = []
    fine.reserveCapacity(4 * coarse.count)
    for row in 0..<2 * side {
      for value in coarse[row / 2 * side..<(row / 2 + 1) * side] {
        fine.append(value)
        fine.append(value)
      }
    }
    return fine
  }
}
