public import LandauCore

/// A rectangular window that slides over a lattice and sees some sites of every position at once.
///
/// `rows` by `columns` sites, `dilation` steps apart along each axis; in one dimension `rows` is 1.
/// With several channels (measurement bases, link directions) the window sees all of them.
public struct Window: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public let rowDilation: Int
  public let columnDilation: Int

  /// - Precondition: all four at least 1.
  public init(rows: Int, columns: Int, rowDilation: Int = 1, columnDilation: Int = 1) {
    precondition(
      min(rows, columns, rowDilation, columnDilation) >= 1,
      "window \(rows)x\(columns) with dilation \(rowDilation)x\(columnDilation)")
    self.rows = rows
    self.columns = columns
    // A dilation along an axis with one site does nothing; store one spelling of it.
    self.rowDilation = rows == 1 ? 1 : rowDilation
    self.columnDilation = columns == 1 ? 1 : columnDilation
  }

  /// Sites in the window.
  public var area: Int { rows * columns }

  /// The larger of the two dilations.
  public var dilation: Int { max(rowDilation, columnDilation) }

  /// What the window has to earn to stay: the fall of the logarithm of the held-out squared error.
  ///
  /// Triples with every further site and grows linearly with the dilation, so of two windows that tell
  /// equally much the smaller and denser stays.
  public var cost: Double {
    0.01 * (1..<max(1, min(area, 16))).reduce(1.0) { price, _ in 3 * price } * Double(dilation)
  }

  /// `1x2`, `2x2`, `1x2 d3`; for different dilations `2x2 d1x2`.
  public var name: String {
    let base = "\(rows)x\(columns)"
    if dilation == 1 { return base }
    let rowPart = rows == 1 ? columnDilation : rowDilation
    let columnPart = columns == 1 ? rowDilation : columnDilation
    return rowPart == columnPart ? "\(base) d\(rowPart)" : "\(base) d\(rowPart)x\(columnPart)"
  }

  /// Offsets of the window's sites from its corner, row by row.
  public var offsets: [Offset] {
    (0..<rows).flatMap { row in
      (0..<columns).map { Offset(row: row * rowDilation, column: $0 * columnDilation) }
    }
  }

  /// Steps from the corner to the far end along each axis.
  public var reach: Offset {
    Offset(row: (rows - 1) * rowDilation, column: (columns - 1) * columnDilation)
  }

  /// A displacement on the lattice.
  public struct Offset: Sendable, Hashable, Comparable {
    public var row: Int
    public var column: Int
    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
    public static func < (a: Offset, b: Offset) -> Bool { (a.row, a.column) < (b.row, b.column) }
  }

  /// Reads `1x2`, `2x2d2`, or, in one dimension, `3` and `2d3`.
  ///
  /// - Throws: `InputError` naming the text and what is allowed.
  public init(parsing text: String) throws(InputError) {
    let refusal = InputError.notAllowed(
      "--windows", "'\(text)'",
      allowed: "ROWSxCOLUMNS or ROWSxCOLUMNSdDILATION, such as 1x2 or 2x2d2")
    let parts = text.split(separator: "d", omittingEmptySubsequences: false)
    let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    let dilation = parts.count == 2 ? Int(parts[1]) : 1
    guard parts.count <= 2, sides.count <= 2, let last = sides.last, let columns = last,
      let first = sides.first, let rows = sides.count == 2 ? first : 1, let dilation,
      (1...16).contains(rows), (1...16).contains(columns), (1...64).contains(dilation)
    else { throw refusal }
    self.init(rows: rows, columns: columns, rowDilation: dilation, columnDilation: dilation)
  }

  /// The windows tried when nothing else is asked for: all small ones that fit the lattice.
  ///
  /// A window has at most `maximumBits` spins over all channels, its table 2^bits entries.
  public static func standard(siteShape: [Int], channelCount: Int, maximumBits: Int = 8) -> [Window]
  {
    let oneDimensional = siteShape.count == 1
    let candidates: [Window] =
      oneDimensional
      ? [
        Window(rows: 1, columns: 1), Window(rows: 1, columns: 2),
        Window(rows: 1, columns: 2, columnDilation: 2),
        Window(rows: 1, columns: 2, columnDilation: 3),
        Window(rows: 1, columns: 3), Window(rows: 1, columns: 3, columnDilation: 2),
        Window(rows: 1, columns: 3, columnDilation: 3),
      ]
      : [
        Window(rows: 1, columns: 1), Window(rows: 1, columns: 2), Window(rows: 2, columns: 1),
        Window(rows: 1, columns: 2, columnDilation: 2), Window(rows: 2, columns: 1, rowDilation: 2),
        Window(rows: 1, columns: 3), Window(rows: 3, columns: 1), Window(rows: 2, columns: 2),
      ]
    let rows = oneDimensional ? 1 : siteShape[0]
    let columns = siteShape[siteShape.count - 1]
    return candidates.filter {
      $0.area * channelCount <= maximumBits && $0.reach.row < rows && $0.reach.column < columns
    }
  }
}
