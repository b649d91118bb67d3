public import LandauCore
public import LandauPipeline

/// The command line as a function: words in, text and an exit status out.
public struct CommandLineProgram {
  private let standardOutput: (String) -> Void
  private let standardError: (String) -> Void
  private let cancellation: Cancellation
  private let launcher: Launcher

  /// - Parameters:
  ///   - standardOutput: Receives results, complete lines.
  ///   - standardError: Receives errors, one line each.
  ///   - cancellation: Asks a running job to stop with what it has.
  ///   - launcher: What started this process, and others with it. All but the first rank print failures of their own only.
  public init(
    standardOutput: @escaping (String) -> Void, standardError: @escaping (String) -> Void,
    cancellation: Cancellation, launcher: Launcher = .alone
  ) {
    self.standardOutput = launcher.rank == 0 ? standardOutput : { _ in }
    self.standardError = standardError
    self.cancellation = cancellation
    self.launcher = launcher
  }

  /// Runs one command.
  ///
  /// - Parameter words: the command line without the program's name.
  /// - Returns: the exit status: 0 done, 1 failure, 2 usage or bad input, 3 disagrees with the
  ///   reference, 4 stopped early.
  public func run(_ words: [String]) -> Int32 {
    do {
      return try dispatch(words)
    } catch let error as InputError {
      return fail(error.message, status: 2)
    } catch is Interrupted {
      return fail("interrupted before there was a result", status: 4)
    } catch {
      return fail("\(error)", status: 1)
    }
  }

  private func fail(_ message: String, status: Int32) -> Int32 {
    if launcher.rank == 0 {
      standardError("landau: \(message)\n")
    } else if status == 1 {
      // What the person can repair the first rank says.
      standardError("landau: rank \(launcher.rank): \(message)\n")
    }
    return status
  }

  private func dispatch(_ words: [String]) throws -> Int32 {
    guard let first = words.first else {
      throw InputError("no verb; allowed: \(Self.verbNames) (see 'landau --help')")
    }
    let rest = Array(words.dropFirst())
    switch first {
    case "--version": return try print("landau \(Release.version)\n", unless: rest)
    case "--help", "-h": return try print(Help.overview(verbs: Verb.all), unless: rest)
    case "help": return try help(rest)
    default: break
    }
    if let verb = Verb.named(first) { return try run(verb, rest) }
    if let card = ConventionCard.text(named: first) {
      guard ParsedArguments.asksForHelp(rest) else {
        throw InputError(
          "'\(first)' is a model, not a verb; try 'landau sample \(first)' or 'landau \(first) --help'"
        )
      }
      standardOutput(card)
      return 0
    }
    if first.hasPrefix("-") {
      throw InputError("unknown option '\(first)'; a verb comes first (see 'landau --help')")
    }
    let hint = Suggestion.hint(for: first, among: Verb.all.map(\.name) + ["help"])
    throw InputError("unknown verb '\(first)'; allowed: \(Self.verbNames)\(hint)")
  }

  private static var verbNames: String {
    (Verb.all.map(\.name) + ["help"]).joined(separator: ", ")
  }

  private func print(_ text: String, unless rest: [String]) throws(InputError) -> Int32 {
    if let extra = rest.first { throw InputError("unexpected argument '\(extra)'") }
    standardOutput(text)
    return 0
  }

  private func help(_ words: [String]) throws(InputError) -> Int32 {
    guard let name = words.first else {
      return try print(Help.overview(verbs: Verb.all), unless: [])
    }
    let rest = Array(words.dropFirst())
    if let verb = Verb.named(name) { return try print(Help.text(for: verb), unless: rest) }
    if let card = ConventionCard.text(named: name) { return try print(card, unless: rest) }
    let names = Verb.all.map(\.name) + ModelOptions.Name.all + QuantumModelOptions.Name.all
    let hint = Suggestion.hint(for: name, among: names)
    throw InputError(
      "no help for '\(name)'; allowed: \(names.joined(separator: ", "))\(hint)")
  }

  private func run(_ verb: Verb, _ words: [String]) throws -> Int32 {
    if ParsedArguments.asksForHelp(words) {
      standardOutput(Help.text(for: verb))
      return 0
    }
    let arguments = try ParsedArguments(words, options: verb.options)
    let job = try verb.prepare(arguments)
    let start = Progress.now()
    let pool = WorkerPool(threadCount: job.threads ?? launcher.defaultThreadCount)
    let isQuiet = arguments.isGiven("quiet") || launcher.rank > 0
    let progress = isQuiet ? Progress.silent : Progress()
    defer { progress.end() }
    let report = try run(verb, job, pool, progress)
    progress.end()
    if arguments.isGiven("json") {
      let document = envelope(
        verb, arguments, job, report, seconds: Progress.now() - start)
      standardOutput(document.text() + "\n")
    } else {
      standardOutput(report.text)
    }
    return report.exitStatus
  }

  /// Runs the job, together with the other ranks where there are any.
  private func run(
    _ verb: Verb, _ job: PreparedJob, _ pool: WorkerPool, _ progress: Progress
  ) throws -> Report {
    guard launcher.count > 1 else { return try job.run(pool, progress, cancellation) }
    guard let runOnRanks = job.runOnRanks else {
      throw InputError(
        "\(launcher.count) ranks were started, but '\(verb.name)' runs on one; allowed with several: sample of classical models"
      )
    }
    let ranks = try MessagePassing(launcher: launcher)
    // An error ends this process without MPI's leave, which makes the launcher end the others.
    let report = try runOnRanks(ranks, pool, progress, cancellation)
    ranks.finish()
    return report
  }

  private func envelope(
    _ verb: Verb, _ arguments: ParsedArguments, _ job: PreparedJob, _ report: Report,
    seconds: Double
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", .integer(1)),
      .init("landau", .string(Release.version)),
      .init("command", .string(verb.name)),
      .init("arguments", .object(job.subject + arguments.echo)),
      .init("seed", job.seed.map(Self.json) ?? .null),
      .init("seconds", .number(Double(Int((seconds * 1000).rounded())) / 1000)),
    ]
    members += report.json
    members.append(.init("files", .strings(report.files)))
    return .object(members)
  }

  /// Seeds above 2^63 do not fit the integers of JSON readers that use signed words.
  private static func json(_ seed: UInt64) -> JSONValue {
    Int(exactly: seed).map { .integer($0) } ?? .string(String(seed))
  }
}
