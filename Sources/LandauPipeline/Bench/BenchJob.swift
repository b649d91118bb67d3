public import LandauCore
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How fast the samplers are on this machine, beside what they cannot do without.
///
/// Each is timed in nine blocks of about a twentieth of a second of processor time, measurements left out. The
/// machine decides the numbers: compare what was taken in one run.
public struct BenchJob: Sendable {
  /// What can be timed.
  static let cases: [BenchCase] = BenchCase.spins + BenchCase.fields
  public static let names: [String] = cases.map(\.name)

  private let cases: [BenchCase]

  /// - Parameter names: which ones, all where it is empty; whole names or their beginnings.
  /// - Throws: `InputError` where nothing begins with a name.
  public init(names: [String] = []) throws(InputError) {
    for name in names where !Self.names.contains(where: { $0.hasPrefix(name) }) {
      throw .notAllowed(
        "the benchmark", name,
        allowed: Self.names.joined(separator: ", ") + ", or how some of them begin")
    }
    cases = Self.cases.filter { one in
      names.isEmpty || names.contains { one.name.hasPrefix($0) }
    }
  }

  /// One line of the table.
  private struct Row {
    var of: BenchCase
    var time: BenchTime
    var floor: Double
    var threads: Int
  }

  /// - Throws: `Interrupted` when stopped.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    progress.begin("benchmarks", total: cases.count)
    defer { progress.end() }
    let rates = ProcessorRates(clock: Self.processorSeconds)
    var rows: [Row] = []
    for one in cases {
      progress.detail(one.name)
      let work = try one.prepare(pool)
      let time = try BenchTime(
        clock: one.isThreaded ? Progress.now : Self.processorSeconds, cancellation: cancellation,
        work)
      let threads = one.isThreaded ? pool.threadCount : 1
      let floor = one.floor.nanoseconds(rates) / Double(threads)
      rows.append(Row(of: one, time: time, floor: floor, threads: threads))
      progress.advance()
    }
    return Report(json: Self.json(rows, rates), text: Self.text(rows, rates))
  }

  /// Of this thread.
  static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  private static func json(_ rows: [Row], _ rates: ProcessorRates) -> [JSONValue.Member] {
    [
      .init("kernels", .string(ProcessorLevel.current)),
      .init(
        "randomWordNanoseconds",
        .pairs([
          "eightAtATime": .number(1e9 * rates.vectorWord), "one": .number(1e9 * rates.singleWord),
        ])),
      .init(
        "benchmarks",
        .array(
          rows.map { row in
            .pairs([
              "name": .string(row.of.name), "what": .string(row.of.what),
              "threads": .integer(row.threads),
              "nanosecondsMedian": .number(1e9 * row.time.median),
              "nanosecondsBest": .number(1e9 * row.time.best),
              "floorNanoseconds": .number(row.floor),
              "floor": .string(row.of.floor.words),
            ])
          })),
    ]
  }

  private static func text(_ rows: [Row], _ rates: ProcessorRates) -> String {
    var table = TextTable(["", "what", "ns", "best", "per ns", "floor", "of it", "the floor"])
    func number(_ value: Double) -> String {
      Estimate.fixed(value, digits: value < 1 ? 4 : value < 100 ? 2 : 0)
    }
    for row in rows {
      let best = 1e9 * row.time.best
      table.append([
        row.of.name, row.of.what, number(1e9 * row.time.median), number(best),
        number(1 / best), number(row.floor),
        Estimate.fixed(100 * row.floor / best, digits: 0) + " %", row.of.floor.words,
      ])
    }
    return "Kernels \(ProcessorLevel.current); a random word takes "
      + "\(number(1e9 * rates.vectorWord)) ns where eight are drawn at a time, "
      + "\(number(1e9 * rates.singleWord)) ns alone. Nanoseconds for an update: median and best of nine blocks.\n\n"
      + table.text(leftColumns: 2)
  }
}
