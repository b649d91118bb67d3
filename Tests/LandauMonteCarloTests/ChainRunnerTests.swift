import LandauCore
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

/// A chain whose measurements are its random words, so that every slip of a run shows.
private final class CountingChain: SnapshotChain {
  let observables: [Observable] = [.energyPerSite, "sweeps"]
  private var stream: RandomStream
  private var value = 0.0
  private var sweeps = 0

  init(seed: Seed) { stream = seed.makeStream() }

  func sweep(_ count: Int) {
    for _ in 0..<count {
      value = stream.uniform()
      sweeps += 1
    }
  }
  func measure(into row: inout [Double]) { row += [value, Double(sweeps)] }
  var snapshotWidth: Int { 1 }
  func appendSnapshot(to array: inout [Int8]) { array.append(Int8(truncatingIfNeeded: sweeps)) }
  func save(to writer: inout StateWriter) {
    writer.write(stream)
    writer.write(value)
    writer.write(sweeps)
  }
  func restore(from reader: inout StateReader) throws(InputError) {
    stream = try reader.stream()
    value = try reader.number()
    sweeps = try reader.integer()
  }
}

private func makeRunner(
  sweeps: Int = 50, chains: Int = 3, measureEvery: Int = 1, snapshotEvery: Int = 0
) -> ChainRunner {
  ChainRunner(
    chains: (0..<chains).map { CountingChain(seed: Seed(9).child("chain", $0)) },
    lengths: .init(
      sweeps: sweeps, burnIn: 7, measureEvery: measureEvery, snapshotEvery: snapshotEvery))
}

@Suite struct ChainRunnerTests {
  @Test func measuresEveryChainOnSchedule() throws {
    let runner = makeRunner(sweeps: 20, measureEvery: 3, snapshotEvery: 5)
    #expect(runner.advance(pool: WorkerPool(threadCount: 2)))
    let sweeps = try #require(runner.recording["sweeps"])
    #expect(sweeps.spacing == 3)
    #expect(sweeps.chains == [[Double]](repeating: [10, 13, 16, 19, 22, 25], count: 3))
    #expect(runner.takeSnapshots() == [[Int8]](repeating: [12, 17, 22, 27], count: 3))
    #expect(runner.takeSnapshots() == [[], [], []])
    #expect(runner.sweepsMade == 60)
  }

  @Test func slicesAndThreadsDoNotChangeTheNumbers() {
    let whole = makeRunner()
    whole.advance(pool: WorkerPool(threadCount: 1))
    let sliced = makeRunner()
    let pool = WorkerPool(threadCount: 2)
    var slices = 0
    while !sliced.advance(for: 1e-7, pool: pool) { slices += 1 }
    #expect(slices > 1)
    #expect(sliced.recording == whole.recording)
  }

  @Test func resumesBitForBit() throws {
    let whole = makeRunner()
    let pool = WorkerPool(threadCount: 1)
    whole.advance(pool: pool)
    var stopped = makeRunner()
    var rows = [[Double]](repeating: [], count: 3)
    var resumptions = 0
    while !stopped.advance(for: 1e-7, pool: pool) {
      for (chain, new) in stopped.takeRows().enumerated() { rows[chain] += new }
      var writer = StateWriter()
      stopped.save(to: &writer)
      let fresh = makeRunner()
      var reader = StateReader(writer.bytes)
      try fresh.restore(from: &reader)
      #expect(reader.isAtEnd)
      stopped = fresh
      resumptions += 1
    }
    for (chain, new) in stopped.takeRows().enumerated() { rows[chain] += new }
    #expect(resumptions > 1)
    #expect(rows == whole.takeRows())
  }

  @Test func anExtendedRunIsALongerRun() {
    let pool = WorkerPool(threadCount: 1)
    let short = makeRunner(sweeps: 20)
    short.advance(pool: pool)
    short.extend(to: 50)
    short.advance(pool: pool)
    let long = makeRunner(sweeps: 50)
    long.advance(pool: pool)
    #expect(short.recording == long.recording)
  }

  @Test func damagedStatesAreRefused() throws {
    let runner = makeRunner()
    runner.advance(pool: WorkerPool(threadCount: 1))
    var writer = StateWriter()
    runner.save(to: &writer)
    for cut in stride(from: 0, to: writer.bytes.count, by: 7) {
      var reader = StateReader(Array(writer.bytes[..<cut]))
      #expect(throws: InputError.self) { try makeRunner().restore(from: &reader) }
    }
    var reader = StateReader(writer.bytes)
    #expect(throws: InputError.self) { try makeRunner(chains: 2).restore(from: &reader) }
  }
}
