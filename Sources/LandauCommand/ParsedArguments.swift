import LandauCore

/// What somebody typed after a verb, checked against the options the verb has.
struct ParsedArguments: Sendable {
  private(set) var positionals: [String] = []
  private var values: [String: [String]] = [:]
  /// Options in the order given, for the JSON echo.
  private var order: [Option] = []

  /// - Throws: for an option the verb does not have, one without its value, a flag with one, and one
  ///   given twice that may be given once.
  init(_ words: [String], options: [Option]) throws(InputError) {
    var index = 0
    var onlyPositionals = false
    while index < words.count {
      let word = words[index]
      index += 1
      if onlyPositionals || !Self.looksLikeOption(word) {
        positionals.append(word)
      } else if word == "--" {
        onlyPositionals = true
      } else {
        let (option, inline) = try Self.option(word, among: options)
        let next = index < words.count ? words[index] : nil
        let (value, used) = try Self.value(of: option, inline: inline, next: next)
        if used { index += 1 }
        try record(option, value)
      }
    }
  }

  /// Whether `--help` or `-h` is among the words, wherever it stands before a lone `--`.
  static func asksForHelp(_ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  private static func looksLikeOption(_ word: String) -> Bool {
    word.hasPrefix("-") && word != "-" && Double(word) == nil
  }

  private static func option(
    _ word: String, among options: [Option]
  ) throws(InputError) -> (Option, inline: String?) {
    guard word.hasPrefix("--") else {
      throw InputError("unknown option '\(word)'; options begin with two dashes")
    }
    let parts = word.dropFirst(2).split(
      separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = options.first(where: { $0.name == name }) else {
      let hint = Suggestion.hint(for: name, among: options.map(\.name), prefix: "--")
      throw InputError("unknown option '--\(name)'" + (hint.isEmpty ? "; try '--help'" : hint))
    }
    return (option, parts.count > 1 ? String(parts[1]) : nil)
  }

  private static func value(
    of option: Option, inline: String?, next: String?
  ) throws(InputError) -> (String, usedNext: Bool) {
    if option.kind == .flag {
      if let inline {
        throw InputError("--\(option.name) takes no value, but '\(inline)' was given")
      }
      return ("", false)
    }
    if let inline, !inline.isEmpty { return (inline, false) }
    guard inline == nil, let next, !next.isEmpty, !looksLikeOption(next) else {
      throw InputError("--\(option.name) needs a value: \(option.value)")
    }
    return (next, true)
  }

  private mutating func record(_ option: Option, _ value: String) throws(InputError) {
    if values[option.name] == nil {
      order.append(option)
    } else if !option.repeats {
      throw InputError("--\(option.name) is given twice; once is allowed")
    }
    values[option.name, default: []].append(value)
  }

  func isGiven(_ name: String) -> Bool { values[name] != nil }

  /// Names of all options given, in order.
  var given: [String] { order.map(\.name) }

  func text(_ name: String) -> String? { values[name]?.last }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// The options as given, under their JSON names; output options are left out.
  var echo: [JSONValue.Member] {
    order.filter { !["json", "quiet"].contains($0.name) }.map { option in
      let texts = values[option.name] ?? []
      let items = texts.map { Self.json($0, kind: option.kind) }
      return JSONValue.Member(option.jsonName, option.repeats ? .array(items) : items[0])
    }
  }

  private static func json(_ text: String, kind: Option.Kind) -> JSONValue {
    switch kind {
    case .flag: .bool(true)
    case .text: .string(text)
    case .integer: Int(text).map { .integer($0) } ?? .string(text)
    case .number: Double(text).map { .number($0) } ?? .string(text)
    }
  }
}
