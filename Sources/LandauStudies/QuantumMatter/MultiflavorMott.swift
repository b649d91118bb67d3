import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Exchange of many flavours: SU(N) rings against Sutherland's solution.
  static let multiflavorMott = Study(
    name: "multiflavor-mott",
    title: "Exchange of many flavours in Mott insulators",
    source:
      "G. Chen and C. Wu, Multiflavor Mott insulators in quantum materials and ultracold atoms, arXiv:2112.02630; B. Sutherland, Phys. Rev. B 12, 3795 (1975)",
    claim: """
      Flavours that hop alike give the exchange sum P(i, i+1) of SU(N) symmetry; of spin and orbital it is the Kugel-Khomskii model at N = 4. \
      The chain is a liquid of N - 1 massless bosons.
      """,
    run: { run in
      let scans = try [2, 3, 4].map { try ColorScan(colors: $0, run) }
      let difference = try SpinOrbitalRing.largestDifference(
        lengths: run.isQuick ? [4] : [4, 8], run)
      return StudyResult(
        findings: scans.flatMap(\.findings) + [
          .bounded(
            "spinOrbital",
            "Kugel-Khomskii rings at the SU(4) point: largest distance of ground energies per site",
            difference, 1e-10, "the same operator in two bases")
        ],
        figure: Figure(
          title: "Rings of SU(N) exchange", panels: [energyPanel(scans), amplitudePanel(scans)],
          columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "Ground energies by Lanczos among the states with as many sites of every colour. The extrapolation is e + b/L^2 + d/L^4 through the",
    "three longest rings; half its distance from e + b/L^2 through the two longest is the systematic error. Logarithms of L, which",
    "marginal operators bring, are left out and make b converge slowly: its comparison takes the whole distance.",
    "Not shown: the other models of the review (J = 3/2 without SU(4), Sp(N), two dimensions).",
  ]

  private static func energyPanel(_ scans: [ColorScan]) -> Figure.Panel {
    Figure.Panel(
      title: "Ground energy", xAxis: .init("1/L^2"), yAxis: .init("energy per site"),
      series: scans.enumerated().flatMap { color, scan in
        [
          Figure.Series(
            "SU(\(scan.colors))", x: scan.inverseSquares, y: scan.energies, style: .points,
            color: color),
          Figure.Series(
            color == 0 ? "Sutherland" : "", x: [0, scan.inverseSquares[0]],
            y: [scan.exact, scan.exact], style: .dashedLine, color: color),
        ]
      })
  }

  private static func amplitudePanel(_ scans: [ColorScan]) -> Figure.Panel {
    Figure.Panel(
      title: "Casimir energy", xAxis: .init("1/L^2"),
      yAxis: .init("(e(L) - e) L^2, in units of -pi v c/6"),
      series: scans.enumerated().map { color, scan in
        Figure.Series(
          "SU(\(scan.colors))", x: scan.inverseSquares,
          y: zip(scan.energies, scan.inverseSquares).map {
            ($0 - scan.exact) / ($1 * scan.exactAmplitude)
          }, style: .linePoints, color: color)
      } + [
        Figure.Series(
          "conformal", x: [0, scans.last!.inverseSquares[0]], y: [1, 1], style: .dashedLine,
          color: -1)
      ])
  }
}

/// Rings of one number of colours.
private struct ColorScan {
  let colors: Int
  let lengths: [Int]
  let energies: [Double]

  init(colors: Int, _ run: StudyRun) throws {
    self.colors = colors
    lengths =
      switch colors {
      case 2: Array(stride(from: 6, through: run.isQuick ? 18 : 24, by: 2))
      case 3: [6, 9, 12] + (run.isQuick ? [] : [15])
      default: [4, 8, 12]
      }
    run.progress.begin("SU(\(colors))", total: lengths.count)
    energies = try lengths.map { length in
      let energy = try ColorRing(colors: colors, length: length, pool: run.pool).energyPerSite(
        seed: run.seed.child("ring", colors, length), cancellation: run.cancellation)
      run.progress.advance()
      return energy
    }
    run.progress.end()
  }

  var inverseSquares: [Double] { lengths.map { 1 / Double($0 * $0) } }

  /// Sutherland: e = -1 + 2 sum over k > 1 of (-1)^k zeta(k)/N^k, where zeta(k) is summed over n: each n gives x^2/(n (n + x)), x = 1/N.
  var exact: Double {
    let x = 1 / Double(colors)
    let last = 100_000
    let sum = (1...last).reduce(0.0) { $0 + x * x / (Double($1) * (Double($1) + x)) }
    // The rest as an integral from the middle of the next interval.
    let tail = x * log1p(x / (Double(last) + 0.5))
    return -1 + 2 * (sum + tail)
  }

  /// -pi v c/6 with velocity v = 2 pi/N and c = N - 1.
  var exactAmplitude: Double {
    -Double.pi / 6 * 2 * Double.pi / Double(colors) * Double(colors - 1)
  }

  /// e and b of e + b/L^2 through the two longest rings, and with d/L^4 through three.
  private var fits: (two: (e: Double, b: Double), three: (e: Double, b: Double)) {
    let (x, y) = (Array(inverseSquares.suffix(3)), Array(energies.suffix(3)))
    let slope = (y[2] - y[1]) / (x[2] - x[1])
    let curvature = (slope - (y[1] - y[0]) / (x[1] - x[0])) / (x[2] - x[0])
    // Newton's form at zero, and its derivative there.
    return (
      (y[2] - slope * x[2], slope),
      (
        y[2] - slope * x[2] + curvature * x[2] * x[1], slope - curvature * (x[2] + x[1])
      )
    )
  }

  var findings: [StudyFinding] {
    let fits = fits
    let amplitude = fits.three.b / exactAmplitude
    return [
      StudyFinding(
        "su\(colors)Energy", "energy per site of the infinite SU(\(colors)) chain",
        measured: Estimate(fits.three.e, error: 0),
        systematicError: abs(fits.three.e - fits.two.e) / 2, expected: .value(exact, error: 0),
        reference: "Sutherland 1975"),
      StudyFinding(
        "su\(colors)Casimir", "its Casimir energy in units of -pi v (N - 1)/6",
        measured: Estimate(amplitude, error: 0),
        systematicError: abs(fits.three.b - fits.two.b) / abs(exactAmplitude),
        expected: .value(1, error: 0), reference: "SU(N) at level one, v = 2 pi/N"),
    ]
  }
}

/// Spins and orbitals with (1/2 + 2 s.s')(1/2 + 2 t.t') on the bonds of a ring.
private enum SpinOrbitalRing {
  /// In Pauli matrices the exchange of spins is (1 + x x' + y y' + z z')/2, that of orbitals the same.
  static func hamiltonian(length: Int) -> PauliSum {
    var sum = PauliSum(siteCount: 2 * length)
    for i in 0..<length {
      let j = (i + 1) % length
      let axes: [SpinAxis?] = [nil, .x, .y, .z]
      for spin in axes {
        for orbital in axes {
          let factors = [(spin, 0), (orbital, 1)].flatMap { axis, offset in
            axis.map { [PauliSum.Factor($0, 2 * i + offset), .init($0, 2 * j + offset)] } ?? []
          }
          sum.add(0.25, factors)
        }
      }
    }
    return sum
  }

  static func largestDifference(lengths: [Int], _ run: StudyRun) throws -> Double {
    try lengths.reduce(0) { largest, length in
      let seed = run.seed.child("spin-orbital", length)
      let colors = try ColorRing(colors: 4, length: length, pool: run.pool).energyPerSite(
        seed: seed, cancellation: run.cancellation)
      let pauli =
        try SpinDiagonalization(hamiltonian(length: length), pool: run.pool).lowest(
          1, seed: seed, cancellation: run.cancellation)[0].energy / Double(length)
      return max(largest, abs(colors - pauli))
    }
  }
}
