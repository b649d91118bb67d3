/// What can write down its state and take it up again, bit for bit.
///
/// An object is first made from the job as if to begin anew, then `restore` puts it where `save` left the
/// other one. Only what changes during a run is written.
public protocol Checkpointable: AnyObject {
  func save(to writer: inout StateWriter)

  /// - Throws: `InputError` when the bytes do not belong to such an object; the object must not be used then.
  func restore(from reader: inout StateReader) throws(InputError)
}

/// Bytes of a state: little-endian words and arrays, each with a tag and a length, so that what is read
/// must be what was written.
public struct StateWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// Tags of what follows, one byte.
  enum Tag: UInt8 { case word = 1, words, bytes, numbers, text }

  public mutating func write(_ value: UInt64) {
    bytes.append(Tag.word.rawValue)
    append(value)
  }

  public mutating func write(_ value: Int) { write(UInt64(bitPattern: Int64(value))) }
  public mutating func write(_ value: Bool) { write(value ? 1 as UInt64 : 0) }
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  public mutating func write(_ stream: RandomStream) { write(words: stream.state) }

  public mutating func write(words: some Collection<UInt64>) {
    begin(.words, count: words.count)
    for word in words { append(word) }
  }

  public mutating func write(numbers: some Collection<Double>) {
    begin(.numbers, count: numbers.count)
    for number in numbers { append(number.bitPattern) }
  }

  public mutating func write(bytes values: some Collection<UInt8>) {
    begin(.bytes, count: values.count)
    bytes += values
  }

  public mutating func write(signed values: some Collection<Int8>) {
    begin(.bytes, count: values.count)
    bytes += values.lazy.map { UInt8(bitPattern: $0) }
  }

  public mutating func write(_ text: String) {
    begin(.text, count: text.utf8.count)
    bytes += Array(text.utf8)
  }

  /// Appends what another writer wrote, to be read as if this one had.
  package mutating func append(written other: [UInt8]) { bytes += other }

  private mutating func begin(_ tag: Tag, count: Int) {
    bytes.append(tag.rawValue)
    append(UInt64(count))
  }

  private mutating func append(_ word: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
    }
  }
}

/// Reads what a `StateWriter` wrote, in the same order.
public struct StateReader: Sendable {
  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { position == bytes.count }

  /// The bytes that a part of a state takes, found by reading it.
  package mutating func written(
    _ read: (inout StateReader) throws(InputError) -> Void
  ) throws(InputError) -> [UInt8] {
    let start = position
    try read(&self)
    return Array(bytes[start..<position])
  }

  public mutating func word() throws(InputError) -> UInt64 {
    try expect(.word)
    return try nextWord()
  }

  public mutating func integer() throws(InputError) -> Int {
    Int(Int64(bitPattern: try word()))
  }

  public mutating func flag() throws(InputError) -> Bool { try word() != 0 }
  public mutating func number() throws(InputError) -> Double { Double(bitPattern: try word()) }

  public mutating func stream() throws(InputError) -> RandomStream {
    let state = try words(count: 4)
    guard state.contains(where: { $0 != 0 }) else { throw Self.damaged }
    return RandomStream(state: state)
  }

  /// - Parameter count: how many there must be; any number when nil.
  public mutating func words(count: Int? = nil) throws(InputError) -> [UInt64] {
    try array(.words, count: count, width: 8) { (reader) throws(InputError) in
      try reader.nextWord()
    }
  }

  public mutating func numbers(count: Int? = nil) throws(InputError) -> [Double] {
    try array(.numbers, count: count, width: 8) { (reader) throws(InputError) in
      Double(bitPattern: try reader.nextWord())
    }
  }

  public mutating func bytes(count: Int? = nil) throws(InputError) -> [UInt8] {
    try array(.bytes, count: count, width: 1) { (reader) throws(InputError) in
      try reader.nextByte()
    }
  }

  public mutating func signed(count: Int? = nil) throws(InputError) -> [Int8] {
    try bytes(count: count).map { Int8(bitPattern: $0) }
  }

  public mutating func text() throws(InputError) -> String {
    let bytes = try array(.text, count: nil, width: 1) { (reader) throws(InputError) in
      try reader.nextByte()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func array<T>(
    _ tag: StateWriter.Tag, count wanted: Int?, width: Int,
    _ element: (inout StateReader) throws(InputError) -> T
  ) throws(InputError) -> [T] {
    try expect(tag)
    let stored = try nextWord()
    guard stored <= UInt64((bytes.count - position) / width),
      wanted == nil || UInt64(wanted!) == stored
    else { throw Self.damaged }
    var values: [T] = []
    values.reserveCapacity(Int(stored))
    for _ in 0..<stored { values.append(try element(&self)) }
    return values
  }

  private static let damaged = InputError(
    "the checkpoint is damaged or belongs to another job or version")

  private mutating func expect(_ tag: StateWriter.Tag) throws(InputError) {
    guard try nextByte() == tag.rawValue else { throw Self.damaged }
  }

  private mutating func nextByte() throws(InputError) -> UInt8 {
    guard position < bytes.count else { throw Self.damaged }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func nextWord() throws(InputError) -> UInt64 {
    var word: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 8) {
      word |= UInt64(try nextByte()) << UInt64(shift)
    }
    return word
  }
}
