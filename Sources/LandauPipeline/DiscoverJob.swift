public import LandauCore
import LandauDiscovery
import LandauStore

/// From a model, or files of snapshots, to the transition, its order parameter, a report and a figure.
public struct DiscoverJob: Sendable {
  let options: DiscoverOptions
  let plan: Plan
  let base: String

  enum Plan: Sendable {
    case model(DiscoverModel, DiscoverSettings, [Window])
    /// One set of snapshots per size, ascending in size.
    case files([SnapshotFile.Contents], [Window], Discovery.Effort)
  }

  /// Reads the files and finds what can be wrong before any work is done.
  ///
  /// - Throws: `InputError` naming the option or file, its value and what is allowed.
  public init(_ options: DiscoverOptions) throws(InputError) {
    self.options = options
    switch options.source {
    case .model(let text):
      guard let name = DiscoverModel(rawValue: text) else {
        throw .notAllowed(
          "model", text, allowed: DiscoverModel.all.joined(separator: ", "))
      }
      plan = try Self.modelPlan(name, options)
    case .files(let paths): plan = try Self.filePlan(paths, options)
    }
    base = try DiscoverOutput.prepare(options)
  }

  /// - Throws: `Interrupted` when stopped before any size was analysed, `RunError` when a file cannot be
  ///   written or the figure not drawn.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    var story = DiscoveryStory(options: options)
    let findings: Findings
    switch plan {
    case .model(let name, let settings, let windows):
      let sampler = DiscoverySampler(
        model: name, coupling: options.coupling, field: options.field, settings: settings,
        windows: windows, seed: Seed(options.seed).child("sampling"))
      var sampled: [DiscoverySampler.Sampled] = []
      progress.begin("sampling", total: settings.sizes.count * settings.grid.count)
      for shape in settings.sizes {
        sampled.append(
          try sampler.sample(shape, pool: pool, progress: progress, cancellation: cancellation))
      }
      progress.end()
      story.describe(model: name, settings: settings, sampled: sampled)
      let distributions = try sampled.map { size in
        try ModelOptimum.exact(
          model: name, shape: size.ensemble.siteShape, coupling: options.coupling,
          field: options.field, parameters: settings.grid, pool: pool)
          ?? ModelOptimum.sampled(parameters: settings.grid, energies: size.energies)
      }
      findings = try discover(
        sampled.map(\.ensemble), windows: windows, effort: settings.effort,
        distributions: distributions,
        pool: pool, progress: progress, cancellation: cancellation)
    case .files(let contents, let windows, let effort):
      story.describe(files: contents)
      let ensembles = contents.map { Ensemble($0.snapshots, windows: windows, pool: pool) }
      let distributions = try ensembles.map { try knownDistributions($0, pool: pool) }
      findings = try discover(
        ensembles, windows: windows, effort: effort, distributions: distributions, pool: pool,
        progress: progress, cancellation: cancellation)
    }
    return try DiscoverOutput.report(findings, story: story, base: base)
  }

  private func discover(
    _ ensembles: [Ensemble], windows: [Window], effort: Discovery.Effort,
    distributions: [ScanDistributions?], pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> Findings {
    var discovery = Discovery(
      windows: windows, seed: Seed(options.seed).child("discovery"), effort: effort)
    discovery.distributions = distributions
    return try discovery.run(ensembles, pool: pool, progress: progress, cancellation: cancellation)
  }

  /// The exact energy distributions for a file whose model was named with `--model`.
  private func knownDistributions(
    _ ensemble: Ensemble, pool: WorkerPool
  ) throws -> ScanDistributions? {
    guard let text = options.modelKnown, let name = DiscoverModel(rawValue: text) else {
      return nil
    }
    return try ModelOptimum.exact(
      model: name, shape: ensemble.siteShape, coupling: 1, field: 0,
      parameters: ensemble.parameters, pool: pool)
  }

  // MARK: - Plans

  private static func modelPlan(
    _ name: DiscoverModel, _ options: DiscoverOptions
  ) throws(InputError) -> Plan {
    if name == .isingGauge && (options.coupling != 1 || options.field != 0) {
      throw InputError(
        "--coupling and --field are not options of ising-gauge; its only parameter is --beta")
    }
    let settings = try DiscoverSettings(options, model: name)
    let channels = name == .isingGauge ? 2 : 1
    let windows = try windows(
      options, shape: smallestSides(settings.sizes), channelCount: channels)
    let features = windows.reduce(0) { $0 + (1 << ($1.area * channels)) }
    let samples = Double(settings.shots) * Double(settings.grid.count)
    let kept = 4 * samples * Double(features * settings.sizes.count)
    let sites = settings.sizes.map { Double($0.reduce(1, *) * channels) }.max()!
    try MemoryBudget.require(
      1.5 * kept + 4 * Double(settings.shots) * sites, for: "--size",
      settings.sizes.map { $0.map(String.init).joined(separator: "x") }.joined(separator: ","))
    return .model(name, settings, windows)
  }

  private static func filePlan(
    _ paths: [String], _ options: DiscoverOptions
  ) throws(InputError) -> Plan {
    let reading = try SnapshotFile.Options(
      spins: options.spins, parameter: options.parameter, layoutText: options.layout,
      boundaryName: options.boundary)
    var contents: [SnapshotFile.Contents] = []
    if !options.channels.isEmpty {
      guard paths.isEmpty else {
        throw InputError("--channel joins files into one; it takes no further file (\(paths[0]))")
      }
      contents = [
        try SnapshotFile.open(
          channels: options.channels.map { ($0.name, $0.path) }, options: reading)
      ]
    } else {
      for path in paths { contents.append(try SnapshotFile.open(path, options: reading)) }
    }
    contents.sort { $0.snapshots.siteCount < $1.snapshots.siteCount }
    let first = contents[0].snapshots
    let known = options.modelKnown.flatMap(DiscoverModel.init(rawValue:))
    for other in contents {
      try check(other)
      if let known { try checkKnownModel(known, other) }
      guard other.snapshots.parameterName == first.parameterName,
        other.snapshots.channels == first.channels,
        other.snapshots.siteShape.count == first.siteShape.count,
        other.snapshots.boundary == first.boundary
      else {
        throw .file(
          other.path,
          "its parameter, channels, boundaries or number of axes differ from \(contents[0].path)")
      }
    }
    for (a, b) in zip(contents, contents.dropFirst())
    where a.snapshots.siteShape == b.snapshots.siteShape {
      throw .file(b.path, "has the same lattice as \(a.path); give one file per size")
    }
    let windows = try windows(
      options, shape: smallestSides(contents.map(\.snapshots.siteShape)),
      channelCount: first.channels.count)
    return .files(contents, windows, options.quick ? .quick : Discovery.Effort())
  }

  /// The smallest extent along each axis: what every window must fit into.
  private static func smallestSides(_ shapes: [[Int]]) -> [Int] {
    shapes[0].indices.map { axis in shapes.map { $0[axis] }.min()! }
  }

  /// What a file must be for its snapshots to come from the model named with `--model`.
  private static func checkKnownModel(
    _ name: DiscoverModel, _ contents: SnapshotFile.Contents
  ) throws(InputError) {
    let snapshots = contents.snapshots
    let reason: String? =
      if snapshots.boundary != .periodic {
        "exact values are for periodic boundaries; give --boundary periodic if the data have them"
      } else if name == .isingGauge
        && (snapshots.siteShape.count != 2 || snapshots.channels.count != 2)
      {
        "the gauge theory has two axes and two channels of links"
      } else if name == .ising && (snapshots.channels.count != 1 || snapshots.parameters[0] <= 0) {
        "the Ising model has one channel and a positive temperature as its parameter"
      } else {
        nil
      }
    if let reason { throw .file(contents.path, "--model is \(name.rawValue), but \(reason)") }
  }

  /// What a scan must have before anything can be learned from it.
  private static func check(_ contents: SnapshotFile.Contents) throws(InputError) {
    let snapshots = contents.snapshots
    guard snapshots.siteShape.count <= 2 else {
      throw .file(
        contents.path,
        "its lattice has \(snapshots.siteShape.count) axes; discover looks through windows over one or two"
      )
    }
    guard snapshots.parameters.count >= 7 else {
      throw .file(
        contents.path,
        "'\(snapshots.parameterName)' has \(snapshots.parameters.count) different values; a scan needs 7 or more"
      )
    }
    var counts = [Int](repeating: 0, count: snapshots.parameters.count)
    for index in snapshots.parameterIndex { counts[Int(index)] += 1 }
    guard let fewest = counts.min(), fewest >= 8 else {
      throw .file(
        contents.path,
        "there are values of '\(snapshots.parameterName)' with \(counts.min() ?? 0) snapshots; 8 or more are needed of each, to train on some and test on others"
      )
    }
  }

  private static func windows(
    _ options: DiscoverOptions, shape: [Int], channelCount: Int
  ) throws(InputError) -> [Window] {
    guard let text = options.windows else {
      let standard = Window.standard(siteShape: shape, channelCount: channelCount)
      guard !standard.isEmpty else {
        throw InputError(
          "\(channelCount) channels on \(shape) sites leave no window; name some with --windows")
      }
      return standard
    }
    var windows: [Window] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let window = try Window(parsing: String(part))
      let rows = shape.count == 1 ? 1 : shape[0]
      guard window.reach.row < rows, window.reach.column < shape[shape.count - 1] else {
        throw .notAllowed(
          "--windows", "'\(part)'",
          allowed:
            "windows that fit the smallest lattice, \(shape.map(String.init).joined(separator: "x"))"
        )
      }
      guard window.area * channelCount <= 12 else {
        throw .notAllowed(
          "--windows", "'\(part)'", allowed: "at most 12 spins over all \(channelCount) channels")
      }
      guard !windows.contains(window) else {
        throw InputError("--windows names \(window.name) twice")
      }
      windows.append(window)
    }
    return windows
  }
}
