public import LandauCore

/// A run as it stands on disk, finished or not: what it was, all that it measured, what it said.
///
/// Estimates can be made anew from it without simulating.
public struct RunFile: Sendable {
  /// The finished file, or the folder of a run that goes on.
  public var path: String
  public var job: ArchiveJob
  public var contents: ArchiveContents

  /// Reads a finished run, or what an unfinished one has committed.
  ///
  /// - Parameter path: the file given to `--output`, or the folder `FILE.run` beside it. Where both are
  ///   there and `path` is the file, the file is read.
  /// - Throws: `InputError` when it is damaged, of a later version, or no run.
  /// - Complexity: reads every series into memory; configurations stay where they are.
  public static func read(_ path: String) throws(InputError) -> RunFile {
    let folder = path.hasSuffix(folderSuffix) ? path : path + folderSuffix
    if path == folder || !exists(path) {
      guard exists(folder) else { throw InputError.file(path.printable, "no such file") }
      return try readFolder(folder)
    }
    return try FinishedRun.read(path)
  }

  static let folderSuffix = ".run"

  /// Whether it has all the sweeps and parts that are asked for.
  func isDone(_ target: Int, of asked: ArchiveJob) -> Bool {
    contents.status.done >= target && job.partCount >= asked.partCount
  }

  private static func readFolder(_ path: String) throws(InputError) -> RunFile {
    do throws(RunError) {
      let folder = try RunFolder(opening: path)
      if let damage = folder.damage { throw RunError(damage.message) }
      guard let manifest = folder.manifest, let contents = try folder.contents() else {
        throw RunError("\(path.printable): nothing has been committed yet")
      }
      return RunFile(path: path, job: manifest.job, contents: contents)
    } catch { throw InputError(error.message) }
  }

  static func exists(_ path: String) -> Bool {
    do throws(InputError) {
      _ = try FileBytes.kind(of: path)
      return true
    } catch { return false }
  }
}

extension RunFolder where Storage == MachineDisk {
  /// The folder on the machine's disk, any refusal as an error of the run.
  init(opening path: String) throws(RunError) {
    do throws(InputError) { self = try RunFolder(path, on: MachineDisk()) } catch {
      throw RunError(error.message)
    }
  }
}

/// Reading the HDF5 file of a finished run.
enum FinishedRun {
  /// What tells one file from another.
  static func fingerprint(_ path: String) throws(RunError) -> RunManifest.Replaced? {
    var sum = Checksum()
    var count = 0
    while let piece = try MachineDisk().read(path, at: count, count: 1 << 20) {
      if piece.isEmpty { return RunManifest.Replaced(byteCount: count, checksum: sum.text) }
      sum.update(piece)
      count += piece.count
    }
    return nil
  }

  static func read(_ path: String) throws(InputError) -> RunFile {
    try HDF5Group.reading(path) { (root) throws(InputError) in
      let job = try job(root)
      let run = try group("run", in: root)
      guard let done = run.integerAttribute("done"), let target = run.integerAttribute("target")
      else { throw damaged(path) }
      let report = try root.text("run/report")
      var contents = ArchiveContents(
        checkpoint: try root.array("run/checkpoint").bytes, series: try series(root),
        snapshotCounts: try snapshotCounts(root),
        status: ArchiveStatus(done: done, target: target), isFinished: true,
        report: try JSONReader.parse(report, name: path.printable))
      let sum = checksum(contents, texts: [try root.text("run/job"), report])
      guard run.textAttribute("checksum") == sum else {
        throw InputError.file(path.printable, "is damaged: its numbers do not have their checksum")
      }
      if job.version != Release.version {
        contents.notes.append(
          "\(path.printable) was begun by Landau \(job.version), this is \(Release.version)")
      }
      return RunFile(path: path, job: job, contents: contents)
    }
  }

  private static func checksum(_ contents: ArchiveContents, texts: [String]) -> String {
    var sum = Checksum()
    for key in contents.series.keys.sorted() {
      sum.update(RunBlock.payload(contents.series[key] ?? []))
    }
    for bytes in [contents.checkpoint] + texts.map({ Array($0.utf8) }) { sum.update(bytes) }
    return sum.text
  }

  /// The job of a file, checked to be one of ours that this version knows.
  static func job(_ root: HDF5Group) throws(InputError) -> ArchiveJob {
    let path = root.path.printable
    guard root.textAttribute("format") == RunAssembly<MachineDisk>.format,
      let version = root.integerAttribute("version")
    else { throw InputError.file(path, "is HDF5, but not the result of a run of Landau") }
    guard version == RunAssembly<MachineDisk>.version else {
      throw InputError.file(
        path,
        "was written by a later version of Landau (format \(RunAssembly<MachineDisk>.version) is known here)"
      )
    }
    let json = try JSONReader.parse(try root.text("run/job"), name: path)
    guard let job = ArchiveJob(json: json) else { throw damaged(path) }
    return job
  }

  private static func damaged(_ path: String) -> InputError {
    InputError.file(path.printable, "is damaged: what every run has is missing in it")
  }

  static func group(_ name: String, in parent: HDF5Group) throws(InputError) -> HDF5Group {
    guard let group = parent.subgroup(name) else { throw damaged(parent.path) }
    return group
  }

  static func series(_ root: HDF5Group) throws(InputError) -> [ArchiveKey: [Double]] {
    var series: [ArchiveKey: [Double]] = [:]
    let prefix = "simulation/results/"
    let suffix = "/timeseries/data"
    for path in try root.datasetNames() where path.hasPrefix(prefix) && path.hasSuffix(suffix) {
      let name = String(path.dropFirst(prefix.count).dropLast(suffix.count))
      try MachineMemory.require(
        root.describe(path).shape.reduce(16) {
          $0.multipliedReportingOverflow(by: $1).partialValue
        },
        for: root.path)
      let data = try root.array(path)
      let count = try root.array("\(prefix)\(name)/timeseries/count")
      guard data.rank == 3, data.element == .float64, count.shape == Array(data.shape.prefix(2)),
        let counts = count.integers, counts.allSatisfy({ (0...data.shape[2]).contains($0) })
      else { throw damaged(root.path) }
      let values = data.doubles
      for stream in counts.indices where counts[stream] > 0 {
        let key = ArchiveKey(
          point: stream / data.shape[1], chain: stream % data.shape[1], name: name)
        let start = stream * data.shape[2]
        series[key] = Array(values[start..<(start + counts[stream])])
      }
    }
    return series
  }

  static func snapshotCounts(_ root: HDF5Group) throws(InputError) -> [ArchiveChain: Int] {
    guard root.has("snapshots/count") else { return [:] }
    let table = try root.array("snapshots/count")
    guard table.rank == 2, let counts = table.integers,
      counts.allSatisfy({ (0...1 << 40).contains($0) })
    else {
      throw damaged(root.path)
    }
    var result: [ArchiveChain: Int] = [:]
    for (index, count) in counts.enumerated() where count > 0 {
      result[ArchiveChain(point: index / table.shape[1], chain: index % table.shape[1])] = count
    }
    return result
  }

  /// Appends everything that a finished file has measured to a commit, in the order of streams.
  ///
  /// - Parameter chains: the number that chain 0 of the file gets.
  static func copy(_ path: String, to writer: inout BlockWriter, chains: Int = 0) throws(RunError) {
    do throws(InputError) {
      try HDF5Group.reading(path, isProbed: true) { (root) throws(InputError) in
        let job = try job(root)
        let series = try series(root)
        for key in series.keys.sorted() {
          var moved = key
          moved.chain += chains
          let values = series[key] ?? []
          try writer.give(
            StreamName(kind: .series, key: moved), count: values.count,
            payload: RunBlock.payload(values))
        }
        guard let form = job.snapshots else { return }
        try copySnapshots(root, form, to: &writer, chains: chains)
      }
    } catch { throw RunError(error.message) }
  }

  private static func copySnapshots(
    _ root: HDF5Group, _ form: ArchiveJob.Snapshots, to writer: inout BlockWriter, chains: Int
  ) throws(InputError) {
    let counts = try snapshotCounts(root)
    var row = 0
    for chain in counts.keys.sorted() {
      let end = row + (counts[chain] ?? 0)
      let key = ArchiveKey(
        point: chain.point, chain: chain.chain + chains, name: RunBlock.snapshotName)
      try forEachRows(root, form, rows: row..<end) { (bytes) throws(InputError) in
        try writer.give(
          StreamName(kind: form.isBinary ? .bits : .bytes, key: key),
          count: bytes.count / form.storedWidth, payload: bytes)
      }
      row = end
    }
  }

  /// The stored bytes of some configurations, a few megabytes at a time.
  static func forEachRows(
    _ root: HDF5Group, _ form: ArchiveJob.Snapshots, rows range: Range<Int>,
    _ body: ([UInt8]) throws(InputError) -> Void
  ) throws(InputError) {
    let rows = try HDF5Dataset("snapshots/spins", in: root)
    guard rows.rank >= 2, rows.element == form.storedElement,
      rows.shape.dropFirst().reduce(form.storedElement.width, *) == form.storedWidth,
      range.upperBound <= rows.shape[0]
    else { throw damaged(root.path) }
    var row = range.lowerBound
    while row < range.upperBound {
      let next = min(range.upperBound, row + max(1, BlockWriter.comfortable / form.storedWidth))
      try body(try rows.read(rows: row..<next).bytes)
      row = next
    }
  }
}

extension ArchiveJob.Snapshots {
  /// Bytes of one configuration as it is stored.
  var storedWidth: Int { isBinary ? (width + 7) / 8 : byteWidth }

  /// The type of the array of configurations in a finished file.
  var storedElement: NumericArray.Element { isBinary ? .uint8 : isReal ? .float32 : .int8 }
}

extension BlockWriter {
  /// `append` for callers whose errors are those of reading.
  fileprivate mutating func give(_ stream: StreamName, count: Int, payload: [UInt8])
    throws(InputError)
  {
    do throws(RunError) { try append(stream, count: count, payload: payload) } catch {
      throw InputError(error.message)
    }
  }
}

extension RunFile {
  /// The configurations kept of one chain, in order of time, some at a time: whole configurations of
  /// `job.snapshots`, one after another.
  ///
  /// - Throws: `InputError` when the files are damaged or gone; whatever `body` throws.
  public func forEachSnapshots(
    of chain: ArchiveChain, _ body: ([Int8]) throws(InputError) -> Void
  ) throws(InputError) {
    guard let form = job.snapshots, let count = contents.snapshotCounts[chain] else { return }
    if contents.isFinished {
      let before = contents.snapshotCounts.filter { $0.key < chain }.values.reduce(0, +)
      try HDF5Group.reading(path, isProbed: true) { (root) throws(InputError) in
        try FinishedRun.forEachRows(root, form, rows: before..<(before + count)) {
          (bytes) throws(InputError) in
          try body(
            form.isBinary
              ? RunBlock.unpack(bytes, width: form.width) : bytes.map { Int8(bitPattern: $0) })
        }
      }
      return
    }
    do throws(RunError) {
      try RunFolder(opening: path).forEachSnapshots(of: chain) { (values) throws(RunError) in
        do throws(InputError) { try body(values) } catch { throw RunError(error.message) }
      }
    } catch { throw InputError(error.message) }
  }
}
