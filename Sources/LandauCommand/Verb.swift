import LandauCore
import LandauPipeline

/// One word of the command line: what it takes, what its help says, and how its job is made.
struct Verb: Sendable {
  struct Example: Sendable {
    var command: String
    var what: String
  }

  var name: String
  /// What follows the verb, e.g. `MODEL`; empty for nothing.
  var argument: String
  /// One line, for the list of verbs.
  var summary: String
  /// A few lines, for the verb's own help.
  var description: String
  var groups: [OptionGroup]
  var examples: [Example]
  /// Checks everything that can be checked before the work begins.
  var prepare: @Sendable (ParsedArguments) throws(InputError) -> PreparedJob

  var options: [Option] { groups.flatMap(\.options) }
}

/// A job that has passed all checks and waits to be run.
struct PreparedJob: Sendable {
  /// What the verb works on, for the JSON echo: the model, the files.
  var subject: [JSONValue.Member]
  /// The root seed, nil where nothing is random.
  var seed: UInt64?
  /// nil for all there are.
  var threads: Int?
  var run: @Sendable (WorkerPool, Progress, Cancellation) throws -> Report
  /// The same together with other ranks; nil where one does it all.
  var runOnRanks: (@Sendable (any Ranks, WorkerPool, Progress, Cancellation) throws -> Report)? =
    nil
}

extension Verb {
  /// The verbs there are, in the order the help lists them.
  static let all: [Verb] = [
    .sample, .exact, .variational, .scaling, .discover, .dual, .study, .selfTest, .bench, .report,
    .plot,
    .merge,
    .inspect,
    .cluster,
    .info,
  ]

  static func named(_ name: String) -> Verb? { all.first { $0.name == name } }
}

extension ParsedArguments {
  /// The one word a verb works on.
  ///
  /// - Throws: when there is none or more than one.
  func onlyPositional(_ what: String) throws(InputError) -> String {
    guard let first = positionals.first else { throw InputError("\(what) is missing") }
    if positionals.count > 1 {
      throw InputError("unexpected argument '\(positionals[1])' after '\(first)'")
    }
    return first
  }

  /// The model a verb works on.
  ///
  /// - Parameter others: names that the verb knows besides, for its error.
  func model(others: [String] = []) throws(InputError) -> ModelOptions.Name {
    let names = ModelOptions.Name.all + others
    let allowed = names.joined(separator: ", ")
    guard !positionals.isEmpty else {
      throw InputError("the model is missing; allowed: \(allowed)")
    }
    let text = try onlyPositional("the model")
    guard let name = ModelOptions.Name(rawValue: text) else {
      let hint = Suggestion.hint(for: text, among: names)
      throw InputError("unknown model '\(text)'; allowed: \(allowed)\(hint)")
    }
    return name
  }

  func threads() throws(InputError) -> Int? { try integer("threads", in: 1...1024) }

  /// Model, lattice, size and parameters.
  func modelOptions(others: [String] = []) throws(InputError) -> ModelOptions {
    var options = ModelOptions(name: try model(others: others))
    let lattices = ModelOptions.Lattice.allCases.map(\.rawValue)
    options.lattice = try choice("lattice", lattices).flatMap(ModelOptions.Lattice.init)
    options.dimension = try integer("dimension", in: 1...8)
    options.size = try size()
    try text("boundary").map { text throws(InputError) in try options.setBoundary(text) }
    (options.parameters, options.bondCouplings) = try modelParameters()
    for word in ModelWord.allCases {
      options.words[word] =
        try word.allowed.map { allowed throws(InputError) in
          try choice(word.rawValue, allowed)
        } ?? text(word.rawValue)
    }
    return options
  }

  /// The numbers of a model that are given. A comma list of couplings is one for each bond of the unit cell.
  func modelParameters() throws(InputError) -> ([ModelParameter: Double], bonds: [Double]) {
    var parameters: [ModelParameter: Double] = [:]
    var bonds: [Double] = []
    for parameter in ModelParameter.allCases {
      let name = parameter.rawValue
      if parameter == .coupling, text(name)?.contains(",") == true {
        bonds = try numbers(name)
      } else if let range = parameter.wholeNumbers {
        parameters[parameter] = try integer(name, in: range).map(Double.init)
      } else {
        parameters[parameter] = try number(name)
      }
    }
    return (parameters, bonds)
  }

  /// The scan in temperature or in beta.
  ///
  /// - Throws: when both or neither is given, or a gauge theory is given temperatures.
  func temperatureOrBeta(for model: ModelOptions.Name) throws(InputError) -> ModelOptions.Scan {
    if model.isUnscanned {
      for name in ["temperature", "beta"] where isGiven(name) {
        throw InputError("--\(name) is not an option of \(model.rawValue), whose weight is exp(-S)")
      }
      return .beta([1])
    }
    let temperatures = try scan("temperature", .positive)
    let betas = try scan("beta", .nonNegative)
    switch (temperatures, betas) {
    case (.some, .some):
      throw InputError("--temperature and --beta exclude each other; give one of them")
    case (.some(let values), nil):
      if model.isGauge {
        throw InputError(
          "--temperature is not an option of \(model.rawValue); its parameter is --beta")
      }
      for value in values where !(1 / value).isFinite {
        throw .notAllowed("--temperature", value, allowed: "numbers whose inverse is finite")
      }
      return .temperature(values)
    case (nil, .some(let values)): return .beta(values)
    case (nil, nil):
      throw InputError(
        model.isGauge
          ? "--beta is missing; allowed: a number, a comma list, or START:END:COUNT"
          : "--temperature is missing; give it or --beta: a number, a comma list, or START:END:COUNT"
      )
    }
  }
}
