import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauStore

extension SampleJob {
  /// Writes the file that was asked for: the arrays of an NPZ, or the finished run.
  ///
  /// - Returns: the paths written.
  func write(
    _ points: [SamplePoint], _ records: SampleRecords, to archive: (any Archive)?
  ) throws -> [String] {
    guard let output = options.output else { return [] }
    if let archive {
      guard records.isComplete else { return [] }
      if archive.stored?.isFinished != true || archive.stored!.status.target < plan.sweeps {
        try archive.finish(result(points))
      }
      return [output]
    }
    let ascending = points.sorted { parameter($0) < parameter($1) }
    let series = seriesArrays(ascending)
    if plan.snapshotEvery == 0 {
      let head: [(name: String, array: NumericArray)] = [
        (parameterName, NumericArray(ascending.map(parameter))),
        ("seed", NumericArray([options.seed], shape: [])),
      ]
      try NPZ.write(head + series, to: output)
    } else if physical.isReal {
      try SnapshotFile.writeReal(
        snapshotForm, runs: realSnapshots(ascending, records), parameterName: parameterName,
        parameters: ascending.map(parameter), to: output, seed: Seed(options.seed), extra: series,
        notes: notes, metadata: metadata)
    } else {
      try SnapshotFile.write(
        snapshots(ascending, records), to: output, seed: Seed(options.seed), extra: series,
        metadata: metadata)
    }
    return [output]
  }

  private func parameter(_ point: SamplePoint) -> Double { parameters[point.index] }

  /// What the finished file says beside its series, none of it depending on time.
  func result(_ points: [SamplePoint]) -> ArchiveResult {
    let names = points[0].quantities.map(\.name)
    return ArchiveResult(
      estimates: names.map { name in (name, points.map { $0.estimate(name) }) },
      attributes: metadata,
      report: .object([.init("points", .array(points.map { $0.timelessJSON(model) }))]))
  }

  private var metadata: [JSONValue.Member] {
    [
      .init("landau", .string(Release.version)),
      .init("revision", ProgramRevision.current.map { .string($0) } ?? .null),
      .init("generator", .string(RandomStream.name)),
      .init("model", .string(model.name.rawValue)),
    ] + model.members
  }

  /// Every observable of every measurement, axes (point, chain, measurement).
  private func seriesArrays(_ points: [SamplePoint]) -> [(name: String, array: NumericArray)] {
    points[0].recording.observables.map { observable in
      let series = points.map { $0.recording[observable]?.chains ?? [] }
      // Equal lengths unless the run was stopped; then the short ones end in NaN.
      let length = series.joined().map(\.count).max() ?? 0
      let padded = series.flatMap { chains in
        (0..<plan.chainCount).flatMap { index in
          let chain = index < chains.count ? chains[index] : []
          return chain + [Double](repeating: .nan, count: length - chain.count)
        }
      }
      return (
        fileName(observable), NumericArray(padded, shape: [series.count, plan.chainCount, length])
      )
    }
  }

  /// The name an observable has in files: a scalar order parameter is the magnetisation.
  private func fileName(_ observable: Observable) -> String {
    observable == .order(0) && physical.hasScalarOrder ? "magnetizationPerSite" : observable.name
  }

  private func snapshots(_ points: [SamplePoint], _ records: SampleRecords) -> Snapshots {
    let form = snapshotForm
    var values: [Int8] = []
    var parameterIndex: [Int32] = []
    var chains: [Int32] = []
    for (position, point) in points.enumerated() {
      for chain in 0..<plan.chainCount {
        let kept = records.snapshots[ArchiveChain(point: point.index, chain: chain)] ?? []
        let count = kept.count / form.byteWidth
        let surplus = max(0, count - snapshotCount(ofChain: chain))
        values += kept[(surplus * form.byteWidth)...]
        for sample in surplus..<count {
          parameterIndex.append(Int32(position))
          chains.append(Int32(plan.isDirect ? sample : chain))
        }
      }
    }
    return Snapshots(
      siteShape: form.siteShape, channels: form.channels, values: values,
      parameterName: parameterName, parameters: points.map(parameter),
      parameterIndex: parameterIndex, chain: chains, isSequential: form.isSequential,
      boundary: form.boundary,
      notes: notes)
  }

  private var notes: [String] { ["landau sample \(model.name.rawValue): \(model.convention)"] }

  /// The bytes of the configurations that are asked for, chain by chain of every point.
  private func realSnapshots(
    _ points: [SamplePoint], _ records: SampleRecords
  ) -> [SnapshotFile.RealRun] {
    let width = snapshotForm.byteWidth
    return points.indices.flatMap { position in
      (0..<plan.chainCount).map { chain in
        let key = ArchiveChain(point: points[position].index, chain: chain)
        let kept = records.snapshots[key] ?? []
        let surplus = max(0, kept.count / width - snapshotCount(ofChain: chain))
        return SnapshotFile.RealRun(
          parameter: position, chain: chain, bytes: Array(kept[(surplus * width)...]))
      }
    }
  }

  /// How configurations are laid out: cells, then the sites of a cell.
  var snapshotForm: ArchiveJob.Snapshots {
    let basis = model.lattice.cell?.basis.count ?? 1
    return ArchiveJob.Snapshots(
      siteShape: (model.sides ?? []) + (basis > 1 ? [basis] : []),
      channels: physical.snapshotChannels, isBinary: physical.isBinary, isReal: physical.isReal,
      boundary: model.isPeriodic ? .periodic : .open,
      isSequential: !plan.isDirect)
  }

  /// The snapshots of a point are shared out evenly; the first chains take what is left over.
  private func snapshotCount(ofChain chain: Int) -> Int {
    let wanted = options.length.snapshots ?? 0
    return wanted / plan.chainCount + (chain < wanted % plan.chainCount ? 1 : 0)
  }
}
