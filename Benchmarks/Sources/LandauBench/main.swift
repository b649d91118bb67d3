import Landau

// One line per figure: name, median, best block, unit. Processor time of one thread, measurement
// excluded; figures of several threads are wall time.

func show(_ name: String, _ figure: (median: Double, best: Double), _ unit: String) {
  func text(_ seconds: Double) -> String { Estimate.fixed(1e9 * seconds, digits: 4) }
  print("\(name): \(text(figure.median)) \(unit) (best \(text(figure.best)))")
}

/// What `landau bench` times.
func samplers() throws {
  let report = try BenchJob().run(
    pool: WorkerPool(threadCount: WorkerPool.availableThreads), progress: .silent,
    cancellation: .never)
  guard case .array(let rows)? = report.json.first(where: { $0.key == "benchmarks" })?.value else {
    return
  }
  for row in rows {
    guard case .string(let name)? = row["name"],
      case .number(let median)? = row["nanosecondsMedian"],
      case .number(let best)? = row["nanosecondsBest"]
    else { continue }
    show(name, (1e-9 * median, 1e-9 * best), "ns")
  }
}

func runAll() throws {
  try samplers()
  try variational()
  try diagonalization(siteCount: 16, blocks: 5)
  try diagonalization(siteCount: 20, blocks: 3)
}

// No argument times everything, `diagonalization` and `variational` themselves; `verify [SIDE [SWEEPS [SEED]]]` checks the physics of the mode
// that is timed.
let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "verify" {
  let numbers = arguments.dropFirst().compactMap { Int($0) }
  try verify(
    side: numbers.first ?? 4096, sweeps: numbers.dropFirst().first ?? 26_000,
    seed: UInt64(clamping: numbers.dropFirst(2).first ?? 2026))
} else if arguments.first == "diagonalization" {
  try diagonalization(siteCount: 16, blocks: 5)
  try diagonalization(siteCount: 20, blocks: 3)
} else if arguments.first == "variational" {
  try variational()
} else {
  try runAll()
}
