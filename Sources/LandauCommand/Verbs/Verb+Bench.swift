import LandauCore
import LandauPipeline

extension Verb {
  static let bench = Verb(
    name: "bench", argument: "[NAME ...]",
    summary: "how fast the samplers are here, beside their floors",
    description: """
      Times samplers on this machine and prints nanoseconds for an update, the median and the best of nine
      blocks, beside the floor: the random numbers that no implementation can do without. Names may be
      beginnings: 'packed' times all whose names begin so. Takes about a second each; a quiet machine gives
      figures worth keeping.
      """,
    groups: [
      OptionGroup(
        title: "How",
        options: [
          .flag("sizes", "instead the cost of an attempt on square lattices of sides 64 to 65536"),
          .text("output", "FOLDER", "with --sizes, where the figure goes"),
          .integer("threads", "N", "threads of the benchmarks that use several (default: all)"),
        ]),
      .common,
    ],
    examples: [
      .init(command: "landau bench", what: "everything"),
      .init(command: "landau bench metropolis wolff --json", what: "some, for programs"),
      .init(command: "landau bench --sizes --output sizes", what: "cost against size, as a figure"),
    ],
    prepare: { (arguments) throws(InputError) in
      let threads = try arguments.threads()
      let output = arguments.text("output")
      if arguments.isGiven("sizes") {
        if let name = arguments.positionals.first {
          throw InputError("unexpected argument '\(name)' beside --sizes")
        }
        return PreparedJob(
          subject: [], seed: nil, threads: threads, run: try SizeBench(output: output).run)
      }
      if output != nil { throw InputError("--output needs --sizes: only that has a figure") }
      let job = try BenchJob(names: arguments.positionals)
      return PreparedJob(subject: [], seed: nil, threads: threads, run: job.run)
    })
}
