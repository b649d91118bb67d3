public import LandauCore

extension SnapshotFile {
  /// What is in a file, before anything is made of it.
  public struct Listing: Sendable, Hashable {
    public var path: String
    /// `NPZ`, `CSV`, …
    public var format: String
    public var arrays: [ArrayInfo]
  }

  /// Names, types and shapes of the arrays in a file or folder.
  ///
  /// - Throws: `InputError` when it is missing or damaged, or of no known format.
  public static func list(_ path: String) throws(InputError) -> Listing {
    let file = try ArrayFile.open(path, parameter: nil, layout: nil)
    return Listing(path: path, format: file.format, arrays: file.arrays)
  }
}
