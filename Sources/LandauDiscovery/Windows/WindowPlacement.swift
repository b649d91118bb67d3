import LandauCore

/// The sites of a snapshot as layers of rows of columns, missing axes of extent one.
struct WindowGrid: Sendable {
  let layers: Int
  let rows: Int
  let columns: Int

  /// - Precondition: one to three axes.
  init(_ siteShape: [Int]) {
    precondition(
      (1...3).contains(siteShape.count),
      "windows slide over one to three axes, not \(siteShape.count)")
    let extents = [Int](repeating: 1, count: 3 - siteShape.count) + siteShape
    (layers, rows, columns) = (extents[0], extents[1], extents[2])
  }

  /// Rows of all layers.
  var rowCount: Int { layers * rows }

  /// The number of a row, layers and rows counted round the torus.
  @inline(__always)
  func row(layer: Int, row: Int) -> Int { layer % layers * rows + row % rows }
}

/// The positions at which a window stands on a lattice.
struct WindowPlacement: Sendable {
  let reach: Window.Offset
  let layers: Int
  let rows: Int
  let columns: Int
  var positionCount: Int { layers * rows * columns }

  /// - Precondition: the window fits.
  init(_ snapshots: Snapshots, window: Window) {
    self.init(siteShape: snapshots.siteShape, boundary: snapshots.boundary, window: window)
  }

  init(siteShape: [Int], boundary: Snapshots.Boundary, window: Window) {
    precondition(window.fits(siteShape), "window \(window.name) on \(siteShape) sites")
    let grid = WindowGrid(siteShape)
    let isPeriodic = boundary == .periodic
    reach = window.reach
    layers = grid.layers - (isPeriodic ? 0 : reach.layer)
    rows = grid.rows - (isPeriodic ? 0 : reach.row)
    columns = grid.columns - (isPeriodic ? 0 : reach.column)
  }

  /// Visits the rows of positions in order.
  @inline(__always)
  func forEachRow(_ visit: (_ layer: Int, _ row: Int) -> Void) {
    for layer in 0..<layers { for row in 0..<rows { visit(layer, row) } }
  }
}
