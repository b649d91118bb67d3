import LandauCore

// Commits as the archive gives and takes them.
extension RunFolder {
  /// Writes a commit of `job`; the form of its configurations is that of the job.
  mutating func commit(
    _ commit: ArchiveCommit, of job: ArchiveJob, replaces: RunManifest.Replaced? = nil
  ) throws(RunError) {
    let form = job.snapshots
    try self.commit(
      job: job, status: commit.status, checkpoint: commit.checkpoint, replaces: replaces
    ) { (writer) throws(RunError) in
      for key in commit.series.keys.sorted() {
        let values = commit.series[key] ?? []
        guard !values.isEmpty else { continue }
        try writer.append(
          StreamName(kind: .series, key: key), count: values.count,
          payload: RunBlock.payload(values))
      }
      for chain in commit.snapshots.keys.sorted() {
        guard let form, let values = commit.snapshots[chain], !values.isEmpty else { continue }
        try writer.append(values, of: chain, form: form)
      }
    }
  }

  /// What the commits add up to; nil before the first.
  ///
  /// - Throws: `RunError` when a file has changed since the folder was opened.
  func contents() throws(RunError) -> ArchiveContents? {
    guard let manifest else { return nil }
    var contents = ArchiveContents(
      checkpoint: try checkpoint(), status: manifest.status, notes: notes)
    for place in index {
      switch place.block.kind {
      case .series:
        contents.series[place.block.key, default: []] += RunBlock.values(try payload(place))
      case .bits, .bytes:
        contents.snapshotCounts[place.block.chain, default: 0] += place.block.count
      }
    }
    return contents
  }

  /// The configurations of one chain in order of time, some at a time: bytes of the job's form.
  func forEachSnapshots(
    of chain: ArchiveChain, _ body: ([Int8]) throws(RunError) -> Void
  ) throws(RunError) {
    guard let form = manifest?.job.snapshots else { return }
    for place in index where place.block.kind != .series && place.block.chain == chain {
      let bytes = try payload(place)
      try body(
        place.block.kind == .bits
          ? RunBlock.unpack(bytes, width: form.width) : bytes.map { Int8(bitPattern: $0) })
    }
  }
}

extension RunBlock {
  /// The chain whose configurations these are.
  var chain: ArchiveChain { ArchiveChain(point: key.point, chain: key.chain) }

  static let snapshotName = "snapshots"
}

extension BlockWriter {
  /// Appends configurations, one after another in `values`.
  mutating func append(_ values: [Int8], of chain: ArchiveChain, form: ArchiveJob.Snapshots)
    throws(RunError)
  {
    precondition(
      values.count % form.byteWidth == 0,
      "\(values.count) bytes are no whole number of configurations of \(form.byteWidth)")
    let key = ArchiveKey(point: chain.point, chain: chain.chain, name: RunBlock.snapshotName)
    if form.isBinary {
      precondition(
        values.allSatisfy { $0 == 1 || $0 == -1 }, "a binary configuration has -1 and +1 only")
    }
    try append(
      StreamName(kind: form.isBinary ? .bits : .bytes, key: key),
      count: values.count / form.byteWidth,
      payload: form.isBinary
        ? RunBlock.pack(values, width: form.width) : values.map { UInt8(bitPattern: $0) })
  }
}
