import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A fixed team of threads that share out the indices of a loop.
///
/// The result of a loop must not depend on who runs which index: divide work into blocks by the
/// problem, give each block its own random stream, and reduce in index order. A loop started from
/// inside a loop of the same or another pool runs inline on the calling thread.
///
/// Workers spin for a few microseconds after a loop and then sleep, so that short loops in a row cost
/// about half a microsecond each and an idle pool costs nothing.
public final class WorkerPool: Sendable {
  public let threadCount: Int
  private let shared: Shared

  /// - Parameter threadCount: threads that work on a loop, the calling one included; at least one.
  public init(threadCount: Int = WorkerPool.availableThreads) {
    precondition(threadCount >= 1, "a pool of \(threadCount) threads")
    self.threadCount = threadCount
    shared = Shared()
    for thread in 1..<max(1, threadCount) { shared.startWorker(thread) }
  }

  deinit { shared.stop() }

  /// The processors this process may run on.
  public static var availableThreads: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Runs `body(0)` … `body(count - 1)`, in no particular order, and returns when all are done.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 0 else { return }
    if threadCount == 1 || count == 1 || Shared.isInsideLoop {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { escaping in
      shared.run(Job(count: count, threads: threadCount, body: escaping))
    }
  }

  /// Keeps the workers awake between the loops of `body` and some milliseconds longer: for loops that follow one another within
  /// tens of microseconds. A worker that has slept takes as long to come.
  public func withoutSleeping<R>(_ body: () throws -> R) rethrows -> R {
    guard threadCount > 1, !Shared.isInsideLoop else { return try body() }
    shared.vigils.add(1, ordering: .relaxed)
    defer {
      shared.lastVigil.store(Progress.now().bitPattern, ordering: .relaxed)
      shared.vigils.subtract(1, ordering: .releasing)
    }
    return try body()
  }

  /// The results of `body` in index order.
  ///
  /// - Throws: the error of the lowest index that threw; the other indices still run.
  public func map<T: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> T) throws -> [T] {
    let slots = Mutex([Result<T, any Error>?](repeating: nil, count: count))
    forEach(count) { index in
      let result = Result { try body(index) }
      slots.withLock { $0[index] = result }
    }
    return try slots.withLock { try $0.map { try $0!.get() } }
  }
}

/// One loop: its body, the next indices to hand out, and how many are still to be finished.
///
/// Every thread begins with a block of indices of its own, the same in every loop of as many: what it wrote in the loop before is still
/// in its cache. Then it takes what is left of the others' blocks.
private final class Job: Sendable {
  private let count: Int
  private let threads: Int
  /// Lent by the caller of the loop, who waits until no worker can look at it any more.
  private let body: @Sendable (Int) -> Void
  /// Of every thread's block, relative to its first index; a cache line each.
  nonisolated(unsafe) private let next: UnsafeMutablePointer<Atomic<Int>>
  private static let pitch = 8
  let unfinished: Atomic<Int>

  init(count: Int, threads: Int, body: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.threads = threads
    self.body = body
    next = .allocate(capacity: threads * Self.pitch)
    for place in 0..<threads * Self.pitch { (next + place).initialize(to: Atomic(0)) }
    unfinished = Atomic(count)
  }

  deinit { next.deallocate() }

  @inline(never)
  func work(thread: Int) {
    for turn in 0..<threads {
      let block = (thread + turn) % threads
      let first = count * block / threads
      let size = count * (block + 1) / threads - first
      while true {
        let index = next[block * Self.pitch].add(1, ordering: .relaxed).oldValue
        if index >= size { break }
        body(first + index)
        unfinished.subtract(1, ordering: .acquiringAndReleasing)
      }
    }
  }
}

/// What the threads of one pool share: the current loop, and a generation to spin on.
///
/// A loop is handed over without a lock. A worker counts itself a visitor before it looks for the loop, and the caller takes the
/// loop back before it looks for visitors: in the one order that all threads see either the worker finds nothing or the caller
/// waits for it. In the same way a worker counts itself asleep before it looks at the generation for the last time, and the
/// caller looks for sleepers after a new generation has begun.
private final class Shared: @unchecked Sendable {
  // Unchecked: `stopped` is only touched with `lock` held.
  private var stopped = false
  private let lock: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
  private let wake: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
  /// Retained by the caller of the loop.
  private let job = Atomic<UnsafeRawPointer?>(nil)
  private let visitors = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
  /// Callers that have asked for workers that do not sleep.
  let vigils = Atomic<Int>(0)
  /// When the last of them was done, as the bits of seconds.
  let lastVigil = Atomic<UInt64>((-Double.infinity).bitPattern)
  private static let secondsAwake = 0.005
  /// Only one loop at a time uses the workers; a second caller runs its loop alone.
  private let busy = Atomic<Bool>(false)

  private static let insideKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  static var isInsideLoop: Bool { pthread_getspecific(insideKey) != nil }

  private static func markInside(_ inside: Bool) {
    pthread_setspecific(insideKey, inside ? UnsafeRawPointer(bitPattern: 1) : nil)
  }

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    pthread_cond_destroy(wake)
    lock.deallocate()
    wake.deallocate()
  }

  /// - Parameter thread: its number; the caller of a loop is 0.
  func startWorker(_ thread: Int) {
    // A pool with fewer threads than asked for gives the same results, only later.
    try? BackgroundThread { self.workerLoop(thread) }.detach()
  }

  func stop() {
    pthread_mutex_lock(lock)
    stopped = true
    generation.add(1, ordering: .sequentiallyConsistent)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(lock)
  }

  func run(_ new: Job) {
    Self.markInside(true)
    defer { Self.markInside(false) }
    guard busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else { return new.work(thread: 0) }
    withExtendedLifetime(new) {
      job.store(
        UnsafeRawPointer(Unmanaged.passUnretained(new).toOpaque()),
        ordering: .sequentiallyConsistent)
      generation.add(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        pthread_mutex_lock(lock)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(lock)
      }
      new.work(thread: 0)
      Self.wait { new.unfinished.load(ordering: .acquiring) == 0 }
      job.store(nil, ordering: .sequentiallyConsistent)
      // Job and body were lent to the workers: nobody may hold them once we return.
      Self.wait { visitors.load(ordering: .sequentiallyConsistent) == 0 }
    }
    busy.store(false, ordering: .releasing)
  }

  /// Spins a few microseconds at a time.
  @inline(__always)
  private static func wait(until isDone: () -> Bool) {
    var spins = 0
    while !isDone() {
      spins += 1
      if spins % 2000 == 0 { sched_yield() }
    }
  }

  private func workerLoop(_ thread: Int) {
    Self.markInside(true)
    var seen = 0
    while true {
      var spins = 0
      while generation.load(ordering: .acquiring) == seen && (spins < 2000 || isVigil) {
        spins = spins < 2000 ? spins + 1 : 1
        // Others may need the processor more.
        if spins == 1 { sched_yield() }
      }
      if generation.load(ordering: .acquiring) == seen { sleep(until: seen) }
      seen = generation.load(ordering: .sequentiallyConsistent)
      visitors.add(1, ordering: .sequentiallyConsistent)
      let current = job.load(ordering: .sequentiallyConsistent)
      if let current {
        Unmanaged<Job>.fromOpaque(current)._withUnsafeGuaranteedRef { $0.work(thread: thread) }
      }
      visitors.subtract(1, ordering: .sequentiallyConsistent)
      if current == nil && isStopped { return }
    }
  }

  private var isVigil: Bool {
    vigils.load(ordering: .acquiring) > 0
      || Progress.now() - Double(bitPattern: lastVigil.load(ordering: .relaxed))
        < Self.secondsAwake
  }

  /// Sleeps until the generation is another one.
  private func sleep(until seen: Int) {
    pthread_mutex_lock(lock)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen {
      pthread_cond_wait(wake, lock)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(lock)
  }

  private var isStopped: Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return stopped
  }
}
