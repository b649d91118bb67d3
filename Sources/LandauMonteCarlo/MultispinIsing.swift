import CLandauKernels
import LandauCore
import LandauLattice

/// Metropolis in 64 strips: bit by bit on a checkerboard, without a field, either sign of J.
///
/// A sweep attempts all sites of one colour and then all of the other. Work is divided into blocks
/// of word rows with a random stream each, so the result does not depend on the number of threads.
final class MultispinIsing: IsingEngine {
  let model: IsingModel
  let layout: MultispinLayout
  private let pool: WorkerPool?
  private let storage: Storage
  private var acceptance: lk_acceptance
  private var counted = CountedSweeps()
  let algorithm: String

  /// The pointers, which loop bodies share; blocks write disjoint word rows and their own stream.
  private final class Storage: @unchecked Sendable {
    let colours: [UnsafeMutablePointer<UInt64>]
    let streams: UnsafeMutablePointer<UInt64>
    let kernels: lk_kernels
    private let owned = OwnedBuffers()

    init(layout: MultispinLayout, level: KernelLevel) {
      colours = (0..<2).map { [owned] _ in owned.aligned(layout.wordCount) }
      streams = owned.aligned(layout.blockCount * RandomLanes.wordCount)
      kernels = level.kernels
    }

    func strips(_ layout: MultispinLayout, colour: Int) -> lk_strips {
      lk_strips(
        own: colours[colour] + 8, other: UnsafePointer(colours[1 - colour] + 8),
        stride: layout.stride, words: layout.words, outer_rows: layout.outerRows,
        inner_rows: layout.innerRows, dimension: Int32(layout.sides.count), colour: Int32(colour))
    }
  }

  init(
    model: IsingModel, layout: MultispinLayout, beta: Double, start: IsingStart, level: KernelLevel,
    seed: Seed, pool: WorkerPool?
  ) {
    self.model = model
    self.layout = layout
    self.pool = pool
    storage = Storage(layout: layout, level: level)
    // An attempt at a site with u unsatisfied bonds out of 2 d costs 4 |J| (d - u).
    let cost = 4 * abs(model.coupling)
    let dimension = model.lattice.dimension
    let rule = MetropolisAcceptance(beta: beta, largestCost: Double(dimension) * cost)
    let costly = (0..<3).map { unsatisfied in
      unsatisfied < dimension
        ? rule.threshold(energyChange: Double(dimension - unsatisfied) * cost) : 0
    }
    acceptance = lk_acceptance(
      costly: (costly[0], costly[1], costly[2]), lazy_bits: Int32(rule.lazyBits))
    algorithm = "metropolis, 64 strips on a checkerboard, acceptance \(rule)"
    for block in 0..<layout.blockCount {
      RandomLanes.start(
        storage.streams + block * RandomLanes.wordCount, from: seed.child("block", block))
    }
    pack(start)
  }

  var updateCount: Int { counted.sweeps * model.siteCount }

  var acceptanceRate: Double? { counted.acceptanceRate(attempts: model.siteCount) }

  func sweep(_ count: Int) {
    for _ in 0..<count {
      counted.sweep { half(0, counting: $0) + half(1, counting: $0) }
    }
  }

  private func half(_ colour: Int, counting: Bool) -> Int {
    let (layout, storage, acceptance) = (layout, storage, acceptance)
    let total = Counter(count: layout.blockCount)
    let work: @Sendable (Int) -> Void = { block in
      var strips = storage.strips(layout, colour: colour)
      var acceptance = acceptance
      let first = block * layout.blockRows
      let last = min(layout.wordRows, first + layout.blockRows)
      let stream = storage.streams + block * RandomLanes.wordCount
      total[block] = storage.kernels.strips_half(
        &strips, first, last, &acceptance, stream, counting ? 1 : 0)
    }
    if let pool {
      pool.forEach(layout.blockCount, work)
    } else {
      for block in 0..<layout.blockCount { work(block) }
    }
    return counting ? total.sum : 0
  }

  /// Unsatisfied bonds of the stored ferromagnet; every bond joins the two colours.
  private func unsatisfiedCount() -> Int {
    let (layout, storage) = (layout, storage)
    let total = Counter(count: layout.blockCount)
    let work: @Sendable (Int) -> Void = { block in
      var strips = storage.strips(layout, colour: 0)
      let first = block * layout.blockRows
      let last = min(layout.wordRows, first + layout.blockRows)
      total[block] = storage.kernels.strips_unsatisfied(&strips, first, last)
    }
    if let pool {
      pool.forEach(layout.blockCount, work)
    } else {
      for block in 0..<layout.blockCount { work(block) }
    }
    return total.sum
  }

  func bondSum() -> Int {
    let sum = model.lattice.bondCount - 2 * unsatisfiedCount()
    return model.isStaggered ? -sum : sum
  }

  func magnetization() -> Int {
    let sums = colourSums()
    return model.isStaggered ? sums[0] - sums[1] : sums[0] + sums[1]
  }

  /// Stored spins have the sign of their sublattice on a staggered model, the second colour being the other one.
  func staggeredMagnetization() -> Int {
    let sums = colourSums()
    return model.isStaggered ? sums[0] + sums[1] : sums[0] - sums[1]
  }

  /// Sums of the stored spins of each colour of the checkerboard.
  private func colourSums() -> [Int] {
    let half = model.siteCount / 2
    return (0..<2).map { colour in
      var up = 0
      for row in 0..<layout.wordRows {
        let words = storage.colours[colour] + 8 + row * layout.stride
        up += Int(storage.kernels.popcount(words, layout.words))
      }
      return 2 * up - half
    }
  }
}

extension MultispinIsing {
  func sliceSums(along axis: Int) -> [Int] {
    guard let cut = layout.cuts.firstIndex(where: { $0.axis == axis }) else { return columnSums() }
    return rowSums(along: cut)
  }

  /// Every word holds spins of one column.
  private func columnSums() -> [Int] {
    var sums = [Int](repeating: 0, count: layout.columns)
    forEachWordRow { colour, sign, wordRow, words in
      let first = layout.firstColumn(wordRow: wordRow, colour: colour)
      for j in 0..<layout.words {
        sums[2 * j + first] += sign * (2 * words[j].nonzeroBitCount - 64)
      }
    }
    return sums
  }

  /// Every bit of a word row belongs to one row: ones are counted in binary, a plane of bits for
  /// each digit.
  private func rowSums(along index: Int) -> [Int] {
    let cut = layout.cuts[index]
    var sums = [Int](repeating: 0, count: layout.sides[cut.axis])
    var planes = [UInt64](repeating: 0, count: Int.bitWidth - layout.words.leadingZeroBitCount)
    forEachWordRow { _, sign, wordRow, words in
      for digit in planes.indices { planes[digit] = 0 }
      for j in 0..<layout.words {
        var carry = words[j]
        var digit = 0
        while carry != 0 {
          (planes[digit], carry) = (planes[digit] ^ carry, planes[digit] & carry)
          digit += 1
        }
      }
      let row = layout.row(wordRow, along: index)
      for bit in 0..<64 {
        var ones = 0
        for digit in planes.indices { ones += Int(planes[digit] >> UInt64(bit) & 1) << digit }
        sums[cut.strip(ofBit: bit) * cut.rows + row] += sign * (2 * ones - layout.words)
      }
    }
    return sums
  }

  /// Calls `body` with colour, its sign and the words of every word row.
  private func forEachWordRow(_ body: (Int, Int, Int, UnsafeMutablePointer<UInt64>) -> Void) {
    for colour in 0..<2 {
      let sign = model.isStaggered && colour == 1 ? -1 : 1
      for wordRow in 0..<layout.wordRows {
        body(colour, sign, wordRow, storage.colours[colour] + 8 + wordRow * layout.stride)
      }
    }
  }

  func save(to writer: inout StateWriter) {
    let words = layout.blockCount * RandomLanes.wordCount
    for colour in storage.colours {
      writer.write(words: UnsafeBufferPointer(start: colour, count: layout.wordCount))
    }
    writer.write(words: UnsafeBufferPointer(start: storage.streams, count: words))
    counted.save(to: &writer)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    for colour in storage.colours {
      for (index, word) in try reader.words(count: layout.wordCount).enumerated() {
        colour[index] = word
      }
    }
    let count = layout.blockCount * RandomLanes.wordCount
    for (index, word) in try reader.words(count: count).enumerated() {
      storage.streams[index] = word
    }
    try counted.restore(from: &reader)
  }
}

/// One number per block, written by whoever runs the block.
private final class Counter: @unchecked Sendable {
  private let values: UnsafeMutablePointer<UInt64>
  private let count: Int

  init(count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    values.initialize(repeating: 0, count: count)
  }

  deinit { values.deallocate() }

  subscript(index: Int) -> UInt64 {
    get { values[index] }
    set { values[index] = newValue }
  }

  var sum: Int { (0..<count).reduce(0) { $0 + Int(values[$1]) } }
}

extension MultispinIsing {
  private func pack(_ start: IsingStart) {
    var start = start
    let turned = model.isStaggered ? 1 : 0
    let colours = storage.colours.map { $0 + 8 }
    layout.forEachSite { _, colour, word, bit in
      let isUp = (start.next() > 0) != (colour & turned == 1)
      colours[colour][word] |= (isUp ? 1 : 0) << UInt64(bit)
    }
    for colour in colours {
      for row in 0..<layout.wordRows {
        let words = colour + row * layout.stride
        words[-1] = words[layout.words - 1]
        words[layout.words] = words[0]
      }
    }
  }

  func appendSpins(to array: inout [Int8]) {
    let start = array.count
    array.append(contentsOf: repeatElement(0, count: model.siteCount))
    let turned = model.isStaggered ? 1 : 0
    let colours = storage.colours.map { $0 + 8 }
    array.withUnsafeMutableBufferPointer { spins in
      let spins = spins.baseAddress! + start
      layout.forEachSite { site, colour, word, bit in
        let up = Int8(truncatingIfNeeded: colours[colour][word] >> UInt64(bit) & 1)
        spins[site] = colour & turned == 1 ? 1 - 2 * up : 2 * up - 1
      }
    }
  }
}

extension MetropolisAcceptance: CustomStringConvertible {
  /// `15/16 min(1, exp(-beta dE))`
  var description: String { "\(lazyBits == 1 ? "1/2" : "15/16") min(1, exp(-beta dE))" }
}
