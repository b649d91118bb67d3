import LandauCore

/// Assembles the finished file of a run from its commits, without holding the run in memory.
///
/// Equal runs give equal bytes: no times, no paths, nothing of how often the run was interrupted.
struct RunAssembly<Storage: Disk> {
  let folder: RunFolder<Storage>
  let manifest: RunManifest
  let result: ArchiveResult

  static var format: String { "landau-run" }
  static var version: Int { 1 }

  private var job: ArchiveJob { manifest.job }
  private var pointCount: Int { max(1, job.parameters.count) }

  /// Writes everything to `path`, which is not flushed to disk.
  func write(to path: String) throws(RunError) {
    try HDF5Group.create(path) { (root) throws(RunError) in
      try writeAttributes(root)
      try writeParameters(try root.group("parameters"))
      var sum = Checksum()
      let simulation = try root.group("simulation")
      try writeResults(try simulation.group("results"), &sum)
      if let form = job.snapshots { try writeSnapshots(try root.group("snapshots"), form) }
      try writeState(try root.group("run"), &sum)
    }
  }

  private func writeAttributes(_ root: HDF5Group) throws(RunError) {
    try root.setAttribute("format", .string(Self.format))
    try root.setAttribute("version", .integer(Self.version))
    try root.setAttribute("landau", .string(job.version))
    try root.setAttribute("revision", .string(job.revision ?? "unknown"))
    try root.setAttribute("command", .string(job.command))
    try root.setAttribute("seed", job.seed)
    try root.setAttribute("generator", .string(job.generator))
    try root.setAttribute("kernels", .string(job.kernelLevel))
    try root.setAttribute("sweeps", .integer(manifest.status.done))
    var taken: Set = [
      "format", "version", "landau", "revision", "command", "seed", "generator", "kernels",
      "sweeps",
    ]
    for member in result.attributes where taken.insert(member.key).inserted {
      try root.setAttribute(member.key, member.value)
    }
  }

  /// The options of the job, one data set each, and the values of the scanned parameter.
  private func writeParameters(_ group: HDF5Group) throws(RunError) {
    var taken: Set<String> = []
    if !job.parameterName.isEmpty {
      let name = Self.objectName(job.parameterName)
      taken.insert(name)
      try group.write(name, NumericArray(job.parameters))
    }
    guard case .object(let members) = job.arguments.canonical else { return }
    for member in members {
      let name = Self.objectName(member.key)
      guard taken.insert(name).inserted else { continue }
      switch member.value {
      case .string(let text): try group.write(name, text: text)
      case .integer(let value): try group.write(name, NumericArray([value], shape: []))
      case .number(let value): try group.write(name, NumericArray([value], shape: []))
      case .bool(let value): try group.write(name, NumericArray([value], shape: []))
      case .null, .array, .object:
        if let array = NumericArray(member.value) {
          try group.write(name, array)
        } else {
          try group.write(name, text: member.value.text(indented: false))
        }
      }
    }
  }

  /// A name without the slash that separates names.
  private static func objectName(_ name: String) -> String {
    let text = String(name.map { $0 == "/" ? "|" : $0 })
    return text.isEmpty || text == "." ? "value" : text
  }

  // MARK: Results

  private func writeResults(_ results: HDF5Group, _ sum: inout Checksum) throws(RunError) {
    var places: [String: [RunFolder<Storage>.Place]] = [:]
    for place in folder.index where place.block.kind == .series {
      places[place.block.key.name, default: []].append(place)
    }
    let estimated = Dictionary(result.estimates) { first, _ in first }
    for name in Set(places.keys).union(estimated.keys).sorted() {
      let group = try results.group(Self.objectName(name))
      if let points = estimated[name] { try writeMean(try group.group("mean"), points) }
      if let found = places[name] {
        try writeSeries(try group.group("timeseries"), found, &sum)
      }
    }
  }

  private func writeMean(_ mean: HDF5Group, _ points: [Estimate?]) throws(RunError) {
    try mean.write("value", NumericArray(points.map { $0?.value ?? .nan }))
    try mean.write("error", NumericArray(points.map { $0?.error ?? .nan }))
    if points.contains(where: { $0?.integratedTime != nil }) {
      try mean.write("integratedTime", NumericArray(points.map { $0?.integratedTime ?? .nan }))
    }
  }

  /// All measurements, (point, chain, measurement); short series end in NaN, and `count` tells where.
  private func writeSeries(
    _ group: HDF5Group, _ places: [RunFolder<Storage>.Place], _ sum: inout Checksum
  ) throws(RunError) {
    let chains = (places.map(\.block.key.chain).max() ?? 0) + 1
    let points = max(pointCount, (places.map(\.block.key.point).max() ?? 0) + 1)
    var counts = [Int](repeating: 0, count: points * chains)
    var groups = [[RunFolder<Storage>.Place]](repeating: [], count: points * chains)
    for place in places {
      let stream = place.block.key.point * chains + place.block.key.chain
      counts[stream] += place.block.count
      groups[stream].append(place)
    }
    let length = counts.max() ?? 0
    try group.setAttribute("sweepsPerMeasurement", .integer(job.spacing))
    var rows = try HDF5Rows(
      "data", in: group, element: .float64, shape: [points, chains, length], isExtensible: false)
    for point in 0..<points {
      var values: [Double] = []
      values.reserveCapacity(chains * length)
      for chain in 0..<chains {
        for place in groups[point * chains + chain] {
          let payload = try folder.payload(place)
          sum.update(payload)
          values += RunBlock.values(payload)
        }
        let missing = (chain + 1) * length - values.count
        values += [Double](repeating: .nan, count: missing)
      }
      try rows.append(RunBlock.payload(values))
    }
    try rows.end()
    try group.write("count", NumericArray(counts, shape: [points, chains]))
  }

  // MARK: State

  /// The job, the report, the state to go on from, and one checksum over all series and these.
  private func writeState(_ group: HDF5Group, _ sum: inout Checksum) throws(RunError) {
    let state = try folder.checkpoint()
    let texts = [job.json.text(indented: false), result.report.text(indented: false)]
    try group.setAttribute("done", .integer(manifest.status.done))
    try group.setAttribute("target", .integer(manifest.status.target))
    try group.write("job", text: texts[0])
    try group.write("report", text: texts[1])
    try group.write("checkpoint", NumericArray(bytes: state))
    for bytes in [state, Array(texts[0].utf8), Array(texts[1].utf8)] { sum.update(bytes) }
    try group.setAttribute("checksum", .string(sum.text))
  }
}

// Snapshots.
extension RunAssembly {
  private func writeSnapshots(_ group: HDF5Group, _ form: ArchiveJob.Snapshots) throws(RunError) {
    var counts: [ArchiveChain: Int] = [:]
    for place in folder.index where place.block.kind != .series {
      counts[place.block.chain, default: 0] += place.block.count
    }
    let chains = counts.keys.sorted()
    let total = counts.values.reduce(0, +)
    let inner =
      form.isBinary
      ? [(form.width + 7) / 8]
      : (form.channels.count > 1 ? [form.channels.count] : []) + form.siteShape
    var rows = try HDF5Rows(
      "spins", in: group, element: form.storedElement, shape: [total] + inner)
    if form.isBinary {
      try rows.attributes.setAttribute("encoding", .string("packbits"))
      try rows.attributes.setAttribute("bitorder", .string("big"))
      try rows.attributes.setAttribute("bitsPerSnapshot", .integer(form.width))
    }
    try rows.attributes.setAttribute("channels", .strings(form.channels))
    try rows.attributes.setAttribute("shape", form.siteShape)
    for chain in chains {
      for place in folder.index where place.block.kind != .series && place.block.chain == chain {
        try rows.append(try folder.payload(place))
      }
    }
    try rows.end()
    try writeOrigins(group, form, counts)
  }

  /// Parameter and chain of each snapshot, and the description by which they are read back.
  private func writeOrigins(
    _ group: HDF5Group, _ form: ArchiveJob.Snapshots, _ counts: [ArchiveChain: Int]
  ) throws(RunError) {
    var parameters: [Double] = []
    var numbers: [Int32] = []
    var within: [Int: Int32] = [:]
    for chain in counts.keys.sorted() {
      let value =
        job.parameters.indices.contains(chain.point) ? job.parameters[chain.point] : .nan
      for _ in 0..<(counts[chain] ?? 0) {
        parameters.append(value)
        numbers.append(form.isSequential ? Int32(chain.chain) : within[chain.point, default: 0])
        within[chain.point, default: 0] += 1
      }
    }
    let taken = ["spins", "count"] + Arrangement.reserved
    let name = Self.parameterArray(job.parameterName, taken: taken)
    try group.write(name, NumericArray(parameters))
    try group.write("chain", NumericArray(numbers, shape: [numbers.count]))
    let chains = (counts.keys.map(\.chain).max() ?? -1) + 1
    let points = max(pointCount, (counts.keys.map(\.point).max() ?? 0) + 1)
    var table = [Int](repeating: 0, count: points * chains)
    for (chain, count) in counts { table[chain.point * chains + chain.chain] = count }
    try group.write("count", NumericArray(table, shape: [points, chains]))
    try group.write(
      ArrayFile.metadataName, text: description(form, parameterArray: name).text(indented: false))
  }

  private static func parameterArray(_ name: String, taken: [String]) -> String {
    let isFree = !name.isEmpty && !taken.contains(name) && !name.contains("/")
    return isFree ? name : "scanned-parameter"
  }

  private func description(_ form: ArchiveJob.Snapshots, parameterArray: String) -> JSONValue {
    let names = ["x", "y", "z", "t"]
    let sites =
      form.siteShape.count == 1
      ? ["site"] : form.siteShape.indices.map { $0 < names.count ? names[$0] : "site" }
    let layout = ["sample"] + (form.channels.count > 1 ? ["channel"] : []) + sites
    return .pairs([
      "format": .string(StoredDescription.format), "version": .integer(StoredDescription.version),
      "spins": .string("spins"), "layout": .string(layout.joined(separator: ",")),
      "parameter": .string(job.parameterName), "parameterArray": .string(parameterArray),
      "channels": .strings(form.channels), "boundary": .string(form.boundary.rawValue),
      "sequential": .bool(form.isSequential),
      "notes": .strings(["landau \(job.command), seed \(job.seed)"]),
      "packed": .bool(form.isBinary), "sites": .integers(form.siteShape),
    ])
  }
}

extension NumericArray {
  /// Plain bytes.
  init(bytes: [UInt8]) { self.init(shape: [bytes.count], element: .uint8, bytes: bytes) }
}
