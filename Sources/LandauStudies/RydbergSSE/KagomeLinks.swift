import LandauCore
import LandauExact
import LandauLattice

/// Atoms on the links of the kagome lattice, those that share a site blocking each other, at low temperatures over detunings.
///
/// States are sets of dimers. Each covers two sites, and each site has four half links, so that 4 n of all sites are covered on a torus.
struct KagomeLinks: Sendable {
  static let detunings = [-1, 0, 0.5, 1, 1.25, 1.5, 1.75, 2, 2.5, 3]

  /// One cluster over all detunings.
  struct Scan: Sendable {
    var name: String
    var detunings: [Double]
    /// Atoms, and sites that they may cover.
    var linkCount: Int
    var vertexCount: Int
    var points: [BlockadedPoint]
    /// Empty where it is too large.
    var exact: [RydbergDiagonalization.Averages]
    var stateCount: Int?

    func covered(_ density: Double) -> Double {
      2 * density * Double(linkCount) / Double(vertexCount)
    }
  }

  private struct Cluster: Sendable {
    var name: String
    var sides: [Int]
    var boundary: Lattice.Boundary
    var beta: Double
    var isExact: Bool

    var detunings: [Double] {
      isExact ? KagomeLinks.detunings : KagomeLinks.detunings.filter { $0 <= 1.5 }
    }
  }

  let scans: [Scan]

  init(_ run: StudyRun) throws {
    // Lines move dimers of a large cluster slowly: it is looked at where it is warmer, and not full.
    var clusters: [Cluster] = [
      .init(name: "open 2x2, 17 links", sides: [2, 2], boundary: .open, beta: 10, isExact: true),
      .init(
        name: "torus 4x4, 96 links", sides: [4, 4], boundary: .periodic, beta: 5, isExact: false),
    ]
    if !run.isQuick {
      clusters.append(
        .init(
          name: "torus 2x2, 24 links", sides: [2, 2], boundary: .periodic, beta: 10, isExact: true))
    }
    let sweeps = run.isQuick ? 4000 : 40_000
    run.progress.begin("links of kagome", total: clusters.reduce(0) { $0 + $1.detunings.count })
    scans = try clusters.enumerated().map { number, cluster in
      let lattice = try Lattice.named(
        "kagome", sides: cluster.sides, boundary: [cluster.boundary])
      let results = try run.pool.map(cluster.detunings.count) {
        index -> (BlockadedPoint, RydbergDiagonalization.Averages?) in
        try run.cancellation.check()
        defer { run.progress.advance() }
        let array = try RydbergArray.links(
          of: lattice, rabi: 1, detuning: cluster.detunings[index])
        let exact =
          cluster.isExact
          ? try RydbergDiagonalization(array).canonicalAverages(beta: cluster.beta) : nil
        let point = try BlockadedPoint(
          array, beta: cluster.beta, sweeps: cluster.isExact ? sweeps : 4 * sweeps,
          seed: run.seed.child("links", number).child("detuning", index))
        return (point, exact)
      }
      let array = try RydbergArray.links(of: lattice, rabi: 1, detuning: 0)
      return Scan(
        name: cluster.name, detunings: cluster.detunings, linkCount: lattice.bondCount,
        vertexCount: lattice.siteCount,
        points: results.map(\.0), exact: results.compactMap(\.1),
        stateCount: cluster.isExact ? RydbergDiagonalization.states(array).count : nil)
    }
    run.progress.end()
  }

  var findings: [StudyFinding] {
    scans.filter { !$0.exact.isEmpty }.flatMap { scan -> [StudyFinding] in
      let links = Double(scan.linkCount)
      let energies = zip(scan.points, scan.exact).map { $0.energy.pull(to: $1.energy / links) }
      let densities = zip(scan.points, scan.exact).map { $0.density.pull(to: $1.density) }
      let key = "links\(scan.linkCount)"
      let reference =
        "exact diagonalisation of \(scan.stateCount ?? 0) states; \(energies.count) detunings, T = 0.1"
      return [
        .chiSquare(
          key + "Energy", "kagome, \(scan.name), energy: chi-square per point", energies, reference),
        .chiSquare(
          key + "Density", "kagome, \(scan.name), density: chi-square per point", densities,
          reference),
      ]
    }
      + scans.filter { !$0.exact.isEmpty }.map { scan in
        .chiSquare(
          "links\(scan.linkCount)Seeds", "kagome, \(scan.name): seeds, chi-square per degree",
          scan.points.flatMap(\.seedDistances), "densities of four seeds at each detuning")
      }
  }

  var panels: [Figure.Panel] {
    var energies: [Figure.Series] = []
    var covered: [Figure.Series] = []
    for (color, scan) in scans.enumerated() {
      let links = Double(scan.linkCount)
      energies.append(
        .init(
          scan.name, x: scan.detunings, y: scan.points.map(\.energy.value),
          errors: scan.points.map(\.energy.error), style: .points, color: color))
      covered.append(
        .init(
          scan.name, x: scan.detunings, y: scan.points.map { scan.covered($0.density.value) },
          errors: scan.points.map { scan.covered($0.density.error) }, style: .points, color: color))
      guard !scan.exact.isEmpty else { continue }
      energies.append(
        .init(
          "exact", x: scan.detunings, y: scan.exact.map { $0.energy / links }, style: .dashedLine,
          color: color))
      covered.append(
        .init(
          "exact", x: scan.detunings, y: scan.exact.map { scan.covered($0.density) },
          style: .dashedLine, color: color))
    }
    return [
      Figure.Panel(
        title: "Links of kagome, T = 0.1 (torus 4x4: 0.2): energy",
        xAxis: .init("detuning / Rabi frequency"),
        yAxis: .init("energy per link"), series: energies),
      Figure.Panel(
        title: "Links of kagome: sites covered by dimers",
        xAxis: .init("detuning / Rabi frequency"), yAxis: .init("fraction", range: 0...1),
        series: covered),
    ]
  }

  var remarks: [String] {
    let largest = scans.first { $0.exact.isEmpty }
    guard let largest else { return [] }
    let filled = zip(largest.detunings, largest.points).map { detuning, point in
      let value = Estimate(
        largest.covered(point.density.value), error: largest.covered(point.density.error))
      return "\(detuning): \(value)"
    }
    let seeds = zip(largest.detunings, largest.points).map { detuning, point in
      let square = point.seedDistances.reduce(0) { $0 + $1 * $1 } / 4
      return "\(detuning): \(Estimate.fixed(square, digits: 1))"
    }
    return [
      "Kagome, \(largest.name), T = 0.2: sites covered by dimers by detuning, \(filled.joined(separator: ", ")); chi-square per degree among its seeds, \(seeds.joined(separator: ", ")).",
      "The blockade is that of links that share a site; tails of the interaction are left out.",
    ]
  }
}
