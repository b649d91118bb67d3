import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What memory there is, so that a job that needs more is refused before it starts.
enum MemoryBudget {
  /// Bytes that can still be had without swapping; nil where the system does not say.
  ///
  /// The smaller of `MemAvailable` and what is left of the control group's limit.
  static var available: Int? {
    let kilobytes = field("MemAvailable:", in: "/proc/meminfo")
    let free = kilobytes.map { $0 * 1024 }
    let limit = text(of: "/sys/fs/cgroup/memory.max").flatMap(Int.init)
    let used = text(of: "/sys/fs/cgroup/memory.current").flatMap(Int.init)
    guard let limit, let used else { return free }
    return min(free ?? .max, max(0, limit - used))
  }

  /// - Throws: `InputError` naming the option that decides how much is needed.
  static func require(_ bytes: Double, for option: String, _ value: String) throws(InputError) {
    guard let available, bytes > Double(available) else { return }
    throw InputError(
      "\(option) is \(value), which needs \(words(bytes)) of memory; "
        + "there are \(words(Double(available)))")
  }

  /// `1.5 GB`
  static func words(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (bytes, 0)
    while value >= 1000 && unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return Estimate.fixed(value, digits: value < 10 && unit > 0 ? 1 : 0) + " " + units[unit]
  }

  private static func field(_ name: String, in path: String) -> Int? {
    for line in text(of: path)?.split(separator: "\n") ?? [] where line.hasPrefix(name) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
    return nil
  }

  /// The first 16 kB of a small system file, without the newline at its end.
  private static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
