import LandauCore

/// The commits of a run that goes on, in a folder of immutable files.
///
/// A commit writes a state file, one file of new blocks where there are any, and last a manifest that names
/// all files of the run with their checksums; each is flushed to disk before the manifest takes its name. The
/// last manifest whose files are all as they must be is the run. Files of the commit before stay until the
/// next one stands, so that damage to the newest files costs one commit.
struct RunFolder<Storage: Disk>: Sendable {
  let path: String
  let disk: Storage
  /// The last commit; nil before the first.
  private(set) var manifest: RunManifest?
  /// The commit before, still whole on disk.
  private var previous: RunManifest?
  /// Where each block of the run stands, in the order of time.
  private(set) var index: [Place] = []
  /// What had to be left out when the folder was opened.
  private(set) var notes: [String] = []
  /// Set where there are commits and none of them is whole.
  private(set) var damage: InputError?
  private var nextSerial = 1
  private var isBroken = false

  /// A block in a file of the folder.
  struct Place: Sendable, Hashable {
    var block: RunBlock
    var segment: String
    var payload: Int
  }

  /// This many files of one level become one of the next, so that their number grows as a logarithm.
  private let fanIn: Int

  /// Opens the folder and finds the last whole commit; where none is, `damage` says so.
  ///
  /// - Throws: `InputError` when a later version wrote it.
  init(_ path: String, on disk: Storage, fanIn: Int = 16) throws(InputError) {
    self.path = path
    self.disk = disk
    self.fanIn = fanIn
    let manifests = Self.serials(disk.names(in: path) ?? [])
    nextSerial = (manifests.map(\.serial).max() ?? 0) + 1
    var sound: [String: [Place]] = [:]
    for (serial, name) in manifests.sorted(by: { $0.serial > $1.serial }) {
      do throws(Damage) {
        let found = try readManifest(name, serial: serial)
        let places = try verify(found, known: &sound)
        if manifest == nil {
          (manifest, index) = (found, places)
        } else {
          previous = found
          break
        }
      } catch {
        switch error {
        case .refused(let refusal): throw refusal
        case .found(let reason):
          notes.append("\(path.printable): commit \(serial) is left out: \(reason)")
        }
      }
    }
    if manifest == nil && !manifests.isEmpty {
      damage = InputError(
        "\(path.printable): none of its commits is whole (\(notes[0])); --restart begins anew")
    }
    if manifest == nil || notes.isEmpty { return }
    if let manifest, manifest.serial < nextSerial - 1 {
      notes.append("\(path.printable): the run goes on from commit \(manifest.serial)")
    } else {
      notes = []  // An older commit is incomplete, which is of no consequence.
    }
  }

  // MARK: Writing

  /// Writes one commit: `body` appends the new blocks.
  ///
  /// - Throws: `RunError` when it cannot be written; then the folder is as it was, and the commit may be
  ///   tried again.
  mutating func commit(
    job: ArchiveJob, status: ArchiveStatus, checkpoint: [UInt8],
    replaces: RunManifest.Replaced? = nil, _ body: (inout BlockWriter) throws(RunError) -> Void
  ) throws(RunError) {
    guard !isBroken else {
      throw RunError("\(path.printable): an earlier commit failed halfway; run the command again")
    }
    let serial = nextSerial
    let names = [
      "state-\(Self.digits(serial))", "data-\(Self.digits(serial))",
      "\(Self.manifestName(serial)).tmp",
    ]
    do throws(RunError) {
      let state = try write(names[0], checkpoint)
      var next = RunManifest(
        serial: serial, job: job, status: status, state: state,
        segments: manifest?.segments ?? [], replaces: manifest?.replaces ?? replaces)
      let places = try writeSegment(names[1], into: &next, body)
      _ = try write(names[2], next.bytes)
      try disk.apply(.syncFolder(path))
      try publish(next, from: names[2])
      adopt(next, places)
    } catch {
      for name in names where !isBroken { try? disk.apply(.remove("\(path)/\(name)")) }
      throw error
    }
    removeUnused()
  }

  /// The moment at which the commit happens.
  private mutating func publish(_ next: RunManifest, from temporary: String) throws(RunError) {
    let name = "\(path)/\(Self.manifestName(next.serial))"
    try disk.apply(.rename(from: "\(path)/\(temporary)", to: name))
    do throws(RunError) {
      try disk.apply(.syncFolder(path))
    } catch {
      // Whether the new name is on the disk is unknown: only opening the folder again can tell.
      isBroken = true
      throw error
    }
  }

  private mutating func adopt(_ next: RunManifest, _ places: [Place]) {
    previous = manifest
    manifest = next
    index = places
    nextSerial += 1
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws(RunError) -> RunManifest.File {
    try disk.create("\(path)/\(name)") { (append) throws(RunError) in try append(bytes) }
    var sum = Checksum()
    sum.update(bytes)
    return RunManifest.File(name: name, byteCount: bytes.count, checksum: sum.text)
  }

  /// Writes the new blocks, after those of small files that are to become one with them.
  private func writeSegment(
    _ name: String, into next: inout RunManifest,
    _ body: (inout BlockWriter) throws(RunError) -> Void
  ) throws(RunError) -> [Place] {
    let last = next.segments.last?.level ?? 0
    let tail = next.segments.reversed().prefix { $0.level == last }.count
    let merged = tail >= fanIn ? Array(next.segments.suffix(tail)) : []
    var written: BlockWriter?
    try disk.create("\(path)/\(name)") { (append) throws(RunError) in
      var writer = BlockWriter(append)
      try copy(index.filter { place in merged.contains { $0.name == place.segment } }, to: &writer)
      try body(&writer)
      written = writer
    }
    guard let written, !written.blocks.isEmpty else {
      try disk.apply(.remove("\(path)/\(name)"))
      return index
    }
    next.segments.removeLast(merged.count)
    next.segments.append(
      RunManifest.File(
        name: name, byteCount: written.byteCount, checksum: written.checksum.text,
        level: merged.isEmpty ? 0 : last + 1))
    let kept = index.filter { place in !merged.contains { $0.name == place.segment } }
    return kept + written.blocks.map { Place(block: $0.block, segment: name, payload: $0.payload) }
  }

  /// Copies blocks, those of one stream joined up to a few megabytes.
  private func copy(_ places: [Place], to writer: inout BlockWriter) throws(RunError) {
    let streams = Dictionary(grouping: places) {
      StreamName(kind: $0.block.kind, key: $0.block.key)
    }
    for stream in streams.keys.sorted() {
      var (count, bytes) = (0, [UInt8]())
      for place in streams[stream] ?? [] {
        count += place.block.count
        bytes += try payload(place)
        if bytes.count >= BlockWriter.comfortable {
          try writer.append(stream, count: count, payload: bytes)
          (count, bytes) = (0, [])
        }
      }
      if count > 0 { try writer.append(stream, count: count, payload: bytes) }
    }
  }

  /// Removes every file that neither of the last two commits names; what cannot be removed does no harm.
  private func removeUnused() {
    let live = [manifest, previous].compactMap { $0 }
    var used: Set<String> = [RunLock.fileName]
    for commit in live {
      used.formUnion(commit.segments.map(\.name) + [commit.state.name])
      used.insert(Self.manifestName(commit.serial))
    }
    for name in disk.names(in: path) ?? [] where !used.contains(name) && Self.isOurs(name) {
      try? disk.apply(.remove("\(path)/\(name)"))
    }
  }

  /// Removes the whole run, its last commit last, so that what an interruption leaves is no other run.
  static func removeAll(_ path: String, on disk: Storage) throws(RunError) {
    let names = (disk.names(in: path) ?? []).filter { isOurs($0) }
    let manifests = serials(names).sorted { $0.serial < $1.serial }.map(\.name)
    let others = names.filter { !manifests.contains($0) }
    for name in manifests + others { try disk.apply(.remove("\(path)/\(name)")) }
  }

  // MARK: Reading

  /// The state of the last commit.
  func checkpoint() throws(RunError) -> [UInt8] {
    guard let manifest else { return [] }
    guard let bytes = try disk.read("\(path)/\(manifest.state.name)") else {
      throw RunError("\(path.printable): \(manifest.state.name) is gone")
    }
    return bytes
  }

  /// The bytes of a block.
  ///
  /// - Throws: `RunError` when they are no longer what was written.
  func payload(_ place: Place) throws(RunError) -> [UInt8] {
    let bytes = try disk.read(
      "\(path)/\(place.segment)", at: place.payload, count: place.block.payloadCount)
    guard let bytes, bytes.count == place.block.payloadCount,
      Checksum.of(bytes) == place.block.checksum
    else { throw RunError("\(path.printable): \(place.segment) has been damaged") }
    return bytes
  }

  private enum Damage: Error {
    case refused(InputError)
    case found(String)
  }

  private func readManifest(_ name: String, serial: Int) throws(Damage) -> RunManifest {
    let label = "\(path)/\(name)".printable
    let bytes: [UInt8]?
    do throws(RunError) { bytes = try disk.read("\(path)/\(name)") } catch {
      throw .found(error.message)
    }
    let found: RunManifest?
    do throws(InputError) { found = try RunManifest(bytes ?? [], name: label) } catch {
      throw .refused(error)
    }
    guard let found, found.serial == serial else { throw .found("\(name) is damaged") }
    return found
  }

  /// Reads every file of a commit through and lists its blocks.
  private func verify(_ manifest: RunManifest, known: inout [String: [Place]]) throws(Damage)
    -> [Place]
  {
    do throws(RunError) {
      guard try isWhole(manifest.state) else { throw RunError("\(manifest.state.name) is damaged") }
      var places: [Place] = []
      for segment in manifest.segments {
        if let seen = known[segment.name + segment.checksum] {
          places += seen
          continue
        }
        guard try isWhole(segment) else { throw RunError("\(segment.name) is damaged") }
        let found = try blocks(of: segment)
        known[segment.name + segment.checksum] = found
        places += found
      }
      return places
    } catch { throw .found(error.message) }
  }

  private func isWhole(_ file: RunManifest.File) throws(RunError) -> Bool {
    var sum = Checksum()
    var count = 0
    while let piece = try disk.read("\(path)/\(file.name)", at: count, count: 1 << 20) {
      if piece.isEmpty { return count == file.byteCount && sum.text == file.checksum }
      sum.update(piece)
      count += piece.count
    }
    return false
  }

  private func blocks(of segment: RunManifest.File) throws(RunError) -> [Place] {
    var places: [Place] = []
    var offset = 0
    while offset < segment.byteCount {
      guard
        let (block, payload) = try RunBlock.read("\(path)/\(segment.name)", at: offset, on: disk),
        block.payloadCount <= segment.byteCount - payload
      else { throw RunError("\(segment.name) is damaged") }
      places.append(Place(block: block, segment: segment.name, payload: payload))
      offset = payload + block.payloadCount
    }
    return places
  }

  // MARK: Names

  private static func digits(_ serial: Int) -> String {
    let text = String(serial)
    return String(repeating: "0", count: max(0, 9 - text.utf8.count)) + text
  }

  private static func manifestName(_ serial: Int) -> String { "commit-\(digits(serial)).json" }

  private static func isOurs(_ name: String) -> Bool {
    ["state-", "data-", "commit-", "result.h5"].contains { name.hasPrefix($0) }
  }

  private static func serials(_ names: [String]) -> [(serial: Int, name: String)] {
    names.compactMap { name in
      guard name.hasPrefix("commit-"), name.hasSuffix(".json") else { return nil }
      return Int(name.dropFirst(7).dropLast(5)).map { ($0, name) }
    }
  }
}

/// Appends blocks to a file and keeps where they stand.
struct BlockWriter {
  private let write: Append
  private(set) var byteCount = 0
  private(set) var checksum = Checksum()
  private(set) var blocks: [(block: RunBlock, payload: Int)] = []

  /// Payloads of about this many bytes cost little in headers and little memory.
  static let comfortable = 4 << 20

  init(_ write: @escaping Append) { self.write = write }

  mutating func append(_ stream: StreamName, count: Int, payload: [UInt8]) throws(RunError) {
    let block = RunBlock(kind: stream.kind, key: stream.key, count: count, payload: payload)
    let header = block.header
    for piece in [header, payload] {
      try write(piece)
      checksum.update(piece)
    }
    blocks.append((block, byteCount + header.count))
    byteCount += header.count + payload.count
  }
}
