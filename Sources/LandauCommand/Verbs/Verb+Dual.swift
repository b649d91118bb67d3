import LandauCore
import LandauPipeline

extension Verb {
  static let dual = Verb(
    name: "dual", argument: "MODEL",
    summary: "learn the dual of a model: coupling, local map and which links it takes",
    description: """
      Looks for the coupling of a dual model and a local map of its links under which both have the same
      correlation functions. Which dual link stands for which original one is learned by attention from
      random starts; the identity is recognised and left out. Features that the fit does not see must
      agree as well, or the verdict refuses. Ising and Potts models on square, triangular and honeycomb
      lattices; clock models on the square lattice, whose duals have energies of several cosines; the
      cubic Ising model, whose dual is sought among gauge theories.
      """,
    groups: [
      OptionGroup(
        title: "Model",
        options: [
          .text("lattice", "NAME", "square (default), triangular, honeycomb, cubic"),
          .integer("states", "Q", "potts, clock: number of states"),
          .integer("harmonics", "N", "clock: cosines in the energy of the dual (default all, Q/2)"),
          .text("coupling", "J[,J]", "J, or one for each axis of the square lattice (default 1)"),
          .number("plaquette", "K", "coupling of plaquettes beside that of bonds (ising, square)"),
          .text("beta", "B", "a number, a comma list, or START:END:COUNT"),
          .integer("size", "L", "side of the lattice (default 8; clock 6; cubic 4)"),
          .text(
            "sectors", "WHICH",
            "boundaries of the dual: periodic (default), or summed over twists (default if cubic)"),
        ]),
      OptionGroup(
        title: "How",
        options: [
          .integer("starts", "N", "random starts of the search (default 20)"),
          .number("effort", "X", "multiplies the samples of the last fit (default 1)"),
          .flag("quick", "the same as --effort 0.25 --starts 8"),
          .flag("exact", "sum over all configurations of the 4x4 Ising model instead of sampling"),
          .flag("blind", "leave out what the dual is known to be"),
        ] + Option.work),
      OptionGroup(
        title: "Output",
        options: [.text("output", "FOLDER", "where to leave figure, report and result")]
          + OptionGroup.common.options),
    ],
    examples: [
      .init(command: "landau dual ising --beta 0.4", what: "the dual of a finite torus"),
      .init(
        command: "landau dual ising --beta 0.2:0.6:9 --quick", what: "the curve, with its figure"),
      .init(
        command: "landau dual potts --states 3 --beta 0.9 --sectors summed",
        what: "free of the size of the lattice"),
    ],
    prepare: { (arguments) throws(InputError) in
      let options = try arguments.dualOptions()
      let threads = try arguments.threads()
      let job = try DualJob(options)
      return PreparedJob(
        subject: [.init("model", .string(options.model))], seed: options.seed, threads: threads,
        run: job.run)
    })
}

extension ParsedArguments {
  func dualOptions() throws(InputError) -> DualOptions {
    var options = DualOptions(model: try onlyPositional("the model"))
    options.lattice = text("lattice")
    options.states = try integer("states", in: 2...10)
    options.harmonics = try integer("harmonics", in: 1...3)
    let couplings = try numbers("coupling", .positive)
    if !couplings.isEmpty { options.couplings = couplings }
    options.plaquette = try number("plaquette")
    options.betas = try scan("beta", .positive) ?? []
    options.side = try integer("size", in: 4...32)
    if let sectors = try choice("sectors", DualOptions.Sectors.allCases.map(\.rawValue)) {
      options.sectors = DualOptions.Sectors(rawValue: sectors)
    }
    if isGiven("quick") {
      if isGiven("effort") {
        throw InputError("--quick and --effort exclude each other; give one of them")
      }
      options.effort = 0.25
      options.starts = 8
    }
    if let effort = try number("effort", .positive) { options.effort = effort }
    if let starts = try integer("starts", in: 1...1000) { options.starts = starts }
    options.isExact = isGiven("exact")
    options.isBlind = isGiven("blind")
    options.seed = try seed() ?? 1
    options.output = text("output")
    return options
  }
}
