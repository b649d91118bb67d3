public import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The path of a file or folder in the shared data, or nil where this checkout has none.
///
/// Looks below `LANDAU_SHARED/data` when that is set, else in `shared/data` beside the repository or
/// in any folder above it.
///
/// - Parameter path: relative to the data folder, e.g. `tfim1d_N150/snapshots.npz`.
public func sharedData(_ path: String) -> String? {
  sharedDataFolders.lazy.map { "\($0)/\(path)" }.first { access($0, R_OK) == 0 }
}

extension Trait where Self == ConditionTrait {
  /// Skips a test, saying so, where the shared data it reads are absent.
  public static func needsSharedData(_ path: String) -> Self {
    .enabled(if: sharedData(path) != nil, "needs the shared data \(path)")
  }
}

private let sharedDataFolders: [String] = {
  if let set = getenv("LANDAU_SHARED").map({ String(cString: $0) }), !set.isEmpty {
    return ["\(set)/data", set]
  }
  var folders: [String] = []
  var components = #filePath.split(separator: "/").dropLast()
  while let last = components.popLast() {
    _ = last
    folders.append("/" + (components + ["shared", "data"]).joined(separator: "/"))
  }
  return folders
}()
