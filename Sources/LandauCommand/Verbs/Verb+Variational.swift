import LandauCore
import LandauPipeline

extension Verb {
  static let variational = Verb(
    name: "variational", argument: "MODEL",
    summary: "variational Monte Carlo of quantum spins: learned wavefunctions, energies, V-scores",
    description: """
      Lowers the energy of a neural wavefunction by stochastic reconfiguration and prints the energy
      with its error, the variance as V-score, and the exact energy beside it where it is known.
      Signs that a positive wavefunction cannot have are rotated away where that is possible, and
      refused otherwise. With --output a run can be stopped and goes on when the command is repeated.
      """,
    groups: [
      OptionGroup(
        title: "Model (\(QuantumModelOptions.Name.all.joined(separator: ", ")))",
        options: [
          .text(
            "size", "L|LxM|LxMxK", "number of spins, or sides of the lattice (at most 64 spins)"),
          .text(
            "lattice", "NAME", "chain, square, cubic by the number of sides, or another crystal"),
          .text("boundary", "KIND", "periodic (default) or open; one, or one per axis (a,b,...)"),
          .text("coupling", "J", "a number, a comma list, or START:END:COUNT (default 1)"),
          .text("field", "H", "the same (default 0)"),
        ] + OptionGroup.quantum.options),
      OptionGroup(
        title: "State",
        options: [
          .text(
            "ansatz", "NAME",
            VariationalOptions.Ansatz.all.joined(separator: ", ") + " (default rbm)"),
          .integer(
            "density", "N", "hidden units or features per site, filters, channels (default 1 or 4)"),
          .text("signs", "RULE", "auto (default), none, marshall: spins rotated by pi about z"),
        ]),
      OptionGroup(
        title: "How",
        options: [
          .integer("iterations", "N", "steps of the parameters (default 300)"),
          .integer("samples", "N", "basis states in each step (default 1008)"),
          .integer("chains", "N", "Markov chains (default 16)"),
          .text("moves", "NAME", "auto (default), flip, exchange"),
          .text("optimizer", "NAME", "sr (default), adam"),
          .number("learning-rate", "X", "of the optimiser (default 0.05 for sr, 0.005 for adam)"),
          .number("shift", "X", "added to the diagonal of the geometric tensor (default 0.01)"),
          .integer("measured", "N", "basis states for the final energy (default 20000)"),
        ] + Option.work),
      OptionGroup(
        title: "Output",
        options: [
          .text("output", "FOLDER", "figure, report, result and the run, which goes on from here"),
          .integer("snapshots", "N", "states kept of each point in snapshots.npz, for discover"),
          .flag("restart", "begin anew instead of going on"),
          .flag("portable", "go on with a run of another kernel level"),
        ] + OptionGroup.common.options),
    ],
    examples: [
      .init(
        command: "landau variational tfim --size 32 --transverse-field 1",
        what: "the critical chain, beside its exact energy"),
      .init(
        command: "landau variational xxz --size 4x4 --ansatz rbm-symmetric",
        what: "the Heisenberg model with Marshall's signs and all translations"),
      .init(
        command:
          "landau variational tfim --size 20 --transverse-field 0.5:1.5:11 --snapshots 500 --output learned",
        what: "a scan, whose snapshots 'landau discover learned/snapshots.npz' reads"),
    ],
    prepare: { (arguments) throws(InputError) in
      let options = try arguments.variationalOptions()
      let threads = try arguments.threads()
      let job = try VariationalJob(options)
      return PreparedJob(
        subject: [.init("model", .string(options.model.name.rawValue))], seed: options.seed,
        threads: threads, run: job.run)
    })
}

extension ParsedArguments {
  private static let variational = [
    "ansatz", "density", "signs", "iterations", "samples", "chains", "moves", "optimizer",
    "learning-rate", "shift", "measured", "output", "snapshots", "restart", "portable",
  ]

  func variationalOptions() throws(InputError) -> VariationalOptions {
    let name = try onlyPositional("the model")
    guard let model = try quantumModel(besides: Self.variational) else {
      throw .notAllowed(
        "MODEL", name, allowed: QuantumModelOptions.Name.all.joined(separator: ", "))
    }
    var options = VariationalOptions(model: model)
    typealias Options = VariationalOptions
    if let name = try choice("ansatz", Options.Ansatz.all) {
      options.ansatz = Options.Ansatz(rawValue: name)!
    }
    if let name = try choice("signs", Options.Signs.allCases.map(\.rawValue)) {
      options.signs = Options.Signs(rawValue: name)!
    }
    if let name = try choice("moves", Options.Moves.allCases.map(\.rawValue)) {
      options.moves = Options.Moves(rawValue: name)!
    }
    if let name = try choice("optimizer", Options.Optimizer.allCases.map(\.rawValue)) {
      options.optimizer = Options.Optimizer(rawValue: name)!
    }
    options.density = try integer("density", in: 1...64)
    if let count = try integer("iterations", in: 1...1_000_000) { options.iterations = count }
    if let count = try integer("samples", in: 2...1_000_000) { options.samples = count }
    if let count = try integer("chains", in: 1...100_000) { options.chains = count }
    options.learningRate = try number("learning-rate", .positive)
    if let shift = try number("shift", .positive) { options.shift = shift }
    if let count = try integer("measured", in: 2...Self.maximumCount) { options.measured = count }
    if let count = try integer("snapshots", in: 2...1_000_000) { options.snapshots = count }
    options.seed = try seed() ?? 1
    options.output = text("output")
    options.restarts = isGiven("restart")
    options.isPortable = isGiven("portable")
    return options
  }
}
