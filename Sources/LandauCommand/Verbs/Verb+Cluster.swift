import LandauCore
import LandauPipeline

extension Verb {
  static let cluster = Verb(
    name: "cluster", argument: "MODEL",
    summary: "print a job script for Slurm that runs 'sample MODEL' on many ranks",
    description: """
      Checks the options of 'sample' and prints a script for sbatch. The job begins again by itself
      until the run in --output FILE.h5 is complete; with --array every task is a run with a seed of its own.
      """,
    groups: [
      OptionGroup(
        title: "Where",
        options: [
          .integer("ranks", "N", "processes (default 1)"),
          .integer("cpus", "N", "processors of each (default 1)"),
          .number("hours", "H", "longest time of one job (default 24)"),
          .integer("array", "N", "independent runs with seeds 1 to N, to be merged"),
        ])
    ] + sample.groups.map(\.withoutPlace),
    examples: [
      .init(
        command:
          "landau cluster ising --size 1024 --temperature 2.2:2.35:16 --sweeps 1000000 --ranks 16 --output run.h5",
        what: "a scan on 16 ranks")
    ],
    prepare: { (arguments) throws(InputError) in
      if try arguments.quantumModel(besides: ParsedArguments.quantumSampling) != nil {
        throw InputError(
          "the model is quantum, which runs on one rank; allowed: the classical models of sample")
      }
      let options = try arguments.sampleOptions()
      _ = try SampleJob(options)
      let script = try arguments.slurmScript(model: options.model.name.rawValue)
      return PreparedJob(
        subject: [.init("model", .string(options.model.name.rawValue))], seed: options.seed,
        threads: nil,
        run: { _, _, _ in
          Report(json: [.init("script", .string(script))], text: script)
        })
    })
}

extension OptionGroup {
  /// Options of sample that a job script takes over; threads are the processors of a rank.
  fileprivate var withoutPlace: OptionGroup {
    OptionGroup(title: title, options: options.filter { $0.name != "threads" })
  }
}

extension ParsedArguments {
  fileprivate func slurmScript(model: String) throws(InputError) -> String {
    let ranks = try integer("ranks", in: 1...100_000) ?? 1
    let cpus = try integer("cpus", in: 1...1024) ?? 1
    let hours = try number("hours", .positive) ?? 24
    let array = try integer("array", in: 1...1_000_000)
    guard let output = text("output"), output.hasSuffix(".h5") else {
      throw .notAllowed(
        "--output", text("output") ?? "missing",
        allowed: "FILE.h5, a run that goes on where the job before it ended")
    }
    if array != nil, isGiven("seed") {
      throw InputError("--seed and --array exclude each other: the tasks' numbers are the seeds")
    }
    let minutes = max(1, Int((60 * hours).rounded(.up)))
    let clock = "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):00"
    var words = ["sample", model]
    for option in given
    where !["ranks", "cpus", "hours", "array", "output", "json", "quiet"].contains(option) {
      words.append("--\(option)")
      if let value = text(option), !value.isEmpty { words.append(Self.quoted(value)) }
    }
    let stem = String(output.dropLast(3))
    if array == nil {
      words += ["--output", Self.quoted(output)]
    } else {
      words += [
        "--seed", "$SLURM_ARRAY_TASK_ID", "--output",
        "\(Self.quoted(stem))-$SLURM_ARRAY_TASK_ID.h5",
      ]
    }
    let start =
      ranks > 1 ? "mpirun --map-by slot:PE=$SLURM_CPUS_PER_TASK landau" : "landau"
    return """
      #!/bin/bash
      #SBATCH --job-name=landau-\(model)
      #SBATCH --ntasks=\(ranks)
      #SBATCH --cpus-per-task=\(cpus)
      #SBATCH --time=\(clock)
      #SBATCH --requeue
      #SBATCH --open-mode=append
      #SBATCH --output=\(stem.split(separator: "/").last ?? "landau")-%\(array == nil ? "j" : "A_%a").log
      \(array.map { "#SBATCH --array=1-\($0)\n" } ?? "")
      # The run stops in time before the job ends (status 4), with everything kept, and the job begins again.
      \(start) \(words.joined(separator: " ")) --quiet
      status=$?
      if [ $status -eq 4 ]; then scontrol requeue "$SLURM_JOB_ID"; fi
      exit $status
      \(array == nil ? "" : "\n# When all tasks are done: landau merge \(Self.quoted(stem))-*.h5 --output \(Self.quoted(output))\n")
      """
  }

  /// A word as a shell reads it.
  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "_./:,+-=".contains($0))
    }
    return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
