import LandauCore
import LandauPipeline

extension OptionGroup {
  /// Model parameters that sampling and exact values share.
  static let model = OptionGroup(
    title: "Model",
    options: [
      .text(
        "size", "L|LxM|LxMxK", "sides of the lattice: 64 is 64x64 unless --lattice says otherwise"),
      .text(
        "lattice", "NAME", ModelOptions.Lattice.allCases.map(\.rawValue).joined(separator: ", ")),
      .integer("dimension", "D", "number of axes of a hypercubic lattice, 1 to 8"),
      .text(
        "boundary", "KIND",
        "periodic, open, antiperiodic, helical, twisted (xy, heisenberg); one, or one per axis (a,b,...)"
      ),
    ]
      + ModelParameter.allCases.map { parameter in
        parameter.wholeNumbers == nil
          ? .number(parameter.rawValue, "X", parameter.help)
          : .integer(parameter.rawValue, "N", parameter.help)
      } + ModelWord.allCases.map { .text($0.rawValue, "WORD", $0.help) })

  static let scan = OptionGroup(
    title: "Where (one of the two)",
    options: [
      .text("temperature", "T", "a number, a comma list, or START:END:COUNT with both ends"),
      .text("beta", "B", "the same in beta = 1/T; gauge theories take only this"),
    ])
}

extension Verb {
  static let sample = Verb(
    name: "sample", argument: "MODEL",
    summary: "Markov-chain Monte Carlo: estimates with errors, snapshots, series",
    description: """
      Samples a model and prints energy, specific heat, magnetisation, susceptibility and Binder
      cumulant with their errors, beside the exact values of the same finite lattice where they are
      known. 'landau MODEL --help' says what the numbers of a model mean.
      """,
    groups: [
      .model, .scan, .quantum,
      OptionGroup(
        title: "How",
        options: [
          .text(
            "update", "NAME",
            "auto (default, a function of the job alone, and printed), metropolis, heat-bath, "
              + "over-relaxation, wolff, swendsen-wang, tempering, wang-landau, multicanonical, "
              + "population-annealing, kawasaki, rejection-free, worm, hmc, direct: what a model has"
          ),
          .integer("sweeps", "N", "measured sweeps of each chain (default by model and size)"),
          .integer("burn-in", "N", "sweeps before them (default by model and size)"),
          .integer("measure-every", "N", "sweeps from one measurement to the next"),
          .number(
            "magnetization", "M",
            "order per site that kawasaki keeps (Ising spins; default 0 or nearly)"),
          .integer("chains", "N", "independent chains per point"),
          .integer(
            "population", "N", "replicas of each run of population-annealing (default 1000)"),
          .integer("snapshots", "N", "configurations to keep per point, for --output"),
          .integer(
            "realizations", "N",
            "average over N drawings of the disorder, from --realization on (edwards-anderson, "
              + "sherrington-kirkpatrick)"),
          OptionGroup.basis,
        ] + Option.work),
      OptionGroup(
        title: "Output",
        options: [
          .text(
            "output", "FILE",
            "FILE.h5: a run that is kept while it goes on, and resumed by the same command; "
              + "FILE.npz: snapshots and series at the end"),
          .number("commit-every", "S", "seconds between commits to FILE.h5 (default 10)"),
          .number("seconds", "S", "stop cleanly after S seconds of work (exit status 4)"),
          .flag("restart", "begin anew where the output holds a run"),
          .flag("portable", "go on with a run begun on another kind of processor"),
        ] + OptionGroup.common.options),
    ],
    examples: [
      .init(command: "landau sample ising --size 64 --temperature 2.269", what: "one temperature"),
      .init(
        command: "landau sample ising --size 64 --temperature 2.0:2.6:13 --json",
        what: "a scan, for programs"),
      .init(
        command:
          "landau sample ising --size 32 --temperature 1.5:3:16 --snapshots 500 --output s.npz",
        what: "snapshots for 'landau inspect' or numpy"),
      .init(
        command: "landau sample ising --lattice cubic --size 16 --beta 0.2216546 --update wolff",
        what: "three dimensions"),
      .init(
        command: "landau sample edwards-anderson --lattice cubic --size 6 --disorder gaussian "
          + "--temperature 0.9:2:8 --update tempering --realizations 100 --output ea6.h5",
        what: "averages over the disorder of a spin glass"),
      .init(
        command: "landau sample potts --states 10 --size 16 --temperature 0.69:0.72:7 "
          + "--update multicanonical",
        what: "one run for a scan across a first-order transition, with free energies"),
      .init(
        command: "landau sample tfim --size 64 --transverse-field 0.5:1.5:21 --basis z "
          + "--snapshots 1000 --output tfim.npz",
        what: "snapshots of a quantum chain in its ground state"),
      .init(command: "landau sample ising-gauge --size 16 --beta 0.5:3:6", what: "a gauge theory"),
      .init(
        command: "landau sample su3-gauge --size 8x8x8x8 --beta 6 --loops 4 --start cold",
        what: "SU(3) in four dimensions, with Wilson loops"),
    ],
    prepare: { (arguments) throws(InputError) in
      let threads = try arguments.threads()
      if let quantum = try arguments.quantumModel(besides: ParsedArguments.quantumSampling) {
        let options = try arguments.quantumSampleOptions(quantum)
        let job = try QuantumSampleJob(options)
        return PreparedJob(
          subject: [.init("model", .string(quantum.name.rawValue))], seed: options.seed,
          threads: threads, run: job.run)
      }
      let options = try arguments.sampleOptions()
      let job = try SampleJob(options)
      return PreparedJob(
        subject: [.init("model", .string(options.model.name.rawValue))], seed: options.seed,
        threads: threads,
        run: { try job.run(pool: $0, progress: $1, cancellation: $2) },
        runOnRanks: { try job.run(ranks: $0, pool: $1, progress: $2, cancellation: $3) })
    })
}

extension ParsedArguments {
  static let maximumCount = Int(Int32.max)

  /// Of chains.
  func lengths() throws(InputError) -> SampleOptions.Length {
    var length = SampleOptions.Length()
    length.sweeps = try integer("sweeps", in: 1...Self.maximumCount)
    length.burnIn = try integer("burn-in", in: 0...Self.maximumCount)
    length.measureEvery = try integer("measure-every", in: 1...Self.maximumCount)
    length.chains = try integer("chains", in: 1...65_536)
    length.snapshots = try integer("snapshots", in: 0...Self.maximumCount)
    return length
  }

  func sampleOptions() throws(InputError) -> SampleOptions {
    let model = try modelOptions(others: QuantumModelOptions.Name.all)
    var options = SampleOptions(model: model, scan: try temperatureOrBeta(for: model.name))
    if let update = text("update") { options.update = update }
    options.length = try lengths()
    options.magnetization = try number("magnetization")
    options.length.population = try integer("population", in: 2...1_000_000)
    options.realizations = try integer("realizations", in: 1...Self.maximumCount)
    options.seed = try seed() ?? 1
    options.output = text("output")
    options.seconds = try number("seconds", .positive)
    // A run that can be resumed stops in time; another could only lose what it has.
    if options.seconds == nil, options.output?.hasSuffix(".h5") == true {
      options.seconds = Launcher.current.workingSeconds
    }
    if let seconds = try number("commit-every", .nonNegative) { options.commitEvery = seconds }
    options.restarts = isGiven("restart")
    options.isPortable = isGiven("portable")
    return options
  }
}
