import LandauCore
import LandauPipeline

extension OptionGroup {
  /// What only quantum spins have.
  static let quantum = OptionGroup(
    title:
      "Quantum spins (\(QuantumModelOptions.Name.all.joined(separator: ", "))), in their ground state",
    options: [
      .text(
        "transverse-field", "G",
        "h along x of tfim and annni: a number, a comma list, or START:END:COUNT"),
      .text("anisotropy", "G", "Delta of xxz, the same (default 1, the Heisenberg model)"),
      .text(
        "cluster", "G", "K of cluster-ising, the same (default 1); --coupling and --field, too"),
      .text(
        "kappa", "G", "next-nearest over nearest coupling of annni, frustrating where positive"),
      .text("rabi", "G", "Omega of rydberg (default 1)"),
      .text("detuning", "G", "delta of rydberg"),
      .text("blockade-radius", "G", "R_b/a of rydberg: V = Omega (R_b/a)^6; or"),
      .text("interaction", "G", "V of rydberg, between nearest atoms"),
      .flag("spin-half", "the Hamiltonian in spins S = sigma/2 instead of Pauli matrices"),
    ])

  static let basis = Option.text(
    "basis", "AXES",
    "axes along which quantum spins are measured, letters that repeat along the sites: z (default), x, zx, ..."
  )
}

extension ParsedArguments {
  static let quantumSampling = ["basis", "snapshots", "output", "temperature", "beta"] + lengths
  private static let lengths = ["sweeps", "burn-in", "measure-every", "chains"]

  private static let quantumOptions = OptionGroup.quantum.options.map(\.name) + ["basis"]

  /// `heisenberg` is the classical model, but with options that only quantum spins have it is theirs.
  private func quantumName(_ word: String) -> QuantumModelOptions.Name? {
    if word == ModelOptions.Name.heisenberg.rawValue, isGiven("basis") || isGiven("spin-half") {
      return .heisenberg
    }
    return QuantumModelOptions.Name(rawValue: word)
  }

  /// The quantum model a verb works on; nil for others.
  ///
  /// - Throws: for options that quantum models do not have, or others have not.
  func quantumModel(besides more: [String]) throws(InputError) -> QuantumModelOptions? {
    guard positionals.count == 1, let name = quantumName(positionals[0]) else {
      if let option = Self.quantumOptions.first(where: isGiven), positionals.count == 1 {
        throw InputError(
          "--\(option) is an option of quantum spins (\(QuantumModelOptions.Name.all.joined(separator: ", "))), and \(positionals[0]) has none"
        )
      }
      return nil
    }
    let allowed =
      ["size", "lattice", "boundary", "spin-half", "seed", "threads", "json", "quiet"]
      + QuantumParameter.allCases.map(\.rawValue) + more
    if let other = given.first(where: { !allowed.contains($0) }) {
      throw InputError("--\(other) is not an option of \(name.rawValue)")
    }
    var options = QuantumModelOptions(name: name)
    let lattices = ModelOptions.Lattice.allCases.map(\.rawValue)
    options.lattice = try choice("lattice", lattices).flatMap(ModelOptions.Lattice.init)
    options.size = try size()
    if let text = text("boundary") {
      var classical = ModelOptions(name: .ising)
      try classical.setBoundary(text)
      guard classical.twistedAxes.isEmpty else {
        throw .notAllowed("--boundary", text, allowed: "periodic, open for quantum spins")
      }
      options.boundary = classical.boundary
    }
    for parameter in QuantumParameter.allCases {
      options.parameters[parameter] = try scan(parameter.rawValue, .finite)
    }
    options.isSpinHalf = isGiven("spin-half")
    return options
  }

  func quantumSampleOptions(_ model: QuantumModelOptions) throws(InputError) -> QuantumSampleOptions
  {
    var options = QuantumSampleOptions(model: model)
    if let basis = text("basis") { options.basis = basis }
    options.snapshots = try integer("snapshots", in: 2...Self.maximumCount)
    let temperature = try number("temperature", .positive)
    let beta = try number("beta", .positive)
    if temperature != nil && beta != nil {
      throw InputError("--temperature and --beta exclude each other; give one of them")
    }
    options.beta = beta ?? temperature.map { 1 / $0 }
    if options.beta == nil {
      for name in Self.lengths where isGiven(name) {
        throw InputError(
          "--\(name) is an option of chains at a temperature; give --temperature, or --snapshots of the ground state"
        )
      }
    }
    options.length = try lengths()
    options.seed = try seed() ?? 1
    options.output = text("output")
    return options
  }
}
