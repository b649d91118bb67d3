import LandauCore
import LandauDiscovery
import LandauExact
import LandauStore

/// Where the snapshots of a discovery came from, and what is known exactly about it.
struct DiscoveryStory {
  let options: DiscoverOptions
  /// One line that names model or file, sizes, scan and numbers.
  var title = ""
  /// Further lines: convention, sampler, layout, mapping.
  var lines: [String] = []
  var source: [JSONValue.Member] = []
  /// Exact transition of the infinite system, where the model is known and has one.
  var exactTransition: Double?
  /// Exact order parameter of the infinite system at a value of the parameter.
  var exactOrderParameter: (@Sendable (Double) -> Double)?
  /// Exact mean of the plaquette at a value of the parameter and a size.
  var exactPlaquette: (@Sendable ([Int], Double) -> Double?)?
  /// Whether nearest-neighbour correlators are the energy density: an Ising model without a field.
  var correlatorIsEnergy = false
  /// What other methods found, each a section of the report between the baseline and the data.
  var furtherSections: [Document.Section] = []

  init(options: DiscoverOptions) { self.options = options }

  mutating func describe(
    model: DiscoverModel, settings: DiscoverSettings, sampled: [DiscoverySampler.Sampled]
  ) {
    correlatorIsEnergy = model == .ising && options.field == 0 && options.coupling != 0
    let sizes = settings.sizes.map(Self.text).joined(separator: ", ")
    let dimension = settings.sizes[0].count
    let resolved = model.resolved(
      dimension: dimension, coupling: options.coupling, field: options.field)
    let name =
      switch model {
      case .ising:
        "Ising model, \(resolved.latticeName), J = \(options.coupling), h = \(options.field)"
      case .isingGauge: "Z2 lattice gauge theory in two dimensions"
      }
    let parameter = model == .isingGauge ? "beta" : "temperature"
    title = "\(name); sizes \(sizes)"
    lines = [
      resolved.convention,
      "\(parameter) from \(settings.grid[0]) to \(settings.grid[settings.grid.count - 1]), "
        + "\(settings.grid.count) values, \(settings.shots) snapshots of each, seed \(options.seed)",
      "sampled by " + Array(Set(sampled.flatMap(\.algorithms))).sorted().joined(separator: "; "),
    ]
    source = [
      .init("path", .null), .init("model", .string(model.rawValue)),
      .init(
        "layout",
        .string(model == .isingGauge ? "parameter,shot,channel,x,y" : "parameter,chain,shot,x,y")),
      .init("shape", .array(settings.sizes.map { .integers($0) })),
      .init("boundary", .string("periodic")),
    ]
    source += resolved.members.filter { $0.key != "size" }
    setExact(model, dimension: dimension)
  }

  private mutating func setExact(_ model: DiscoverModel, dimension: Int) {
    switch model {
    case .ising where dimension == 2 && options.field == 0 && options.coupling != 0:
      let onsager = Onsager(coupling: options.coupling)
      exactTransition = onsager.criticalTemperature
      exactOrderParameter = { onsager.spontaneousMagnetization(beta: 1 / $0) }
    case .isingGauge:
      exactPlaquette = { shape, beta in
        (try? IsingGaugeTorus(rows: shape[0], columns: shape[1]))?.plaquette(beta: beta)
      }
    case .ising: break
    }
  }

  mutating func describe(files: [SnapshotFile.Contents]) {
    let first = files[0].snapshots
    // Joined channels are one set of snapshots from several files.
    let paths = options.channels.isEmpty ? files.map(\.path) : options.channels.map(\.path)
    title = paths.joined(separator: ", ")
    let sizes = files.map { Self.text($0.snapshots.siteShape) }.joined(separator: ", ")
    lines = [
      "lattice \(sizes), \(first.boundary.rawValue) boundaries; "
        + "channels \(first.channels.joined(separator: ", "))",
      "'\(first.parameterName)' from \(first.parameters[0]) to \(first.parameters[first.parameters.count - 1]), "
        + "\(first.parameters.count) values, \(first.sampleCount) snapshots in all",
      "read as (\(files[0].layout)); \(files[0].mapping)",
    ]
    for note in Set(files.flatMap(\.snapshots.notes)).sorted() { lines.append(note) }
    source = [
      .init(
        "path", paths.count == 1 ? .string(paths[0]) : .strings(paths)),
      .init("model", options.modelKnown.map { .string($0) } ?? .null),
      .init("layout", .string("\(files[0].layout)")),
      .init("shape", .array(files.map { .integers($0.shape) })),
      .init("boundary", .string(first.boundary.rawValue)),
      .init("mapping", .string(files[0].mapping)),
    ]
    if let known = options.modelKnown.flatMap(DiscoverModel.init(rawValue:)) {
      setExact(known, dimension: first.siteShape.count)
    }
  }

  static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }
}
