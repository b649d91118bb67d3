import LandauCore
import LandauPipeline

extension Verb {
  static let discover = Verb(
    name: "discover", argument: "SOURCE...",
    summary: "phases, transition, order parameter (formula), from files or from a model",
    description: """
      Trains small networks to predict the scanned parameter from snapshots, says where the snapshots
      change, which product of spins tells it (as a formula), which order parameter breaks a symmetry,
      and what conventional analysis says of the same snapshots. SOURCE is a model
      (\(DiscoverModel.all.joined(separator: ", ")))
      or files of snapshots, one per lattice size; three or more sizes are needed to tell a phase
      transition from a smooth change. Leaves a folder with figure, report and JSON result.
      """,
    groups: OptionGroup.discover,
    examples: [
      .init(command: "landau discover ising", what: "the main job, about two minutes"),
      .init(
        command: "landau discover ising --size 16,32,64 --temperature 1.5:2.6:45",
        what: "other sizes, another range"),
      .init(command: "landau discover ising-gauge", what: "a crossover without local order"),
      .init(
        command: "landau discover potts --states 3 --quick",
        what: "more values, other lattices: the range is found by a look at a small lattice"),
      .init(
        command: "landau discover snapshots_z.npz --parameter g",
        what: "data of one's own; (parameter, shot, site...) or (sample, site...)"),
      .init(
        command: "landau discover L16.npz L32.npz L64.npz --boundary periodic --json",
        what: "several sizes, for programs"),
    ],
    prepare: { (arguments) throws(InputError) in
      let options = try arguments.discoverOptions()
      let job = try DiscoverJob(options)
      let subject: [JSONValue.Member] =
        switch options.source {
        case .model(let name): [.init("source", .string(name))]
        case .files(let paths): [.init("source", .strings(paths))]
        }
      return PreparedJob(
        subject: subject, seed: options.seed, threads: options.threads, run: job.run)
    })
}
