#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import LandauPipeline

extension CommandLineProgram {
  /// Runs this process's command line: standard streams, signals, and the exit status at the end.
  public static func main() -> Never {
    Interruption.install()
    var delivered = true
    let program = CommandLineProgram(
      standardOutput: {
        if !StandardStreams.write($0, to: STDOUT_FILENO) { delivered = false }
      },
      standardError: {
        // With standard error gone there is nobody left to tell.
        _ = StandardStreams.write($0, to: STDERR_FILENO)
      },
      cancellation: Interruption.cancellation, launcher: .current)
    let status = program.run(Array(CommandLine.arguments.dropFirst()))
    if !delivered {
      _ = StandardStreams.write(
        "landau: standard output cannot be written (\(String(cString: strerror(errno))))\n",
        to: STDERR_FILENO)
      exit(1)
    }
    exit(status)
  }
}
