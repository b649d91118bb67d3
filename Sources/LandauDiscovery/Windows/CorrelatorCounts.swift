public import LandauCore

/// For each snapshot and window, the average over positions of every function of the window's variables, in
/// a basis of such functions.
///
/// For two-valued spins the mean over positions of *any* function f of a window's spins is
/// sum over patterns p of frequency(p) f(p) = sum over subsets S of coefficient(S) x_S, where x_S is the
/// mean product of the spins in S (Walsh and Hadamard). So the 2^n numbers x_S of a snapshot are all that
/// a branch of the network ever needs: they are counted once, exactly, and no convolution is left.
///
/// Variables of more values are counted pattern by pattern, and a table turns frequencies of patterns into
/// means of the functions of an `Alphabet`.
///
/// The count of two-valued spins is bit-packed. Each spin is a bit (set for -1), each site of the window gives a plane of
/// bits shifted by its offset, a product of spins is the exclusive or of planes, and its mean is
/// 1 - 2 popcount / positions. Subsets are visited in Gray-code order: one exclusive or each.
public struct CorrelatorCounts: Sendable {
  public let windows: [Window]
  public let alphabet: Alphabet
  public let channelCount: Int
  public let sampleCount: Int
  /// What each column of `values` is the mean of. Subset `mask` (1 ..< 2^n) of spins is column
  /// `ranges[k].lowerBound + mask - 1`.
  public let terms: [Term]
  /// Columns of window k in `values`.
  public let ranges: [Range<Int>]
  public var featureCount: Int { ranges.last?.upperBound ?? 0 }
  /// Positions each window was placed at.
  public let positionCounts: [Int]
  /// `[sample, feature]`; products of spins are in -1...1.
  public let values: [Float]
  /// The group that functions were averaged over; nil where they stand for themselves.
  public let group: WindowGroup?

  /// - Parameter alphabet: nil takes the usual one for the levels of the snapshots.
  /// - Complexity: spins: O(samples x sum over windows of 2^n x rows x ceil(columns / 64)); others:
  ///   O(samples x sum over windows of (n x sites + classes x functions)); shared over `pool`.
  public init(
    _ snapshots: Snapshots, windows: [Window], alphabet: Alphabet? = nil, pool: WorkerPool
  ) {
    let alphabet = alphabet ?? Alphabet(levels: snapshots.levels)
    precondition(
      alphabet.levels == snapshots.levels,
      "an alphabet of \(alphabet.levels) for variables of \(snapshots.levels)")
    self.windows = windows
    self.alphabet = alphabet
    group = nil
    channelCount = snapshots.channels.count
    sampleCount = snapshots.sampleCount
    positionCounts = windows.map { WindowPlacement(snapshots, window: $0).positionCount }
    let perWindow: [[Term]]
    if alphabet == .spins {
      let plans = windows.map { WindowPlan(snapshots, window: $0) }
      perWindow = windows.map {
        Self.terms(of: $0, alphabet: alphabet, channelCount: snapshots.channels.count)
      }
      ranges = Self.ranges(perWindow)
      values = Self.count(snapshots, plans: plans, ranges: ranges, pool: pool)
    } else {
      let plans = windows.map { PatternPlan(snapshots, window: $0, alphabet: alphabet) }
      perWindow = plans.map(\.table.terms)
      ranges = Self.ranges(perWindow)
      values = Self.count(snapshots, plans: plans, ranges: ranges, pool: pool)
    }
    terms = perWindow.flatMap { $0 }
  }

  init(
    windows: [Window], alphabet: Alphabet, channelCount: Int, sampleCount: Int, terms: [[Term]],
    positionCounts: [Int], values: [Float], group: WindowGroup? = nil
  ) {
    self.group = group
    self.windows = windows
    self.alphabet = alphabet
    self.channelCount = channelCount
    self.sampleCount = sampleCount
    self.terms = terms.flatMap { $0 }
    ranges = Self.ranges(terms)
    self.positionCounts = positionCounts
    self.values = values
  }

  /// What the columns of a window are means of.
  static func terms(of window: Window, alphabet: Alphabet, channelCount: Int) -> [Term] {
    alphabet == .spins
      ? (1..<1 << (window.area * channelCount)).map {
        Term(mask: $0, window: window, channelCount: channelCount)
      } : PatternTable(alphabet, window: window, channelCount: channelCount).terms
  }

  static func ranges(_ terms: [[Term]]) -> [Range<Int>] {
    var start = 0
    return terms.map {
      let range = start..<start + $0.count
      start = range.upperBound
      return range
    }
  }

  private static func count(
    _ snapshots: Snapshots, plans: [WindowPlan], ranges: [Range<Int>], pool: WorkerPool
  ) -> [Float] {
    let reach = plans.map(\.placement.reach.column).max() ?? 0
    return rows(snapshots.sampleCount, of: ranges.last?.upperBound ?? 0, pool: pool) {
      (
        PackedRows(
          siteShape: snapshots.siteShape, channelCount: snapshots.channels.count, overhang: reach),
        WindowPlan.Scratch(plans)
      )
    } fill: { worker, sample, row in
      snapshots.withValues(ofSample: sample) { worker.0.pack($0) }
      for (plan, range) in zip(plans, ranges) {
        plan.count(worker.0, scratch: &worker.1, into: row + range.lowerBound)
      }
    }
  }

  private static func count(
    _ snapshots: Snapshots, plans: [PatternPlan], ranges: [Range<Int>], pool: WorkerPool
  ) -> [Float] {
    let reach = plans.map(\.placement.reach.column).max() ?? 0
    return rows(snapshots.sampleCount, of: ranges.last?.upperBound ?? 0, pool: pool) {
      (
        StateRows(
          grid: WindowGrid(snapshots.siteShape), channelCount: snapshots.channels.count,
          levels: snapshots.levels, overhang: reach),
        PatternPlan.Scratch(plans)
      )
    } fill: { worker, sample, row in
      snapshots.withValues(ofSample: sample) { worker.0.load($0) }
      for (plan, range) in zip(plans, ranges) {
        plan.count(worker.0, scratch: &worker.1, into: row + range.lowerBound)
      }
    }
  }

  /// A row of `width` numbers for every sample. Samples are independent, so blocks of them are shared out, each
  /// with a worker of its own that `fill` uses from sample to sample.
  static func rows<Worker>(
    _ samples: Int, of width: Int, pool: WorkerPool, worker: @Sendable () -> Worker,
    fill: @Sendable (inout Worker, _ sample: Int, _ row: UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let blockSize = 64
    return [Float](unsafeUninitializedCapacity: samples * width) { out, count in
      let target = SendablePointer(out.baseAddress!)
      pool.forEach((samples + blockSize - 1) / blockSize) { block in
        var own = worker()
        for sample in block * blockSize..<min(samples, (block + 1) * blockSize) {
          fill(&own, sample, target.pointer + sample * width)
        }
      }
      count = samples * width
    }
  }

  /// The counts of several sets of snapshots of one lattice, one after the other.
  public init(joining parts: [CorrelatorCounts]) {
    precondition(!parts.isEmpty, "nothing to join")
    let first = parts[0]
    precondition(
      parts.allSatisfy { $0.terms == first.terms && $0.positionCounts == first.positionCounts },
      "parts were counted with different windows or on different lattices")
    windows = first.windows
    group = first.group
    alphabet = first.alphabet
    terms = first.terms
    channelCount = first.channelCount
    ranges = first.ranges
    positionCounts = first.positionCounts
    sampleCount = parts.reduce(0) { $0 + $1.sampleCount }
    var joined: [Float] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
    for part in parts { joined += part.values }
    values = joined
  }

  /// How often each pattern of window `index` occurs in a snapshot: `2^n` frequencies that sum to one.
  ///
  /// Bit `site * channelCount + channel` of a pattern is set where that spin is -1.
  ///
  /// - Precondition: the variables are two-valued spins.
  public func patternFrequencies(window index: Int, sample: Int) -> [Float] {
    precondition(alphabet == .spins, "pattern frequencies of \(alphabet.levels)")
    let row = sample * featureCount
    let range = ranges[index]
    let correlators = [1] + values[row + range.lowerBound..<row + range.upperBound]
    let scale = 1 / Float(correlators.count)
    return WalshHadamard.table(ofCoefficients: Array(correlators)).map { $0 * scale }
  }
}

extension Snapshots {
  /// The values of one sample, channel by channel.
  fileprivate func withValues(ofSample sample: Int, _ body: (UnsafeBufferPointer<Int8>) -> Void) {
    let width = siteCount * channels.count
    values.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[sample * width..<(sample + 1) * width]))
    }
  }
}

/// A pointer into storage that the tasks of one loop write at disjoint places.
struct SendablePointer<Element>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }
}
