/// A page of words, formulas and tables that is written as plain text, as Markdown and as HTML.
struct Document: Sendable, Hashable {
  enum Block: Sendable, Hashable {
    case paragraph(String)
    /// One line that is not broken.
    case formula(String)
    /// The first row is the heading.
    case table([[String]])
    /// Lines as they are, such as a table laid out elsewhere.
    case verbatim(String)
  }

  struct Section: Sendable, Hashable {
    var heading: String
    var blocks: [Block]

    init(_ heading: String, _ blocks: [Block]) {
      self.heading = heading
      self.blocks = blocks
    }

    /// Of text laid out elsewhere: its first line is the heading.
    init(page text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      heading = lines[0]
      blocks = [.verbatim(lines.dropFirst().joined(separator: "\n"))]
    }
  }

  var title: String
  /// Short lines under the title.
  var lines: [String]
  var sections: [Section]
}

extension Document {
  /// For a terminal: 92 columns, sections under their headings.
  var text: String {
    var out = title + "\n" + lines.map { "  \($0)\n" }.joined()
    for section in sections {
      out += "\n\(section.heading)\n" + section.blocks.map(Self.text).joined()
    }
    return out
  }

  private static func text(_ block: Block) -> String {
    switch block {
    case .paragraph(let words): wrapped(words)
    case .formula(let formula): "    \(formula)\n"
    case .table(let rows): aligned(rows)
    case .verbatim(let lines): lines.hasSuffix("\n") ? lines : lines + "\n"
    }
  }

  /// Broken at 92 characters, indented by two.
  private static func wrapped(_ text: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + word.count + 1 > 90 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.map { "  " + $0 + "\n" }.joined()
  }

  private static func aligned(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      var line = "   "
      for (cell, width) in zip(row, widths) {
        line += " " + cell + String(repeating: " ", count: width - cell.count) + " "
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
