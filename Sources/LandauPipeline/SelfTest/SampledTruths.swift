import LandauCore
import LandauLattice

/// A small system whose exact values are known, to be sampled with the code that users run.
struct SampledTruth: Sendable {
  /// `ising square 4x4, wolff`.
  var name: String
  var options: SampleOptions
  /// Which of the quantities are compared.
  var quantities: [String]
}

extension SampledTruth {
  /// The systems of `landau selftest`: every family, every update, sides 1 and 2, both signs of J.
  static let all: [SampledTruth] =
    isingTori + isingCrystals + fewValued + disordered + vectors + fields + gauge

  private static let thermal = ["energyPerSite", "specificHeatPerSite"]
  private static let magnetic = ["absMagnetizationPerSite", "binderCumulant"]

  /// - Parameter sweeps: of each of the four chains.
  private static func system(
    _ name: ModelOptions.Name, _ lattice: ModelOptions.Lattice, _ size: [Int],
    temperature: Double, update: String, sweeps: Int = 8000, quantities: [String],
    _ parameters: [ModelParameter: Double] = [:], boundary: ModelOptions.Boundary = .periodic,
    words: [ModelWord: String] = [:]
  ) -> SampledTruth {
    var model = ModelOptions(name: name)
    model.lattice = lattice
    model.size = size
    model.parameters = parameters
    model.words = words
    if boundary != .periodic { model.boundary = [boundary] }
    let scan: ModelOptions.Scan =
      name.isGauge || name == .phi4 ? .beta([1 / temperature]) : .temperature([temperature])
    var options = SampleOptions(model: model, scan: scan)
    options.update = update
    options.length.sweeps = sweeps
    let extent = size.map(String.init).joined(separator: "x")
    var text = "\(name.rawValue) \(lattice.rawValue) \(extent)"
    if boundary != .periodic { text += " \(boundary.rawValue)" }
    for (parameter, value) in parameters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text += ", \(parameter.rawValue) \(SampleJob.short(value))"
    }
    return SampledTruth(
      name: text + ", T \(SampleJob.short(temperature)), \(update)", options: options,
      quantities: quantities)
  }

  private static let isingTori: [SampledTruth] =
    ["metropolis", "wolff", "swendsen-wang"].flatMap { update in
      [2.0, 2.269, 2.5].map {
        system(
          .ising, .square, [4, 4], temperature: $0, update: update, quantities: thermal + magnetic)
      } + [
        system(
          .ising, .square, [2, 3], temperature: 2, update: update, quantities: thermal + magnetic),
        system(.ising, .chain, [6], temperature: 1, update: update, quantities: thermal),
        system(
          .ising, .cubic, [2, 2, 3], temperature: 4, update: update, quantities: thermal + magnetic),
        system(
          .ising, .square, [4, 4], temperature: 2, update: update, quantities: thermal,
          [.coupling: -1]),
        system(
          .ising, .square, [16, 16], temperature: 2.3, update: update, sweeps: 4000,
          quantities: thermal),
      ]
    } + [
      system(
        .ising, .square, [3, 3], temperature: 1, update: "metropolis", quantities: thermal,
        [.coupling: -1]),
      system(
        .ising, .square, [4, 3], temperature: 2, update: "metropolis",
        quantities: thermal + ["magnetizationPerSite"],
        [.field: 0.3]),
      system(
        .ising, .square, [4, 3], temperature: 2, update: "heat-bath",
        quantities: thermal + magnetic),
      system(
        .ising, .square, [4, 3], temperature: 2, update: "wolff",
        quantities: thermal + ["magnetizationPerSite"], [.field: 0.3]),
      system(
        .ising, .cubic, [3, 3, 3], temperature: 4.5, update: "swendsen-wang",
        quantities: thermal + ["magnetizationPerSite"], [.field: -0.3]),
      system(
        .ising, .square, [128, 16], temperature: 2.5, update: "metropolis", sweeps: 2000,
        quantities: thermal
      ),
    ]

  private static let isingCrystals: [SampledTruth] =
    [
      (.triangular, [4, 3], 3.6), (.honeycomb, [3, 2], 1.5), (.kagome, [2, 2], 2.1),
      (.ladder, [5], 1.2), (.bcc, [2, 2, 3], 6), (.fcc, [2, 2, 3], 9), (.diamond, [2, 2, 2], 2.7),
    ].flatMap { (lattice: ModelOptions.Lattice, size: [Int], temperature: Double) in
      ["metropolis", "wolff", "swendsen-wang"].map {
        system(
          .ising, lattice, size, temperature: temperature, update: $0,
          quantities: thermal + magnetic)
      }
    } + [
      system(
        .ising, .triangular, [4, 4], temperature: 3, update: "heat-bath", quantities: thermal,
        boundary: .open),
      system(
        .ising, .square, [4, 4], temperature: 2, update: "wolff", quantities: thermal,
        boundary: .helical),
      system(
        .ising, .square, [4, 4], temperature: 2, update: "metropolis", quantities: thermal,
        boundary: .antiperiodic),
      system(
        .ising, .complete, [10], temperature: 8, update: "swendsen-wang",
        quantities: thermal + magnetic),
    ]

  private static let fewValued: [SampledTruth] = [
    ("metropolis", 0.8), ("heat-bath", 0.994972861), ("wolff", 1.5), ("swendsen-wang", 0.994972861),
  ].flatMap { update, temperature in
    [
      system(
        .potts, .square, [3, 3], temperature: temperature, update: update, quantities: thermal,
        [.states: 3]),
      system(
        .potts, .chain, [9], temperature: temperature, update: update, quantities: thermal,
        [.states: 5]),
      system(
        .clock, .square, [2, 3], temperature: 0.9,
        update: update == "swendsen-wang" ? "wolff" : update,
        quantities: thermal, [.states: 6]),
      system(
        .clock, .chain, [8], temperature: 0.7, update: update, quantities: thermal, [.states: 5]),
      system(
        .blumeCapel, .square, [3, 3], temperature: 0.9, update: update,
        quantities: thermal + magnetic,
        [.crystalField: 1.5]),
    ]
  }

  private static let disordered: [SampledTruth] = [
    system(
      .edwardsAnderson, .square, [4, 4], temperature: 1, update: "metropolis", quantities: thermal),
    system(
      .edwardsAnderson, .square, [4, 4], temperature: 1.5, update: "heat-bath", quantities: thermal,
      words: [.disorder: "gaussian"]),
    system(
      .edwardsAnderson, .cubic, [2, 2, 3], temperature: 2, update: "tempering", quantities: thermal,
      [.randomField: 0.5]),
    system(
      .edwardsAnderson, .square, [4, 4], temperature: 2, update: "wolff", quantities: thermal,
      [.probability: 0, .siteFraction: 0.8]),
    system(
      .sherringtonKirkpatrick, .complete, [12], temperature: 0.7, update: "metropolis",
      quantities: thermal),
  ]

  private static let vectors: [SampledTruth] = [
    ("metropolis", 8, 1.0), ("heat-bath", 16, 0.5), ("over-relaxation", 8, 0.7),
    ("wolff", 32, 0.25),
    ("swendsen-wang", 16, 0.5), ("hmc", 8, 1.0),
  ].flatMap { update, side, temperature in
    [
      system(
        .xy, .chain, [side], temperature: temperature, update: update, sweeps: 4000,
        quantities: thermal + ["helicityModulus"]),
      system(
        .heisenberg, .chain, [side], temperature: temperature, update: update, sweeps: 4000,
        quantities: thermal),
    ]
  }

  private static let fields: [SampledTruth] = ["metropolis", "hmc"].flatMap { update in
    ["standard", "albergo"].map { action in
      system(
        .phi4, .square, [8, 8], temperature: 1, update: update, sweeps: 4000,
        quantities: [
          "actionPerSite", "fieldSquaredPerSite", "susceptibilityDisorderedPerSite",
        ], [.massSquared: 1, .lambda: 0], words: [.action: action])
    }
  }

  private static let gauge: [SampledTruth] =
    ["direct", "metropolis", "heat-bath"].map {
      system(
        .isingGauge, .square, [4, 3], temperature: 1.25, update: $0, quantities: ["plaquette"])
    }
    + ["heat-bath", "over-relaxation", "hmc"].flatMap { update in
      [(ModelOptions.Name.u1Gauge, 0.5), (.su2Gauge, 0.4), (.su3Gauge, 0.2)].map {
        system(
          $0.0, .square, [4, 3], temperature: $0.1, update: update, sweeps: 2000,
          quantities: ["plaquette", "specificHeatPerPlaquette", "wilsonLoop1x2"])
      }
    }
}
