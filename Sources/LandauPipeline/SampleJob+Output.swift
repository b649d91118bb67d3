import LandauCore
import LandauMonteCarlo
import LandauStore

extension SampleJob {
  /// Writes the NPZ file that was asked for.
  ///
  /// - Returns: the paths written.
  func write(_ points: [SamplePoint]) throws -> [String] {
    guard let output = options.output else { return [] }
    let ascending = points.sorted { parameter($0) < parameter($1) }
    let series = seriesArrays(ascending)
    if plan.snapshotCount == 0 {
      let values = ascending.map(parameter)
      let head: [(name: String, array: NumericArray)] = [
        (parameterName, NumericArray(values)),
        ("seed", NumericArray([options.seed], shape: [])),
      ]
      try NPZ.write(head + series, to: output)
    } else {
      try SnapshotFile.write(
        snapshots(ascending), to: output, seed: Seed(options.seed), extra: series,
        metadata: metadata)
    }
    return [output]
  }

  private var parameterName: String {
    if case .beta = options.scan { "beta" } else { "temperature" }
  }

  private func parameter(_ point: SamplePoint) -> Double {
    if case .beta = options.scan { point.beta } else { point.temperature }
  }

  private var metadata: [JSONValue.Member] {
    [
      .init("landau", .string(Release.version)),
      .init("revision", ProgramRevision.current.map { .string($0) } ?? .null),
      .init("generator", .string(RandomStream.name)),
      .init("model", .string(model.name.rawValue)),
    ] + model.members
  }

  /// Energy and magnetisation of every measurement, axes (point, chain, measurement).
  private func seriesArrays(_ points: [SamplePoint]) -> [(name: String, array: NumericArray)] {
    func array(_ series: [[[Double]]]) -> NumericArray {
      // Equal lengths unless the run was stopped; then the short ones end in NaN.
      let length = series.joined().map(\.count).max() ?? 0
      let padded = series.joined().flatMap {
        $0 + [Double](repeating: .nan, count: length - $0.count)
      }
      return NumericArray(padded, shape: [series.count, plan.chainCount, length])
    }
    var arrays = [("energyPerSite", array(points.map(\.recording.energyPerSite)))]
    if model.name == .ising {
      arrays.append(("magnetizationPerSite", array(points.map(\.recording.magnetizationPerSite))))
    }
    return arrays
  }

  private func snapshots(_ points: [SamplePoint]) -> Snapshots {
    let channels = model.name == .isingGauge ? ["down", "right"] : ["spin"]
    let width = model.siteCount * channels.count
    var values: [Int8] = []
    var parameterIndex: [Int32] = []
    var chains: [Int32] = []
    for (index, point) in points.enumerated() {
      for (chain, kept) in point.recording.snapshots.enumerated() {
        let count = kept.count / width
        let surplus = max(0, count - snapshotCount(ofChain: chain))
        values += kept[(surplus * width)...]
        for sample in surplus..<count {
          parameterIndex.append(Int32(index))
          chains.append(Int32(point.recording.isIndependent ? sample : chain))
        }
      }
    }
    return Snapshots(
      siteShape: model.sides ?? [], channels: channels, values: values,
      parameterName: parameterName, parameters: points.map(parameter),
      parameterIndex: parameterIndex, chain: chains,
      isSequential: !points.contains { $0.recording.isIndependent }, boundary: .periodic,
      notes: ["landau sample \(model.name.rawValue): \(model.convention)"])
  }

  /// The snapshots of a point are shared out evenly; the first chains take what is left over.
  private func snapshotCount(ofChain chain: Int) -> Int {
    let wanted = options.length.snapshots ?? 0
    return wanted / plan.chainCount + (chain < wanted % plan.chainCount ? 1 : 0)
  }
}
