#if os(Linux) && canImport(Runtime)
  import Runtime
#endif

/// A line of the calling code.
///
/// Found by walking the stack once something has gone wrong: operators cannot take `#line` as an argument,
/// and an operation that succeeds must not pay for the message of one that fails. Types are known when an
/// operation is written down, so the stack of a shape error leads to the line that wrote it, inside a
/// traced function too. Needs the debug information that packages are built with (`-g`); without it there
/// is nothing to show.
struct CallSite: Sendable, Hashable, CustomStringConvertible {
  /// The last two components of the path.
  let file: String
  let line: Int
  let function: String

  /// For example `at Model/Net.swift:31 in Net.loss(_:)`.
  var description: String { "at \(file):\(line) in \(function)" }

  /// The innermost lines of the stack outside this room, at most `count`.
  static func current(count: Int = 3) -> [CallSite] {
    #if os(Linux) && canImport(Runtime)
      guard let stack = try? Backtrace.capture(algorithm: .fast, limit: 256),
        let frames = stack.symbolicated()?.frames
      else { return [] }
      var result: [CallSite] = []
      for frame in frames where result.count < count {
        guard let symbol = frame.symbol, let place = symbol.sourceLocation,
          isOfTheCaller(place.path), place.line > 0
        else { continue }
        let parts = place.path.split(separator: "/").suffix(2)
        result.append(
          CallSite(
            file: parts.joined(separator: "/"), line: place.line, function: symbol.name))
      }
      return result
    #else
      return []
    #endif
  }

  /// Debug information spells paths in more than one way; the room's folder is in all of them.
  private static func isOfTheCaller(_ path: String) -> Bool {
    path.hasSuffix(".swift") && !path.contains("Sources/LandauTensor/")
      && !path.contains("/stdlib/")
  }
}
