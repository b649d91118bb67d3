import LandauCore
import LandauMonteCarlo

/// What was measured at one value of the scanned parameter.
struct SamplePoint: Sendable {
  /// What was done to get it.
  struct Work: Sendable {
    var update: String
    /// In words; the same on every machine.
    var algorithm: String
    /// Measured sweeps of each chain, as planned.
    var sweeps: Int
    /// Sweeps that all chains made together; fewer than planned only after a stop.
    var sweepsMade: Int
    var burnIn: Int
    var measureEvery: Int
    var chains: Int
    /// Acceptance rates of chains, or of realisations; none where the word has no meaning.
    var acceptances: [Double] = []
    /// Of tempering: how often exchanges with a neighbour are accepted, and journeys of all replicas from end to
    /// end and back.
    var exchangeRate: Double?
    var roundTrips: Int?
    /// What the update itself has to say.
    var warnings: [String] = []
    /// Attempted single-spin updates per second; nil for cluster updates and direct sampling.
    var rate: Double?
    /// Of cluster updates, per spin visited or flipped.
    var nanosecondsPerSpin: Double?
    var seconds: Double

    var acceptanceRate: Double? { Self.mean(acceptances) }
  }

  /// Where it stands in the scan.
  var index: Int
  var beta: Double
  var temperature: Double
  var work: Work
  var recording: Recording
  var quantities: [(name: String, estimate: Estimate)]
  /// Exact values of the same finite lattice, where they are known.
  var exact: [ExactValue]
  /// Of an average over realisations: how it came about, and how many there are.
  var disorder: DisorderQuantities.Result?
  var realizationsMade: Int?
  /// Of multicanonical chains: how often all together went from one end of the energies to the other.
  var journeys: Int?

  /// What should make one doubt the numbers, one line per kind.
  var warnings: [String] {
    var warnings = work.warnings + (disorder?.warnings ?? [])
    let planned = work.sweeps * work.chains
    if work.sweepsMade < planned {
      warnings.append("stopped early after \(work.sweepsMade) of \(planned) sweeps of all chains")
    }
    var found: [String: (explanation: String, names: [String])] = [:]
    var order: [String] = []
    for (name, estimate) in quantities {
      // One estimate can have several, "short: ...; not mixed: ...".
      for warning in (estimate.warning ?? "").split(separator: ";") {
        let text = String(warning.drop { $0 == " " })
        let kind = String(text.prefix { $0 != ":" })
        if found[kind] == nil { order.append(kind) }
        found[kind, default: (text, [])].names.append(name)
      }
    }
    return warnings
      + order.map { kind in
        let (explanation, names) = found[kind]!
        return "\(explanation) (\(names[0])"
          + (names.count > 1 ? " and \(names.count - 1) more)" : ")")
      }
  }

  func estimate(_ name: String) -> Estimate? { quantities.first { $0.name == name }?.estimate }

  func exact(_ name: String) -> Double? { exact.first { $0.name == name }?.value }

  /// Without what depends on time and machine.
  func timelessJSON(_ model: ResolvedModel) -> JSONValue {
    guard case .object(let members) = json(model) else { return .null }
    let timed = ["rate", "nanosecondsPerSpin", "seconds"]
    return .object(members.filter { !timed.contains($0.key) })
  }

  func json(_ model: ResolvedModel) -> JSONValue {
    var members: [JSONValue.Member] = []
    if model.isThermal { members.append(.init("temperature", .number(temperature))) }
    if model.isScanned { members.append(.init("beta", .number(beta))) }
    members += model.members
    if let realizationsMade { members.append(.init("realizations", .integer(realizationsMade))) }
    members += [
      .init("update", .string(work.update)), .init("algorithm", .string(work.algorithm)),
      .init("sweeps", .integer(work.sweeps)), .init("burnIn", .integer(work.burnIn)),
      .init("measureEvery", .integer(work.measureEvery)), .init("chains", .integer(work.chains)),
    ]
    if let rate = work.rate { members.append(.init("rate", .number(rate))) }
    if let time = work.nanosecondsPerSpin {
      members.append(.init("nanosecondsPerSpin", .number(time)))
    }
    members += [
      .init("seconds", .number(work.seconds)), .init("warnings", .strings(warnings)),
    ]
    if let acceptance = work.acceptanceRate {
      members.append(.init("acceptanceRate", .number(acceptance)))
    }
    if let exchange = work.exchangeRate {
      members.append(.init("exchangeRate", .number(exchange)))
    }
    if let trips = work.roundTrips { members.append(.init("roundTrips", .integer(trips))) }
    if let journeys { members.append(.init("journeys", .integer(journeys))) }
    members += quantities.map { .init($0.name, .estimate($0.estimate)) }
    if let disorder { members += disorder.json }
    members.append(
      .init(
        "exact", exact.isEmpty ? .null : .object(exact.map { .init($0.name, .number($0.value)) })))
    return .object(members)
  }
}

/// A number known exactly, under the name it has in JSON.
struct ExactValue: Sendable, Hashable {
  var name: String
  var value: Double
}
