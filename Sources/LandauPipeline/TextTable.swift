/// A table for people: columns as wide as their entries, numbers to the right.
struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []

  init(_ header: [String]) { self.header = header }

  mutating func append(_ row: [String]) {
    precondition(
      row.count == header.count, "\(row.count) entries for \(header.count) columns")
    rows.append(row)
  }

  /// Lines ending with a newline, indented by two spaces.
  ///
  /// - Parameter leftColumns: how many of the first columns hold words, which stand to the left.
  func text(leftColumns: Int = 0) -> String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for row in all {
      var line = " "
      for (column, entry) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - entry.count)
        line += " " + (column < leftColumns ? entry + padding : padding + entry) + " "
      }
      while line.hasSuffix(" ") { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
