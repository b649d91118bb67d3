public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much memory a file may ask for.
public enum MachineMemory {
  /// Bytes that can still be had without swapping; what the kernel calls available.
  public static var available: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let total = pages > 0 ? pages * sysconf(Int32(_SC_PAGESIZE)) : 1 << 33
    guard let text = smallFile("/proc/meminfo") else { return total }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let fields = line.split(separator: " ")
      if fields.count >= 2, let kilobytes = Int(fields[1]) { return kilobytes * 1024 }
    }
    return total
  }

  /// - Throws: `InputError` naming `thing` when `bytes` are more than the machine has left.
  public static func require(_ bytes: Int, for thing: String) throws(InputError) {
    // Asking the kernel costs more than a small allocation could do harm.
    guard bytes > 64 << 20 else { return }
    let free = available
    guard bytes <= free else {
      throw InputError.file(
        thing.printable,
        "needs \(describe(bytes)) of memory, the machine has \(describe(free)) free")
    }
  }

  static func describe(_ bytes: Int) -> String {
    let gigabytes = Double(bytes) / Double(1 << 30)
    if gigabytes >= 1 { return "\(Estimate.fixed(gigabytes, digits: 1)) GB" }
    return bytes < 1 << 20 ? "\(bytes) bytes" : "\(bytes >> 20) MB"
  }

  private static func smallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, filled in
      filled = max(0, pread(descriptor, buffer.baseAddress!, 8192, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
