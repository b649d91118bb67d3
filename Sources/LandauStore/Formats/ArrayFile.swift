import LandauCore

/// Name, type and shape of an array in a file, known without reading its elements.
public struct ArrayInfo: Sendable, Hashable {
  public var name: String
  /// Nil when the array cannot be read; `obstacle` then says why.
  public var element: NumericArray.Element?
  public var shape: [Int]
  public var obstacle: String?
  /// Whether it is text, which no array is read from.
  public var isText = false
}

/// Named arrays from a file or folder of any known format.
final class ArrayFile {
  private enum Storage {
    case archive(ZipArchive, [String: ZipArchive.Entry])
    case loaded([String: NumericArray])
    case hdf5(HDF5Arrays)
  }

  static let metadataName = "landau.json"

  let path: String
  let format: String
  let arrays: [ArrayInfo]
  /// The description that Landau writes beside its arrays, where there is one.
  let metadata: JSONValue?
  /// Known for text files, where rows and columns have a meaning of their own.
  let layout: SnapshotLayout?
  let notes: [String]
  private let storage: Storage

  private init(
    path: String, format: String, loaded: [(name: String, array: NumericArray)],
    layout: SnapshotLayout? = nil, notes: [String] = []
  ) {
    self.path = path
    self.format = format
    arrays = loaded.map {
      ArrayInfo(name: $0.name, element: $0.array.element, shape: $0.array.shape)
    }
    metadata = nil
    self.layout = layout
    self.notes = notes
    storage = .loaded(Dictionary(loaded.map { ($0.name, $0.array) }) { first, _ in first })
  }

  private init(archive: ZipArchive, path: String) throws(InputError) {
    self.path = path
    format = FileFormat.npz.rawValue
    layout = nil
    notes = []
    var arrays: [ArrayInfo] = []
    var members: [String: ZipArchive.Entry] = [:]
    var metadata: JSONValue?
    for entry in archive.entries {
      if entry.name == Self.metadataName {
        let name = "\(path.printable): '\(entry.name)'"
        guard entry.size <= 16 << 20 else { throw InputError("\(name) is too long to be real") }
        metadata = try JSONReader.parse(try archive.read(entry), name: name)
      }
      guard entry.name.hasSuffix(".npy") else { continue }
      let name = String(entry.name.dropLast(4))
      arrays.append(Self.describe(entry, name: name, in: archive))
      members[name] = entry
    }
    guard !arrays.isEmpty else { throw InputError.file(path.printable, "holds no NumPy arrays") }
    self.arrays = arrays
    self.metadata = metadata
    storage = .archive(archive, members)
  }

  private init(_ arrays: HDF5Arrays) throws(InputError) {
    path = arrays.path
    format = FileFormat.hdf5.rawValue
    layout = nil
    notes = []
    self.arrays = arrays.list
    metadata = arrays.metadata
    storage = .hdf5(arrays)
  }

  private static func describe(_ entry: ZipArchive.Entry, name: String, in archive: ZipArchive)
    -> ArrayInfo
  {
    let label = "'\(name.printable)'"
    do throws(InputError) {
      let start = try archive.read(entry, limit: NPYHeader.longestHeader + 16)
      let header = try NPYHeader(start[...], name: label)
      let present = entry.size - header.dataOffset
      guard present == header.dataByteCount else {
        throw NPY.sizeMismatch(header, present: present, name: label)
      }
      return ArrayInfo(name: name, element: header.element, shape: header.shape)
    } catch {
      return ArrayInfo(name: name, element: nil, shape: [], obstacle: error.message)
    }
  }

  /// - Throws: `InputError` when there is no such array or it cannot be read.
  func array(_ name: String) throws(InputError) -> NumericArray {
    switch storage {
    case .loaded(let arrays):
      if let array = arrays[name] { return array }
    case .archive(let archive, let members):
      if let entry = members[name] {
        let label = "\(path.printable): '\(name.printable)'"
        return try NPY.parse(try archive.read(entry), name: label)
      }
    case .hdf5(let arrays):
      if let array = try arrays.array(name) { return array }
    }
    throw InputError.file(path.printable, "has no array '\(name.printable)'; it has \(nameList)")
  }

  var nameList: String {
    arrays.map { "'\($0.name.printable)' \($0.shape)" }.joined(separator: ", ")
  }

  func info(_ name: String) -> ArrayInfo? { arrays.first { $0.name == name } }

  /// Opens a file or folder; its format is told from its content.
  ///
  /// - Parameter parameter: the scanned parameter where the caller named it, which text files need.
  static func open(_ path: String, parameter: String?, layout: SnapshotLayout?) throws(InputError)
    -> ArrayFile
  {
    if try FileBytes.kind(of: path) == .folder {
      return try openFolder(path, parameter: parameter, layout: layout)
    }
    // HDF5 files may be larger than memory; the others are read whole.
    if try FileFormat(FileBytes.start(of: path)) == .hdf5 {
      return try ArrayFile(HDF5Arrays(.file(path), path: path))
    }
    return try parse(try FileBytes.read(path), path: path, parameter: parameter)
  }

  /// The same from the bytes of one file.
  static func parse(_ bytes: [UInt8], path: String, parameter: String?) throws(InputError)
    -> ArrayFile
  {
    let name = path.printable
    switch FileFormat(bytes) {
    case .npz: return try ArrayFile(archive: ZipArchive(bytes, path: path), path: path)
    case .npy:
      let array = try NPY.parse(bytes, name: name)
      return ArrayFile(path: path, format: "NPY", loaded: [(stem(path), array)])
    case .hdf5: return try ArrayFile(HDF5Arrays(.image(bytes), path: path))
    case .json: return try openJSON(bytes, path: path)
    case .text:
      let table = try CSVTable(bytes, name: name)
      let content = try CSVSnapshots(table, path: path, parameter: parameter)
      return ArrayFile(
        path: path, format: "CSV", loaded: content.arrays, layout: content.layout,
        notes: content.notes)
    case .unknown:
      throw InputError.file(
        name, "is not NPZ, NPY, HDF5, CSV or JSON: \(FileFormat.guess(bytes.prefix(4096)))")
    }
  }

  private static func openJSON(_ bytes: [UInt8], path: String) throws(InputError) -> ArrayFile {
    try MachineMemory.require(
      bytes.count.multipliedReportingOverflow(by: 24).partialValue, for: path)
    guard case .object(let members) = try JSONReader.parse(bytes, name: path.printable) else {
      throw InputError.file(path.printable, "is JSON, but not an object with named arrays")
    }
    let arrays: [(name: String, array: NumericArray)] = members.compactMap { member in
      NumericArray(member.value).map { (member.key, $0) }
    }
    guard !arrays.isEmpty else { throw InputError.file(path.printable, "holds no arrays") }
    return ArrayFile(path: path, format: "JSON", loaded: arrays)
  }

  private static func openFolder(_ path: String, parameter: String?, layout: SnapshotLayout?)
    throws(InputError) -> ArrayFile
  {
    let names = try FileBytes.names(in: path)
    // One kind at a time: a folder of tables often has a README.txt beside them.
    let kinds = [".csv", ".dat", ".txt"].map { kind in
      names.filter { $0.lowercased().hasSuffix(kind) }
    }
    if let tables = kinds.first(where: { !$0.isEmpty }) {
      let content = try CSVSnapshots(
        folder: path, names: tables, parameter: parameter, layout: layout)
      return ArrayFile(
        path: path, format: "folder of CSV files", loaded: content.arrays, layout: content.layout,
        notes: content.notes)
    }
    var loaded: [(name: String, array: NumericArray)] = []
    for name in names where name.hasSuffix(".npy") {
      let file = "\(path)/\(name)"
      loaded.append((stem(name), try NPY.parse(try FileBytes.read(file), name: file.printable)))
    }
    guard !loaded.isEmpty else {
      throw InputError.file(path.printable, "is a folder without .csv, .txt, .dat or .npy files")
    }
    return ArrayFile(path: path, format: "folder of NPY files", loaded: loaded)
  }

  private static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
  }
}
