import LandauCore
import LandauPipeline

extension Verb {
  static let scaling = Verb(
    name: "scaling", argument: "MODEL",
    summary: "finite-size scaling: the transition and its exponents with errors, found blindly",
    description: """
      Finds the transition of a ferromagnet knowing nothing but the model: scans small lattices, follows
      the crossing of ever larger ones, measures a ladder of sizes there with cluster updates, and fits
      T_c, nu, beta, gamma and eta with corrections to scaling. Statistical errors and the spread between
      fits are printed apart; reference values are printed beside the results, and used nowhere. Leaves
      a folder with figure, report and JSON result. Models: \(ScalingOptions.models.joined(separator: ", ")).
      """,
    groups: [
      OptionGroup(
        title: "Model",
        options: [
          .text(
            "lattice", "NAME",
            "square (default), triangular, honeycomb, kagome, cubic, bcc, fcc, diamond"),
          .integer("states", "Q", "potts, clock: number of states"),
          .number("coupling", "J", "coupling, above 0 (default 1)"),
        ]),
      OptionGroup(
        title: "How",
        options: [
          .text(
            "size", "L,L,...",
            "sides of the lattices, four or more (default: 8 to 128 in two dimensions, 6 to 48 in three)"
          ),
          .number("effort", "X", "multiplies the length of the runs (default 1: minutes)"),
          .number("seconds", "S", "stop cleanly after S seconds of work (exit status 4)"),
          .flag("quick", "the same as --effort 0.05: under a minute, larger errors"),
        ] + Option.work),
      OptionGroup(
        title: "Output",
        options: [
          .text("output", "FOLDER", "where to leave figure, report and result")
        ] + OptionGroup.common.options),
    ],
    examples: [
      .init(command: "landau scaling ising", what: "the square lattice, some minutes"),
      .init(command: "landau scaling ising --lattice cubic", what: "three dimensions"),
      .init(
        command: "landau scaling potts --states 3 --quick --json",
        what: "three states, for programs"),
    ],
    prepare: { (arguments) throws(InputError) in
      let options = try arguments.scalingOptions()
      let threads = try arguments.threads()
      let job = try ScalingJob(options)
      return PreparedJob(
        subject: [.init("model", .string(options.model))], seed: options.seed, threads: threads,
        run: job.run)
    })
}

extension ParsedArguments {
  func scalingOptions() throws(InputError) -> ScalingOptions {
    var options = ScalingOptions(model: try onlyPositional("the model"))
    options.lattice = text("lattice")
    options.states = try integer("states", in: 2...127)
    options.coupling = try number("coupling", .positive)
    options.sides = try sizes()?.map { (size) throws(InputError) in
      guard size.count == 1 else {
        throw .notAllowed("--size", text("size") ?? "", allowed: "sides such as 8,16,32,64")
      }
      return size[0]
    }
    if isGiven("quick") {
      if isGiven("effort") {
        throw InputError("--quick and --effort exclude each other; give one of them")
      }
      options.effort = 0.05
    }
    if let effort = try number("effort", .positive) { options.effort = effort }
    options.seconds = try number("seconds", .positive)
    options.seed = try seed() ?? 1
    options.output = text("output")
    return options
  }
}
