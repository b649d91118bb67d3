/// Named columns of equal length: what is behind a figure, and what a CSV file holds.
public struct Table: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    public var name: String
    public var values: [Double]
    public init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  public var columns: [Column]

  /// Columns of different lengths are a programming error.
  public init(_ columns: [Column]) {
    for column in columns {
      precondition(
        column.values.count == columns[0].values.count,
        "column '\(column.name)' has \(column.values.count) rows, "
          + "'\(columns[0].name)' has \(columns[0].values.count)")
    }
    self.columns = columns
  }

  public var rowCount: Int { columns.first?.values.count ?? 0 }

  public subscript(_ name: String) -> [Double]? {
    columns.first { $0.name == name }?.values
  }
}
