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
  /// What the snapshots of one size say by themselves.
  var look: SnapshotLook?
  /// What networks that convolve say; nil for variables of few values.
  var convolution: AngleConvolution?

  init(options: DiscoverOptions) { self.options = options }

  mutating func describe(
    model: ResolvedModel, settings: DiscoverSettings, grid: [Double],
    searched: TemperatureSearch.Result?, sampled: [DiscoverySampler.Sampled]
  ) {
    correlatorIsEnergy = model.energyIsBonds
    let sizes = settings.sizes.map(Self.text).joined(separator: ", ")
    let name =
      switch model.name {
      case .ising where model.bondCouplings.isEmpty:
        "Ising model, \(model.latticeName), J = \(model.coupling), h = \(model.field)"
      case .isingGauge: "Z2 lattice gauge theory in two dimensions"
      default: model.heading(sized: false)
      }
    let parameter = model.scannedName
    title = "\(name); sizes \(sizes)"
    lines = [
      model.convention,
      "\(parameter) from \(SampleJob.short(grid[0])) to \(SampleJob.short(grid[grid.count - 1])), "
        + "\(grid.count) values, \(settings.shots) snapshots of each, seed \(options.seed)",
      "sampled by " + Array(Set(sampled.flatMap(\.algorithms))).sorted().joined(separator: "; "),
    ]
    source = [
      .init("path", .null), .init("model", .string(model.name.rawValue)),
      .init("layout", .string(Self.layout(model))),
      .init("shape", .array(settings.sizes.map { .integers($0) })),
      .init("boundary", .string("periodic")),
    ]
    source += model.members.filter { $0.key != "size" }
    if let searched {
      lines.append(
        "range: 0.65 to 1.3 times the temperature \(Estimate.fixed(searched.top, digits: 3)) of the largest specific heat of a small lattice"
          + (model.name == .xy
            ? "" : "; values closer where energies of the largest lattice change fast")
      )
    }
    setExact(model)
  }

  private static func layout(_ model: ResolvedModel) -> String {
    if model.name == .isingGauge { return "parameter,shot,channel,x,y" }
    let channel = model.discoveryChannels.count > 1 ? ["channel"] : []
    return (["parameter", "chain", "shot"] + channel + ["x", "y", "z"].prefix(model.dimension))
      .joined(separator: ",")
  }

  private mutating func setExact(_ model: ResolvedModel) {
    switch model.name {
    case .ising
    where model.lattice == .square && model.field == 0 && model.coupling != 0
      && model.bondCouplings.isEmpty:
      let onsager = Onsager(coupling: model.coupling)
      exactTransition = onsager.criticalTemperature
      exactOrderParameter = { onsager.spontaneousMagnetization(beta: 1 / $0) }
    case .isingGauge:
      exactPlaquette = { shape, beta in
        (try? IsingGaugeTorus(rows: shape[0], columns: shape[1]))?.plaquette(beta: beta)
      }
    default: break
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
    if let known = ResolvedModel.known(options.modelKnown, dimension: first.siteShape.count) {
      setExact(known)
    }
  }

  /// A group that what windows see is averaged over, and that of the lattice without its couplings; nil for none.
  mutating func describe(_ group: WindowGroup?, of crystal: WindowGroup?) {
    guard let group, let crystal else { return }
    let left =
      group.count < crystal.count
      ? ", which the couplings leave of the \(crystal.count) of the lattice" : ""
    lines.append(
      "windows stand for their images under \(group.count) rotations and reflections\(left); correlators are averages over them"
    )
    source.append(.init("symmetrized", .integer(group.count)))
  }

  static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }
}
