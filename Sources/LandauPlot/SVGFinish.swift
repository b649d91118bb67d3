/// Small repairs to gnuplot's SVG: a family of fonts that every viewer has, and the figure's own title.
enum SVGFinish {
  static func apply(_ bytes: [UInt8], title: String) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    let fonts = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
    let name = GnuplotText.fontName
    let withBold = replace("\"\(name):Bold\"", by: "\"\(fonts)\" font-weight=\"bold\"", in: text)
    let withFonts = replace("\"\(name)\"", by: "\"\(fonts)\"", in: withBold)
    let withTitle = replace(
      "<title>Gnuplot</title>", by: "<title>\(escaped(title))</title>", in: withFonts)
    return Array(withTitle.utf8)
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out.append(character)
      }
    }
    return out
  }

  private static func replace(_ old: String, by new: String, in text: String) -> String {
    let pattern = Array(old.utf8)
    let source = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      if source[index] == pattern[0], source[index...].starts(with: pattern) {
        out += new.utf8
        index += pattern.count
      } else {
        out.append(source[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
