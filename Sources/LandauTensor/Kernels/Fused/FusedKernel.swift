import CLandauKernels

/// A chain of elementwise operations, with broadcasts before it and reductions behind it, in one pass.
///
/// All operations work on blocks of a few hundred to a few thousand elements in turn: what one operation hands
/// to the next stays in the first cache, and only results that others read are written to memory. Blocks are
/// taken in row-major order, so that sums have the order, and the bits, of the plain kernels.
final class FusedKernel: Sendable {
  /// Where a block of an operand or a result of an operation is.
  enum Slot: Sendable {
    /// Elements of a buffer, from this byte on, that the blocks walk through.
    case operand(Int, byte: Int, elementBytes: Int)
    /// One number in a buffer, at this byte.
    case scalar(Int, byte: Int)
    /// Elements of a buffer in another order, copied to a block where they are not neighbours.
    case strided(Int, StridedReader, elementBytes: Int)
    /// One number known when the plan is made.
    case number(Word16)
    case result(Int, elementBytes: Int)
    case block(Int)
  }

  struct Step: Sendable {
    let function: lk_block
    let scalars: Int32
    let operands: (Int32, Int32, Int32, Int32)
    let result: Int32
  }

  struct Sink: Sendable {
    let stream: ReductionStream
    let slot: Int
    let result: Int
  }

  private struct Moving: Sendable {
    let slot: Int
    let buffer: Int
    let byte: Int
    let elementBytes: Int
    let isResult: Bool
  }

  private struct Reading: Sendable {
    let slot: Int
    let buffer: Int
    let reader: StridedReader
    let offset: Int
    /// Whether every block sees the same elements.
    let isConstant: Bool
  }

  /// What the blocks go through, in memory that nobody counts references to: threads that did would wait for one another.
  private struct Tables: @unchecked Sendable {
    // Unchecked: written once.
    let steps: UnsafeBufferPointer<Step>
    let moving: UnsafeBufferPointer<Moving>
    let reading: UnsafeBufferPointer<Reading>
    let fixed: UnsafeBufferPointer<(slot: Int, buffer: Int, byte: Int)>
    let numbers: UnsafeBufferPointer<(slot: Int, number: Word16)>
    let places: UnsafeBufferPointer<(slot: Int, offset: Int)>
    let sinks: UnsafeBufferPointer<Sink>

    func deallocate() {
      steps.deallocate()
      moving.deallocate()
      reading.deallocate()
      fixed.deallocate()
      numbers.deallocate()
      places.deallocate()
      sinks.deallocate()
    }
  }

  private let count: Int
  private let block: Int
  /// Elements of a piece: no reduction crosses from one to the next. Nil where some do.
  private let piece: Int?
  private let slotCount: Int
  private let tables: Tables
  private let stateOffset: Int
  /// Pointers, numbers, blocks and the state of reductions.
  let scratchBytes: Int

  /// - Parameters:
  ///   - count: elements that every operation works on.
  ///   - blockBytes: bytes an element takes in each of the blocks.
  init(count: Int, slots: [Slot], blockBytes: [Int], steps: [Step], sinks: [Sink]) {
    self.count = count
    piece = Self.piece(count, sinks)
    var readingBytes = 0
    var periods: [Int] = []
    for slot in slots {
      if case .strided(_, let reader, let bytes) = slot {
        readingBytes += bytes
        if let period = reader.period { periods.append(period) }
      }
    }
    block = Self.blockSize(count, blockBytes.reduce(readingBytes, +), periods)
    let size = block
    slotCount = slots.count
    var end = slots.count * (MemoryLayout<UnsafeRawPointer>.stride + MemoryLayout<Word16>.stride)
    func room(_ bytes: Int) -> Int {
      end = (end + 63) / 64 * 64
      defer { end += bytes }
      return end
    }
    let blockOffsets = blockBytes.map { room($0 * size) }
    var (moving, reading): ([Moving], [Reading]) = ([], [])
    var fixed: [(slot: Int, buffer: Int, byte: Int)] = []
    var numbers: [(slot: Int, number: Word16)] = []
    var places: [(slot: Int, offset: Int)] = []
    for (index, slot) in slots.enumerated() {
      switch slot {
      case .operand(let buffer, let byte, let bytes):
        moving.append(
          Moving(slot: index, buffer: buffer, byte: byte, elementBytes: bytes, isResult: false))
      case .result(let buffer, let bytes):
        moving.append(
          Moving(slot: index, buffer: buffer, byte: 0, elementBytes: bytes, isResult: true))
      case .scalar(let buffer, let byte): fixed.append((index, buffer, byte))
      case .number(let number): numbers.append((index, number))
      case .block(let number): places.append((index, blockOffsets[number]))
      case .strided(let buffer, let reader, let bytes):
        let isConstant = reader.period.map { size % $0 == 0 } ?? false
        reading.append(
          Reading(
            slot: index, buffer: buffer, reader: reader, offset: room(bytes * size),
            isConstant: isConstant || size >= count))
      }
    }
    tables = Tables(
      steps: .init(copying: steps), moving: .init(copying: moving),
      reading: .init(copying: reading), fixed: .init(copying: fixed),
      numbers: .init(copying: numbers), places: .init(copying: places),
      sinks: .init(copying: sinks))
    stateOffset = room(ReductionStream.stateBytes * sinks.count)
    scratchBytes = end
  }

  deinit { tables.deallocate() }

  /// Elements a block: what fits half of a first cache of 32 KiB, whole periods where that is possible.
  private static func blockSize(_ count: Int, _ bytes: Int, _ periods: [Int]) -> Int {
    let most = min(2048, max(256, 16_384 / max(4, bytes)) / 64 * 64)
    if count <= most { return max(1, count) }
    var common = 1
    for period in periods {
      var (a, b) = (common, period)
      while b > 0 { (a, b) = (b, a % b) }
      let next = common / max(1, a) * period
      if next <= most { common = next }
    }
    return most / common * common
  }

  /// The rows that all reductions keep apart; cache lines of elements where there are none.
  private static func piece(_ count: Int, _ sinks: [Sink]) -> Int? {
    var piece = 64
    for (number, sink) in sinks.enumerated() {
      guard let rows = sink.stream.keptRows, rows > 1 else { return nil }
      let own = count / rows
      if number > 0, own != piece { return nil }
      piece = own
    }
    return piece
  }

  /// What may be computed at the same time, each with memory of its own.
  var pieceCount: Int { piece.map { (count + $0 - 1) / max(1, $0) } ?? 1 }

  func run(
    _ operands: UnsafeBufferPointer<UnsafeRawPointer>,
    _ results: UnsafeBufferPointer<UnsafeMutableRawPointer>, _ scratch: UnsafeMutableRawPointer,
    _ pieces: Range<Int>
  ) {
    let first = (piece ?? 0) * pieces.lowerBound
    let end = piece.map { min(count, $0 * pieces.upperBound) } ?? count
    // Numbers first: they want the alignment.
    let values = scratch.assumingMemoryBound(to: Word16.self)
    let pointers = (scratch + slotCount * MemoryLayout<Word16>.stride)
      .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    for place in tables.places { pointers[place.slot] = scratch + place.offset }
    for number in tables.numbers {
      values[number.slot] = number.number
      pointers[number.slot] = UnsafeMutableRawPointer(values + number.slot)
    }
    for place in tables.fixed {
      pointers[place.slot] = UnsafeMutableRawPointer(mutating: operands[place.buffer] + place.byte)
    }
    for entry in tables.moving {
      pointers[entry.slot] =
        entry.isResult
        ? results[entry.buffer] + first * entry.elementBytes
        : UnsafeMutableRawPointer(
          mutating: operands[entry.buffer] + entry.byte + first * entry.elementBytes)
    }
    let states = scratch + stateOffset
    for (index, sink) in tables.sinks.enumerated() {
      sink.stream.begin(
        states + index * ReductionStream.stateBytes, results[sink.result],
        rows: piece == nil ? nil : pieces)
    }
    var start = first
    while start < end {
      let n = min(block, end &- start)
      for entry in tables.reading where start == first || !entry.isConstant {
        let place = entry.reader.read(
          operands[entry.buffer], start, n, block: scratch + entry.offset)
        pointers[entry.slot] = UnsafeMutableRawPointer(mutating: place)
      }
      for step in tables.steps {
        step.function(
          n, step.scalars, pointers[Int(step.operands.0)], pointers[Int(step.operands.1)],
          pointers[Int(step.operands.2)], pointers[Int(step.operands.3)],
          pointers[Int(step.result)])
      }
      for (index, sink) in tables.sinks.enumerated() {
        sink.stream.add(
          pointers[sink.slot], n, states + index * ReductionStream.stateBytes,
          results[sink.result])
      }
      for entry in tables.moving { pointers[entry.slot] += n &* entry.elementBytes }
      start &+= n
    }
  }
}

extension UnsafeBufferPointer {
  /// Memory of its own, to be deallocated by the caller; for elements without references.
  fileprivate init(copying elements: [Element]) {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = copy.initialize(from: elements)
    self.init(copy)
  }
}
