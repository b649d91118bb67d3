internal import CLandauKernels
import LandauCore

/// How fast random numbers come on this processor: the floor under samplers that are limited by them.
package struct ProcessorRates: Sendable {
  /// Seconds for a random word of 64 bits, of eight that are drawn side by side, and of one generator.
  package let vectorWord: Double
  package let singleWord: Double

  /// Takes a few milliseconds of processor time.
  ///
  /// - Parameter clock: seconds of processor time of this thread.
  package init(clock: () -> Double) {
    let kernels = KernelLevel.current.kernels
    var rng = Seed(1).makeStream()
    var state = [UInt64](repeating: 0, count: RandomLanes.wordCount)
    RandomLanes.start(&state, from: Seed(2))
    var words = [UInt64](repeating: 0, count: 512)
    vectorWord = Self.best(clock) {
      for _ in 0..<512 { kernels.random_words(&state, words.count, &words) }
      return 512 * words.count
    }
    var sum: UInt64 = 0
    singleWord = Self.best(clock) {
      for _ in 0..<1 << 18 { sum ^= rng.next() }
      return 1 << 18
    }
    // The sum has to be of use for somebody, or nothing is drawn.
    precondition(sum != words[0] &+ 1)
  }

  /// Seconds per unit of work in the best of a few blocks.
  private static func best(_ clock: () -> Double, _ body: () -> Int) -> Double {
    (0..<9).map { _ in
      let start = clock()
      let count = body()
      return (clock() - start) / Double(count)
    }.min()!
  }
}
