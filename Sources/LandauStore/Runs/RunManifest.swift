import LandauCore

/// What one commit consists of: its files with their checksums, and how far the run is.
struct RunManifest: Sendable, Hashable {
  /// A file of the run's folder as it must be.
  struct File: Sendable, Hashable {
    var name: String
    var byteCount: Int
    /// Sixteen hexadecimal digits.
    var checksum: String
    /// How often its content has been copied into a larger file.
    var level = 0
  }

  /// The finished file that stood beside the folder when the run began.
  struct Replaced: Sendable, Hashable {
    var byteCount: Int
    var checksum: String
  }

  static let format = "landau-run"
  static let version = 1

  var serial: Int
  var job: ArchiveJob
  var status: ArchiveStatus
  var state: File
  /// In the order in which they were written.
  var segments: [File]
  var replaces: Replaced?

  /// JSON on a line, then a line with its checksum.
  var bytes: [UInt8] {
    let text = Array((json.text(indented: false) + "\n").utf8)
    var sum = Checksum()
    sum.update(text)
    return text + Array((sum.text + "\n").utf8)
  }

  /// - Returns: nil when the bytes are not a whole manifest.
  /// - Throws: `InputError` when a later version wrote it.
  init?(_ bytes: [UInt8], name: String) throws(InputError) {
    guard bytes.count > 18, bytes.last == 10 else { return nil }
    let text = Array(bytes[..<(bytes.count - 17)])
    var sum = Checksum()
    sum.update(text)
    guard bytes[(bytes.count - 17)...].dropLast().elementsEqual(sum.text.utf8) else { return nil }
    let json = try JSONReader.parse(text, name: name)
    guard json["format"] == .string(Self.format), case .integer(let version)? = json["version"]
    else { return nil }
    guard version == Self.version else {
      throw InputError.file(
        name, "was written by a later version of Landau (format \(Self.version) is known here)")
    }
    guard case .integer(let serial)? = json["serial"],
      let job = json["job"].flatMap({ ArchiveJob(json: $0) }),
      case .integer(let done)? = json["done"], case .integer(let target)? = json["target"],
      let seconds = Self.number(json["seconds"]),
      let state = json["state"].flatMap({ File(json: $0) }),
      case .array(let items)? = json["segments"]
    else { return nil }
    let segments = items.compactMap { File(json: $0) }
    guard segments.count == items.count else { return nil }
    if let replaced = json["replaces"], replaced != .null {
      guard let file = File(json: replaced) else { return nil }
      replaces = Replaced(byteCount: file.byteCount, checksum: file.checksum)
    }
    self.serial = serial
    self.job = job
    status = ArchiveStatus(done: done, target: target, seconds: seconds)
    self.state = state
    self.segments = segments
  }

  init(
    serial: Int, job: ArchiveJob, status: ArchiveStatus, state: File, segments: [File],
    replaces: Replaced?
  ) {
    self.serial = serial
    self.job = job
    self.status = status
    self.state = state
    self.segments = segments
    self.replaces = replaces
  }

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  private var json: JSONValue {
    .pairs([
      "format": .string(Self.format), "version": .integer(Self.version),
      "serial": .integer(serial), "done": .integer(status.done),
      "target": .integer(status.target),
      "seconds": .number(status.seconds.isFinite ? status.seconds : 0), "state": state.json,
      "segments": .array(segments.map(\.json)),
      "replaces": replaces.map {
        File(name: "", byteCount: $0.byteCount, checksum: $0.checksum).json
      } ?? .null, "job": job.json,
    ])
  }
}

extension RunManifest.File {
  var json: JSONValue {
    .pairs([
      "name": .string(name), "bytes": .integer(byteCount), "checksum": .string(checksum),
      "level": .integer(level),
    ])
  }

  init?(json: JSONValue) {
    guard case .string(let name)? = json["name"], case .integer(let byteCount)? = json["bytes"],
      case .string(let checksum)? = json["checksum"], case .integer(let level)? = json["level"],
      byteCount >= 0, !name.contains("/")
    else { return nil }
    self.init(name: name, byteCount: byteCount, checksum: checksum, level: level)
  }
}
