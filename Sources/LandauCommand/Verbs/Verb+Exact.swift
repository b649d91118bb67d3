import LandauCore
import LandauPipeline

extension Verb {
  static let exact = Verb(
    name: "exact", argument: "MODEL",
    summary: "exact values where they are known (and says so where they are not)",
    description: """
      Prints exact values of a finite lattice, or of the infinite one with --infinite: partition
      function, free energy, energy, specific heat, and the magnetisation where it is known. Where
      nothing is known in closed form, it says why and ends with status 0.
      """,
    groups: [
      .model, .scan, .quantum,
      OptionGroup(
        title: "How",
        options: [
          .flag("infinite", "the infinite lattice, instead of --size"),
          .flag(
            "ground-state",
            "the lowest energy and a configuration that has it, instead of a temperature (Ising spins with any "
              + "couplings, lattices up to some width)"),
        ]),
      .common,
    ],
    examples: [
      .init(
        command: "landau exact ising --size 64 --temperature 2.269",
        what: "Kaufman's finite torus, beside Onsager's infinite lattice"),
      .init(
        command: "landau exact ising --infinite --temperature 1:4:7 --json",
        what: "Onsager and Yang, for programs"),
      .init(
        command: "landau exact ising --size 4 --field 0.5 --temperature 2",
        what: "a small lattice in a field, by enumeration"),
      .init(
        command: "landau exact edwards-anderson --disorder gaussian --size 10 --ground-state",
        what: "a ground state of a spin glass on a torus"),
      .init(
        command: "landau exact tfim --size 16 --transverse-field 0.5:1.5:11",
        what: "ground states of a quantum chain"),
      .init(command: "landau exact ising-gauge --size 8 --beta 0.5,1,2", what: "a gauge theory"),
      .init(
        command: "landau exact u1-gauge --size 8 --beta 6",
        what: "plaquette and distribution of the topological charge"),
    ],
    prepare: { (arguments) throws(InputError) in
      if let quantum = try arguments.quantumModel(besides: []) {
        let job = try QuantumExactJob(quantum)
        return PreparedJob(
          subject: [.init("model", .string(quantum.name.rawValue))], seed: nil, threads: nil,
          run: job.run)
      }
      let model = try arguments.modelOptions(others: QuantumModelOptions.Name.all)
      var scan: ModelOptions.Scan?
      if arguments.isGiven("ground-state") {
        for name in ["temperature", "beta"] where arguments.isGiven(name) {
          throw InputError("--\(name) and --ground-state exclude each other; give one of them")
        }
      } else {
        scan = try arguments.temperatureOrBeta(for: model.name)
      }
      var options = ExactOptions(model: model, scan: scan)
      options.infinite = arguments.isGiven("infinite")
      let job = try ExactJob(options)
      return PreparedJob(
        subject: [.init("model", .string(model.name.rawValue))], seed: nil, threads: nil,
        run: job.run)
    })
}
