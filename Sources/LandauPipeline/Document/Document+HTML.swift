extension Document {
  /// One file that needs no other: styles and the picture are in it. Every element is closed, so that it is
  /// well-formed XML as well.
  ///
  /// - Parameter picture: an SVG document.
  func html(picture: String?) -> String {
    var out = """
      <!DOCTYPE html>
      <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title>\(Self.escaped(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <h1>\(Self.escaped(title))</h1>
      <ul>

      """
    out += lines.map { "<li>\(Self.escaped($0))</li>\n" }.joined() + "</ul>\n"
    for (index, section) in sections.enumerated() {
      out += "<section>\n<h2>\(Self.escaped(section.heading))</h2>\n"
      out += section.blocks.map(Self.html).joined() + "</section>\n"
      // The picture stands under the verdict, before the details.
      if index == 0, let picture { out += "<figure>\n\(Self.element(picture))\n</figure>\n" }
    }
    return out + "</body>\n</html>\n"
  }

  private static func html(_ block: Block) -> String {
    switch block {
    case .paragraph(let words): return "<p>\(escaped(words))</p>\n"
    case .formula(let formula): return "<pre class=\"formula\">\(escaped(formula))</pre>\n"
    case .verbatim(let lines): return "<pre>\(escaped(lines))</pre>\n"
    case .table(let rows):
      func row(_ cells: [String], _ tag: String) -> String {
        "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
      }
      return "<div class=\"wide\"><table>\n<thead>\(row(rows[0], "th"))</thead>\n<tbody>\n"
        + rows.dropFirst().map { row($0, "td") }.joined() + "</tbody>\n</table></div>\n"
    }
  }

  /// The root element alone: declarations belong to a file of its own.
  private static func element(_ picture: String) -> String {
    guard let start = picture.firstRange(of: "<svg")?.lowerBound else { return "" }
    return String(picture[start...])
  }

  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
  }

  private static let style = """
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
      color: #222; background: #fff; }
    h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
    figure { margin: 1rem 0; } svg { width: 100%; height: auto; }
    .wide { overflow-x: auto; } pre { overflow-x: auto; background: #f5f5f5; padding: 0.5rem; }
    table { border-collapse: collapse; } th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; }
    th { border-bottom: 1px solid #999; }
    """
}
