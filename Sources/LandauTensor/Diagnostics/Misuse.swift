/// Stops the program because of a mistake in the calling code, with a line that says which, and lines that
/// say where.
func misuse(_ message: String) -> Never {
  // Not `preconditionFailure`: optimised builds drop its text, and the text is what names the fix.
  fatalError(([message] + CallSite.current().map { "  \($0)" }).joined(separator: "\n"))
}

/// Checks what the calling code must have made sure of.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { misuse(message()) }
}
