#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The source revision this program was built from, for files and `landau info`.
enum ProgramRevision {
  /// What `scripts/build` left beside the program: a commit, with `+changes` where there were any.
  ///
  /// Nil when the program was built in another way or is newer than the note.
  static let current: String? = {
    guard let program = executable() else { return nil }
    let note = program + ".revision"
    var (built, noted) = (stat(), stat())
    guard stat(program, &built) == 0, stat(note, &noted) == 0 else { return nil }
    guard
      (noted.modified.tv_sec, noted.modified.tv_nsec) >= (
        built.modified.tv_sec, built.modified.tv_nsec
      )
    else { return nil }
    let descriptor = open(note, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 80)
    let count = read(descriptor, &bytes, bytes.count)
    let text = bytes[..<max(0, count)].prefix { $0 > 0x20 }
    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
  }()

  /// The file of this program, where the system tells.
  static func executable() -> String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0, count < bytes.count else { return nil }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension stat {
  fileprivate var modified: timespec {
    #if canImport(Glibc)
      st_mtim
    #else
      st_mtimespec
    #endif
  }
}
