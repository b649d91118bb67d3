import LandauCore

/// One snapshot as rows of state numbers, each row followed by its own beginning.
struct StateRows {
  let grid: WindowGrid
  let channelCount: Int
  /// Entries of one row with its overhang.
  let stride: Int
  private(set) var states: [UInt8]
  /// `numbers[value + 128]`: the state number of a value.
  private let numbers: [UInt8]

  init(grid: WindowGrid, channelCount: Int, levels: [Int8], overhang: Int) {
    self.grid = grid
    self.channelCount = channelCount
    stride = grid.columns + overhang
    states = [UInt8](repeating: 0, count: stride * grid.rowCount * channelCount)
    var numbers = [UInt8](repeating: 0, count: 256)
    for (number, level) in levels.enumerated() { numbers[Int(level) + 128] = UInt8(number) }
    self.numbers = numbers
  }

  /// - Parameter values: `[channel, layer, row, column]`, each one of the levels.
  mutating func load(_ values: UnsafeBufferPointer<Int8>) {
    for row in 0..<grid.rowCount * channelCount {
      for column in 0..<stride {
        let value = values[row * grid.columns + column % grid.columns]
        states[row * stride + column] = numbers[Int(value) + 128]
      }
    }
  }
}

/// Where one window of few-valued variables stands, and how its functions are counted.
struct PatternPlan: Sendable {
  let placement: WindowPlacement
  let table: PatternTable
  private let base: Int
  private let variables: [(offset: Window.Offset, channel: Int)]

  init(_ snapshots: Snapshots, window: Window, alphabet: Alphabet) {
    placement = WindowPlacement(snapshots, window: window)
    let channels = snapshots.channels.count
    table = PatternTable(alphabet, window: window, channelCount: channels)
    base = alphabet.levels.count
    variables = window.offsets.flatMap { offset in (0..<channels).map { (offset, $0) } }
  }

  /// Pattern numbers of one row of positions, and the counts, reused from sample to sample.
  struct Scratch {
    fileprivate var patterns: [Int32]
    fileprivate var counts: [Int32]

    init(_ plans: [PatternPlan]) {
      patterns = [Int32](repeating: 0, count: plans.map(\.placement.columns).max() ?? 0)
      counts = [Int32](repeating: 0, count: plans.map(\.table.classCount).max() ?? 0)
    }
  }

  /// Writes the means over positions of all functions, in the order of the table.
  func count(_ rows: StateRows, scratch: inout Scratch, into means: UnsafeMutablePointer<Float>) {
    for index in 0..<table.classCount { scratch.counts[index] = 0 }
    rows.states.withUnsafeBufferPointer { states in
      scratch.patterns.withUnsafeMutableBufferPointer { patterns in
        scratch.counts.withUnsafeMutableBufferPointer { counts in
          table.classes.withUnsafeBufferPointer { classes in
            placement.forEachRow { layer, row in
              for column in 0..<placement.columns { patterns[column] = 0 }
              var weight: Int32 = 1
              for (offset, channel) in variables {
                let source =
                  states.baseAddress!
                  + (channel * rows.grid.rowCount
                    + rows.grid.row(layer: layer + offset.layer, row: row + offset.row))
                  * rows.stride + offset.column
                for column in 0..<placement.columns {
                  patterns[column] &+= weight &* Int32(source[column])
                }
                weight &*= Int32(base)
              }
              for column in 0..<placement.columns {
                counts[Int(classes[Int(patterns[column])])] &+= 1
              }
            }
          }
        }
      }
    }
    let width = table.terms.count
    let scale = 1 / Double(placement.positionCount)
    for term in 0..<width {
      var sum = 0.0
      for index in 0..<table.classCount where scratch.counts[index] != 0 {
        sum += Double(scratch.counts[index]) * Double(table.values[index * width + term])
      }
      means[term] = Float(sum * scale)
    }
  }
}
