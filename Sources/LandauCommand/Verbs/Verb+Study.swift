import LandauCore
import LandauPipeline
import LandauStudies

extension Verb {
  static let study = Verb(
    name: "study", argument: "[NAME]",
    summary: "reproduce published results: measured, error, reference, agreement",
    description: """
      Runs one published result anew and prints what was measured beside what it should be. Leaves a
      folder with figure, report and JSON result; ends with status 3 where a finding disagrees.
      Without a name it lists the studies there are.
      """,
    groups: [
      OptionGroup(
        title: "How",
        options: [
          .flag("quick", "a minute or two instead of the full length"),
          .text("data", "FOLDER", "the folder of data sets, for studies that read some"),
          .text("output", "FOLDER", "where the figure goes (default landau-study-NAME)"),
        ] + Option.work),
      .common,
    ],
    examples: [
      .init(command: "landau study", what: "what there is"),
      .init(
        command: "landau study dipolar-six-state-clock --quick",
        what: "two transitions and stripes, in a minute or two"),
    ],
    prepare: { (arguments) throws(InputError) in
      var options = StudyOptions()
      if !arguments.positionals.isEmpty { options.name = try arguments.onlyPositional("the study") }
      options.isQuick = arguments.isGiven("quick")
      options.dataFolder = arguments.text("data")
      options.output = arguments.text("output")
      options.seed = try arguments.seed() ?? options.seed
      let job = try StudyJob(options)
      var subject: [JSONValue.Member] = []
      if let name = options.name { subject.append(.init("study", .string(name))) }
      return PreparedJob(
        subject: subject,
        seed: options.name == nil ? nil : options.seed, threads: try arguments.threads(),
        run: job.run)
    })
}
