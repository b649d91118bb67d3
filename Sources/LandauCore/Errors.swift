/// What the person at the keyboard can repair: an option, a value, a file. Exit status 2.
///
/// The message is one line that names the thing, the value and what is allowed.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }

  /// A value outside what is allowed, e.g. `--size is 0; allowed: whole numbers from 1 to 65536`.
  public static func notAllowed(
    _ name: String, _ value: some CustomStringConvertible, allowed: String, hint: String? = nil
  ) -> InputError {
    InputError("\(name) is \(value); allowed: \(allowed)" + (hint.map { " (\($0))" } ?? ""))
  }

  /// A file that cannot be used, with the reason.
  public static func file(_ path: String, _ reason: String) -> InputError {
    InputError("\(path): \(reason)")
  }
}

/// What went wrong during the work although the input was fine: disk full, a child process. Exit status 1.
public struct RunError: Error, Sendable, Hashable, CustomStringConvertible {
  public let message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}

/// The run was asked to stop; what it had is kept. Exit status 4.
public struct Interrupted: Error, Sendable, Hashable, CustomStringConvertible {
  public init() {}
  public var description: String { "interrupted" }
}
