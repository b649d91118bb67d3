import LandauCore
import LandauTestSupport
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyIndexRunsOnce(threads: Int) {
    let pool = WorkerPool(threadCount: threads)
    for count in [0, 1, 2, 7, 100, 1000] {
      let counts = Mutex([Int](repeating: 0, count: count))
      pool.forEach(count) { index in counts.withLock { $0[index] += 1 } }
      #expect(counts.withLock { $0 } == [Int](repeating: 1, count: count))
    }
  }

  @Test func resultsComeInIndexOrder() throws {
    let pool = WorkerPool(threadCount: 4)
    #expect(try pool.map(1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
    #expect(try pool.map(0) { $0 } == [])
  }

  private struct Failure: Error, Equatable { var index: Int }

  /// The error of the lowest index, whoever came first; the others have run.
  @Test(arguments: [1, 2, 8])
  func errorOfTheLowestIndex(threads: Int) {
    let pool = WorkerPool(threadCount: threads)
    for _ in 0..<50 {
      let ran = Atomic<Int>(0)
      #expect(throws: Failure(index: 3)) {
        try pool.map(64) { index -> Int in
          ran.add(1, ordering: .relaxed)
          if index >= 3 && index % 2 == 1 { throw Failure(index: index) }
          return index
        }
      }
      #expect(ran.load(ordering: .relaxed) == 64)
    }
    // The pool is fit for more work after a failure.
    #expect((try? pool.map(10) { $0 }) == Array(0..<10))
  }

  @Test func loopsInsideLoops() throws {
    let pool = WorkerPool(threadCount: 4)
    let other = WorkerPool(threadCount: 3)
    let sums = try pool.map(20) { outer in
      let inner = try pool.map(30) { $0 + outer }
      let foreign = try other.map(30) { $0 * outer }
      return inner.reduce(0, +) + foreign.reduce(0, +)
    }
    #expect(sums == (0..<20).map { 435 + 30 * $0 + 435 * $0 })
  }

  /// Blocks with their own streams, reduced in order: the same bits for any number of threads.
  @Test func threadCountDoesNotMatter() throws {
    func sum(_ threads: Int) throws -> Double {
      let pool = WorkerPool(threadCount: threads)
      return try pool.map(37) { block in
        var stream = Seed(5).child("block", block).makeStream()
        return (0..<1000).reduce(0.0) { sum, _ in sum + stream.normal() }
      }.reduce(0, +)
    }
    let alone = try sum(1)
    for threads in [2, 3, 8, 16] { #expect(try sum(threads) == alone) }
  }

  /// Very many tiny loops with more threads than processors: lost wake-ups hang, lent closures that
  /// outlive their loop crash.
  @Test func hammer() {
    let pool = WorkerPool(threadCount: 8)
    var total = 0
    for round in 0..<20_000 {
      let sum = Atomic<Int>(0)
      let count = 2 + round % 5
      pool.forEach(count) { index in sum.add(index + 1, ordering: .relaxed) }
      total += sum.load(ordering: .relaxed) - count * (count + 1) / 2
    }
    #expect(total == 0)
  }

  /// Several threads of one program share a pool: a second loop runs on its caller.
  @Test func loopsFromSeveralThreads() {
    let pool = WorkerPool(threadCount: 3)
    let callers = WorkerPool(threadCount: 1)
    _ = callers
    let total = Atomic<Int>(0)
    withThreads(4) {
      for _ in 0..<2000 {
        pool.forEach(4) { index in total.add(index, ordering: .relaxed) }
      }
    }
    #expect(total.load(ordering: .relaxed) == 4 * 2000 * 6)
  }

  @Test func poolsComeAndGo() {
    for threads in 0..<300 {
      let pool = WorkerPool(threadCount: 1 + threads % 6)
      let count = Atomic<Int>(0)
      pool.forEach(threads % 9) { _ in count.add(1, ordering: .relaxed) }
      #expect(count.load(ordering: .relaxed) == threads % 9)
    }
  }

  @Test func processors() {
    #expect(WorkerPool.availableThreads >= 1)
    #expect(WorkerPool().threadCount == WorkerPool.availableThreads)
  }
}
