public import LandauCore

/// A table of numbers from text: comma, semicolon, tab or blank separated, `#` comments, one optional
/// header line.
public struct CSVTable: Sendable, Hashable {
  /// The words of the header line, or nil when the first line is numbers.
  public var header: [String]?
  public var rowCount: Int
  public var columnCount: Int
  /// Row by row.
  public var values: [Double]

  public subscript(row: Int, column: Int) -> Double { values[row * columnCount + column] }

  /// - Throws: `InputError` naming row and column of the first cell that is not a number, or the first
  ///   row of another length.
  public init(_ bytes: [UInt8], name: String) throws(InputError) {
    var parser = Parser(bytes: bytes, name: name)
    try parser.run()
    header = parser.header
    rowCount = parser.rowCount
    columnCount = parser.columnCount
    values = parser.values
    guard rowCount > 0, columnCount > 0 else {
      throw InputError.file(name, "holds no rows of numbers")
    }
    dropRowNumbers()
  }

  /// Drops the first column where its header is empty: row numbers that some programs add.
  private mutating func dropRowNumbers() {
    guard let names = header, columnCount > 1, names[0].isEmpty else { return }
    header = Array(names.dropFirst())
    values = values.indices.filter { $0 % columnCount != 0 }.map { values[$0] }
    columnCount -= 1
  }

  /// One column's values.
  public func column(_ index: Int) -> [Double] {
    (0..<rowCount).map { values[$0 * columnCount + index] }
  }
}

private struct Parser {
  let bytes: [UInt8]
  let name: String
  var header: [String]?
  var rowCount = 0
  var columnCount = 0
  var values: [Double] = []
  /// Nil stands for runs of blanks.
  private var separator: UInt8?

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func run() throws(InputError) {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var lineNumber = 0
    var isFirst = true
    while start < bytes.count {
      var end = start
      while end < bytes.count && bytes[end] != 10 && bytes[end] != 13 { end += 1 }
      lineNumber += 1
      let line = trim(start..<end)
      start = end + 1
      if end + 1 < bytes.count && bytes[end] == 13 && bytes[end + 1] == 10 { start = end + 2 }
      if line.isEmpty || bytes[line.lowerBound] == UInt8(ascii: "#") { continue }
      if isFirst {
        chooseSeparator(line)
        isFirst = false
        if takeHeader(line) { continue }
      }
      try addRow(line, lineNumber: lineNumber)
    }
  }

  private mutating func chooseSeparator(_ line: Range<Int>) {
    separator = [UInt8(ascii: ","), UInt8(ascii: ";"), 9].first { bytes[line].contains($0) }
  }

  /// Whether the first line holds anything but numbers, and then its words.
  private mutating func takeHeader(_ line: Range<Int>) -> Bool {
    let cells = split(line)
    guard cells.contains(where: { number($0) == nil }) else { return false }
    header = cells.map { cell in
      let text = String(decoding: bytes[cell], as: UTF8.self)
      let isQuoted = text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
      return (isQuoted ? String(text.dropFirst().dropLast()) : text).printable
    }
    return true
  }

  private mutating func addRow(_ line: Range<Int>, lineNumber: Int) throws(InputError) {
    var count = 0
    var start = line.lowerBound
    while start <= line.upperBound {
      let cell = nextCell(&start, line)
      guard let value = number(cell) else {
        let text = String(decoding: bytes[cell], as: UTF8.self).printable
        throw InputError.file(
          name, "line \(lineNumber), column \(count + 1) is '\(text)', not a number")
      }
      values.append(value)
      count += 1
    }
    if rowCount == 0 {
      columnCount = count
      if let header, header.count != count {
        throw InputError.file(
          name, "line \(lineNumber) has \(count) columns, the header \(header.count)")
      }
    }
    guard count == columnCount else {
      throw InputError.file(
        name, "line \(lineNumber) has \(count) columns, the ones before it \(columnCount)")
    }
    rowCount += 1
  }

  private func split(_ line: Range<Int>) -> [Range<Int>] {
    var cells: [Range<Int>] = []
    var start = line.lowerBound
    while start <= line.upperBound { cells.append(nextCell(&start, line)) }
    return cells
  }

  /// The cell at `start`; moves `start` to the next one, or past the end of the line after the last.
  private func nextCell(_ start: inout Int, _ line: Range<Int>) -> Range<Int> {
    var end = start
    while end < line.upperBound && !isSeparator(bytes[end]) { end += 1 }
    let cell = trim(start..<end)
    if end == line.upperBound {
      start = line.upperBound + 1
      return cell
    }
    start = end + 1
    if separator == nil {
      while start < line.upperBound && isSeparator(bytes[start]) { start += 1 }
    }
    return cell
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    if let separator { return byte == separator }
    return byte == 32 || byte == 9
  }

  private func trim(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper && (bytes[lower] == 32 || bytes[lower] == 9) { lower += 1 }
    while upper > lower && (bytes[upper - 1] == 32 || bytes[upper - 1] == 9) { upper -= 1 }
    return lower..<upper
  }

  private func number(_ cell: Range<Int>) -> Double? {
    if cell.isEmpty || cell.count > 64 { return nil }
    // Snapshots are mostly "1", "-1" and "0"; these need no general parser.
    let isNegative = bytes[cell.lowerBound] == UInt8(ascii: "-")
    let digits = isNegative ? cell.dropFirst() : cell
    if !digits.isEmpty && digits.count <= 15 && bytes[digits].allSatisfy({ (48...57).contains($0) })
    {
      var value = 0
      for index in digits { value = value * 10 + Int(bytes[index]) - 48 }
      return isNegative ? -Double(value) : Double(value)
    }
    return NumberText.parse(String(decoding: bytes[cell], as: UTF8.self))
  }
}

/// Decimal numbers as people write them, and nothing else that `Double` would take.
enum NumberText {
  static func parse(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: break
    }
    guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else {
      return nil
    }
    return Double(text)
  }
}
