internal import CLandauKernels
import LandauCore

/// The random streams of kernels: eight generators a block, whose states lie side by side.
enum RandomLanes {
  /// Words of a block's state.
  static let wordCount = Int(LK_BLOCK_STATE_WORDS)

  /// Starts the streams of one block.
  static func start(_ words: UnsafeMutablePointer<UInt64>, from seed: Seed) {
    var rng = seed.makeStream()
    for word in 0..<wordCount { words[word] = rng.next() }
  }

  /// Streams that start from words of the given one, for the time of the call.
  static func started<Result>(
    from rng: inout RandomStream, _ body: (UnsafeMutablePointer<UInt64>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: wordCount) { words in
      for index in words.indices { words[index] = rng.next() }
      return body(words.baseAddress!)
    }
  }
}

/// How many attempts were accepted, counted in the first of every sixteen sweeps.
struct CountedSweeps {
  private(set) var sweeps = 0
  private var accepted = 0
  private var counted = 0

  private static let every = 16

  /// Makes a sweep; the body says how many attempts it accepted where it is told to count.
  mutating func sweep(_ body: (_ isCounted: Bool) -> Int) {
    let isCounted = sweeps % Self.every == 0
    let accepted = body(isCounted)
    if isCounted {
      self.accepted += accepted
      counted += 1
    }
    sweeps += 1
  }

  /// - Parameter attempts: of a sweep.
  func acceptanceRate(attempts: Int) -> Double? {
    counted == 0 ? nil : Double(accepted) / (Double(counted) * Double(attempts))
  }

  func save(to writer: inout StateWriter) {
    writer.write(sweeps)
    writer.write(accepted)
    writer.write(counted)
  }

  mutating func restore(from reader: inout StateReader) throws(InputError) {
    sweeps = try reader.integer()
    accepted = try reader.integer()
    counted = try reader.integer()
  }
}
