import LandauCore
import LandauPipeline

extension Verb {
  static let info = Verb(
    name: "info", argument: "",
    summary: "version, processor, threads, random numbers, libraries",
    description: "Prints what this program is and what it runs on.",
    groups: [.common],
    examples: [.init(command: "landau info --json", what: "for programs")],
    prepare: { (arguments) throws(InputError) in
      if let extra = arguments.positionals.first {
        throw InputError("unexpected argument '\(extra)'; info takes none")
      }
      return PreparedJob(subject: [], seed: nil, threads: nil, run: InfoJob().run)
    })
}
