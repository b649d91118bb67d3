import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole files in memory, refused with a reason before anything large is asked for.
enum FileBytes {
  enum Kind { case file, folder }

  /// What stands at `path`.
  ///
  /// - Throws: `InputError` when nothing does, or something that cannot be read like a file or folder.
  static func kind(of path: String) throws(InputError) -> Kind {
    guard !path.isEmpty else { throw InputError("the name of the input file is empty") }
    var status = stat()
    guard stat(path, &status) == 0 else { throw InputError.file(path.printable, systemReason()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: throw InputError.file(path.printable, "is neither a file nor a folder")
    }
  }

  /// - Throws: `InputError` when the file is missing, unreadable, empty, or larger than free memory.
  static func read(_ path: String) throws(InputError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw InputError.file(path.printable, systemReason()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw InputError.file(path.printable, systemReason())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw InputError.file(path.printable, "is not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw InputError.file(path.printable, "is empty") }
    try MachineMemory.require(size, for: path)
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let got = systemRead(descriptor, buffer.baseAddress! + filled, size - filled)
        if got < 0 && errno == EINTR { continue }
        failed = got < 0
        if got <= 0 { break }
        filled += got
      }
    }
    guard !failed else { throw InputError.file(path.printable, systemReason()) }
    return bytes
  }

  /// The first bytes of a file, enough to tell its kind.
  static func start(of path: String) throws(InputError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw InputError.file(path.printable, systemReason()) }
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: 4096) { buffer, filled in
      filled = max(0, pread(descriptor, buffer.baseAddress!, 4096, 0))
    }
  }

  /// The names in a folder in ascending order, hidden ones left out.
  static func names(in folder: String) throws(InputError) -> [String] {
    guard let handle = opendir(folder) else {
      throw InputError.file(folder.printable, systemReason())
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func systemReason() -> String {
    switch errno {
    case ENOENT: "no such file"
    case EACCES: "permission denied"
    default: "cannot be read (\(String(cString: strerror(errno))))"
    }
  }

  private static func systemRead(
    _ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      return Glibc.read(file, buffer, count)
    #else
      return Darwin.read(file, buffer, count)
    #endif
  }
}

extension String {
  /// The text on one line and not too long, for messages that quote what a file or a person said.
  var printable: String {
    var text = ""
    for scalar in unicodeScalars.prefix(200) {
      text.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "?" : scalar)
    }
    return unicodeScalars.count > 200 ? text + "…" : text
  }
}
