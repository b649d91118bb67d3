import CHDF5
import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder inside an HDF5 file, or the whole file; used within `HDF5Library.locked` only.
struct HDF5Group {
  let handle: HDF5Handle
  /// The file's path, for messages.
  let path: String

  var id: hid_t { handle.id }
}

// Opening files.
extension HDF5Group {
  /// Opens a file for reading while `body` runs.
  ///
  /// - Parameter isProbed: whether the file was found safe before. Otherwise a child process reads it through
  ///   first, as some damaged files crash the library.
  /// - Throws: `InputError` when it is no HDF5 file or a damaged one.
  static func reading<R>(
    _ path: String, isProbed: Bool = false, _ body: (HDF5Group) throws(InputError) -> R
  ) throws(InputError) -> R {
    try HDF5Library.locked { () throws(InputError) in
      guard let access = HDF5Handle(lh5_file_access(), H5Pclose) else { throw unreadable(path) }
      return try reading(path, access, isProbed: isProbed, byteCount: fileSize(path), body)
    }
  }

  /// The same for a file that is in memory.
  static func reading<R>(
    image: [UInt8], path: String, isProbed: Bool = false,
    _ body: (HDF5Group) throws(InputError) -> R
  ) throws(InputError) -> R {
    try HDF5Library.locked { () throws(InputError) in
      var image = image
      guard let access = HDF5Handle(lh5_file_access(), H5Pclose),
        H5Pset_fapl_core(access.id, 1 << 20, false) >= 0,
        H5Pset_file_image(access.id, &image, image.count) >= 0
      else { throw unreadable(path) }
      return try reading(path, access, isProbed: isProbed, byteCount: image.count, body)
    }
  }

  private static func reading<R>(
    _ path: String, _ access: HDF5Handle, isProbed: Bool, byteCount: Int,
    _ body: (HDF5Group) throws(InputError) -> R
  ) throws(InputError) -> R {
    // Ten seconds, and one for every ten megabytes: ten times what it takes.
    if !isProbed && lh5_survives(path, access.id, UInt32(10 + byteCount / 10_000_000)) == 0 {
      throw InputError.file(
        path.printable, "is damaged in a way that the HDF5 library does not survive")
    }
    guard let file = HDF5Handle(H5Fopen(path, lh5_read_only(), access.id), H5Fclose) else {
      throw unreadable(path)
    }
    return try body(HDF5Group(handle: file, path: path))
  }

  private static func unreadable(_ path: String) -> InputError {
    InputError.file(path.printable, "is not a readable HDF5 file (\(HDF5Library.reason))")
  }

  private static func fileSize(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Makes a file of what `body` writes. It is not flushed to disk.
  ///
  /// - Throws: `RunError` when it cannot be written; what there is of it has no use.
  static func create(_ path: String, _ body: (HDF5Group) throws(RunError) -> Void)
    throws(RunError)
  {
    try HDF5Library.locked { () throws(RunError) in
      // The format of HDF5 1.8 (2008): everything can read it, and its structures carry checksums.
      guard let access = HDF5Handle(lh5_file_access(), H5Pclose),
        H5Pset_libver_bounds(access.id, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0,
        let creation = HDF5Handle(lh5_file_creation(), H5Pclose),
        H5Pset_obj_track_times(creation.id, false) >= 0,
        let file = HDF5Handle(
          H5Fcreate(path, lh5_truncate(), creation.id, access.id), H5Fclose)
      else { throw failure(path) }
      try body(HDF5Group(handle: file, path: path))
      guard H5Fflush(file.id, H5F_SCOPE_GLOBAL) >= 0 else { throw failure(path) }
      guard file.closeNow() else { throw failure(path) }
    }
  }

  static func failure(_ path: String) -> RunError {
    RunError("\(path.printable): cannot be written (\(HDF5Library.reason))")
  }
}

// Writing.
extension HDF5Group {
  private var failure: RunError { Self.failure(path) }

  /// A new group inside this one.
  func group(_ name: String) throws(RunError) -> HDF5Group {
    guard let creation = HDF5Handle(lh5_group_creation(), H5Pclose),
      H5Pset_obj_track_times(creation.id, false) >= 0,
      let group = HDF5Handle(
        H5Gcreate2(id, name, lh5_default(), creation.id, lh5_default()), H5Gclose)
    else { throw failure }
    return HDF5Group(handle: group, path: path)
  }

  /// A number or a short text beside the group.
  func setAttribute(_ name: String, _ value: JSONValue) throws(RunError) {
    switch value {
    case .string(let text): try setText(name, text)
    case .integer(let number): try setNumber(name, .int64, Int64(number))
    case .number(let number): try setNumber(name, .float64, number)
    case .bool(let flag): try setNumber(name, .bool, Int8(flag ? 1 : 0))
    case .null, .array, .object: try setText(name, value.text(indented: false))
    }
  }

  func setAttribute(_ name: String, _ number: UInt64) throws(RunError) {
    try setNumber(name, .uint64, number)
  }

  /// Several whole numbers beside the group.
  func setAttribute(_ name: String, _ numbers: [Int]) throws(RunError) {
    var values = numbers.map { Int64($0) }
    guard let type = NumericArray.Element.int64.hdf5Type(),
      let space = HDF5Handle(H5Screate_simple(1, [hsize_t(values.count)], nil), H5Sclose),
      let attribute = HDF5Handle(
        H5Acreate2(id, name, type.id, space.id, lh5_default(), lh5_default()), H5Aclose),
      H5Awrite(attribute.id, type.id, &values) >= 0
    else { throw failure }
  }

  private func setNumber<T: BitwiseCopyable>(
    _ name: String, _ element: NumericArray.Element, _ value: T
  ) throws(RunError) {
    var value = value
    guard let type = element.hdf5Type(), let space = HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose),
      let attribute = HDF5Handle(
        H5Acreate2(id, name, type.id, space.id, lh5_default(), lh5_default()), H5Aclose),
      H5Awrite(attribute.id, type.id, &value) >= 0
    else { throw failure }
  }

  private func setText(_ name: String, _ text: String) throws(RunError) {
    guard let type = Self.textType(), let space = HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose),
      let attribute = HDF5Handle(
        H5Acreate2(id, name, type.id, space.id, lh5_default(), lh5_default()), H5Aclose)
    else { throw failure }
    let isWritten = text.withCString { pointer in
      var pointer: UnsafePointer<CChar>? = pointer
      return H5Awrite(attribute.id, type.id, &pointer) >= 0
    }
    guard isWritten else { throw failure }
  }

  /// A text of any length as a data set of its own.
  func write(_ name: String, text: String) throws(RunError) {
    guard let type = Self.textType(), let space = HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose),
      let creation = HDF5Handle(lh5_dataset_creation(), H5Pclose),
      H5Pset_obj_track_times(creation.id, false) >= 0,
      let dataset = HDF5Handle(
        H5Dcreate2(
          id, name, type.id, space.id, lh5_default(), creation.id, lh5_default()), H5Dclose)
    else { throw failure }
    let isWritten = text.withCString { pointer in
      var pointer: UnsafePointer<CChar>? = pointer
      return H5Dwrite(dataset.id, type.id, lh5_all(), lh5_all(), lh5_default(), &pointer) >= 0
    }
    guard isWritten else { throw failure }
  }

  /// UTF-8 of any length, which h5py shows as `str`.
  static func textType() -> HDF5Handle? {
    guard let type = HDF5Handle(H5Tcopy(lh5_c_string()), H5Tclose),
      H5Tset_size(type.id, lh5_variable()) >= 0, H5Tset_cset(type.id, H5T_CSET_UTF8) >= 0
    else { return nil }
    return type
  }

  /// A whole array; all but small ones are compressed and carry checksums.
  func write(_ name: String, _ array: NumericArray) throws(RunError) {
    let dataset = try HDF5Rows(
      name, in: self, element: array.element, shape: array.shape, isExtensible: false)
    if array.count > 0 { try dataset.writeAll(array.bytes) }
  }
}
