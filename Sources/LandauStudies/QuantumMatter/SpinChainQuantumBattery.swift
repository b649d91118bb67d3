import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Ergotropy and capacity of thermal spins.
  static let spinChainQuantumBattery = Study(
    name: "spin-chain-quantum-battery",
    title: "Ergotropy and capacity of Heisenberg quantum batteries",
    source: "A. Ali, S. Al-Kuwari et al., arXiv:2408.00133",
    claim: """
      Spins in local fields store energy in thermal equilibrium where exchange works against the fields: with one sign of the exchange most with \
      a field at one spin, with the other with a uniform field. Antisymmetric exchange changes capacity sharply at a threshold.
      """,
    run: { run in
      let trial = try BatteryTrial(run)
      return StudyResult(
        findings: trial.findings,
        figure: Figure(
          title: "Quantum batteries of two spins at T = \(BatteryTrial.temperature)",
          panels: trial.panels, columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "The state is thermal in H, the energy that counts is that of the local fields. Levels are numerical; closed forms are those of two spins.",
    "Random batteries: two to four spins, couplings and fields of normal law, T = 0.2 to 2.",
    "With H = + J s.s the uniform field is best where J > 0 and a field at one spin, among fields of one sign, where J < 0; the abstract has it for",
    "ferromagnets and antiferromagnets: the sign convention of the paper was not seen. The threshold is where the lowest levels of parallel and",
    "antiparallel spins cross. Not shown: coherence as a resource.",
  ]
}

private struct BatteryTrial {
  static let temperature = 0.5
  private static let fields = (0...24).map { -3 + 0.25 * Double($0) }
  private static let exchanges = (0...60).map { 0.1 * Double($0) }

  private var gibbs = 0.0
  private var closed = 0.0
  private var sum = 0.0
  private var attained = 0.0
  private var bestRandom = 0.0
  /// Ergotropy at each pair of fields.
  private var maps: [(coupling: Double, values: [Double])] = []
  /// The direction of fields of length 1 that is best, from the axis of one spin, in degrees; by the sign of J.
  private var directions: [Double] = []
  /// D of the smallest capacity.
  private var threshold = 0.0
  private var growth: [(name: String, ergotropy: [Double], capacity: [Double])] = []

  init(_ run: StudyRun) throws {
    let count = run.isQuick ? 60 : 600
    run.progress.begin("batteries", total: count + 2)
    for index in 0..<count {
      try run.cancellation.check()
      var rng = run.seed.child("battery", index).makeStream()
      let battery = SpinBattery(
        fields: (0..<2 + index % 3).map { _ in rng.normal() }, coupling: rng.normal(),
        anisotropy: rng.normal(), antisymmetric: rng.normal(), symmetric: rng.normal())
      let temperature = 0.2 + 1.8 * rng.uniform()
      gibbs = max(
        gibbs, abs(try battery.work(temperature: temperature, of: battery.hamiltonian).ergotropy))
      let work = try battery.work(temperature: temperature)
      sum = max(sum, abs(work.capacity - work.ergotropy - work.antiErgotropy))
      if battery.fields.count == 2 {
        closed = max(
          closed, abs(work.ergotropy - battery.closedForm(temperature: temperature)))
      }
      run.progress.advance()
    }
    for coupling in [1.0, -1] {
      let values = try run.pool.map(Self.fields.count) { row in
        try Self.fields.map { other in
          try SpinBattery(fields: [Self.fields[row], other], coupling: coupling).work(
            temperature: Self.temperature
          ).ergotropy
        }
      }
      maps.append((coupling, values.flatMap { $0 }))
      run.progress.advance()
    }
    for (name, fields, coupling) in [
      ("J = 1, one field", [1.0, 0], 1.0), ("J = -1, equal fields", [1, 1], -1),
    ] {
      let works = try Self.exchanges.map {
        try SpinBattery(fields: fields, coupling: coupling, antisymmetric: $0).work(
          temperature: Self.temperature)
      }
      growth.append((name, works.map(\.ergotropy), works.map(\.capacity)))
    }
    directions = try [1.0, -1].map { coupling in
      let works = try (0...45).map { degrees in
        let angle = Double(degrees) * Double.pi / 180
        return try SpinBattery(fields: [cos(angle), sin(angle)], coupling: coupling).work(
          temperature: 0.2
        ).ergotropy
      }
      return Double(works.indices.max { works[$0] < works[$1] }!)
    }
    let capacities = try (0...300).map {
      try SpinBattery(fields: [1, 1], coupling: -1, antisymmetric: 0.01 * Double($0)).work(
        temperature: 0.05
      ).capacity
    }
    threshold = 0.01 * Double(capacities.indices.min { capacities[$0] < capacities[$1] }!)
    run.progress.end()
  }

  var findings: [StudyFinding] {
    [
      .bounded(
        "gibbs", "largest ergotropy of a thermal state with respect to its own Hamiltonian", gibbs,
        1e-12, "such states are passive"),
      .bounded(
        "closedForm", "two spins: largest distance of ergotropy from its closed form", closed,
        1e-12, "blocks of parallel and antiparallel spins"),
      .bounded(
        "capacity", "largest distance of capacity from ergotropy and anti-ergotropy together", sum,
        1e-12, "Yang et al., Phys. Rev. Lett. 131, 030402 (2023)"),
      StudyFinding(
        "uniform", "J = 1, T = 0.2: best direction of the fields, degrees from one spin alone",
        measured: Estimate(directions[0], error: 0), systematicError: 0.5,
        expected: .value(45, error: 0), reference: "claimed: a uniform field"),
      StudyFinding(
        "single", "J = -1, T = 0.2: best direction among fields of one sign",
        measured: Estimate(directions[1], error: 0), systematicError: 0.5,
        expected: .value(0, error: 0), reference: "claimed: a field at one spin"),
      StudyFinding(
        "threshold", "J = -1, equal fields, T = 0.05: D of the smallest capacity",
        measured: Estimate(threshold, error: 0), systematicError: 0.01,
        expected: .value(3.0.squareRoot(), error: 0),
        reference: "levels cross: -1 - 2 = 1 - 2 (1 + D^2)^(1/2)"),
    ]
  }

  var panels: [Figure.Panel] {
    maps.map { coupling, values in
      Figure.Panel(
        title: coupling > 0 ? "antiferromagnet" : "ferromagnet", xAxis: .init("field at spin 2"),
        yAxis: .init("field at spin 1"), series: [],
        map: Figure.Map("ergotropy", x: Self.fields, y: Self.fields, values: values))
    }
      + [
        Figure.Panel(
          title: "Antisymmetric exchange", xAxis: .init("D"),
          yAxis: .init("ergotropy (lines), capacity (dashed)"),
          series: growth.enumerated().flatMap { color, curve in
            [
              Figure.Series(curve.name, x: Self.exchanges, y: curve.ergotropy, color: color),
              Figure.Series(
                "", x: Self.exchanges, y: curve.capacity, style: .dashedLine, color: color),
            ]
          })
      ]
  }
}
