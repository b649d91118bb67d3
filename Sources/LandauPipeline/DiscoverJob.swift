public import LandauCore
import LandauDiscovery
import LandauStore

/// From a model, or files of snapshots, to the transition, its order parameter, a report and a figure.
public struct DiscoverJob: Sendable {
  let options: DiscoverOptions
  let plan: Plan
  let base: String

  enum Plan: Sendable {
    case model(ResolvedModel, DiscoverSettings, [Window])
    /// One set of snapshots per size, ascending in size.
    case files([SnapshotFile.Contents], [Window], Alphabet, Discovery.Effort)
  }

  /// Reads the files and finds what can be wrong before any work is done.
  ///
  /// - Throws: `InputError` naming the option or file, its value and what is allowed.
  public init(_ options: DiscoverOptions) throws(InputError) {
    self.options = options
    switch options.source {
    case .model(let text):
      guard let name = DiscoverModel.name(text) else {
        throw .notAllowed(
          "model", text, allowed: DiscoverModel.all.joined(separator: ", "))
      }
      plan = try Self.modelPlan(options.resolvedModel(name), options)
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
    var findings: Findings
    switch plan {
    case .model(let model, let settings, let windows):
      findings = try discover(
        model, settings, windows: windows, story: &story, pool: pool, progress: progress,
        cancellation: cancellation)
    case .files(let contents, let windows, let alphabet, let effort):
      story.describe(files: contents)
      story.look = try SnapshotLook(
        at: contents[contents.count - 1].snapshots, size: "the largest size",
        hasLinks: options.modelKnown == DiscoverModel.linksName, seed: Seed(options.seed),
        pool: pool, progress: progress, cancellation: cancellation)
      let group = windowGroup(contents)
      story.describe(group, of: group)
      @Sendable func count(_ windows: [Window], _ size: Int) -> Ensemble {
        Ensemble(
          contents[size].snapshots, windows: windows, alphabet: alphabet,
          orbits: group.map { WindowOrbits(windows, group: $0, alphabet: alphabet) }, pool: pool)
      }
      let ensembles = contents.indices.map { count(windows, $0) }
      let distributions = try ensembles.map { try knownDistributions($0, pool: pool) }
      findings = try discover(
        ensembles, windows: windows, effort: effort, distributions: distributions,
        recount: count, pool: pool, progress: progress, cancellation: cancellation)
      findings.warnings += Self.symmetryWarnings(group, look: story.look)
    }
    return try DiscoverOutput.report(findings, story: story, base: base)
  }

  /// Samples a model and looks at what it gave.
  private func discover(
    _ model: ResolvedModel, _ settings: DiscoverSettings, windows: [Window],
    story: inout DiscoveryStory, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Findings {
    let root = Seed(options.seed)
    var searched: TemperatureSearch.Result?
    let grid: [Double]
    if let given = settings.grid {
      grid = given
    } else {
      let found = try TemperatureSearch(model: model, seed: root.child("search")).run(
        pool: pool, progress: progress, cancellation: cancellation)
      grid = try ScanSpacing(model: model, seed: root.child("spacing")).grid(
        over: found.range, count: settings.gridCount, shape: settings.sizes.last!, pool: pool,
        progress: progress, cancellation: cancellation)
      searched = found
    }
    let group = windowGroup(model, settings)
    let sampler = DiscoverySampler(
      model: model, shots: settings.shots, grid: grid, windows: windows, group: group,
      seed: root.child("sampling"))
    var sampled: [DiscoverySampler.Sampled] = []
    progress.begin("sampling", total: settings.sizes.count * grid.count)
    for shape in settings.sizes {
      // What needs the snapshots themselves gets those of the smallest size: its time grows with the sites.
      let kept =
        shape == settings.sizes[0]
        ? SnapshotLook.affordableCount(
          of: settings.shots, valueCount: grid.count,
          variableCount: shape.reduce(1, *) * model.discoveryChannels.count) : 0
      sampled.append(
        try sampler.sample(
          shape, keptPerValue: kept, pool: pool, progress: progress, cancellation: cancellation))
    }
    progress.end()
    story.look = try SnapshotLook(
      at: sampled[0].kept, size: settings.sizes.count == 1 ? "the one size" : "the smallest size",
      hasLinks: model.name == .isingGauge, seed: root, pool: pool, progress: progress,
      cancellation: cancellation)
    story.describe(
      model: model, settings: settings, grid: grid, searched: searched, sampled: sampled)
    story.describe(group, of: group.map { _ in model.crystalGroup(settings.sizes) })
    let distributions = try sampled.map { size in
      try ModelDistributions.exact(
        model: model, shape: size.ensemble.siteShape, parameters: grid, pool: pool)
        ?? ModelDistributions.sampled(
          temperatures: grid, energies: size.energies,
          siteCount: size.ensemble.siteCount * size.ensemble.channels.count)
    }
    var findings = try discover(
      sampled.map(\.ensemble), windows: windows, effort: settings.effort,
      distributions: distributions,
      recount: { windows, size in
        try sampler.recount(
          windows, settings.sizes[size], pool: pool, cancellation: cancellation)
      }, bonds: model.bondTerms, pool: pool, progress: progress, cancellation: cancellation)
    if let angles = sampled[0].keptAngles {
      do {
        story.convolution = try convolution(
          angles, findings, effort: settings.effort, pool: pool, progress: progress,
          cancellation: cancellation)
      } catch is Interrupted {
        findings.warnings.append("stopped early: the networks that convolve are missing")
      }
    }
    for (shape, size) in zip(settings.sizes, sampled) {
      guard let low = size.metastable.first, let high = size.metastable.last else { continue }
      let place =
        low == high
        ? "\(model.scannedName) \(Estimate.fixed(low, digits: 4))"
        : "\(size.metastable.count) values of the \(model.scannedName) from "
          + "\(Estimate.fixed(low, digits: 4)) to \(Estimate.fixed(high, digits: 4))"
      findings.warnings.append(
        "size \(DiscoveryStory.text(shape)): chains that began hot and cold still disagree in energy at "
          + place + ", as across a first-order transition or where updates are slow; there both "
          + "kinds are mixed one to one")
    }
    return findings
  }

  private func discover(
    _ ensembles: [Ensemble], windows: [Window], effort: Discovery.Effort,
    distributions: [ScanDistributions?],
    recount: @escaping @Sendable (_ windows: [Window], _ size: Int) throws -> Ensemble,
    bonds: Set<Term> = [], pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> Findings {
    var discovery = Discovery(
      windows: windows, seed: Seed(options.seed).child("discovery"), effort: effort)
    discovery.distributions = distributions
    discovery.bonds = bonds
    // Windows that were named are the ones to look through.
    if options.windows == nil { discovery.recount = recount }
    if case .model(let model, _, _) = plan { discovery.siteArea = model.unitCell.siteArea }
    return try discovery.run(ensembles, pool: pool, progress: progress, cancellation: cancellation)
  }

  /// Snapshots that convolutions are trained on: their time grows with the sites.
  private static let convolvedSnapshots = 4096

  /// The windows that earned their place, convolved with the continuous spins themselves; nil where none of two to four variables did.
  private func convolution(
    _ angles: AngleSnapshots, _ findings: Findings, effort: Discovery.Effort, pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws -> AngleConvolution? {
    let windows = findings.branches.filter(\.isAlive).map(\.window).filter {
      (2...4).contains($0.area * angles.channels.count)
    }
    guard !windows.isEmpty else { return nil }
    let some = angles.thinned(
      perParameter: max(16, Self.convolvedSnapshots / angles.parameters.count))
    return try Discovery(
      windows: windows, seed: Seed(options.seed).child("discovery"), effort: effort
    ).convolve(some, pool: pool, progress: progress, cancellation: cancellation)
  }

  /// The exact energy distributions for a file whose model was named with `--model`.
  private func knownDistributions(
    _ ensemble: Ensemble, pool: WorkerPool
  ) throws -> ScanDistributions? {
    guard
      let model = ResolvedModel.known(options.modelKnown, dimension: ensemble.siteShape.count)
    else { return nil }
    return try ModelDistributions.exact(
      model: model, shape: ensemble.siteShape, parameters: ensemble.parameters, pool: pool)
  }

  // MARK: - Plans

  private static func modelPlan(
    _ model: ResolvedModel, _ options: DiscoverOptions
  ) throws(InputError) -> Plan {
    let settings = try DiscoverSettings(options, model: model)
    // What a model refuses, it refuses now.
    for shape in settings.sizes { _ = try model.sized(shape).physical() }
    let channels = model.discoveryChannels.count
    let windows = try representatives(
      of: windows(
        options, shape: smallestSides(settings.sizes), channelCount: channels,
        alphabet: model.alphabet, bonds: model.bondOffsets),
      under: options.symmetrize ? model.windowGroup(settings.sizes) : nil, alphabet: model.alphabet)
    let features = windows.reduce(0) {
      $0 + (model.alphabet.featureCount(variables: $1.area * channels) ?? 0)
    }
    let samples = Double(settings.shots) * Double(settings.gridCount)
    let kept = 4 * samples * Double((features + 24) * settings.sizes.count)
    let sites = settings.sizes.map { Double($0.reduce(1, *) * channels) }.max()!
    let perSite = model.name == .xy ? 20.0 : 4
    try MemoryBudget.require(
      1.5 * kept + perSite * Double(settings.shots) * sites, for: "--size",
      settings.sizes.map { $0.map(String.init).joined(separator: "x") }.joined(separator: ","))
    return .model(model, settings, windows)
  }

  private static func filePlan(
    _ paths: [String], _ options: DiscoverOptions
  ) throws(InputError) -> Plan {
    let reading = try SnapshotFile.Options(
      spins: options.spins, parameter: options.parameter, layoutText: options.layout,
      boundaryName: options.boundary, siteShape: options.sizes?.first)
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
    let alphabet = try alphabet(options, first)
    for other in contents {
      try check(other)
      if let known = options.modelKnown { try checkKnownModel(known, other) }
      guard other.snapshots.parameterName == first.parameterName,
        other.snapshots.channels == first.channels, other.snapshots.levels == first.levels,
        other.snapshots.siteShape.count == first.siteShape.count,
        other.snapshots.boundary == first.boundary
      else {
        throw .file(
          other.path,
          "its parameter, channels, values, boundaries or number of axes differ from \(contents[0].path)"
        )
      }
    }
    for (a, b) in zip(contents, contents.dropFirst())
    where a.snapshots.siteShape == b.snapshots.siteShape {
      throw .file(b.path, "has the same lattice as \(a.path); give one file per size")
    }
    let windows = try representatives(
      of: windows(
        options, shape: smallestSides(contents.map(\.snapshots.siteShape)),
        channelCount: first.channels.count, alphabet: alphabet, bonds: []),
      under: options.symmetrize ? windowGroup(contents, options) : nil, alphabet: alphabet)
    return .files(contents, windows, alphabet, options.quick ? .quick : Discovery.Effort())
  }

  /// The functions that windows of a file are expanded in.
  private static func alphabet(
    _ options: DiscoverOptions, _ snapshots: Snapshots
  ) throws(InputError) -> Alphabet {
    guard let text = options.symmetry else { return Alphabet(levels: snapshots.levels) }
    guard let symmetry = Alphabet.Symmetry(rawValue: text) else {
      throw .notAllowed(
        "--symmetry", text,
        allowed: Alphabet.Symmetry.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard symmetry != .rotations || snapshots.levels.first == 0 else {
      throw .notAllowed(
        "--symmetry", text, allowed: "none or permutations for values that do not begin with 0")
    }
    return Alphabet(levels: snapshots.levels, symmetry: symmetry)
  }

  /// The smallest extent along each axis: what every window must fit into.
  private static func smallestSides(_ shapes: [[Int]]) -> [Int] {
    shapes[0].indices.map { axis in shapes.map { $0[axis] }.min()! }
  }

  /// What a file must be for its snapshots to come from the model named with `--model`.
  private static func checkKnownModel(
    _ name: String, _ contents: SnapshotFile.Contents
  ) throws(InputError) {
    let snapshots = contents.snapshots
    let reason: String? =
      if snapshots.boundary != .periodic {
        "exact values are for periodic boundaries; give --boundary periodic if the data have them"
      } else if name == "ising-gauge"
        && (snapshots.siteShape.count != 2 || snapshots.channels.count != 2)
      {
        "the gauge theory has two axes and two channels of links"
      } else if name == "ising" && (snapshots.channels.count != 1 || snapshots.parameters[0] <= 0) {
        "the Ising model has one channel and a positive temperature as its parameter"
      } else {
        nil
      }
    if let reason { throw .file(contents.path, "--model is \(name), but \(reason)") }
  }

  /// What a scan must have before anything can be learned from it.
  private static func check(_ contents: SnapshotFile.Contents) throws(InputError) {
    let snapshots = contents.snapshots
    guard snapshots.siteShape.count <= 3 else {
      throw .file(
        contents.path,
        "its lattice has \(snapshots.siteShape.count) axes; discover looks through windows over one to three"
      )
    }
    guard snapshots.parameters.count >= 4 else {
      throw .file(
        contents.path,
        "'\(snapshots.parameterName)' has \(snapshots.parameters.count) different values; a scan needs 4 or more, and \(Discovery.smallestScan) for a location"
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

  /// Functions of the largest window; those of 12 two-valued spins and the constant.
  private static let maximumFeatureCount = 1 << 12

  private static func windows(
    _ options: DiscoverOptions, shape: [Int], channelCount: Int, alphabet: Alphabet,
    bonds: [Window.Offset]
  ) throws(InputError) -> [Window] {
    guard let text = options.windows else {
      let standard = Window.standard(
        siteShape: shape, channelCount: channelCount, alphabet: alphabet, bonds: bonds)
      guard !standard.isEmpty else {
        throw InputError(
          "\(channelCount) channels on \(shape) sites leave no window; name some with --windows")
      }
      return standard
    }
    var windows: [Window] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let window = try Window(parsing: String(part))
      guard window.fits(shape) else {
        throw .notAllowed(
          "--windows", "'\(part)'",
          allowed:
            "windows that fit the smallest lattice, \(shape.map(String.init).joined(separator: "x"))"
        )
      }
      let count = alphabet.featureCount(variables: window.area * channelCount)
      guard let count, count < maximumFeatureCount else {
        throw .notAllowed(
          "--windows", "'\(part)'",
          allowed: "at most \(maximumFeatureCount - 1) functions of a window"
            + (alphabet == .spins ? ": 12 spins over all \(channelCount) channels" : "")
        )
      }
      guard !windows.contains(window) else {
        throw InputError("--windows names \(window.name) twice")
      }
      windows.append(window)
    }
    return windows
  }
}
