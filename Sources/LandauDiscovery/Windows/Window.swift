public import LandauCore

/// A small set of sites that slides over a lattice and sees all of them at every position at once.
///
/// `layers` by `rows` by `columns` sites, `dilation` steps apart along each axis; in two dimensions
/// `layers` is 1, in one `rows`, too. Or a pair of sites off the axes, such as the third bond of the
/// triangular lattice. With several channels (measurement bases, link directions, the sites of a unit
/// cell) the window sees all of them.
public struct Window: Sendable, Hashable {
  /// Extent of the box the sites are in.
  public let layers: Int
  public let rows: Int
  public let columns: Int
  public let layerDilation: Int
  public let rowDilation: Int
  public let columnDilation: Int
  /// From the one site to the other where the window is a pair off the axes; nil for a full box.
  public let displacement: Offset?

  /// - Precondition: all at least 1.
  public init(
    layers: Int = 1, rows: Int, columns: Int, layerDilation: Int = 1, rowDilation: Int = 1,
    columnDilation: Int = 1
  ) {
    precondition(
      min(layers, rows, columns) >= 1 && min(layerDilation, rowDilation, columnDilation) >= 1,
      "window \(layers)x\(rows)x\(columns), dilation \(layerDilation)x\(rowDilation)x\(columnDilation)"
    )
    self.init(
      extents: (layers, rows, columns), dilations: (layerDilation, rowDilation, columnDilation))
  }

  private init(
    extents: (Int, Int, Int), dilations: (Int, Int, Int) = (1, 1, 1), displacement: Offset? = nil
  ) {
    (layers, rows, columns) = extents
    // A dilation along an axis with one site does nothing; store one spelling of it.
    layerDilation = layers == 1 ? 1 : dilations.0
    rowDilation = rows == 1 ? 1 : dilations.1
    columnDilation = columns == 1 ? 1 : dilations.2
    self.displacement = displacement
  }

  /// A pair of sites; along an axis the same window as `1x2` and its likes.
  ///
  /// - Precondition: not a pair of a site with itself.
  public init(pair displacement: Offset) {
    let steps = [displacement.layer, displacement.row, displacement.column]
    let first = steps.first { $0 != 0 }
    precondition(first != nil, "a pair of a site with itself")
    let sizes = steps.map(abs)
    if steps.count(where: { $0 != 0 }) == 1 {
      self.init(
        layers: sizes[0] == 0 ? 1 : 2, rows: sizes[1] == 0 ? 1 : 2, columns: sizes[2] == 0 ? 1 : 2,
        layerDilation: max(1, sizes[0]), rowDilation: max(1, sizes[1]),
        columnDilation: max(1, sizes[2]))
      return
    }
    // The pair seen from the other end is the same: one spelling, with the first step forward.
    let sign = first! < 0 ? -1 : 1
    self.init(
      extents: (sizes[0] + 1, sizes[1] + 1, sizes[2] + 1),
      displacement: Offset(steps.map { sign * $0 }))
  }

  /// Sites in the window.
  public var area: Int { displacement == nil ? layers * rows * columns : 2 }

  /// The largest of the dilations.
  public var dilation: Int { max(layerDilation, rowDilation, columnDilation) }

  /// What the window has to earn to stay: the fall of the logarithm of the held-out squared error.
  ///
  /// Triples with every further site and grows linearly with the dilation, so of two windows that tell
  /// equally much the smaller and denser stays.
  public var cost: Double {
    0.01 * (1..<max(1, min(area, 16))).reduce(1.0) { price, _ in 3 * price } * Double(dilation)
  }

  /// `1x2`, `2x2`, `1x2 d3`; for different dilations `2x2 d1x2`; `2x1x1` along the first of three axes;
  /// `pair 1:-1` off the axes.
  public var name: String {
    if let displacement {
      let steps = [displacement.layer, displacement.row, displacement.column]
      return "pair "
        + (steps[0] == 0 ? steps.dropFirst() : steps[...]).map(String.init)
        .joined(separator: ":")
    }
    let extents = layers == 1 ? [rows, columns] : [layers, rows, columns]
    let base = extents.map(String.init).joined(separator: "x")
    if dilation == 1 { return base }
    let dilations = Array([layerDilation, rowDilation, columnDilation].suffix(extents.count))
    let used = zip(extents, dilations).filter { $0.0 > 1 }.map(\.1)
    return Set(used).count == 1
      ? "\(base) d\(used[0])" : "\(base) d" + dilations.map(String.init).joined(separator: "x")
  }

  /// Offsets of the window's sites from its corner, row by row.
  public var offsets: [Offset] {
    if let displacement {
      let ends = [Offset(row: 0, column: 0), displacement]
      return ends.map {
        Offset(
          layer: $0.layer - min(0, displacement.layer), row: $0.row - min(0, displacement.row),
          column: $0.column - min(0, displacement.column))
      }.sorted()
    }
    return (0..<layers).flatMap { layer in
      (0..<rows).flatMap { row in
        (0..<columns).map {
          Offset(
            layer: layer * layerDilation, row: row * rowDilation, column: $0 * columnDilation)
        }
      }
    }
  }

  /// Steps from the corner to the far end along each axis.
  public var reach: Offset {
    Offset(
      layer: (layers - 1) * layerDilation, row: (rows - 1) * rowDilation,
      column: (columns - 1) * columnDilation)
  }

  /// A displacement on the lattice.
  public struct Offset: Sendable, Hashable, Comparable {
    public var layer: Int
    public var row: Int
    public var column: Int

    public init(layer: Int = 0, row: Int, column: Int) {
      self.layer = layer
      self.row = row
      self.column = column
    }

    /// One number per axis, up to three.
    public init(_ steps: [Int]) {
      precondition((1...3).contains(steps.count), "an offset along \(steps.count) axes")
      let padded = [Int](repeating: 0, count: 3 - steps.count) + steps
      self.init(layer: padded[0], row: padded[1], column: padded[2])
    }

    public static func < (a: Offset, b: Offset) -> Bool {
      (a.layer, a.row, a.column) < (b.layer, b.row, b.column)
    }
  }

  /// Whether the window is smaller than the lattice along every axis.
  public func fits(_ siteShape: [Int]) -> Bool {
    guard siteShape.count <= 3 else { return false }
    let sides = Offset(siteShape.map { $0 - 1 })
    return reach.layer <= sides.layer && reach.row <= sides.row && reach.column <= sides.column
  }

  /// Reads `1x2`, `2x2d2`, `2x1x1`, a pair off the axes as `1:-1`, or, in one dimension, `3` and `2d3`.
  ///
  /// - Throws: `InputError` naming the text and what is allowed.
  public init(parsing text: String) throws(InputError) {
    let refusal = InputError.notAllowed(
      "--windows", "'\(text)'",
      allowed: "ROWSxCOLUMNS or ROWSxCOLUMNSdDILATION, such as 1x2 or 2x2d2, or a pair such as 1:-1"
    )
    if text.contains(":") {
      let steps = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      guard (2...3).contains(steps.count), steps.allSatisfy({ $0.map { abs($0) <= 64 } ?? false }),
        steps.contains(where: { $0 != 0 })
      else { throw refusal }
      self.init(pair: Offset(steps.map { $0! }))
      return
    }
    let parts = text.split(separator: "d", omittingEmptySubsequences: false)
    let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    let dilation = parts.count == 2 ? Int(parts[1]) : 1
    guard parts.count <= 2, sides.count <= 3, let dilation, (1...64).contains(dilation),
      sides.allSatisfy({ $0.map { (1...16).contains($0) } ?? false })
    else { throw refusal }
    let extents = [Int](repeating: 1, count: 3 - sides.count) + sides.map { $0! }
    self.init(
      layers: extents[0], rows: extents[1], columns: extents[2], layerDilation: dilation,
      rowDilation: dilation, columnDilation: dilation)
  }
}
