public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The root of all seeds of the suite: fixed, unless `LANDAU_TEST_SEED` holds another number.
///
/// The fixed one is for every commit, so that an unchanged stream cannot flake; a nightly run sets a
/// fresh one and every failure prints it.
public let testRootSeed: Seed = {
  guard let text = getenv("LANDAU_TEST_SEED").map({ String(cString: $0) }), !text.isEmpty else {
    return Seed(20_260_101)
  }
  guard let value = UInt64(text) else {
    preconditionFailure("LANDAU_TEST_SEED is '\(text)'; allowed: whole numbers from 0")
  }
  return Seed(value)
}()

extension Seed {
  /// The seed of the calling test, told apart by the test's name and by `arguments`.
  ///
  /// Adding or moving a test never changes the numbers another one sees.
  public static func test(
    _ arguments: Any..., function: String = #function,
    file: String = #fileID
  ) -> Seed {
    arguments.reduce(testRootSeed.child(file).child(function)) { $0.child(String(describing: $1)) }
  }
}
