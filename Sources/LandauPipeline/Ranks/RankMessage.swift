import LandauCore
import LandauStore

/// What the rank that keeps a sampling run and those that work for it tell each other.
enum RankMessage {
  /// A worker has nothing to do.
  case idle
  /// How far a piece is: its measured sweeps.
  case progress(piece: Int, sweeps: Int)
  /// What is new of a piece since its last part, and the state that goes with it.
  case part(UnitPart)
  /// Something went wrong at a worker; the run ends.
  case failure(String, isInput: Bool)
  /// To a worker: go on with this piece from the state; empty for one not begun.
  case work(piece: Int, SamplePiece, state: [UInt8])
  /// To a worker: stop at the next safe point, tell what there is, and end.
  case stop

  /// New measurements of one piece.
  struct UnitPart {
    var piece: Int
    var state: [UInt8]
    var sweeps: Int
    /// The worker does not go on with it: it is complete, or the run stops.
    var isLast: Bool
    var isComplete: Bool
    var observables: [String] = []
    var series: [ArchiveKey: [Double]] = [:]
    var snapshots: [ArchiveChain: [Int8]] = [:]
    /// With the last part.
    var works: [Int: SamplePoint.Work] = [:]
  }

  var bytes: [UInt8] {
    var writer = StateWriter()
    switch self {
    case .idle: writer.write(0)
    case .progress(let piece, let sweeps):
      writer.write(1)
      writer.write(piece)
      writer.write(sweeps)
    case .part(let part):
      writer.write(2)
      part.write(to: &writer)
    case .failure(let message, let isInput):
      writer.write(3)
      writer.write(message)
      writer.write(isInput)
    case .work(let number, let piece, let state):
      writer.write(4)
      writer.write(number)
      writer.write(piece.unit)
      writer.write(piece.part != nil)
      if let part = piece.part {
        for range in [part.lanes, part.chains] {
          writer.write(range.lowerBound)
          writer.write(range.upperBound)
        }
      }
      writer.write(bytes: state)
    case .stop: writer.write(5)
    }
    return writer.bytes
  }

  /// - Throws: `InputError` for bytes of another program's version.
  init(_ bytes: [UInt8]) throws(InputError) {
    var reader = StateReader(bytes)
    switch try reader.integer() {
    case 0: self = .idle
    case 1: self = .progress(piece: try reader.integer(), sweeps: try reader.integer())
    case 2: self = .part(try UnitPart(&reader))
    case 3: self = .failure(try reader.text(), isInput: try reader.flag())
    case 4:
      let number = try reader.integer()
      var piece = SamplePiece(unit: try reader.integer())
      if try reader.flag() {
        piece.part = .init(lanes: try Self.range(&reader), chains: try Self.range(&reader))
      }
      self = .work(piece: number, piece, state: try reader.bytes())
    case 5: self = .stop
    default: throw Self.otherVersion
    }
  }

  private static func range(_ reader: inout StateReader) throws(InputError) -> Range<Int> {
    let (first, end) = (try reader.integer(), try reader.integer())
    guard first <= end else { throw otherVersion }
    return first..<end
  }

  private static let otherVersion = InputError("the ranks run different versions of the program")
}

extension RankMessage.UnitPart {
  fileprivate func write(to writer: inout StateWriter) {
    writer.write(piece)
    writer.write(bytes: state)
    writer.write(sweeps)
    writer.write(isLast)
    writer.write(isComplete)
    writer.write(observables.count)
    for name in observables { writer.write(name) }
    writer.write(series.count)
    for (key, values) in series {
      writer.write(key.point)
      writer.write(key.chain)
      writer.write(key.name)
      writer.write(numbers: values)
    }
    writer.write(snapshots.count)
    for (chain, values) in snapshots {
      writer.write(chain.point)
      writer.write(chain.chain)
      writer.write(signed: values)
    }
    writer.write(works.count)
    for (point, work) in works {
      writer.write(point)
      work.write(to: &writer)
    }
  }

  fileprivate init(_ reader: inout StateReader) throws(InputError) {
    piece = try reader.integer()
    state = try reader.bytes()
    sweeps = try reader.integer()
    isLast = try reader.flag()
    isComplete = try reader.flag()
    for _ in 0..<(try reader.integer()) { observables.append(try reader.text()) }
    for _ in 0..<(try reader.integer()) {
      let key = ArchiveKey(
        point: try reader.integer(), chain: try reader.integer(), name: try reader.text())
      series[key] = try reader.numbers()
    }
    for _ in 0..<(try reader.integer()) {
      let chain = ArchiveChain(point: try reader.integer(), chain: try reader.integer())
      snapshots[chain] = try reader.signed()
    }
    for _ in 0..<(try reader.integer()) {
      works[try reader.integer()] = try SamplePoint.Work(&reader)
    }
  }
}

extension SamplePoint.Work {
  fileprivate func write(to writer: inout StateWriter) {
    writer.write(update)
    writer.write(algorithm)
    for number in [sweeps, sweepsMade, burnIn, measureEvery, chains] { writer.write(number) }
    for number in [exchangeRate, rate, nanosecondsPerSpin, seconds] {
      writer.write(numbers: number.map { [$0] } ?? [])
    }
    writer.write(numbers: acceptances)
    writer.write(numbers: roundTrips.map { [Double($0)] } ?? [])
    writer.write(warnings.count)
    for warning in warnings { writer.write(warning) }
  }

  fileprivate init(_ reader: inout StateReader) throws(InputError) {
    self.init(
      update: try reader.text(), algorithm: try reader.text(), sweeps: try reader.integer(),
      sweepsMade: try reader.integer(), burnIn: try reader.integer(),
      measureEvery: try reader.integer(), chains: try reader.integer(), seconds: 0)
    exchangeRate = try reader.numbers().first
    rate = try reader.numbers().first
    nanosecondsPerSpin = try reader.numbers().first
    seconds = try reader.numbers().first ?? 0
    acceptances = try reader.numbers()
    roundTrips = try reader.numbers().first.map { Int($0) }
    for _ in 0..<(try reader.integer()) { warnings.append(try reader.text()) }
  }
}
