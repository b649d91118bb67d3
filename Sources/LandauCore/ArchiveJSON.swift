extension JSONValue {
  /// The same document with keys in order and whole numbers as integers, so that equal meaning is equal text.
  public var canonical: JSONValue {
    switch self {
    case .number(let value):
      if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return .integer(whole) }
      return self
    case .array(let items): return .array(items.map(\.canonical))
    case .object(let members):
      let sorted = members.sorted { $0.key < $1.key }
      return .object(sorted.map { Member($0.key, $0.value.canonical) })
    default: return self
    }
  }

  /// Where two canonical documents first differ, as a dotted path, with both values in short.
  static func firstDifference(
    _ stored: JSONValue, _ asked: JSONValue, at path: String
  ) -> (field: String, stored: String, asked: String)? {
    if stored == asked { return nil }
    guard case .object(let old) = stored, case .object(let new) = asked else {
      return (path, stored.shortText, asked.shortText)
    }
    let keys = new.map(\.key) + old.map(\.key).filter { asked[$0] == nil }
    for key in keys {
      let inner = path.isEmpty || path == "arguments" ? key : "\(path).\(key)"
      switch (stored[key], asked[key]) {
      case (let old?, let new?):
        if let found = firstDifference(old, new, at: inner) { return found }
      case (let old?, nil): return (inner, old.shortText, "not given")
      case (nil, let new?): return (inner, "not given", new.shortText)
      case (nil, nil): break
      }
    }
    return (path, "different", "different")
  }

  /// For messages: one line of at most sixty characters.
  private var shortText: String {
    if case .string(let text) = self, text.count <= 60 { return text }
    let text = text(indented: false)
    return text.count <= 60 ? text : text.prefix(57) + "..."
  }

  var numberList: [Double]? {
    guard case .array(let items) = self else { return nil }
    var values: [Double] = []
    for item in items {
      switch item {
      case .number(let value): values.append(value)
      case .integer(let value): values.append(Double(value))
      default: return nil
      }
    }
    return values
  }

  var integerList: [Int]? {
    guard case .array(let items) = self else { return nil }
    let values = items.compactMap { if case .integer(let value) = $0 { value } else { nil } }
    return values.count == items.count ? values : nil
  }

  var stringList: [String]? {
    guard case .array(let items) = self else { return nil }
    let values = items.compactMap { if case .string(let value) = $0 { value } else { nil } }
    return values.count == items.count ? values : nil
  }
}
