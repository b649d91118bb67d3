import LandauCore
import LandauPipeline

// Verbs that work on runs which are there already.
extension Verb {
  static let report = Verb(
    name: "report", argument: "RUN",
    summary: "the estimates of a run of sample made anew, without simulating",
    description: """
      Reads FILE.h5 as 'sample --output' left it, or the folder FILE.h5.run of a run that goes on, and
      prints the estimates of all that has been measured.
      """,
    groups: [.common],
    examples: [.init(command: "landau report x.h5 --json", what: "for programs")],
    prepare: { (arguments) throws(InputError) in
      let job = try ReportJob(.report, paths: arguments.positionals)
      return PreparedJob(
        subject: arguments.runs, seed: nil, threads: nil, run: job.run)
    })

  static let plot = Verb(
    name: "plot", argument: "RUN",
    summary: "draw a run of sample: every quantity along the scan, exact values beside",
    description: """
      Draws what a run has measured, with error bars, as SVG and PNG, and leaves the data behind the
      figure beside it.
      """,
    groups: [
      OptionGroup(
        title: "Output",
        options: [
          .text("output", "NAME", "names of the files without ending (default: that of the run)")
        ] + OptionGroup.common.options)
    ],
    examples: [.init(command: "landau plot x.h5 --output figure", what: "figure.svg, figure.png")],
    prepare: { (arguments) throws(InputError) in
      let run = arguments.positionals.first ?? ""
      let base =
        arguments.text("output") ?? (run.hasSuffix(".h5") ? String(run.dropLast(3)) : run)
      let job = try ReportJob(.plot(base: base), paths: arguments.positionals)
      return PreparedJob(subject: arguments.runs, seed: nil, threads: nil, run: job.run)
    })

  static let merge = Verb(
    name: "merge", argument: "RUN RUN ...",
    summary: "join finished runs of one job with different seeds, and analyse them together",
    description: """
      Puts the chains of several runs side by side, point by point, in a new file. The runs must be of one
      job and have different seeds: the same seed twice would count its data twice.
      """,
    groups: [
      OptionGroup(
        title: "Output",
        options: [.text("output", "FILE.h5", "the joined run; nothing may stand there")]
          + OptionGroup.common.options)
    ],
    examples: [
      .init(command: "landau merge a.h5 b.h5 --output both.h5", what: "two machines, one result")
    ],
    prepare: { (arguments) throws(InputError) in
      guard let output = arguments.text("output"), output.hasSuffix(".h5") else {
        throw .notAllowed(
          "--output", arguments.text("output") ?? "missing", allowed: "a path that ends in .h5")
      }
      let job = try ReportJob(.merge(output: output), paths: arguments.positionals)
      return PreparedJob(subject: arguments.runs, seed: nil, threads: nil, run: job.run)
    })
}

extension ParsedArguments {
  fileprivate var runs: [JSONValue.Member] { [.init("runs", .strings(positionals))] }
}
