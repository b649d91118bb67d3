import LandauCore

/// The description Landau writes beside its arrays (`landau.json` in an NPZ file), checked.
struct StoredDescription {
  static let format = "landau-snapshots"
  static let version = 1

  var spins: String
  var parameter: String
  var parameterArray: String
  var layout: SnapshotLayout
  var channels: [String]
  var boundary: Snapshots.Boundary
  var isSequential: Bool
  var notes: [String]

  /// - Returns: nil when the file has no description.
  /// - Throws: `InputError` when it has one that is damaged or from a later version.
  init?(_ file: ArrayFile) throws(InputError) {
    guard let metadata = file.metadata else { return nil }
    let path = file.path.printable
    guard metadata["format"] == .string(Self.format) else { return nil }
    guard metadata["version"] == .integer(Self.version) else {
      throw InputError.file(
        path, "was written by a later version of Landau (format \(Self.version) is known here)")
    }
    guard case .string(let spins)? = metadata["spins"],
      case .string(let parameter)? = metadata["parameter"],
      case .string(let parameterArray)? = metadata["parameterArray"],
      case .string(let layout)? = metadata["layout"],
      case .string(let boundaryName)? = metadata["boundary"],
      let boundary = Snapshots.Boundary(rawValue: boundaryName),
      case .bool(let isSequential)? = metadata["sequential"],
      let channels = Self.strings(metadata["channels"]), let notes = Self.strings(metadata["notes"])
    else { throw InputError.file(path, "'\(ArrayFile.metadataName)' in it is damaged") }
    self.spins = spins
    self.parameter = parameter
    self.parameterArray = parameterArray
    self.layout = try SnapshotLayout(layout)
    self.channels = channels
    self.boundary = boundary
    self.isSequential = isSequential
    self.notes = notes
  }

  private static func strings(_ value: JSONValue?) -> [String]? {
    guard case .array(let items)? = value else { return nil }
    let strings = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    return strings.count == items.count ? strings : nil
  }
}
