public import LandauCore

/// Text of a file, for formats that other rooms know.
public enum TextFile {
  /// - Throws: `InputError` when the file cannot be read.
  public static func read(_ path: String) throws(InputError) -> String {
    String(decoding: try FileBytes.read(path), as: UTF8.self)
  }
}
