import CZip
import LandauCore

/// A zip archive in memory, read through libzip with every size checked before it is believed.
final class ZipArchive {
  struct Entry {
    var name: String
    var index: UInt64
    var size: Int
    var compressedSize: Int
    /// Why this entry cannot be read, or nil.
    var obstacle: String?
  }

  /// Deflate cannot do better than 1032 to 1, so whoever claims more is wrong or means harm.
  static let largestRatio = 1032
  static let mostEntries = 10_000

  let path: String
  let entries: [Entry]
  private let handle: OpaquePointer
  private let storage: UnsafeMutableRawBufferPointer

  /// - Throws: `InputError` naming `path` when the bytes are not a sound zip archive.
  init(_ bytes: [UInt8], path: String) throws(InputError) {
    self.path = path
    storage = .allocate(byteCount: max(1, bytes.count), alignment: 16)
    storage.copyBytes(from: bytes)
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    let source = zip_source_buffer_create(storage.baseAddress, UInt64(bytes.count), 0, &error)
    guard let source else {
      storage.deallocate()
      throw Self.damaged(path, &error)
    }
    guard let handle = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      storage.deallocate()
      throw Self.damaged(path, &error)
    }
    do throws(InputError) {
      entries = try Self.list(handle, path: path, archiveSize: bytes.count)
    } catch {
      zip_discard(handle)
      storage.deallocate()
      throw error
    }
    self.handle = handle
  }

  deinit {
    zip_discard(handle)
    storage.deallocate()
  }

  private static func damaged(_ path: String, _ error: inout zip_error_t) -> InputError {
    let reason = String(cString: zip_error_strerror(&error))
    return InputError.file(path.printable, "is not a readable NPZ file (\(reason))")
  }

  private static func list(_ handle: OpaquePointer, path: String, archiveSize: Int)
    throws(InputError)
    -> [Entry]
  {
    let count = zip_get_num_entries(handle, 0)
    guard count > 0 else { throw InputError.file(path.printable, "holds no arrays") }
    guard count <= mostEntries else {
      throw InputError.file(path.printable, "holds \(count) members; allowed: \(mostEntries)")
    }
    var entries: [Entry] = []
    var names = Set<String>()
    for index in 0..<UInt64(count) {
      let entry = try describe(handle, index, path: path)
      guard entry.compressedSize <= archiveSize else {
        throw InputError.file(
          path.printable, "'\(entry.name.printable)' claims more bytes than the file has")
      }
      guard names.insert(entry.name).inserted else {
        throw InputError.file(path.printable, "holds '\(entry.name.printable)' twice")
      }
      entries.append(entry)
    }
    return entries
  }

  private static func describe(_ handle: OpaquePointer, _ index: UInt64, path: String)
    throws(InputError) -> Entry
  {
    var status = zip_stat_t()
    zip_stat_init(&status)
    let needed = UInt64(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE)
    guard zip_stat_index(handle, index, 0, &status) == 0, status.valid & needed == needed,
      let name = status.name
    else { throw InputError.file(path.printable, "member \(index) of the archive is damaged") }
    var entry = Entry(
      name: String(cString: name), index: index, size: Int(clamping: status.size),
      compressedSize: Int(clamping: status.comp_size))
    if status.encryption_method != UInt16(ZIP_EM_NONE) {
      entry.obstacle = "is encrypted"
    } else if status.comp_method != UInt16(ZIP_CM_STORE)
      && status.comp_method != UInt16(ZIP_CM_DEFLATE)
    {
      entry.obstacle = "uses compression method \(status.comp_method); allowed: stored, deflated"
    } else if entry.size / largestRatio > entry.compressedSize {
      entry.obstacle = "claims \(entry.size) bytes out of \(entry.compressedSize) compressed ones"
    }
    return entry
  }

  /// The content of a member, or only its first `limit` bytes.
  func read(_ entry: Entry, limit: Int = .max) throws(InputError) -> [UInt8] {
    let name = "\(path.printable): '\(entry.name.printable)'"
    if let obstacle = entry.obstacle { throw InputError("\(name) \(obstacle)") }
    let wanted = min(entry.size, limit)
    try MachineMemory.require(wanted, for: path)
    guard let file = zip_fopen_index(handle, entry.index, 0) else {
      throw InputError("\(name) cannot be unpacked (\(String(cString: zip_strerror(handle))))")
    }
    defer { zip_fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let got = zip_fread(file, buffer.baseAddress! + filled, UInt64(wanted - filled))
        if got <= 0 { break }
        filled += Int(got)
      }
    }
    var extra: UInt8 = 0
    // Reading past the end makes libzip compare the checksum.
    let isWhole = wanted < entry.size || zip_fread(file, &extra, 1) == 0
    guard bytes.count == wanted, isWhole else {
      let reason = String(cString: zip_file_strerror(file))
      throw InputError("\(name) is damaged or truncated (\(reason))")
    }
    return bytes
  }
}
