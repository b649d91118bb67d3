import LandauCore
import LandauMonteCarlo
import LandauStore

/// A run of `sample` as it stands on disk, ready to be analysed again without simulating.
struct StoredSample {
  let job: SampleJob
  let records: SampleRecords

  /// - Throws: `InputError` when the file is damaged, no run, or a run of another verb or version.
  init(_ path: String) throws(InputError) {
    let run = try RunFile.read(path)
    try self.init(run.job, run.contents, path: path)
  }

  init(
    _ stored: ArchiveJob, _ contents: ArchiveContents, path: String
  ) throws(InputError) {
    guard stored.command == "sample" else {
      throw .file(path, "is a run of '\(stored.command)', not of 'sample'")
    }
    var options = try Self.options(stored, path: path)
    let allChains = (contents.series.keys.map(\.chain).max() ?? -1) + 1
    guard allChains > 0 else { throw .file(path, "holds no measurement yet") }
    // Of a run that was merged or stopped the chains are counted; else the job says how many.
    var chains = allChains
    if options.realizations != nil, case .integer(let count)? = stored.arguments["chains"] {
      chains = count
    }
    options.length.sweeps = max(1, contents.status.target)
    options.length.measureEvery = stored.spacing
    options.seed = stored.seed
    if options.update != "direct" {
      options.length.chains = chains
    } else {
      options.length.measureEvery = nil
    }
    let method = ScanMethod(rawValue: options.update)
    if method != nil && method != .multicanonical { options.length.measureEvery = nil }
    job = try SampleJob(options)
    if let instance = options.model.words[.instance],
      case .string(let checksum)? = stored.arguments["instanceChecksum"],
      checksum != (try ModelOptions.instance(instance).checksum)
    {
      throw .file(path, "is a run with the couplings of \(instance), which has others now")
    }
    let names = Array(Set(contents.series.keys.map(\.name))).sorted()
    var works: [Int: [SamplePoint.Work]] = [:]
    for (point, beta) in options.scan.betas.enumerated() {
      let measured = contents.chains(of: names[0], point: point).reduce(0) { $0 + $1.count }
      let work = SamplePoint.Work(
        update: job.plan.isDirect ? "direct" : job.factory.name(beta: beta),
        algorithm: "read from \(path)", sweeps: job.plan.sweeps,
        sweepsMade: method == nil ? measured * job.plan.measureEvery : job.plan.sweeps * chains,
        burnIn: job.plan.burnIn ?? job.factory.defaultBurnIn(beta: beta),
        measureEvery: job.plan.measureEvery, chains: chains, seconds: 0)
      works[point] = [work]
    }
    records = SampleRecords(
      contents: contents, observables: names.map { Observable($0) }, works: works,
      isComplete: contents.status.isComplete)
  }

  /// The quantities of every point, made anew.
  func points() throws -> [SamplePoint] {
    job.points(records, exact: try exact())
  }

  /// The exact solution beside it.
  func exact() throws -> ExactSolution? {
    try job.exactSolution()
  }

  // MARK: - The options of a stored job

  private static func options(
    _ job: ArchiveJob, path: String
  ) throws(InputError) -> SampleOptions {
    let damaged = InputError.file(path, "its job is not one that this version knows")
    guard case .string(let text)? = job.arguments["model"],
      let name = ModelOptions.Name(rawValue: text)
    else { throw damaged }
    var model = ModelOptions(name: name)
    if case .string(let text)? = job.arguments["lattice"] {
      guard let lattice = ModelOptions.Lattice(rawValue: text) else { throw damaged }
      model.lattice = lattice
    }
    for word in ModelWord.allCases {
      if case .string(let text)? = job.arguments[word.rawValue] { model.words[word] = text }
    }
    if model.words[.instance] == nil {
      guard case .array(let sides)? = job.arguments["size"] else { throw damaged }
      model.size = sides.compactMap { if case .integer(let side) = $0 { side } else { nil } }
    }
    if case .string(let text)? = job.arguments["boundary"] { try model.setBoundary(text) }
    for parameter in ModelParameter.allCases {
      switch job.arguments[parameter.jsonName] {
      case .integer(let value): model.parameters[parameter] = Double(value)
      case .number(let value): model.parameters[parameter] = value
      default: break
      }
    }
    var options = SampleOptions(
      model: model,
      scan: job.parameterName == "beta" ? .beta(job.parameters) : .temperature(job.parameters))
    if case .string(let update)? = job.arguments["update"] { options.update = update }
    if case .integer(let count)? = job.arguments[ArchiveJob.parts] { options.realizations = count }
    switch job.arguments["magnetization"] {
    case .integer(let value)?: options.magnetization = Double(value)
    case .number(let value)?: options.magnetization = value
    default: break
    }
    if case .integer(let count)? = job.arguments["population"] { options.length.population = count }
    if case .integer(let burnIn)? = job.arguments["burnIn"], options.update != "direct" {
      options.length.burnIn = burnIn
    }
    return options
  }
}
