import LandauCore

/// The arrays of an HDF5 file under their paths; those of a run's snapshots under their own names, unpacked.
///
/// The file is opened for each reading, so that nothing of the library stays alive in between.
struct HDF5Arrays: Sendable {
  enum Source: Sendable {
    case file(String)
    case image([UInt8])
  }

  let path: String
  let list: [ArrayInfo]
  /// The description of snapshots that Landau writes; nil in other files.
  let metadata: JSONValue?
  private let source: Source
  /// Where in the file each array of the list stands.
  private let places: [String: String]
  private let packed: Packed?

  /// Spins kept as bits.
  private struct Packed: Sendable {
    var name: String
    /// Extents of one configuration, channels first where there are several.
    var shape: [Int]
    var width: Int { shape.reduce(1, *) }
  }

  static let snapshotGroup = "snapshots"

  init(_ source: Source, path: String) throws(InputError) {
    self.source = source
    self.path = path
    let found = try Self.reading(source, path, isProbed: false) { (root) throws(InputError) in
      try Self.examine(root)
    }
    (list, metadata, places, packed) = (found.list, found.metadata, found.places, found.packed)
    guard !list.isEmpty else { throw InputError.file(path.printable, "holds no data sets") }
  }

  private static func reading<R>(
    _ source: Source, _ path: String, isProbed: Bool, _ body: (HDF5Group) throws(InputError) -> R
  ) throws(InputError) -> R {
    switch source {
    case .file(let file): try HDF5Group.reading(file, isProbed: isProbed, body)
    case .image(let bytes):
      try HDF5Group.reading(image: bytes, path: path, isProbed: isProbed, body)
    }
  }

  private typealias Found = (
    list: [ArrayInfo], metadata: JSONValue?, places: [String: String], packed: Packed?
  )

  private static func examine(_ root: HDF5Group) throws(InputError) -> Found {
    var found: Found = ([], nil, [:], nil)
    let names = try root.datasetNames()
    let description = "\(snapshotGroup)/\(ArrayFile.metadataName)"
    if names.contains(description) {
      found.metadata = try JSONReader.parse(try root.text(description), name: root.path.printable)
      found.packed = try packing(found.metadata ?? .null, path: root.path)
    }
    for name in names where name != description {
      var info = root.describe(name)
      let prefix = snapshotGroup + "/"
      if found.metadata != nil && name.hasPrefix(prefix) {
        info.name = String(name.dropFirst(prefix.count))
        if let packed = found.packed, info.name == packed.name { unpack(&info, packed, root) }
      }
      guard found.places.updateValue(name, forKey: info.name) == nil else {
        throw InputError.file(root.path.printable, "holds '\(info.name.printable)' twice")
      }
      found.list.append(info)
    }
    return found
  }

  private static func packing(_ metadata: JSONValue, path: String) throws(InputError) -> Packed? {
    guard metadata["packed"] == .bool(true) else { return nil }
    guard case .string(let name)? = metadata["spins"], let sites = metadata["sites"],
      let channels = metadata["channels"],
      let form = ArchiveJob.Snapshots(
        json: .pairs([
          "sites": sites, "channels": channels, "binary": .bool(true),
          "boundary": metadata["boundary"] ?? .null,
          "sequential": metadata["sequential"] ?? .null,
        ]))
    else {
      throw InputError.file(path.printable, "'\(ArrayFile.metadataName)' in it is damaged")
    }
    let channelExtent = form.channels.count > 1 ? [form.channels.count] : []
    return Packed(name: name, shape: channelExtent + form.siteShape)
  }

  /// What the array is once its bits are spins.
  private static func unpack(_ info: inout ArrayInfo, _ packed: Packed, _ root: HDF5Group) {
    guard info.element == .uint8, info.shape.count == 2,
      info.shape[1] == (packed.width + 7) / 8
    else {
      info.element = nil
      info.obstacle = info.obstacle ?? "'\(info.name.printable)' is not what its description says"
      return
    }
    info.element = .int8
    info.shape = [info.shape[0]] + packed.shape
  }

  /// - Returns: nil when there is no such array.
  /// - Throws: `InputError` when it cannot be read.
  func array(_ name: String) throws(InputError) -> NumericArray? {
    guard let place = places[name], let info = list.first(where: { $0.name == name }) else {
      return nil
    }
    if let obstacle = info.obstacle { throw InputError(obstacle) }
    let stored = try Self.reading(source, path, isProbed: true) { (root) throws(InputError) in
      try root.array(place)
    }
    guard let packed, name == packed.name else { return stored }
    try MachineMemory.require(
      info.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }, for: path)
    return NumericArray(RunBlock.unpack(stored.bytes, width: packed.width), shape: info.shape)
  }
}
