import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// A correlator network on measured bit-strings of the transverse-field Ising ring.
  static let bitstringQuantumLearning = Study(
    name: "bitstring-quantum-learning",
    title: "Quantum states from bit-strings",
    source:
      "E.-A. Kim (talk); C. Miles et al., Correlator convolutional neural networks, arXiv:2011.03474",
    claim: """
      An interpretable network tells snapshots of quantum phases apart, names the correlators that it used, and switches at the transition \
      between the points where it was trained.
      """,
    run: { run in
      let sizes = run.isQuick ? [8, 12, 16] : [8, 12, 16, 20]
      let rings = try sizes.map { try BitstringRing(siteCount: $0, run) }
      return StudyResult(
        findings: BitstringRing.findings(rings),
        figure: Figure(
          title: "Correlator networks on snapshots of the transverse-field Ising ring",
          panels: BitstringRing.panels(rings), columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "H = -sum z z' - g sum x on rings, ground states by diagonalisation, independent shots of all spins along z. Classes: g = 0.5 and its dual g = 2.",
    "Networks: two filters of four sites, five folds. Optimum: from the exact probabilities of both classes.",
    "Where a network switches: its mean probability of the paramagnet passes one half, linearly between fields 0.05 apart; errors from the",
    "scatter of folds. The switch depends on the classes; a tenth is allowed after extrapolation in 1/N. Networks see the same snapshots in four of",
    "five folds: errors are small.",
  ]
}

/// One ring: two classes, the networks trained on them, and what these say of the fields between.
private struct BitstringRing {
  private static let classes = (0.5, 2.0)
  private static let scan = (0...16).map { 0.6 + 0.05 * Double($0) }

  let siteCount: Int
  private let network: CorrelatorFindings
  /// Of correlators up to order two.
  private let pairs: CorrelatorFindings
  private let optimalAccuracy: Double
  /// Mean probability of the paramagnet at the fields of the scan: by fold, and of the optimum.
  private let outputs: [[Double]]
  private let optimalOutputs: [Double]

  init(siteCount: Int, _ run: StudyRun) throws {
    self.siteCount = siteCount
    let seed = run.seed.child("ring", siteCount)
    run.progress.begin("\(siteCount) spins: ground states", total: Self.scan.count + 2)
    let states = try ([Self.classes.0, Self.classes.1] + Self.scan).map { field in
      defer { run.progress.advance() }
      return try Self.groundState(siteCount, field: field, seed: seed, run)
    }
    run.progress.end()
    let axes = [SpinAxis](repeating: .z, count: siteCount)
    let probabilities = states.map { $0.probabilities(axes: axes) }
    let shots = run.isQuick ? 1500 : 6000
    let snapshots = Self.snapshots(
      states[..<2].enumerated().map {
        $1.snapshots(shots, axes: axes, seed: seed.child("class", $0))
      }, siteCount)
    var discovery = CorrelatorDiscovery(window: [4], seed: seed.child("networks"))
    network = try discovery.run(
      snapshots, pool: run.pool, progress: run.progress, cancellation: run.cancellation)
    discovery.order = 2
    pairs = try discovery.run(
      snapshots, pool: run.pool, progress: run.progress, cancellation: run.cancellation)
    let (low, high) = (probabilities[0], probabilities[1])
    optimalAccuracy = zip(low, high).reduce(0) { $0 + max($1.0, $1.1) } / 2
    optimalOutputs = probabilities[2...].map { between in
      between.indices.reduce(0) { sum, outcome in
        let total = low[outcome] + high[outcome]
        return total > 0 ? sum + between[outcome] * high[outcome] / total : sum
      }
    }
    let perField = try run.pool.map(Self.scan.count) { [network] index -> [Double] in
      try run.cancellation.check()
      let values = states[2 + index].snapshots(shots, axes: axes, seed: seed.child("scan", index))
      return Self.outputs(network, values, siteCount)
    }
    outputs = network.runs.indices.map { fold in perField.map { $0[fold] } }
  }

  /// The ground state is even under the flip of all spins at every field.
  private static func groundState(
    _ siteCount: Int, field: Double, seed: Seed, _ run: StudyRun
  ) throws -> QuantumState {
    let ring = try Lattice.named("chain", sides: [siteCount])
    let even = SpinBasis(
      siteCount: siteCount,
      group: SpinSymmetryGroup(
        siteCount: siteCount, generators: [.spinFlip(siteCount: siteCount)]))
    return try SpinDiagonalization(
      .transverseIsing(ring, transverseField: field), basis: even, pool: run.pool
    ).lowest(1, seed: seed.child("lanczos"), cancellation: run.cancellation)[0].state
  }

  private static func snapshots(_ classes: [[Int8]], _ siteCount: Int) -> Snapshots {
    let count = classes[0].count / siteCount
    return Snapshots(
      siteShape: [siteCount], channels: ["spin"], values: classes.flatMap { $0 },
      parameterName: "g", parameters: [Self.classes.0, Self.classes.1],
      parameterIndex: (0..<2 * count).map { Int32($0 / count) },
      chain: (0..<2 * count).map { Int32($0 % count) }, isSequential: false, boundary: .periodic)
  }

  /// The mean probability of the second class that each network gives.
  private static func outputs(
    _ network: CorrelatorFindings, _ values: [Int8], _ siteCount: Int
  ) -> [Double] {
    let count = values.count / siteCount
    let tensor = Tensor(values.map { Float($0) }, shape: [count, 1, siteCount])
    return network.runs.map { run in
      let filters = Tensor(
        run.filters.flatMap { $0.flatMap { $0.map { Float($0) } } },
        shape: [run.filters.count, 1, run.filters[0][0].count])
      let features = CorrelatorMaps.means(
        tensor, filters: filters, order: network.order, boundary: .circular
      ).scalars(Double.self)
      let width = run.orders.count
      return (0..<count).reduce(0.0) { sum, sample in
        let logit = run.path.logit(
          features[sample * width..<(sample + 1) * width], at: run.chosen)
        return sum + 1 / (1 + exp(-logit))
      } / Double(count)
    }
  }

  private static func switching(_ outputs: [Double]) -> Double {
    guard let next = outputs.indices.dropFirst().first(where: { outputs[$0] >= 0.5 }) else {
      return .nan
    }
    let (a, b) = (outputs[next - 1], outputs[next])
    return scan[next - 1] + (scan[next] - scan[next - 1]) * (0.5 - a) / (b - a)
  }

  private var switching: Estimate { .mean(of: outputs.map(Self.switching)) }

  /// A line in 1/N through the switching fields.
  private static func extrapolated(_ fields: [Estimate], _ rings: [BitstringRing]) -> Estimate {
    let fit = LinearFit(
      design: rings.map { [1, 1 / Double($0.siteCount)] }, values: fields.map(\.value),
      errors: fields.map(\.error))
    return fit?.coefficient(0) ?? Estimate(.nan, error: .nan)
  }

  static func findings(_ rings: [BitstringRing]) -> [StudyFinding] {
    let last = rings.last!
    let order = last.network.decisiveOrder ?? 0
    let difference = Estimate(
      last.pairs.accuracy.value - last.network.accuracy.value,
      error: hypot(last.pairs.accuracy.error, last.network.accuracy.error))
    // Exact numbers: through the two largest rings, and the two before.
    let optima = rings.map { switching($0.optimalOutputs) }
    func line(_ a: Int, _ b: Int) -> Double {
      let (m, n) = (Double(rings[a].siteCount), Double(rings[b].siteCount))
      return (n * optima[b] - m * optima[a]) / (n - m)
    }
    let end = rings.count - 1
    let optimum = line(end - 1, end)
    return [
      .exactly(
        "order", "\(last.siteCount) spins: order of the correlators that leave zero first",
        Double(order), 2, "two-point functions; the mean spin vanishes by symmetry"),
      StudyFinding(
        "pairsSuffice", "accuracy with pairs alone less that with up to four spins",
        measured: difference, expected: .above(-0.02),
        reference: "claimed: pairs suffice; a fiftieth is allowed"),
      StudyFinding(
        "shortfall", "optimal accuracy less that of the network",
        measured: Estimate(
          last.optimalAccuracy - last.network.accuracy.value, error: last.network.accuracy.error),
        expected: .below(0.03),
        reference: "exact probabilities: \(Estimate.fixed(last.optimalAccuracy, digits: 4))"),
      StudyFinding(
        "switching", "field where networks switch, extrapolated in 1/N",
        measured: extrapolated(rings.map(\.switching), rings), systematicError: 0.1 / 3,
        expected: .value(1, error: 0), reference: "g = 1; a tenth is allowed"),
      StudyFinding(
        "optimalSwitching", "field where the best possible classifier switches, extrapolated",
        measured: Estimate(optimum, error: 0),
        systematicError: hypot(0.1 / 3, optimum - line(end - 2, end - 1)),
        expected: .value(1, error: 0), reference: "g = 1; a tenth is allowed"),
    ]
  }

  static func panels(_ rings: [BitstringRing]) -> [Figure.Panel] {
    let curves = rings.enumerated().flatMap { color, ring in
      let means = scan.indices.map { index in
        Estimate.mean(of: ring.outputs.map { $0[index] })
      }
      return [
        Figure.Series(
          "N = \(ring.siteCount)", x: scan, y: means.map(\.value), errors: means.map(\.error),
          style: .points, color: color),
        Figure.Series(
          color == 0 ? "best possible" : "", x: scan, y: ring.optimalOutputs, style: .dashedLine,
          color: color),
      ]
    }
    let path = rings.last!.network.runs[0].path
    let orders = rings.last!.network.runs[0].orders
    let ladder = path.points.map { $0.penalty / path.points[0].penalty }
    return [
      Figure.Panel(
        title: "Mean probability of the paramagnet", xAxis: .init("g"),
        yAxis: .init("probability", range: 0...1), series: curves,
        marks: [.init("g = 1", x: 1, dashed: true)]),
      Figure.Panel(
        title: "What leaves zero first, N = \(rings.last!.siteCount)",
        xAxis: .init("penalty / first", logarithmic: true), yAxis: .init("largest coefficient"),
        series: (1...4).map { n in
          Figure.Series(
            "order \(n)", x: ladder,
            y: path.points.map { point in
              orders.indices.reduce(0) {
                orders[$1] == n ? max($0, abs(point.coefficients[$1])) : $0
              }
            }, color: n - 1)
        }),
    ]
  }
}
