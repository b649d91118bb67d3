import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Off-diagonal matrix elements of observables between energy eigenstates.
  static let offDiagonalETH = Study(
    name: "eth-offdiagonal",
    title: "Off-diagonal eigenstate thermalisation",
    source:
      "M. Lu, M. C. Banuls et al., Probing off-diagonal eigenstate thermalization with tensor networks (filters and tensor networks there, exact here); the ratio: T. LeBlond et al., Phys. Rev. E 100, 062134 (2019)",
    claim: """
      In chaotic chains off-diagonal elements are normal numbers of a variance that falls as the inverse dimension; in integrable ones they are far \
      from normal.
      """,
    run: { run in
      let lengths = run.isQuick ? [10, 12, 14] : [10, 12, 14, 16]
      let chains = try [0.5, 0].map { nextNearest in
        try EigenstateElements(nextNearest: nextNearest, lengths: lengths, run)
      }
      return StudyResult(
        findings: chains[0].chaoticFindings + chains[1].integrableFindings,
        figure: Figure(
          title: "Elements of z z' in the middle of a chain of \(lengths.last!) spins",
          panels: EigenstateElements.panels(chains), columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "Open chains sum (x x' + y y' + 0.55 z z') + l sum z z'', l = 0.5 (chaotic) and 0 (integrable), half of the spins up, even under reflection and flip; all",
    "levels. Pairs: both among the middle third of the levels. The ratio is taken in bins of energy difference, whose scatter is its error, so",
    "that the smooth dependence of the variance on the difference does not enter.",
    "Not shown: energy filters with tensor networks, and longer chains.",
  ]
}

/// Statistics of <a|O|b> in chains of several lengths.
private struct EigenstateElements {
  private static let binCount = 20
  /// The largest difference of energies, a share of the width of the middle third.
  private static let reach = 0.5

  let nextNearest: Double
  let lengths: [Int]
  private var dimensions: [Int] = []
  private var ratios: [[Double]] = []
  private var variances: [Double] = []
  private var spacing: [Estimate] = []
  /// Elements over the root of the variance of their bin, of the longest chain.
  private var scaled: [Double] = []

  init(nextNearest: Double, lengths: [Int], _ run: StudyRun) throws {
    self.nextNearest = nextNearest
    self.lengths = lengths
    run.progress.begin("l = \(nextNearest)", total: lengths.count)
    for length in lengths {
      try run.cancellation.check()
      try add(length, run.pool)
      run.progress.advance()
    }
    run.progress.end()
  }

  private mutating func add(_ length: Int, _ pool: WorkerPool) throws {
    var hamiltonian = PauliSum(siteCount: length)
    for i in 0..<length - 1 {
      hamiltonian.add(1, [.x(i), .x(i + 1)])
      hamiltonian.add(1, [.y(i), .y(i + 1)])
      hamiltonian.add(0.55, [.z(i), .z(i + 1)])
      if i + 2 < length { hamiltonian.add(nextNearest, [.z(i), .z(i + 2)]) }
    }
    var observable = PauliSum(siteCount: length)
    observable.add(1, [.z(length / 2 - 1), .z(length / 2)])
    let basis = SpinBasis(
      siteCount: length, downCount: length / 2,
      group: SpinSymmetryGroup(
        siteCount: length,
        generators: [.reflection(siteCount: length), .spinFlip(siteCount: length)]))
    let levels = try SpinDiagonalization(hamiltonian, basis: basis, pool: pool).spectrum()
    let middle = Array(levels[levels.count / 3..<2 * levels.count / 3])
    let elements = try SpinDiagonalization(observable, basis: basis, pool: pool).elements(
      between: middle)
    dimensions.append(basis.dimension)
    let gaps = zip(middle, middle.dropFirst()).map { $1.energy - $0.energy }
    spacing.append(
      .mean(of: zip(gaps, gaps.dropFirst()).map { min($0, $1) / max($0, $1) }))
    let width = Self.reach * (middle.last!.energy - middle[0].energy)
    var bins = [[Double]](repeating: [], count: Self.binCount)
    for a in middle.indices {
      for b in 0..<a {
        let difference = middle[a].energy - middle[b].energy
        guard difference < width else { continue }
        bins[Int(difference / width * Double(Self.binCount))].append(
          elements[a * middle.count + b])
      }
    }
    let moments = bins.map { bin -> (modulus: Double, square: Double) in
      let count = Double(bin.count)
      return (
        bin.reduce(0) { $0 + abs($1) } / count, bin.reduce(0) { $0 + $1 * $1 } / count
      )
    }
    ratios.append(moments.map { $0.square / ($0.modulus * $0.modulus) })
    variances.append(moments.reduce(0) { $0 + $1.square } / Double(Self.binCount))
    scaled = zip(bins, moments).flatMap { bin, moment in
      bin.map { $0 / moment.square.squareRoot() }
    }
  }

  private var ratio: Estimate { .mean(of: ratios.last!) }

  /// The slope of ln variance against ln dimension; the error is the scatter of slopes from size to size.
  private var slope: Estimate {
    let points = zip(dimensions, variances).map { (log(Double($0)), log($1)) }
    return .mean(
      of: zip(points, points.dropFirst()).map { ($1.1 - $0.1) / ($1.0 - $0.0) })
  }

  var chaoticFindings: [StudyFinding] {
    [
      StudyFinding(
        "chaoticRatio", "l = 0.5: mean square over squared mean modulus",
        measured: ratio, expected: .value(Double.pi / 2, error: 0), reference: "normal numbers"),
      StudyFinding(
        "chaoticScaling", "l = 0.5: power of the dimension that the variance follows",
        measured: slope, systematicError: 0.05, expected: .value(-1, error: 0),
        reference: "eigenstate thermalisation"),
      StudyFinding(
        "chaoticGaps", "l = 0.5: mean ratio of neighbouring gaps", measured: spacing.last!,
        systematicError: 0.005, expected: .value(0.5307, error: 0.0001),
        reference: "Gaussian orthogonal ensemble, Atas et al. 2013"),
    ]
  }

  var integrableFindings: [StudyFinding] {
    [
      StudyFinding(
        "integrableRatio", "l = 0: mean square over squared mean modulus", measured: ratio,
        expected: .above(2), reference: "claimed: far from pi/2"),
      StudyFinding(
        "integrableGaps", "l = 0: mean ratio of neighbouring gaps", measured: spacing.last!,
        systematicError: 0.01, expected: .value(2 * log(2) - 1, error: 0),
        reference: "independent levels"),
    ]
  }

  static func panels(_ chains: [EigenstateElements]) -> [Figure.Panel] {
    let names = ["chaotic", "integrable"]
    let places = (0..<binCount).map { reach * (Double($0) + 0.5) / Double(binCount) }
    var ratios = chains.enumerated().map { color, chain in
      Figure.Series(names[color], x: places, y: chain.ratios.last!, style: .points, color: color)
    }
    ratios.append(
      Figure.Series(
        "normal, pi/2", x: [0, reach], y: [Double.pi / 2, Double.pi / 2], style: .dashedLine,
        color: -1))
    let edges = (0..<80).map { -4 + 0.1 * Double($0) }
    var histograms = chains.enumerated().map { color, chain in
      var counts = [Double](repeating: 0, count: 80)
      for value in chain.scaled where abs(value) < 4 { counts[Int((value + 4) / 0.1)] += 1 }
      let scale = 10 / Double(chain.scaled.count)
      return Figure.Series(
        names[color], x: edges.map { $0 + 0.05 }, y: counts.map { $0 * scale }, color: color)
    }
    histograms.append(
      Figure.Series(
        "normal", x: edges, y: edges.map { exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() },
        style: .dashedLine, color: -1))
    return [
      Figure.Panel(
        title: "Mean square over squared mean modulus",
        xAxis: .init("energy difference / width of the middle third"), yAxis: .init("ratio"),
        series: ratios),
      Figure.Panel(
        title: "Elements", xAxis: .init("element / root of its bin's mean square"),
        yAxis: .init("density"), series: histograms),
      Figure.Panel(
        title: "Variance", xAxis: .init("dimension", logarithmic: true),
        yAxis: .init("mean square", logarithmic: true),
        series: chains.enumerated().map { color, chain in
          Figure.Series(
            names[color], x: chain.dimensions.map(Double.init), y: chain.variances,
            style: .linePoints, color: color)
        }),
    ]
  }
}
