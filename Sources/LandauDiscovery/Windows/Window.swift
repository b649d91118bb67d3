public import LandauCore

/// A small set of sites that slides over a lattice and sees all of them at every position at once.
///
/// `layers` by `rows` by `columns` sites, `dilation` steps apart along each axis; in two dimensions
/// `layers` is 1, in one `rows`, too. Or any few sites, such as the pair along the third bond of the
/// triangular lattice, or its triangles. With several channels (measurement bases, link directions, the sites of a unit
/// cell) the window sees all of them.
public struct Window: Sendable, Hashable {
  /// Extent of the box the sites are in.
  public let layers: Int
  public let rows: Int
  public let columns: Int
  public let layerDilation: Int
  public let rowDilation: Int
  public let columnDilation: Int
  /// The sites where they do not fill the box, sorted; nil for a full box.
  public let sites: [Offset]?

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
    extents: (Int, Int, Int), dilations: (Int, Int, Int) = (1, 1, 1), sites: [Offset]? = nil
  ) {
    (layers, rows, columns) = extents
    // A dilation along an axis with one site does nothing; store one spelling of it.
    layerDilation = layers == 1 ? 1 : dilations.0
    rowDilation = rows == 1 ? 1 : dilations.1
    columnDilation = columns == 1 ? 1 : dilations.2
    self.sites = sites
  }

  /// Two sites; along an axis the same window as `1x2` and its likes.
  ///
  /// - Precondition: not a pair of a site with itself.
  public init(pair displacement: Offset) {
    self.init(sites: [Offset(row: 0, column: 0), displacement])
  }

  /// Any sites, wherever their corner is; those that fill a row, with equal steps between them, are the same
  /// window as `1x2` and its likes.
  ///
  /// - Precondition: two different sites or more.
  public init(sites: [Offset]) {
    let all = Set(sites)
    precondition(all.count >= 2 && all.count == sites.count, "a window of the sites \(sites)")
    let lowest = Offset(
      layer: all.map(\.layer).min()!, row: all.map(\.row).min()!,
      column: all.map(\.column).min()!)
    let shifted = all.map {
      Offset(
        layer: $0.layer - lowest.layer, row: $0.row - lowest.row, column: $0.column - lowest.column)
    }.sorted()
    let ends = [
      shifted.map(\.layer).max()!, shifted.map(\.row).max()!, shifted.map(\.column).max()!,
    ]
    if all.count == 2, ends.count(where: { $0 != 0 }) == 1 {
      self.init(
        layers: ends[0] == 0 ? 1 : 2, rows: ends[1] == 0 ? 1 : 2, columns: ends[2] == 0 ? 1 : 2,
        layerDilation: max(1, ends[0]), rowDilation: max(1, ends[1]),
        columnDilation: max(1, ends[2]))
      return
    }
    let box = Window(layers: ends[0] + 1, rows: ends[1] + 1, columns: ends[2] + 1)
    self.init(
      extents: (box.layers, box.rows, box.columns),
      sites: box.offsets == shifted ? nil : shifted)
  }

  /// Sites in the window.
  public var area: Int { sites?.count ?? layers * rows * columns }

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
  /// `pair 1:-1` off the axes, `0:0+0:1+1:0` of more sites.
  public var name: String {
    if let sites {
      let places = sites.map { Self.text($0, isFlat: layers == 1) }
      guard sites.count == 2 else { return places.joined(separator: "+") }
      let steps = Offset(
        layer: sites[1].layer - sites[0].layer, row: sites[1].row - sites[0].row,
        column: sites[1].column - sites[0].column)
      return "pair " + Self.text(steps, isFlat: layers == 1)
    }
    let extents = layers == 1 ? [rows, columns] : [layers, rows, columns]
    let base = extents.map(String.init).joined(separator: "x")
    if dilation == 1 { return base }
    let dilations = Array([layerDilation, rowDilation, columnDilation].suffix(extents.count))
    let used = zip(extents, dilations).filter { $0.0 > 1 }.map(\.1)
    return Set(used).count == 1
      ? "\(base) d\(used[0])" : "\(base) d" + dilations.map(String.init).joined(separator: "x")
  }

  private static func text(_ offset: Offset, isFlat: Bool) -> String {
    let steps = [offset.layer, offset.row, offset.column]
    return steps.dropFirst(isFlat ? 1 : 0).map(String.init).joined(separator: ":")
  }

  /// Offsets of the window's sites from its corner, row by row.
  public var offsets: [Offset] {
    if let sites { return sites }
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

  /// Reads `1x2`, `2x2d2`, `2x1x1`, a pair off the axes as `1:-1`, sites as
  /// `0:0+0:1+1:0`, or, in one dimension, `3` and `2d3`.
  ///
  /// - Throws: `InputError` naming the text and what is allowed.
  public init(parsing text: String) throws(InputError) {
    let refusal = InputError.notAllowed(
      "--windows", "'\(text)'",
      allowed: "ROWSxCOLUMNS or ROWSxCOLUMNSdDILATION, such as 1x2 or 2x2d2, or a pair such as 1:-1"
    )
    if text.contains(":") {
      let places = text.split(separator: "+", omittingEmptySubsequences: false).map { place in
        place.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      }
      guard
        places.allSatisfy({ steps in
          (2...3).contains(steps.count) && steps.count == places[0].count
            && steps.allSatisfy { $0.map { abs($0) <= 64 } ?? false }
        })
      else { throw refusal }
      var sites = places.map { Offset($0.map { $0! }) }
      if sites.count == 1 { sites.append(Offset(row: 0, column: 0)) }
      guard Set(sites).count == sites.count, sites.count <= 16 else { throw refusal }
      self.init(sites: sites)
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
