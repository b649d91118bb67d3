public import LandauCore

extension SnapshotFile {
  /// Writes snapshots as an NPZ file that NumPy reads and that `read` gives back unchanged.
  ///
  /// Arrays: `spins` int8 with axes (parameter, shot, [channel,] site…) where samples are grouped by
  /// parameter in equal numbers, else (sample, [channel,] site…); the parameter under its own name;
  /// `chain` per snapshot; `sequential`; `seed` where given. A member `landau.json` describes them.
  /// - Parameters:
  ///   - extra: further arrays, such as the energy of each snapshot.
  ///   - metadata: further members of the description: generator, program version, model, couplings.
  /// - Throws: `RunError` when the file cannot be written; then nothing of it is there.
  public static func write(
    _ snapshots: Snapshots, to path: String, seed: Seed? = nil,
    extra: [(name: String, array: NumericArray)] = [], metadata: [JSONValue.Member] = []
  ) throws(RunError) {
    let isGrouped = shotCount(snapshots) != nil
    let leading =
      shotCount(snapshots).map { [snapshots.parameters.count, $0] }
      ?? [snapshots.sampleCount]
    let channelExtent = snapshots.channels.count > 1 ? [snapshots.channels.count] : []
    let taken = ["spins"] + Arrangement.reserved + extra.map(\.name)
    let isFree = !snapshots.parameterName.isEmpty && !taken.contains(snapshots.parameterName)
    let parameterArray = isFree ? snapshots.parameterName : "scanned-parameter"
    let parameter =
      isGrouped
      ? snapshots.parameters : snapshots.parameterIndex.map { snapshots.parameters[Int($0)] }
    var arrays: [(name: String, array: NumericArray)] = [
      (
        "spins",
        NumericArray(snapshots.values, shape: leading + channelExtent + snapshots.siteShape)
      ),
      (parameterArray, NumericArray(parameter)),
      ("chain", NumericArray(snapshots.chain, shape: leading)),
      ("sequential", NumericArray([snapshots.isSequential], shape: [])),
    ]
    if let seed { arrays.append(("seed", NumericArray([seed.value], shape: []))) }
    let description = describe(
      snapshots, isGrouped: isGrouped, parameterArray: parameterArray, metadata: metadata)
    try NPZ.write(
      arrays + extra,
      members: [(ArrayFile.metadataName, Array((description.text() + "\n").utf8))], to: path)
  }

  /// Samples per parameter where they are grouped by ascending parameter in equal numbers.
  private static func shotCount(_ snapshots: Snapshots) -> Int? {
    let parameterCount = snapshots.parameters.count
    guard parameterCount > 0, snapshots.sampleCount % parameterCount == 0 else { return nil }
    let shots = snapshots.sampleCount / parameterCount
    guard shots > 0 else { return nil }
    let isGrouped = snapshots.parameterIndex.indices.allSatisfy {
      Int(snapshots.parameterIndex[$0]) == $0 / shots
    }
    return isGrouped ? shots : nil
  }

  private static func describe(
    _ snapshots: Snapshots, isGrouped: Bool, parameterArray: String, metadata: [JSONValue.Member]
  ) -> JSONValue {
    let sites = ["x", "y", "z", "t"]
    let siteNames =
      snapshots.siteShape.count == 1
      ? ["site"] : snapshots.siteShape.indices.map { $0 < sites.count ? sites[$0] : "site" }
    let layout =
      (isGrouped ? ["parameter", "shot"] : ["sample"])
      + (snapshots.channels.count > 1 ? ["channel"] : []) + siteNames
    return .object(
      [
        JSONValue.Member("format", .string(StoredDescription.format)),
        JSONValue.Member("version", .integer(StoredDescription.version)),
        JSONValue.Member("spins", .string("spins")),
        JSONValue.Member("layout", .string(layout.joined(separator: ","))),
        JSONValue.Member("parameter", .string(snapshots.parameterName)),
        JSONValue.Member("parameterArray", .string(parameterArray)),
        JSONValue.Member("channels", .strings(snapshots.channels)),
        JSONValue.Member("boundary", .string(snapshots.boundary.rawValue)),
        JSONValue.Member("sequential", .bool(snapshots.isSequential)),
        JSONValue.Member("notes", .strings(snapshots.notes)),
      ] + metadata)
  }
}

// Configurations of real numbers.
extension SnapshotFile {
  /// What one chain has left at one value of the parameter.
  public struct RealRun: Sendable, Hashable {
    /// Which of the parameters.
    public var parameter: Int
    public var chain: Int
    /// Configurations one after another, single precision, little-endian.
    public var bytes: [Int8]

    public init(parameter: Int, chain: Int, bytes: [Int8]) {
      self.parameter = parameter
      self.chain = chain
      self.bytes = bytes
    }
  }

  /// Writes configurations of real numbers as an NPZ file that NumPy reads.
  ///
  /// Arrays: `spins` float32 with axes (sample, [channel,] site...), the parameter and `chain` of every sample,
  /// `sequential`, `seed`. A member `landau.json` describes them as it does two-valued ones, whose `read` refuses
  /// them.
  ///
  /// - Throws: `RunError` when the file cannot be written; then nothing of it is there.
  public static func writeReal(
    _ form: ArchiveJob.Snapshots, runs: [RealRun], parameterName: String, parameters: [Double],
    to path: String, seed: Seed, extra: [(name: String, array: NumericArray)] = [],
    notes: [String] = [], metadata: [JSONValue.Member] = []
  ) throws(RunError) {
    precondition(form.isReal, "configurations of whole numbers are written by write")
    var bytes: [UInt8] = []
    var (values, chains): ([Double], [Int32]) = ([], [])
    for run in runs {
      let count = run.bytes.count / form.byteWidth
      bytes += run.bytes.map { UInt8(bitPattern: $0) }
      values += [Double](repeating: parameters[run.parameter], count: count)
      chains += [Int32](repeating: Int32(run.chain), count: count)
    }
    let channels = form.channels.count > 1 ? [form.channels.count] : []
    let arrays: [(name: String, array: NumericArray)] = [
      (
        "spins",
        NumericArray(
          shape: [chains.count] + channels + form.siteShape, element: .float32, bytes: bytes)
      ), (parameterName, NumericArray(values)),
      ("chain", NumericArray(chains, shape: [chains.count])),
      ("sequential", NumericArray([form.isSequential], shape: [])),
      ("seed", NumericArray([seed.value], shape: [])),
    ]
    let sites = ["x", "y", "z", "t"]
    let layout =
      ["sample"] + (channels.isEmpty ? [] : ["channel"])
      + (form.siteShape.count == 1
        ? ["site"] : form.siteShape.indices.map { $0 < sites.count ? sites[$0] : "site" })
    let description = JSONValue.object(
      [
        .init("format", .string(StoredDescription.format)),
        .init("version", .integer(StoredDescription.version)), .init("spins", .string("spins")),
        .init("layout", .string(layout.joined(separator: ","))),
        .init("parameter", .string(parameterName)), .init("parameterArray", .string(parameterName)),
        .init("channels", .strings(form.channels)),
        .init("boundary", .string(form.boundary.rawValue)),
        .init("sequential", .bool(form.isSequential)), .init("notes", .strings(notes)),
      ] + metadata)
    try NPZ.write(
      arrays + extra,
      members: [(ArrayFile.metadataName, Array((description.text() + "\n").utf8))], to: path)
  }
}
