public import LandauCore

/// Named arrays of a file of examples, gzipped or not, as they stand in it.
///
/// NPZ, NPY, HDF5, JSON and IDX are told apart by their content. A table of numbers (CSV) is one array `table`
/// of rows and columns. (`SnapshotFile` reads configurations of a lattice and interprets them.)
public struct DataFile {
  private enum Source {
    case arrays(ArrayFile)
    case one(name: String, NumericArray)
  }

  public let path: String
  /// What the file holds, known without reading the elements where the format allows it.
  public let arrays: [ArrayInfo]
  /// The words of a table's header line.
  public let columns: [String]?
  private let source: Source

  /// - Throws: `InputError` where the file is missing, damaged, of no known format, or larger than memory.
  public init(_ path: String) throws(InputError) {
    self.path = path
    if FileFormat(try FileBytes.start(of: path)) == .hdf5 {
      // May be larger than memory: not read as a whole.
      let file = try ArrayFile.open(path, parameter: nil, layout: nil)
      (arrays, columns, source) = (file.arrays, nil, .arrays(file))
      return
    }
    var bytes = try FileBytes.read(path)
    if Gzip.isGzip(bytes) { bytes = try Gzip.unpack(bytes, path: path) }
    let name = path.printable
    if IDX.isIDX(bytes) {
      let array = try IDX.parse(bytes, name: name)
      (arrays, columns, source) = (Self.info("data", array), nil, .one(name: "data", array))
    } else if FileFormat(bytes) == .text {
      let table = try CSVTable(bytes, name: name)
      let array = NumericArray(table.values, shape: [table.rowCount, table.columnCount])
      (arrays, columns) = (Self.info("table", array), table.header)
      source = .one(name: "table", array)
    } else {
      let file = try ArrayFile.parse(bytes, path: path, parameter: nil)
      (arrays, columns, source) = (file.arrays, nil, .arrays(file))
    }
  }

  private static func info(_ name: String, _ array: NumericArray) -> [ArrayInfo] {
    [ArrayInfo(name: name, element: array.element, shape: array.shape)]
  }

  /// The elements of one array.
  ///
  /// - Parameter name: may be left out where there is only one.
  /// - Throws: `InputError` where there is no such array or it cannot be read.
  public func array(_ name: String? = nil) throws(InputError) -> NumericArray {
    guard let wanted = name ?? (arrays.count == 1 ? arrays[0].name : nil) else {
      let names = arrays.map { "'\($0.name.printable)'" }.joined(separator: ", ")
      throw InputError.file(path.printable, "holds \(arrays.count) arrays; say which: \(names)")
    }
    switch source {
    case .arrays(let file): return try file.array(wanted)
    case .one(let own, let array):
      guard own == wanted else {
        throw InputError.file(
          path.printable, "has no array '\(wanted.printable)'; it has '\(own)' \(array.shape)")
      }
      return array
    }
  }
}
