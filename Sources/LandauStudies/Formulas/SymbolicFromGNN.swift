import LandauCore
import LandauDiscovery
import LandauStatistics

extension Study {
  /// Laws of force read from the messages of a graph network.
  static let symbolicFromGNN = Study(
    name: "symbolic-from-gnn",
    title: "Laws of force from the messages of a graph network",
    source: "M. Cranmer et al., Discovering symbolic models from deep learning, arXiv:2006.11287",
    claim: """
      A graph network trained on accelerations, with as many message components as the force has and a price on them, sends \
      messages that are linear in the force between two particles; symbolic regression of a message returns the law of force.
      """,
    run: { run in
      var settings = MessageReading.Settings(
        samples: run.isQuick ? 6000 : 24000, epochs: run.isQuick ? 120 : 200,
        effort: .init(islands: 6, cycles: run.isQuick ? 40 : 80))
      func readings(_ law: ParticleDynamics.Law, _ count: Int) throws -> [MessageReading] {
        try (0..<count).map {
          try run.cancellation.check()
          return try MessageReading(law, settings, run: run, repetition: $0)
        }
      }
      let all = try ParticleDynamics.Law.allCases.map { try readings($0, run.isQuick ? 3 : 6) }
      settings.isLinear = false
      let control = try readings(.inverseSquare, run.isQuick ? 2 : 6)
      return StudyResult(
        findings: all.flatMap(findings) + [
          StudyFinding(
            "perceptronForceR2",
            "inverse square, update a perceptron: weaker of two messages explained by the force",
            measured: .mean(of: control.map { $0.forceR2.min() ?? 0 }), expected: .above(0.95),
            reference: "arXiv:2006.11287")
        ],
        figure: Figure(
          title: "Messages and forces", panels: all.flatMap { panels($0[0]) }, columnCount: 2),
        remarks: remarks(all.flatMap { $0 } + control))
    })

  private static func findings(_ all: [MessageReading]) -> [StudyFinding] {
    let law = all[0].law
    let key = law == .spring ? "spring" : "inverseSquare"
    let source = "arXiv:2006.11287"
    // For springs the factor is 1 - 1/r, for gravity (dx, dy) m / r^3.
    let exponent = law == .spring ? 1.0 : 3
    let mean = Estimate.mean(of: all.map(\.exponent.value))
    let single = all.reduce(0) { $0 + $1.exponent.error } / Double(all.count)
    let count = Double(all.filter { $0.lawR2 > 0.995 }.count)
    return [
      StudyFinding(
        "\(key)ForceR2", "\(law.rawValue): weaker of two messages explained by the force",
        measured: .mean(of: all.map { $0.forceR2.min() ?? 0 }), expected: .above(0.95),
        reference: source),
      StudyFinding(
        "\(key)AccelerationR2", "\(law.rawValue): accelerations of new samples explained",
        measured: .mean(of: all.map(\.accelerationR2)), expected: .above(0.95),
        reference: "a network that has learned the dynamics"),
      StudyFinding(
        "\(key)Law", "\(law.rawValue): trainings whose formula is the law (R2 above 0.995)",
        measured: Estimate(count, error: 0), expected: .above(Double(all.count) / 2),
        reference: source),
      StudyFinding(
        "\(key)Exponent",
        law == .spring
          ? "spring: p in (a dx + b dy)(1 - r^-p)"
          : "inverse square: p in (a dx + b dy) m / r^p, force and one",
        measured: Estimate(
          mean.value, error: (mean.error * mean.error + single * single).squareRoot()),
        // The network has seen finite data: its messages are the force to some hundredths.
        systematicError: 0.03, expected: .value(exponent, error: 0), reference: "the law simulated"),
    ]
  }

  private static func remarks(_ all: [MessageReading]) -> [String] {
    let lines = all.map { reading in
      let numbers =
        [reading.accelerationR2] + reading.forceR2 + [reading.lawR2]
      let text = numbers.map { Estimate.fixed($0, digits: 4) }.joined(separator: ", ")
      return "\(reading.law.rawValue): message = \(reading.front.chosen.text)  [\(text)]"
    }
    return [
      "Four particles in the plane, masses 0.5 to 1.5, velocity Verlet, moments with all distances in 0.4 to 4. The network",
      "sees dx, dy, r and the other's mass of every pair and learns accelerations; the directions in which its two message",
      "components point are its choice. In brackets: R2 of accelerations, of the two components as linear maps of the",
      "force, of the formula as a linear map of the law on distances 0.4 to 4. Errors: spread over trainings. The update",
      "is linear in the summed messages; the last trainings are a control with a perceptron in its place. Width, price, update",
      "and length of training were chosen with results of other seeds in sight: six components at a price of 0.01 gave messages",
      "that were not linear in the force, and springs with a perceptron for an update were learned in one training of two.",
    ] + lines
  }

  private static func panels(_ reading: MessageReading) -> [Figure.Panel] {
    let step = max(1, reading.message.count / 500)
    let shown = stride(from: 0, to: reading.message.count, by: step)
    let x = shown.map { reading.linearMap[$0] }
    let y = shown.map { reading.message[$0] }
    let ends = [x.min() ?? 0, x.max() ?? 1]
    let messages = Figure.Panel(
      title: "\(reading.law.rawValue): strongest message",
      xAxis: .init("best linear map of the true force"), yAxis: .init("message"),
      series: [
        .init("edges", x: x, y: y, style: .points),
        .init("equal", x: ends, y: ends, style: .dashedLine, color: -1),
      ])
    return [messages, reading.front.panel]
  }
}
