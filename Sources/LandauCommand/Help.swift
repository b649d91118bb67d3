import LandauCore
import LandauPipeline

/// The texts that `--help` prints.
enum Help {
  static func overview(verbs: [Verb]) -> String {
    var lines = [
      "landau \(Release.version): from a lattice model, or a file of snapshots, to the physics in it.",
      "",
      "Usage: landau VERB ... [--OPTION VALUE ...]",
      "",
    ]
    let heads = verbs.map { ($0.name + " " + $0.argument, $0.summary) }
    lines += columns(heads + [("help VERB", "the options of a verb, with examples")])
    lines += [
      "",
      "Models: " + (ModelOptions.Name.all + QuantumModelOptions.Name.all).joined(separator: ", "),
    ]
    lines += ["'landau MODEL --help' states signs, factors and units."]
    lines += [
      "", "Exit status: 0 done; 1 failure; 2 usage or bad input; 3 disagrees with the reference;",
      "4 stopped early, with what there was.", "",
    ]
    return lines.joined(separator: "\n")
  }

  static func text(for verb: Verb) -> String {
    let argument = verb.argument.isEmpty ? "" : " " + verb.argument
    var lines = ["Usage: landau \(verb.name)\(argument) [--OPTION VALUE ...]", ""]
    lines.append(verb.description)
    for group in verb.groups {
      lines += ["", group.title + ":"]
      lines += columns(
        group.options.map { ("--" + $0.name + ($0.value.isEmpty ? "" : " " + $0.value), $0.help) })
    }
    lines += ["", "Examples:"]
    for example in verb.examples { lines += ["  # " + example.what, "  " + example.command] }
    lines.append("")
    return lines.joined(separator: "\n")
  }

  /// Two columns, the right one wrapped at 96 characters.
  static func columns(_ rows: [(String, String)]) -> [String] {
    let width = min(26, rows.map(\.0.count).max() ?? 0)
    var lines: [String] = []
    for (left, right) in rows {
      var pieces = wrapped(right, width: 92 - width)
      var head = "  " + left
      if left.count > width {
        lines.append(head)
        head = "  "
      }
      head += String(repeating: " ", count: width + 2 - (head.count - 2))
      lines.append(head + pieces.removeFirst())
      lines += pieces.map { String(repeating: " ", count: width + 4) + $0 }
    }
    return lines
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
