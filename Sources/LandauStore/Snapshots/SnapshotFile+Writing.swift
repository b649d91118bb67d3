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
