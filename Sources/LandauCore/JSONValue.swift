/// A JSON document whose objects keep their order, so that equal results print equal bytes.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSONValue
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// An object from pairs, in the order given.
  public static func pairs(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(pairs.map { Member($0.key, $0.value) })
  }

  /// An estimate as the command line prints it: `value`, `error` and, where known, `integratedTime`,
  /// `effectiveCount` and `warning`.
  public static func estimate(_ estimate: Estimate) -> JSONValue {
    var members = [
      Member("value", .number(estimate.value)), Member("error", .number(estimate.error)),
    ]
    if let time = estimate.integratedTime {
      members.append(Member("integratedTime", .number(time)))
    }
    if let count = estimate.effectiveCount {
      members.append(Member("effectiveCount", .number(count)))
    }
    if let warning = estimate.warning { members.append(Member("warning", .string(warning))) }
    return .object(members)
  }

  public static func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
  public static func integers(_ values: [Int]) -> JSONValue { .array(values.map { .integer($0) }) }
  public static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

  public subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text of the document; numbers that are not finite become `null`.
  public func text(indented: Bool = true) -> String {
    var out = ""
    write(to: &out, depth: 0, indented: indented)
    return out
  }

  private func write(to out: inout String, depth: Int, indented: Bool) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += value.isFinite ? value.description : "null"
    case .string(let value): Self.quote(value, into: &out)
    case .array(let items):
      let flat = items.allSatisfy(\.isScalar)
      Self.writeList(
        open: "[", close: "]", count: items.count, depth: depth, indented: indented && !flat,
        out: &out
      ) { index, out in items[index].write(to: &out, depth: depth + 1, indented: indented) }
    case .object(let members):
      let flat = members.count <= 5 && members.allSatisfy { $0.value.isScalar }
      Self.writeList(
        open: "{", close: "}", count: members.count, depth: depth, indented: indented && !flat,
        out: &out
      ) { index, out in
        Self.quote(members[index].key, into: &out)
        out += ": "
        members[index].value.write(to: &out, depth: depth + 1, indented: indented)
      }
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private static func writeList(
    open: String, close: String, count: Int, depth: Int, indented: Bool, out: inout String,
    item: (Int, inout String) -> Void
  ) {
    out += open
    for index in 0..<count {
      if index > 0 { out += indented ? "," : ", " }
      if indented { out += "\n" + String(repeating: "  ", count: depth + 1) }
      item(index, &out)
    }
    if indented && count > 0 { out += "\n" + String(repeating: "  ", count: depth) }
    out += close
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case let control where control.value < 0x20:
        let hex = String(control.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
