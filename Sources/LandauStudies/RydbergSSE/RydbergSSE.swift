import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

extension Study {
  /// Operator sequences of blockaded Rydberg atoms against exact diagonalisation.
  static let rydbergSSE = Study(
    name: "rydberg-sse",
    title: "Stochastic series expansion in the Rydberg-blockaded space",
    source: """
      E. Merali, I. J. S. De Vlugt and R. G. Melko, arXiv:2107.00766; links of the kagome lattice: R. Verresen, M. D. Lukin and A. Vishwanath, \
      Phys. Rev. X 11, 031005 (2021)
      """,
    claim: """
      Quantum Monte Carlo of operator strings, restricted to the states that a blockade allows and updated line by line, has the energies \
      and densities of exact diagonalisation: a ring of twelve atoms (322 states) over temperature and detuning, and atoms on the links of \
      the kagome lattice.
      """,
    run: { run in
      let ring = try BlockadedRing(run)
      let links = try KagomeLinks(run)
      return StudyResult(
        findings: ring.findings + links.findings,
        figure: Figure(
          title: "Blockaded Rydberg atoms: series expansion and exact diagonalisation",
          panels: ring.panels + links.panels, columnCount: 2),
        remarks: ring.remarks + links.remarks)
    })
}

/// A ring of twelve atoms whose neighbours block each other, Omega = 1, over detuning and temperature.
struct BlockadedRing: Sendable {
  static let siteCount = 12
  static let betas = [0.5, 1, 2, 4, 8]
  static let detunings = [-1, 0, 0.5, 1, 1.5, 2, 3]

  /// By detuning, then by beta.
  let points: [[BlockadedPoint]]
  let exact: [RydbergDiagonalization]

  init(_ run: StudyRun) throws {
    let lattice = try Lattice.named("chain", sides: [Self.siteCount])
    let arrays = try Self.detunings.map { detuning in
      try RydbergArray(
        lattice, rabi: 1, detuning: detuning, interaction: 0, blockadeRadius: 1)
    }
    exact = try run.pool.map(arrays.count) { try RydbergDiagonalization(arrays[$0]) }
    let count = Self.betas.count
    run.progress.begin("ring of twelve", total: arrays.count * count)
    let sweeps = run.isQuick ? 4000 : 40_000
    let all = try run.pool.map(arrays.count * count) { index in
      try run.cancellation.check()
      defer { run.progress.advance() }
      return try BlockadedPoint(
        arrays[index / count], beta: Self.betas[index % count], sweeps: sweeps,
        seed: run.seed.child("ring", index))
    }
    run.progress.end()
    points = arrays.indices.map { Array(all[$0 * count..<($0 + 1) * count]) }
  }

  private func averages(_ detuning: Int, _ beta: Int) -> RydbergDiagonalization.Averages {
    exact[detuning].canonicalAverages(beta: Self.betas[beta])
  }

  /// Distances of all points from exact values, in standard errors.
  private var pulls: (energy: [Double], density: [Double]) {
    var pulls: ([Double], [Double]) = ([], [])
    for (row, detuned) in points.enumerated() {
      for (column, point) in detuned.enumerated() {
        let known = averages(row, column)
        pulls.0.append(point.energy.pull(to: known.energy / Double(Self.siteCount)))
        pulls.1.append(point.density.pull(to: known.density))
      }
    }
    return pulls
  }

  var findings: [StudyFinding] {
    let pulls = pulls
    let all = pulls.energy + pulls.density
    let reference = "exact diagonalisation of 322 states; \(pulls.energy.count) points"
    return [
      .exactly(
        "ringStates", "states of the ring of twelve", Double(exact[0].states.count), 322,
        "the Lucas number L(12)"),
      .chiSquare("ringEnergy", "ring, energy: chi-square per point", pulls.energy, reference),
      .chiSquare("ringDensity", "ring, density: chi-square per point", pulls.density, reference),
      .bounded(
        "ringLargest", "ring: the largest distance, in standard errors",
        all.map(abs).max() ?? .nan, 4, "one of 70 beyond 4 by chance four times in a thousand"),
      .chiSquare(
        "ringSeeds", "ring: chains of one point among themselves, chi-square per degree",
        points.joined().flatMap(\.seedDistances), "densities of four seeds at each point"),
    ]
  }

  var panels: [Figure.Panel] {
    let shown = [0, 2, 4]
    func panel(
      _ title: String, _ label: String, measured: (BlockadedPoint) -> Estimate,
      known: (RydbergDiagonalization.Averages) -> Double
    ) -> Figure.Panel {
      var series: [Figure.Series] = []
      for (color, column) in shown.enumerated() {
        let estimates = points.map { measured($0[column]) }
        series.append(
          .init(
            "T = \(Self.short(1 / Self.betas[column]))", x: Self.detunings,
            y: estimates.map(\.value), errors: estimates.map(\.error), style: .points,
            color: color))
        series.append(
          .init(
            color == 0 ? "exact" : "", x: Self.detunings,
            y: Self.detunings.indices.map { known(averages($0, column)) }, style: .dashedLine,
            color: color))
      }
      return Figure.Panel(
        title: title, xAxis: .init("detuning / Rabi frequency"), yAxis: .init(label),
        series: series)
    }
    return [
      panel(
        "Ring of twelve: energy", "energy per atom", measured: \.energy,
        known: { $0.energy / Double(Self.siteCount) }),
      panel("Ring of twelve: density", "density", measured: \.density, known: \.density),
    ]
  }

  private static func short(_ x: Double) -> String {
    Estimate.fixed(x, digits: x < 1 ? 3 : 0)
  }

  var remarks: [String] {
    [
      "Ring: Omega = 1, detunings \(Self.detunings[0]) to \(Self.detunings.last!), beta \(Self.betas[0]) to \(Self.betas.last!), four chains at each point."
    ]
  }
}

/// What chains of one array at one temperature measured.
struct BlockadedPoint: Sendable {
  let energy: Estimate
  let density: Estimate
  /// Of every chain alone.
  let densities: [Estimate]

  init(_ array: RydbergArray, beta: Double, sweeps: Int, seed: Seed) throws {
    let chains = try (0..<4).map {
      try RydbergSeries(array, beta: beta, seed: seed.child("chain", $0))
    }
    let runner = ChainRunner(
      chains: chains, lengths: .init(sweeps: sweeps, burnIn: max(200, sweeps / 5)))
    // Points run side by side; a point is one thread's.
    runner.advance(pool: WorkerPool(threadCount: 1))
    let recording = runner.recording
    let density = recording[RydbergSeries.density]!
    energy = recording[.energyPerSite]!.estimate()
    self.density = density.estimate()
    densities = density.chains.map { Series($0).estimate() }
  }

  /// Densities of the chains from their weighted mean, in standard errors, spread over one degree of freedom less.
  var seedDistances: [Double] {
    let weights = densities.map { 1 / ($0.error * $0.error) }
    let mean =
      zip(weights, densities).reduce(0) { $0 + $1.0 * $1.1.value } / weights.reduce(0, +)
    let count = Double(densities.count)
    return densities.map { ($0.value - mean) / $0.error * (count / (count - 1)).squareRoot() }
  }
}

extension StudyFinding {
  /// The mean square of distances in standard errors.
  static func chiSquare(
    _ key: String, _ what: String, _ pulls: [Double], _ reference: String
  ) -> StudyFinding {
    let count = Double(pulls.count)
    return StudyFinding(
      key, what,
      measured: Estimate(
        pulls.reduce(0) { $0 + $1 * $1 } / count, error: (2 / count).squareRoot()),
      // Errors are themselves estimated.
      systematicError: 0.1, expected: .value(1, error: 0), reference: reference)
  }
}
