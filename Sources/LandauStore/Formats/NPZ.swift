import CZip
public import LandauCore

/// Writing NPZ archives: named NPY arrays, deflated, in one zip file.
public enum NPZ {
  /// Writes arrays, and other members verbatim, under a temporary name, flushed and renamed.
  ///
  /// Equal contents give equal bytes: member times are fixed at 1980-01-01.
  /// - Throws: `RunError` naming the path when it cannot be written.
  public static func write(
    _ arrays: [(name: String, array: NumericArray)], members: [(name: String, bytes: [UInt8])] = [],
    to path: String
  ) throws(RunError) {
    let files = arrays.map { (name: "\($0.name).npy", bytes: NPY.bytes(of: $0.array)) } + members
    try FileWriting.writeAtomically(try bytes(of: files, path: path), to: path)
  }

  /// A zip archive of the members given, as bytes.
  static func bytes(of members: [(name: String, bytes: [UInt8])], path: String) throws(RunError)
    -> [UInt8]
  {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(nil, 0, 0, &error) else {
      throw failure(path, String(cString: zip_error_strerror(&error)))
    }
    zip_source_keep(source)  // The archive gives up its hold when it is closed.
    defer { zip_source_free(source) }
    guard let archive = zip_open_from_source(source, ZIP_TRUNCATE, &error) else {
      zip_source_free(source)
      throw failure(path, String(cString: zip_error_strerror(&error)))
    }
    // libzip reads the members when the archive is closed, so they stay in place until then.
    let buffers = members.map { member in
      let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(1, member.bytes.count), alignment: 16)
      buffer.copyBytes(from: member.bytes)
      return buffer
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    for (member, buffer) in zip(members, buffers) {
      guard add(member.name, buffer.baseAddress, member.bytes.count, to: archive) else {
        let reason = String(cString: zip_strerror(archive))
        zip_discard(archive)
        throw failure(path, reason)
      }
    }
    guard zip_close(archive) == 0 else {
      let reason = String(cString: zip_strerror(archive))
      zip_discard(archive)
      throw failure(path, reason)
    }
    return try content(of: source, path: path)
  }

  private static func add(
    _ name: String, _ bytes: UnsafeMutableRawPointer?, _ count: Int, to archive: OpaquePointer
  ) -> Bool {
    guard let source = zip_source_buffer(archive, bytes, UInt64(count), 0) else { return false }
    let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      return false
    }
    let january1980: UInt16 = 1 << 5 | 1
    // Level 4: spins shrink six times, at four times the speed of the usual level 6.
    return zip_set_file_compression(archive, UInt64(index), Int32(ZIP_CM_DEFLATE), 4) == 0
      && zip_file_set_dostime(archive, UInt64(index), 0, january1980, 0) == 0
  }

  private static func content(of source: OpaquePointer, path: String) throws(RunError) -> [UInt8] {
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_source_stat(source, &status) == 0, zip_source_open(source) == 0 else {
      throw failure(path, "the archive cannot be read back")
    }
    defer { zip_source_close(source) }
    let size = Int(status.size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let got = zip_source_read(source, buffer.baseAddress! + filled, UInt64(size - filled))
        if got <= 0 { break }
        filled += Int(got)
      }
    }
    guard bytes.count == size else { throw failure(path, "the archive cannot be read back") }
    return bytes
  }

  private static func failure(_ path: String, _ reason: String) -> RunError {
    RunError("\(path.printable): cannot be written (\(reason))")
  }
}
