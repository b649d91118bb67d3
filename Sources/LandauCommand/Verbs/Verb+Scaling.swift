import LandauCore
import LandauPipeline

extension Verb {
  static let scaling = Verb(
    name: "scaling", argument: "MODEL",
    summary: "finite-size scaling: T_c and exponents with errors, found blindly",
    description: """
      Finds the transition of a model.
      """,
    groups: [
      OptionGroup(
        title: "Model",
        options: [
          .text("lattice", "square|triangular|cubic|...", "default square"),
          .integer("states", "Q", "potts, clock: number of states"),
          .number("coupling", "J", "coupling (default 1)"),
        ]),
      OptionGroup(
        title: "How",
        options: [
          .number("effort", "X", "multiplies the length of the runs (default 1)")
        ] + Option.work), .common,
    ],
    examples: [.init(command: "landau scaling ising", what: "2D Ising")],
    prepare: { (arguments) throws(InputError) in
      var options = ScalingOptions(model: try arguments.onlyPositional("the model"))
      options.lattice = arguments.text("lattice"); options.states = try arguments.integer("states", in: 2...20)
      options.effort = try arguments.number("effort", .positive) ?? 1
      options.seed = try arguments.seed() ?? 1
      let job = try ScalingJob(options)
      return PreparedJob(
        subject: [.init("model", .string(options.model))], seed: options.seed,
        threads: try arguments.threads(), run: job.run)
    })
}
