import LandauCore
import LandauPipeline

extension Verb {
  static let discover = Verb(
    name: "discover", argument: "SOURCE",
    summary: "phases, transition, order parameter (formula), from a model or from files",
    description: """
      Learns to predict the scanned parameter from snapshots, finds where the prediction changes
      fastest, reads out what the network looks at as a formula, and judges it against conventional
      analysis. SOURCE is a model (ising, ising-gauge), which is sampled on the way, or one or more
      files of snapshots, one per size, or a folder of CSV files. On files nothing that knows a model
      is used unless --model says so.
      """,
    groups: OptionGroup.discover,
    examples: [
      .init(command: "landau discover ising", what: "three or more sizes, about two minutes"),
      .init(
        command: "landau discover ising --quick --temperature 1.5:2.6:31",
        what: "a first look at another range"),
      .init(
        command: "landau discover snapshots_z.npz --parameter g", what: "snapshots from a file"),
      .init(
        command: "landau discover --channel z=snapshots_z.npz --channel y=snapshots_y.npz",
        what: "two measurement bases together"),
      .init(command: "landau discover ising-gauge --json", what: "a gauge theory, for programs"),
    ],
    prepare: { (arguments) throws(InputError) in
      let options = try arguments.discoverOptions()
      let job = try DiscoverJob(options)
      return PreparedJob(
        subject: [.init("source", options.subject)], seed: options.seed, threads: options.threads,
        run: job.run)
    })
}

extension DiscoverOptions {
  /// The source as it was named.
  fileprivate var subject: JSONValue {
    switch source {
    case .model(let name): .string(name)
    case .files(let paths): .strings(paths)
    }
  }
}
