import LandauCore
import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// What methods that ask nothing find in snapshots of the Ising model.
  static let unsupervisedIsing = Study(
    name: "unsupervised-ising",
    title: "Unsupervised looks at the Ising model",
    source:
      "L. Wang, Phys. Rev. B 94, 195105 (2016), arXiv:1606.00318; S. J. Wetzel, Phys. Rev. E 96, 022140 (2017), arXiv:1703.02435; A. Cole, G. J. Loges and G. Shiu, Phys. Rev. B 104, 104426 (2021), arXiv:2009.14231",
    claim: """
      The leading principal component of snapshots is the magnetisation, clusters along it change at the \
      transition, and the persistent homology of the domains tells the phases apart.
      """,
    run: { run in
      let looks = try IsingLook.all(run)
      return StudyResult(
        findings: UnsupervisedIsingReport.findings(looks),
        figure: UnsupervisedIsingReport.figure(looks), remarks: remarks)
    })

  private static let remarks = [
    "Square lattice, T from 1.6 to 3.2, Wolff updates, eight chains per temperature. Components and clusters are found from the whole scan",
    "at a time; the place of a change is the steepest rise of what a sample's cluster says of the temperature. It need not be at T_c on a",
    "finite lattice; the limit is a straight line in 1/L, with half the change between the powers 3/4 and 4/3 of 1/L added.",
    "Holes: loops of the majority's domains at the level of the walls, nearly all of them islands of the minority. Lattices of 16 and more have",
    "most of them near T_c, fewer at T = 2.6, and more again towards infinite temperature; 2.6 was chosen with that curve in sight. Persistence entropy grows",
    "like the logarithm of the number of features, so it rises fastest where they first appear, far below T_c: its slope locates nothing.",
    "The floor is that of independent noise; spins that interact stand above it without any order.",
  ]
}

/// One lattice size.
struct IsingLook: Sendable {
  static let criticalTemperature = 2 / log(1 + 2.0.squareRoot())
  static let temperatures = (0..<33).map { 1.6 + 0.05 * Double($0) }

  let side: Int
  let look: UnsupervisedLook
  /// Persistence entropy of loops, at each temperature.
  let entropy: [Estimate]
  /// Loops of the majority's domains per site.
  let holes: [Estimate]
  /// Mean Betti numbers per site of the sets {distance to walls <= level}, `[temperature shown][dimension][level]`.
  let betti: [[[Double]]]
  static let shown = [4, 13, 20]  // 1.8, 2.25, 2.6
  static let levels = (-5...4).map { Double($0) + 0.5 }

  static func all(_ run: StudyRun) throws -> [IsingLook] {
    let sides = run.isQuick ? [8, 12, 16, 24] : [8, 12, 16, 24, 32, 48, 64]
    run.progress.begin("lattices", total: sides.count * temperatures.count)
    defer { run.progress.end() }
    return try sides.map { try IsingLook(side: $0, run) }
  }

  private init(side: Int, _ run: StudyRun) throws {
    self.side = side
    let snapshots = try IsingTemperatureScan.snapshots(
      side: side, temperatures: Self.temperatures, perChain: run.isQuick ? 40 : 250, run)
    look = try UnsupervisedLook(snapshots, seed: run.seed.child("look", side))
    let some = snapshots.selecting(snapshots.samples(perParameter: run.isQuick ? 64 : 400))
    let diagrams = try run.pool.map(some.sampleCount) { sample in
      try run.cancellation.check()
      return some.persistence(ofSample: sample, filtration: .wallDistance)
    }
    let scan = ScanFolds(some)
    let sites = Double(side * side)
    entropy = scan.means(of: diagrams.map { $0.entropy(dimension: 1) })
    holes = scan.means(
      of: diagrams.map { Double($0.bettiNumbers(at: -0.5, upTo: 1)[1]) / sites })
    betti = Self.shown.map { index in
      let rows = some.parameterIndex.indices.filter { some.parameterIndex[$0] == Int32(index) }
      return (0...1).map { dimension in
        Self.levels.map { level in
          rows.reduce(0) {
            $0 + Double(diagrams[$1].bettiNumbers(at: level, upTo: 1)[dimension])
          } / (Double(rows.count) * sites)
        }
      }
    }
  }

  /// The place on this lattice where clusters change, for the limit; nil where there is none inside the scan.
  var point: Extrapolation.Point? {
    guard let change = look.change, change.kind == .located else { return nil }
    return Extrapolation.Point(
      linearSize: Double(side), location: change.location, spread: 0, scan: Self.temperatures)
  }
}
