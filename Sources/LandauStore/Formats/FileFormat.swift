/// Kinds of files, told apart by their first bytes and never by their names.
enum FileFormat: String, Sendable, Hashable {
  case npz = "NPZ"
  case npy = "NPY"
  case hdf5 = "HDF5"
  case json = "JSON"
  case text = "CSV"
  case unknown = "unknown"

  init(_ bytes: some Collection<UInt8>) {
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .npz
    } else if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) {
      self = .npy
    } else if Self.isHDF5(bytes) {
      self = .hdf5
    } else if let first = bytes.first(where: { $0 != 32 && !(9...13).contains($0) }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    {
      self = .json
    } else {
      let isText = !bytes.prefix(4096).contains { $0 < 9 || (14..<32).contains($0) || $0 == 127 }
      self = isText ? .text : .unknown
    }
  }

  /// The signature stands at the beginning, or at 512, 1024, … bytes after a block of the user's own.
  private static func isHDF5(_ bytes: some Collection<UInt8>) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    return [0, 512, 1024, 2048].contains { bytes.dropFirst($0).starts(with: signature) }
  }

  /// What a file of no known kind may be, in words for a message.
  static func guess(_ bytes: some Collection<UInt8>) -> String {
    if bytes.isEmpty { return "it is empty" }
    if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "it looks like a damaged HDF5 file" }
    if bytes.starts(with: [0x1F, 0x8B]) { return "it looks gzipped: unpack it first" }
    if bytes.starts(with: [0x80]) { return "it looks like a Python pickle, which is refused" }
    if bytes.allSatisfy({ $0 == 0 }) { return "it holds nothing but zero bytes" }
    return "its first bytes belong to no known format"
  }
}
