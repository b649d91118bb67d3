#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What Slurm says of a job's time through `squeue`: versions before 23.02 do not put the end into the environment.
enum SlurmTime {
  /// Seconds until a job ends; nil where `squeue` is not there or knows of no end.
  ///
  /// - Parameter job: digits, of a task in an array ARRAY_TASK.
  static func left(job: String) -> Double? {
    guard job.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "_") }),
      let stream = popen("squeue --noheader --jobs=\(job) --format=%L 2>/dev/null", "r")
    else { return nil }
    defer { pclose(stream) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), stream) != nil else { return nil }
    return seconds(
      String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
  }

  /// `[DAYS-][HOURS:]MINUTES:SECONDS`; nil for `UNLIMITED` and the like.
  static func seconds(_ text: String) -> Double? {
    let parts = text.filter { !$0.isWhitespace }.split(
      separator: "-", omittingEmptySubsequences: false)
    let clock = (parts.last ?? "").split(separator: ":", omittingEmptySubsequences: false)
    let numbers = clock.map { Int($0) }
    guard (1...2).contains(parts.count), (2...3).contains(numbers.count),
      let days = parts.count == 2 ? Int(parts[0]) : 0
    else { return nil }
    var total = days * 24
    for (index, number) in ((numbers.count == 2 ? [0] : []) + numbers).enumerated() {
      guard let number, number >= 0 else { return nil }
      total = (index == 0 ? total : total * 60) + number
    }
    return Double(total)
  }
}
