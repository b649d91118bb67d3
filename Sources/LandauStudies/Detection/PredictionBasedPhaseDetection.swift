import LandauCore
import LandauDiscovery
import LandauExact

extension Study {
  /// Four methods of phase detection beside the best that any network could do.
  static let predictionBasedPhaseDetection = Study(
    name: "prediction-based-phase-detection",
    title: "Prediction-based detection of transitions",
    source: """
      F. Schaefer and N. Lorch, Phys. Rev. E 99, 062107 (2019); J. Arnold and F. Schaefer, Phys. Rev. X 12, 031044 (2022)
      """,
    claim: """
      A network trained by squared error to predict the control parameter changes its prediction fastest at the \
      transition; what it and three other methods learn is the optimum that follows from the energy distribution.
      """,
    run: { run in
      let measured = try DetectionOfSquareIsing(run)
      let map = try AnisotropicIsingMap(run)
      return StudyResult(
        findings: measured.findings + map.findings,
        figure: DetectionFigure.figure(measured, map), remarks: measured.remarks)
    })
}

/// The square Ising model over a grid of beta, all methods, sizes and ranges.
struct DetectionOfSquareIsing: Sendable {
  /// ln(1 + sqrt 2)/2.
  static let criticalBeta = 0.440_686_793_509_771_5
  static let betas = (0..<41).map { 0.34 + 0.005 * Double($0) }

  let sides: [Int]
  let methods: [MethodFindings]
  /// Snapshots at each beta.
  let shots: Int

  init(_ run: StudyRun) throws {
    sides = run.isQuick ? [8, 16, 32] : [8, 16, 32, 64]
    shots = run.isQuick ? 384 : 2048
    let sampler = CountedIsingScan(betas: Self.betas, shots: shots)
    run.progress.begin("sampling", total: sides.count * Self.betas.count)
    let ensembles = try sides.map { side in
      try sampler.ensemble(
        side: side, seed: run.seed.child("sampling", side), pool: run.pool, progress: run.progress,
        cancellation: run.cancellation)
    }
    run.progress.end()
    let distributions = try sides.map { side -> ScanDistributions? in
      let torus = try KaufmanTorus(rows: side, columns: side)
      let rows = try run.pool.map(Self.betas.count) { index in
        torus.energyDistribution(beta: Self.betas[index])
      }
      return ScanDistributions(
        parameters: Self.betas, statistic: rows[0].energies,
        probabilities: rows.map(\.probabilities))
    }
    let detection = PhaseDetection(
      windows: [0, 1], steps: run.isQuick ? 400 : 3000, resamples: 200,
      seed: run.seed.child("networks"))
    let regressions = try detection.regressions(
      ensembles, distributions: distributions, steps: run.isQuick ? 1200 : 6000, pool: run.pool,
      progress: run.progress, cancellation: run.cancellation)
    methods = try detection.run(
      ensembles, distributions: distributions, regressions: regressions, pool: run.pool,
      progress: run.progress, cancellation: run.cancellation)
  }

  func findings(of method: DetectionMethod, _ range: ScanRange) -> MethodFindings {
    methods.first { $0.method == method && $0.range == range }!
  }

  var findings: [StudyFinding] { [claimed] + comparisons + limits }

  /// What the catalogue of the method claims: L = 32 within 0.02 of the critical point.
  private var claimed: StudyFinding {
    let size = findings(of: .prediction, .whole).sizes[2]
    let at = size.location.estimate
    return StudyFinding(
      "predictionPeak", "|steepest prediction - beta_c|, L = 32",
      measured: Estimate(abs(at.value - Self.criticalBeta), error: at.error),
      expected: .below(0.02), reference: "claimed; beta_c = ln(1 + sqrt 2)/2 = 0.44069")
  }

  /// Curves against their own optima: chi-square per point over all sizes; locations against locations.
  private var comparisons: [StudyFinding] {
    DetectionMethod.allCases.flatMap { method -> [StudyFinding] in
      let curves = ScanRange.allCases.map { range -> StudyFinding in
        let sizes = findings(of: method, range).sizes.filter { $0.degreesOfFreedom > 0 }
        let points = Double(sizes.reduce(0) { $0 + $1.degreesOfFreedom })
        let chi = sizes.reduce(0) { $0 + ($1.chiSquare ?? .nan) } / points
        return StudyFinding(
          "\(method.rawValue)Curve\(range.rawValue.filter { $0 != " " })",
          "\(method.rawValue), \(range.rawValue): chi-square per point",
          measured: Estimate(chi, error: (2 / points).squareRoot()),
          // Errors are themselves estimated, from eight folds.
          systematicError: 0.1, expected: .value(1, error: 0),
          reference: "the optimum at the same sizes, grid and range; \(Int(points)) points")
      }
      let places = findings(of: method, .whole).sizes.compactMap { size -> StudyFinding? in
        guard let best = size.optimum?.location, size.location.kind == .located else { return nil }
        let side = Int(size.linearSize)
        return StudyFinding(
          "\(method.rawValue)Location\(side)", "\(method.rawValue), location at L = \(side)",
          measured: size.location.estimate, expected: .value(best, error: 0),
          reference: "of the optimal curve on the same grid")
      }
      return curves + places
    }
  }

  /// Locations extrapolated in 1/L.
  private var limits: [StudyFinding] {
    DetectionMethod.allCases.compactMap { method in
      findings(of: method, .whole).extrapolation.map { fit in
        StudyFinding(
          "\(method.rawValue)Limit", "\(method.rawValue), limit of large lattices",
          measured: fit.limit, expected: .value(Self.criticalBeta, error: 0),
          reference: "beta_c, Onsager 1944")
      }
    }
  }

  var remarks: [String] {
    [
      "Square Ising model on tori, \(shots) snapshots (8 chains) at each of \(Self.betas.count) values of beta. Networks see the mean",
      "spin and the mean products of neighbours; each is judged on chains it has not seen. Locations are finite-size ones:",
      "they depend on the range, and only their limit is the critical point.",
    ]
      + methods.map { found in
        let places = found.sizes.map { size -> String in
          let place: String =
            switch size.location.kind {
            case .located: "\(size.location.estimate)"
            case .bracketed(let gap):
              "\(Estimate.fixed(gap.lowerBound, digits: 3))-\(Estimate.fixed(gap.upperBound, digits: 3))"
            case .atEdge: "none"
            }
          let best = size.optimum?.location.map { Estimate.fixed($0, digits: 4) } ?? "none"
          let chi = size.chiSquare.map {
            "; chi-square \(Estimate.fixed($0, digits: 0)) of \(size.degreesOfFreedom)"
          }
          return "L=\(Int(size.linearSize)) \(place) (optimum \(best)\(chi ?? ""))"
        }
        return
          "\(found.method.rawValue), \(found.range.rawValue): \(places.joined(separator: ", "))"
      }
  }
}
