import Landau

// One line per figure: name, median, best block, unit. Thread CPU time on one core, measurement
// excluded; the two-thread figure is wall time.

func model(_ side: Int) throws -> IsingModel { try IsingModel(sides: [side, side]) }
let critical = 0.440_686_793_509_771_5

func show(
  _ name: String, _ figure: (median: Double, best: Double), perNanosecond: Bool, _ unit: String
) {
  func text(_ seconds: Double) -> String {
    Estimate.fixed(perNanosecond ? 1e-9 / seconds : 1e9 * seconds, digits: 3)
  }
  print("\(name): \(text(figure.median)) \(unit) (best \(text(figure.best)))")
}

func metropolis(side: Int, temperature: Double, threads: Int) throws {
  let pool = WorkerPool(threadCount: threads)
  let chain = try IsingChain(
    model: model(side), beta: 1 / temperature, update: .metropolis, seed: Seed(1), pool: pool)
  chain.burnIn(100)
  let sweeps = max(1, 400_000_000 / (side * side))
  let figure = time(clock: threads == 1 ? threadSeconds : wallSeconds) {
    chain.sweep(sweeps)
    return Double(sweeps * side * side)
  }
  let suffix = threads == 1 ? "" : "_threads\(threads)"
  show("metropolis_L\(side)_T\(temperature)\(suffix)", figure, perNanosecond: true, "flips/ns")
}

func table(sides: [Int]) throws {
  let chain = try IsingChain(
    model: IsingModel(sides: sides), beta: 0.4, update: .metropolis, seed: Seed(1))
  chain.burnIn(10)
  let count = chain.model.siteCount
  let sweeps = max(1, 20_000_000 / count)
  let figure = time {
    chain.sweep(sweeps)
    return Double(sweeps * count)
  }
  show("metropolis_\(chain.model.lattice)", figure, perNanosecond: false, "ns/attempt")
}

func cluster(_ update: IsingUpdate, side: Int, beta: Double = critical) throws {
  let chain = try IsingChain(model: model(side), beta: beta, update: update, seed: Seed(1))
  chain.burnIn(50 + 2_000_000 / (side * side))
  let sweeps = max(1, 10_000_000 / (side * side))
  let figure = time {
    let before = chain.updateCount
    chain.sweep(sweeps)
    return Double(chain.updateCount - before)
  }
  show(
    "\(update.rawValue)_L\(side)", figure, perNanosecond: false,
    update == .wolff ? "ns/flipped spin" : "ns/spin")
}

func gauge(side: Int) throws {
  var number = 0
  let count = max(1, 500_000 / (side * side))
  let figure = try time {
    number += 1
    let links = try IsingGaugeSampler.sample(
      side: side, beta: 1, count: count, seed: Seed(UInt64(number)))
    return Double(links.count)
  }
  show("gauge_direct_L\(side)", figure, perNanosecond: false, "ns/link")
}

func runAll() throws {
  try metropolis(side: 1024, temperature: 2.269, threads: 1)
  try metropolis(side: 4096, temperature: 2.5, threads: 1)
  try metropolis(side: 4096, temperature: 2.5, threads: 2)
  try table(sides: [64, 64])
  try table(sides: [63, 63])
  try table(sides: [16, 16, 16])
  try cluster(.wolff, side: 512)
  try cluster(.swendsenWang, side: 512)
  for side in [16, 64, 60] {
    try cluster(.wolff, side: side)
    try cluster(.swendsenWang, side: side)
  }
  try gauge(side: 16)
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
