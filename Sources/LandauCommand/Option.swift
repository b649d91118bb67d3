/// One option of a verb: its name without dashes, what its value looks like, and what it does.
struct Option: Sendable, Hashable {
  /// What kind of thing the value is, for the JSON echo of the arguments.
  enum Kind: Sendable, Hashable { case flag, text, integer, number }

  var name: String
  var kind: Kind
  /// How the value is written in help and in error messages; empty for flags.
  var value: String
  var help: String
  /// Whether the option may be given more than once; each use adds a value.
  var repeats = false

  static func flag(_ name: String, _ help: String) -> Option {
    Option(name: name, kind: .flag, value: "", help: help)
  }

  static func text(
    _ name: String, _ value: String, _ help: String, repeats: Bool = false
  ) -> Option {
    Option(name: name, kind: .text, value: value, help: help, repeats: repeats)
  }

  static func integer(_ name: String, _ value: String, _ help: String) -> Option {
    Option(name: name, kind: .integer, value: value, help: help)
  }

  static func number(_ name: String, _ value: String, _ help: String) -> Option {
    Option(name: name, kind: .number, value: value, help: help)
  }

  /// `--burn-in` is `burnIn` in JSON.
  var jsonName: String {
    let words = name.split(separator: "-")
    return words.dropFirst().reduce(String(words[0])) { text, word in
      text + word.prefix(1).uppercased() + word.dropFirst()
    }
  }
}

extension Option {
  /// What every verb that computes understands.
  static let work: [Option] = [
    .integer("seed", "N", "root of all random numbers (default 1)"),
    .integer("threads", "N", "threads to use (default: all); results do not depend on it"),
  ]
}

/// Options under one heading of a help text.
struct OptionGroup: Sendable {
  var title: String
  var options: [Option]

  /// What every verb understands.
  static let common = OptionGroup(
    title: "Output",
    options: [
      .flag("json", "print one JSON object and nothing else"),
      .flag("quiet", "no progress on standard error"),
      .flag("help", "this text"),
    ])
}
