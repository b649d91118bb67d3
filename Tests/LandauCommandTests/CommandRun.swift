import LandauCore
import LandauStore

@testable import LandauCommand

/// One command run inside the test process.
struct CommandRun {
  var status: Int32
  var output: String
  var error: String

  init(_ words: [String], cancellation: Cancellation = .never) {
    var (output, error) = ("", "")
    let program = CommandLineProgram(
      standardOutput: { output += $0 }, standardError: { error += $0 },
      cancellation: cancellation)
    status = program.run(words)
    (self.output, self.error) = (output, error)
  }

  /// Words as a shell would split them, without quoting.
  init(_ line: String, cancellation: Cancellation = .never) {
    self.init(line.split(separator: " ").map(String.init), cancellation: cancellation)
  }

  /// The JSON object printed, which must be all there is.
  func json() throws -> JSONValue { try JSONReader.parse(output) }

  /// The error as one line without the program's name; nil when it is not exactly one line.
  var complaint: String? {
    guard error.hasPrefix("landau: "), error.hasSuffix("\n"), error.count(where: \.isNewline) == 1
    else { return nil }
    return String(error.dropFirst("landau: ".count).dropLast())
  }
}

extension JSONValue {
  /// Numbers of either kind.
  var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }

  var members: [Member] { if case .object(let members) = self { members } else { [] } }
}
