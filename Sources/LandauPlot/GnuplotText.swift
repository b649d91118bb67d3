import LandauCore

/// Text and numbers in gnuplot's syntax.
enum GnuplotText {
  static let fontName = "DejaVu Sans"

  /// A single-quoted string, in which gnuplot reads everything but a quote as it stands.
  static func quoted(_ text: String) -> String {
    var out = "'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": out += "''"
      case "\n", "\r", "\t": out += " "
      case let control where control.value < 0x20 || control.value == 0x7F: continue
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "'"
  }

  /// The words of a tic, which gnuplot takes for a format.
  static func quotedTic(_ text: String) -> String {
    quoted(text.reduce(into: "") { $0 += $1 == "%" ? "%%" : String($1) })
  }

  /// Text for a comment: on one line and in quotes, because a backslash at the end of a line would
  /// draw the next line into the comment.
  static func comment(_ text: String) -> String { quoted(text) }

  /// The shortest text that gives the number back.
  static func number(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A length or fraction, to four decimals.
  static func short(_ value: Double) -> String { Estimate.fixed(value, digits: 4) }

  /// Okabe and Ito's colours, which eyes of every kind tell apart, without the yellow that vanishes on
  /// white; then those of Tol's muted scheme that differ from them. Negative indices give a neutral grey.
  static func color(_ index: Int) -> String {
    let palette = [
      "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255",
      "#999933", "#332288", "#AA4499", "#44AA99",
    ]
    return index < 0 ? "#555555" : palette[index % palette.count]
  }

  /// A point shape for a colour, so that series differ in print too.
  static func pointType(_ index: Int) -> Int {
    let shapes = [7, 5, 9, 13, 11, 6, 4]
    return index < 0 ? 7 : shapes[index % shapes.count]
  }
}

/// How wide text becomes in the font that is asked for, in points.
enum TextWidth {
  /// The widest of some lines in the legend's size; capitals and digits are wider than the rest.
  static func legend(_ lines: [String]) -> Double {
    lines.map { line in
      line.reduce(0.0) { width, character in
        width
          + (character.isUppercase || character.isNumber || "=+−~⟨⟩".contains(character) ? 8 : 6.6)
      }
    }.max() ?? 0
  }
}
