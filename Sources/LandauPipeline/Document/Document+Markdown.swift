extension Document {
  /// CommonMark with pipe tables.
  ///
  /// - Parameter figure: where the picture is, relative to the page.
  func markdown(figure: String?) -> String {
    var out = "# \(Self.marked(title))\n\n" + lines.map { "- \(Self.marked($0))\n" }.joined()
    if let figure { out += "\n![\(Self.marked(title))](\(figure))\n" }
    for section in sections {
      out += "\n## \(Self.marked(section.heading))\n\n"
      out += section.blocks.map(Self.markdown).joined(separator: "\n")
    }
    return out
  }

  private static func markdown(_ block: Block) -> String {
    switch block {
    case .paragraph(let words): return marked(words) + "\n"
    case .formula(let formula): return "    \(formula)\n"
    case .verbatim(let lines):
      return lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    case .table(let rows):
      func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
      return line(rows[0].map(marked)) + line(rows[0].map { _ in "---" })
        + rows.dropFirst().map { line($0.map(marked)) }.joined()
    }
  }

  /// Characters that Markdown would take for marks, each behind a backslash.
  private static func marked(_ text: String) -> String {
    text.reduce(into: "") { out, character in
      if "\\`*_[]<>|#~".contains(character) { out.append("\\") }
      out.append(character)
    }
  }
}
