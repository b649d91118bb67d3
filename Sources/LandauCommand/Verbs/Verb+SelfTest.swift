import LandauCore
import LandauPipeline

extension Verb {
  static let selfTest = Verb(
    name: "selftest", argument: "",
    summary: "the register of exact truths: measured, exact, z-score",
    description: """
      Computes reference values and samples small systems of every family with every update, and
      compares them with what is known: computed ones within a stated tolerance, sampled ones in units of
      their error. Ends with status 3 when something disagrees; a program without fault does so about
      once in a thousand seeds. Takes less than a minute on two cores; --full takes longer.
      """,
    groups: [
      OptionGroup(
        title: "How",
        options: [.flag("full", "all values, and sixteen times the data")] + Option.work),
      .common,
    ],
    examples: [
      .init(command: "landau selftest", what: "after an installation"),
      .init(command: "landau selftest --full --seed 7 --json", what: "everything, for programs"),
    ],
    prepare: { (arguments) throws(InputError) in
      if let extra = arguments.positionals.first {
        throw InputError("unexpected argument '\(extra)'")
      }
      let seed = try arguments.seed() ?? 1
      let job = SelfTestJob(seed: seed, isFull: arguments.isGiven("full"))
      return PreparedJob(subject: [], seed: seed, threads: try arguments.threads(), run: job.run)
    })
}
