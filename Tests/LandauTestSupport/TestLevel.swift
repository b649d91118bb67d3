public import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much the suite is asked to run: `scripts/test --fast`, plain, `--full` or `--nightly`.
public enum TestLevel: String, Sendable, CaseIterable {
  case fast, normal, full, nightly

  /// The level in `LANDAU_TEST_LEVEL`, normal where it is not set.
  public static let current: TestLevel = {
    guard let text = getenv("LANDAU_TEST_LEVEL").map({ String(cString: $0) }), !text.isEmpty else {
      return .normal
    }
    guard let level = TestLevel(rawValue: text) else {
      preconditionFailure("LANDAU_TEST_LEVEL is '\(text)'; allowed: \(allCases.map(\.rawValue))")
    }
    return level
  }()
}

extension Trait where Self == ConditionTrait {
  /// A test of more than a few seconds; `--fast` leaves it out.
  public static var slow: Self {
    .enabled(if: TestLevel.current != .fast, "left out by --fast")
  }

  /// A test of minutes; only `--full` and `--nightly` run it.
  public static var long: Self {
    .enabled(
      if: TestLevel.current == .full || TestLevel.current == .nightly, "needs --full")
  }
}
