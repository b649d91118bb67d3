public import LandauCore
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Says what this program is and what it runs on.
public struct InfoJob: Sendable {
  public init() {}

  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let system = Self.system()
    let rows: [(key: String, label: String, value: JSONValue)] = [
      ("revision", "revision", ProgramRevision.current.map { .string($0) } ?? .null),
      ("system", "system", .string(system.name)),
      ("architecture", "processor", .string(system.machine)),
      ("threads", "threads", .integer(WorkerPool.availableThreads)),
      ("kernels", "kernel level", .string(ProcessorLevel.current)),
      ("generator", "random numbers", .string(RandomStream.name)),
    ]
    var text = "landau \(Release.version)\n"
    for row in rows {
      let value =
        switch row.value {
        case .string(let word): word
        case .integer(let number): String(number)
        default: "not recorded"
        }
      text += "  \(row.label)" + String(repeating: " ", count: 16 - row.label.count) + value + "\n"
    }
    text += "  libraries       OpenBLAS with LAPACKE, libzip with zlib; gnuplot draws figures\n"
    let libraries: JSONValue = .strings(["OpenBLAS", "LAPACKE", "libzip", "zlib", "gnuplot"])
    return Report(
      json: rows.map { .init($0.key, $0.value) } + [.init("libraries", libraries)], text: text)
  }

  private static func system() -> (name: String, machine: String) {
    var names = utsname()
    uname(&names)
    func string<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return ("\(string(names.sysname)) \(string(names.release))", string(names.machine))
  }
}
