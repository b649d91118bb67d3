public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ranks of an MPI launcher, through the plug-in that `scripts/build --mpi` puts beside the program.
public final class MessagePassing: Ranks {
  public let rank: Int
  public let count: Int
  private let library: Library

  private struct Library {
    let start: @convention(c) (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Int32
    let send: @convention(c) (UnsafeRawPointer, Int, Int32) -> Int32
    let waiting: @convention(c) (UnsafeMutablePointer<Int32>) -> Int
    let receive: @convention(c) (UnsafeMutableRawPointer, Int, Int32) -> Int32
    let finish: @convention(c) () -> Void

    init(_ path: String) throws(RunError) {
      // Open MPI opens libraries of its own, which look for its symbols everywhere.
      guard let handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
        let reason = dlerror().map { String(cString: $0) } ?? "it cannot be opened"
        throw RunError("the MPI plug-in \(path): \(reason)")
      }
      func symbol<Function>(_ name: String) throws(RunError) -> Function {
        guard let address = dlsym(handle, "landau_mpi_\(name)") else {
          throw RunError("the MPI plug-in \(path) has no function landau_mpi_\(name)")
        }
        return unsafeBitCast(address, to: Function.self)
      }
      start = try symbol("start")
      send = try symbol("send")
      waiting = try symbol("waiting")
      receive = try symbol("receive")
      finish = try symbol("finish")
    }
  }

  /// Opens the plug-in beside the program and starts MPI.
  ///
  /// - Throws: `RunError` where the plug-in is not there or does not start.
  public init(launcher: Launcher) throws(RunError) {
    let name = "liblandau-mpi.so"
    let folder = Self.programFolder
    let path = "\(folder)/\(name)"
    guard access(path, R_OK) == 0 else {
      throw RunError(
        "\(launcher.count) ranks were started, but \(name) is not in \(folder); 'scripts/build --mpi' builds it"
      )
    }
    library = try Library(path)
    var (rank, count): (Int32, Int32) = (0, 0)
    let status = library.start(&rank, &count)
    guard status == 0 else {
      throw RunError("MPI does not start (status \(status) of landau_mpi_start)")
    }
    self.rank = Int(rank)
    self.count = Int(count)
    guard self.count == launcher.count else {
      throw RunError(
        "the launcher started \(launcher.count) ranks, but MPI knows of \(count): \(name) was built against another MPI than the launcher's; build it again with 'scripts/build --mpi'"
      )
    }
  }

  public func send(_ bytes: [UInt8], to rank: Int) throws(RunError) {
    let status = bytes.withUnsafeBytes { bytes -> Int32 in
      // An empty message has no address.
      var nothing: UInt8 = 0
      return withUnsafeBytes(of: &nothing) {
        library.send(bytes.baseAddress ?? $0.baseAddress!, bytes.count, Int32(rank))
      }
    }
    guard status == 0 else {
      throw RunError("a message of \(bytes.count) bytes is too long for MPI")
    }
  }

  public func received() throws(RunError) -> (from: Int, bytes: [UInt8])? {
    var from: Int32 = 0
    let count = library.waiting(&from)
    guard count >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: max(1, count))
    let status = bytes.withUnsafeMutableBytes { library.receive($0.baseAddress!, count, from) }
    guard status == 0 else { throw RunError("a message of \(count) bytes was lost") }
    return (Int(from), Array(bytes.prefix(count)))
  }

  public func finish() { library.finish() }

  private static var programFolder: String {
    let path = ProgramRevision.executable() ?? CommandLine.arguments[0]
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }
}
