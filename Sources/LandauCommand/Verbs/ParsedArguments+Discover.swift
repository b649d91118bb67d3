import LandauCore
import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension OptionGroup {
  static let discover = [
    OptionGroup(
      title: "Model sources",
      options: [
        .text(
          "size", "L,L,...",
          "sizes to compare, each L or LxM (default: three or four sizes); for files that keep sites in a row, their shape"
        ),
        .text(
          "lattice", "NAME",
          "square, triangular, cubic, ...: every crystal of 'sample' (default by model)"),
        .text("temperature", "SCAN", "range of temperatures: START:END:COUNT or a comma list"),
        .text("beta", "SCAN", "the same in beta, for gauge theories"),
      ]
        + [ModelParameter.states, .coupling, .field, .crystalField].map { parameter in
          parameter.wholeNumbers == nil
            ? .number(parameter.rawValue, "X", parameter.help)
            : .integer(parameter.rawValue, "N", parameter.help)
        } + [
          .integer("shots", "N", "snapshots per parameter value and size")
        ]),
    OptionGroup(
      title: "File sources",
      options: reading.options + [
        .text(
          "channel", "NAME=FILE", "join measurement bases: --channel z=FILE --channel y=FILE",
          repeats: true),
        .text(
          "model", "NAME",
          "the model the files come from, for exact values; nothing that knows it is used otherwise"
        ),
        .text(
          "symmetry", "KIND",
          "exchanges of the values 0, 1, ... that count as nothing: none, permutations (default), rotations"
        ),
      ]),
    OptionGroup(
      title: "How",
      options: [
        .text(
          "windows", "W,W,...",
          "windows to look through, ROWSxCOLUMNS or ROWSxCOLUMNSdDILATION, e.g. 1x2,2x2d2"),
        .flag(
          "symmetrize",
          "average what windows see over the rotations and reflections of the lattice (of a model: those that its couplings leave)"
        ),
        .flag("quick", "smaller sizes and fewer training seeds, for a first look"),
        .text("output", "PATH", "folder for the figure and the report"),
      ] + Option.work),
    common,
  ]
}

extension ParsedArguments {
  /// What `discover` works on: a model by its name, or files.
  func discoverOptions() throws(InputError) -> DiscoverOptions {
    var options = DiscoverOptions(source: try discoverSource())
    options.channels = try channels()
    options.spins = text("spins")
    options.parameter = text("parameter")
    options.layout = text("layout")
    options.boundary = try choice("boundary", ["open", "periodic"])
    options.lattice = text("lattice")
    options.symmetry = try choice("symmetry", ["none", "permutations", "rotations"])
    options.sizes = try sizes()
    options.range = try discoverRange(of: options.source)
    (options.parameters, options.bondCouplings) = try modelParameters()
    options.windows = text("windows")
    options.symmetrize = isGiven("symmetrize")
    options.seed = try seed() ?? 1
    options.threads = try threads()
    options.quick = isGiven("quick")
    options.output = text("output")
    options.shots = try integer("shots", in: 2...1_000_000_000)
    options.modelKnown = try choice("model", DiscoverModel.known)
    try refuseMixedSources(options.source)
    return options
  }

  private func discoverSource() throws(InputError) -> DiscoverOptions.Source {
    if let first = positionals.first, DiscoverModel.name(first) != nil {
      return .model(try onlyPositional("the source"))
    }
    guard !positionals.isEmpty || isGiven("channel") else {
      throw InputError(
        "the source is missing; allowed: a model (\(DiscoverModel.all.joined(separator: ", "))) "
          + "or files of snapshots")
    }
    // A misspelt model looks like a file that is not there.
    if positionals.count == 1, access(positionals[0], F_OK) != 0,
      let near = Suggestion.nearest(to: positionals[0], among: DiscoverModel.all)
    {
      throw InputError(
        "'\(positionals[0])' is neither a model nor a file (did you mean '\(near)'?)")
    }
    return .files(positionals)
  }

  private func channels() throws(InputError) -> [DiscoverOptions.Channel] {
    var channels: [DiscoverOptions.Channel] = []
    for text in all("channel") {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw .notAllowed("--channel", text, allowed: "NAME=FILE, as in z=snapshots_z.npz")
      }
      if channels.contains(where: { $0.name == parts[0] }) {
        throw InputError("--channel \(parts[0]) is given twice")
      }
      channels.append(.init(name: parts[0], path: parts[1]))
    }
    return channels
  }

  private func discoverRange(
    of source: DiscoverOptions.Source
  ) throws(InputError) -> [Double]? {
    guard isGiven("temperature") || isGiven("beta") else { return nil }
    guard case .model(let text) = source, let name = DiscoverModel.name(text) else {
      return nil  // refused with the other model options below
    }
    switch (try temperatureOrBeta(for: name), name) {
    case (.temperature(let values), _): return values
    case (.beta(let values), .isingGauge): return values
    case (.beta, _):
      throw InputError(
        "--beta is not an option of discover \(name.rawValue); give its range as --temperature")
    }
  }

  /// Options of models make no sense for files, and the other way round.
  private func refuseMixedSources(_ source: DiscoverOptions.Source) throws(InputError) {
    let (foreign, kind): ([String], String) =
      switch source {
      case .files:
        (
          [
            "lattice", "temperature", "beta", "coupling", "field", "states", "crystal-field",
            "shots",
          ], "a model"
        )
      case .model:
        (["spins", "parameter", "layout", "boundary", "channel", "model", "symmetry"], "files")
      }
    for name in foreign where isGiven(name) {
      throw InputError("--\(name) is an option for \(kind) as the source")
    }
    if case .files = source, let sizes = try sizes(), sizes.count > 1 {
      throw InputError(
        "--size names \(sizes.count) sizes; for files it is the shape of one lattice whose sites are stored in a row"
      )
    }
  }
}
