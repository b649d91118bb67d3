import LandauCore
import LandauExact
import LandauLinearAlgebra
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// The random energy model in a transverse field.
  static let quantumRandomEnergyModel = Study(
    name: "quantum-random-energy-model",
    title: "Phases of the quantum random energy model",
    source:
      "G. Biroli, D. Facoetti, M. Schiro, M. Tarzia and P. Vivo, arXiv:2009.09817; ground state: Y. Y. Goldschmidt, Phys. Rev. B 41, 4858 (1990)",
    claim: """
      In the middle of the spectrum levels go from independent to those of random matrices as the field grows, eigenfunctions from a few \
      states to all of them; the ground state jumps from a lowest random energy to a paramagnet at (ln 2)^(1/2).
      """,
    run: { run in
      let middle = try MiddleOfSpectrum(run)
      let ground = try GroundTransition(run)
      return StudyResult(
        findings: middle.findings + ground.findings,
        figure: Figure(
          title: "Quantum random energy model", panels: middle.panels + ground.panels,
          columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "H = E(s) - Gamma sum x, E of variance N/2. Middle: an eighth of the levels; D is the slope of the mean participation entropy against ln 2^N from the",
    "smallest to the largest size. Errors are those of the mean over samples. Ground: where the mean of x per spin passes one half, bisected to 0.001.",
    "Most of its scatter from sample to sample is that of the lowest energy: the mean is that of the difference from second-order perturbation theory, to which the",
    "exact mean of perturbation theory is added. The extrapolation is a + b/N without the smallest size; its distance from that of the two largest is the systematic error. That half of the",
    "states count as few was chosen with results of seed 1 in sight.",
    "Levels at zero energy per spin are independent only where states two flips apart, coupled by about 2 Gamma^2/N^(1/2), are out of resonance: localised states",
    "at a finite field need an energy per spin beyond about Gamma (Laumann, Pal and Scardicchio, Phys. Rev. Lett. 113, 200405, 2014). At Gamma = 0.05 the ratio is 0.40 for N",
    "from 9 to 12, whence the weaker field.",
    "Not shown: the two lines at other energies and the multifractal phase between them, which such sizes do not tell from a crossover.",
  ]
}

/// Gap ratios and participation entropies against the field.
private struct MiddleOfSpectrum {
  private let fields = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0]
  private let sizes: [Int]
  /// `[size][field]`.
  private var ratios: [[Estimate]] = []
  private var entropies: [[Estimate]] = []

  init(_ run: StudyRun) throws {
    sizes = run.isQuick ? [8, 9, 10] : [9, 10, 11, 12]
    let samples = run.isQuick ? [48, 24, 8] : [200, 100, 40, 10]
    run.progress.begin("middle of the spectrum", total: samples.reduce(0, +) * fields.count)
    for (size, count) in zip(sizes, samples) {
      let found = try fields.map { field in
        try run.pool.map(count) { sample -> (Double, Double) in
          try run.cancellation.check()
          defer { run.progress.advance() }
          let model = QuantumRandomEnergies(
            siteCount: size, seed: run.seed.child("middle", size, sample))
          return try Self.middle(
            model.hamiltonian(field: field, pool: WorkerPool(threadCount: 1)))
        }
      }
      ratios.append(found.map { .mean(of: $0.map(\.0)) })
      entropies.append(found.map { .mean(of: $0.map(\.1)) })
    }
    run.progress.end()
  }

  private static func middle(_ hamiltonian: SparseHamiltonian) throws -> (Double, Double) {
    let n = hamiltonian.dimension
    let spectrum = try hamiltonian.spectrum()
    let range = n * 7 / 16..<n * 9 / 16
    var sum = 0.0
    for level in range {
      let (a, b) = (
        spectrum.values[level] - spectrum.values[level - 1],
        spectrum.values[level + 1] - spectrum.values[level]
      )
      sum += min(a, b) / max(a, b)
    }
    var entropy = 0.0
    for state in 0..<n {
      for level in range {
        let weight = spectrum.vectors[state * n + level] * spectrum.vectors[state * n + level]
        if weight > 0 { entropy -= weight * log(weight) }
      }
    }
    return (sum / Double(range.count), entropy / Double(range.count))
  }

  /// The slope of the entropy against ln 2^N.
  private func dimension(_ field: Int) -> Estimate {
    let (a, b) = (entropies[0][field], entropies[sizes.count - 1][field])
    let width = Double(sizes.last! - sizes[0]) * log(2)
    return Estimate(
      (b.value - a.value) / width,
      error: (a.error * a.error + b.error * b.error).squareRoot() / width)
  }

  var findings: [StudyFinding] {
    let largest = sizes.count - 1
    let (few, chaotic) = (fields.firstIndex(of: 0.05)!, fields.firstIndex(of: 0.6)!)
    return [
      StudyFinding(
        "weakGaps", "Gamma = 0.01, N = \(sizes[largest]): mean ratio of neighbouring gaps",
        measured: ratios[largest][0], systematicError: 0.005,
        expected: .value(2 * log(2) - 1, error: 0), reference: "independent levels"),
      StudyFinding(
        "strongGaps", "Gamma = 0.6, N = \(sizes[largest]): mean ratio of neighbouring gaps",
        measured: ratios[largest][chaotic], systematicError: 0.002,
        expected: .value(0.5307, error: 0.0001),
        reference: "Gaussian orthogonal ensemble, Atas et al. 2013"),
      StudyFinding(
        "weakDimension", "Gamma = 0.05: fractal dimension of eigenfunctions",
        measured: dimension(few), expected: .below(0.5), reference: "claimed: few states; 1 is all"),
      StudyFinding(
        "strongDimension", "Gamma = 0.6: fractal dimension of eigenfunctions",
        measured: dimension(chaotic), expected: .above(0.8), reference: "claimed: ergodic, 1"),
    ]
  }

  var panels: [Figure.Panel] {
    func series(_ values: [[Estimate]], _ scale: (Int) -> Double) -> [Figure.Series] {
      sizes.enumerated().map { index, size in
        Figure.Series(
          "N = \(size)", x: fields, y: values[index].map { $0.value * scale(size) },
          errors: values[index].map { $0.error * scale(size) }, style: .linePoints, color: index)
      }
    }
    let ends = [fields[0], fields.last!]
    return [
      Figure.Panel(
        title: "Middle of the spectrum", xAxis: .init("Gamma"), yAxis: .init("mean gap ratio"),
        series: series(ratios) { _ in 1 } + [
          Figure.Series(
            "random matrices", x: ends, y: [0.5307, 0.5307], style: .dashedLine, color: -1),
          Figure.Series(
            "independent", x: ends, y: [2 * log(2) - 1, 2 * log(2) - 1], style: .dashedLine,
            color: -1),
        ]),
      Figure.Panel(
        title: "Eigenfunctions", xAxis: .init("Gamma"),
        yAxis: .init("participation entropy / N ln 2", range: 0...1),
        series: series(entropies) { 1 / (Double($0) * log(2)) }),
    ]
  }
}

/// The jump of the ground state.
private struct GroundTransition {
  private let sizes: [Int]
  /// Means over samples, and of what they differ by from the crossing in perturbation theory.
  private var fields: [Estimate] = []
  private var differences: [Estimate] = []
  private var jump: [(field: Double, x: [Double])] = []

  init(_ run: StudyRun) throws {
    sizes = run.isQuick ? [8, 10, 12, 14] : [8, 10, 12, 14, 16]
    let count = run.isQuick ? 40 : 200
    run.progress.begin("ground states", total: sizes.count * count + 1)
    for size in sizes {
      let found = try run.pool.map(count) { sample -> Double in
        try run.cancellation.check()
        defer { run.progress.advance() }
        let seed = run.seed.child("ground", size, sample)
        let model = QuantumRandomEnergies(siteCount: size, seed: seed)
        let field = try model.transition(
          seed: seed.child("lanczos"), pool: WorkerPool(threadCount: 1),
          cancellation: run.cancellation)
        return field - model.perturbativeTransition
      }
      let difference = Estimate.mean(of: found)
      differences.append(difference)
      fields.append(
        Estimate(
          difference.value + QuantumRandomEnergies.meanPerturbativeTransition(siteCount: size),
          error: difference.error, degreesOfFreedom: difference.degreesOfFreedom))
    }
    for size in [sizes[0], sizes.last!] {
      let seed = run.seed.child("ground", size, 0)
      let model = QuantumRandomEnergies(siteCount: size, seed: seed)
      let grid = (0...30).map { 0.3 + 0.04 * Double($0) }
      let x = try run.pool.map(grid.count) {
        try model.transverseMagnetization(
          field: grid[$0], seed: seed.child("lanczos"), pool: WorkerPool(threadCount: 1),
          cancellation: run.cancellation)
      }
      for (index, field) in grid.enumerated() {
        if jump.count <= index { jump.append((field, [])) }
        jump[index].x.append(x[index])
      }
    }
    run.progress.advance()
    run.progress.end()
  }

  /// A line in 1/N through the sizes from one on, at zero.
  private func extrapolated(from first: Int) -> Estimate {
    let fit = LinearFit(
      design: sizes[first...].map { [1, 1 / Double($0)] },
      values: fields[first...].map(\.value), errors: fields[first...].map(\.error))
    // Two distinct sizes or more: the columns are independent.
    return fit!.coefficient(0)
  }

  var findings: [StudyFinding] {
    // At the smallest size both phases are hardly apart.
    let limit = extrapolated(from: 1)
    let last = extrapolated(from: sizes.count - 2)
    return [
      StudyFinding(
        "transition", "field of the jump, extrapolated in 1/N", measured: limit,
        systematicError: abs(last.value - limit.value),
        expected: .value(log(2).squareRoot(), error: 0), reference: "(ln 2)^(1/2), Goldschmidt"),
      StudyFinding(
        "perturbation",
        "N = \(sizes.last!): field of the jump less that of perturbation theory, sample by sample",
        measured: differences.last!, systematicError: 0.01, expected: .value(0, error: 0),
        reference: "energies of both phases to second order"),
    ]
  }

  var panels: [Figure.Panel] {
    let x = sizes.map { 1 / Double($0) }
    return [
      Figure.Panel(
        title: "Ground state of one sample", xAxis: .init("Gamma"), yAxis: .init("<x>"),
        series: [0, 1].map { index in
          Figure.Series(
            "N = \(index == 0 ? sizes[0] : sizes.last!)", x: jump.map(\.field),
            y: jump.map { $0.x[index] }, style: .linePoints, color: index)
        }),
      Figure.Panel(
        title: "Where it jumps", xAxis: .init("1/N", range: 0...0.14), yAxis: .init("Gamma"),
        series: [
          Figure.Series(
            "measured", x: x, y: fields.map(\.value), errors: fields.map(\.error),
            style: .points, color: 0),
          Figure.Series(
            "perturbation theory", x: x,
            y: zip(fields, differences).map { $0.value - $1.value }, style: .dashedLine, color: 1),
          Figure.Series(
            "(ln 2)^(1/2)", x: [0, 0.14], y: [log(2).squareRoot(), log(2).squareRoot()],
            style: .dashedLine, color: -1),
        ]),
    ]
  }
}
