import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension LearnedForces {
  var findings: [StudyFinding] {
    let rounding = "exact up to rounding"
    return [
      .bounded(
        "equivariance", "rotations, reflections, translations: relative difference, Double",
        symmetry.equivariance, 1e-10, rounding),
      .bounded(
        "oddness", "particles and holes exchanged, Double", symmetry.oddness, 1e-10, rounding),
      StudyFinding(
        "forces", "R^2 of held-out forces", measured: .mean(of: networks.map(\.forces)),
        expected: .above(0.99), reference: "claimed"),
      StudyFinding(
        "electrons", "R^2 of the electrons' part alone",
        measured: .mean(of: networks.map(\.electrons)),
        expected: .above(linear.electrons),
        reference: "better than linear response of the same reach"),
      .bounded(
        "shuffled", "R^2 of the electrons' part, taught with shuffled samples", shuffled.electrons,
        0.1,
        "control: nothing to learn"),
      StudyFinding(
        "structureFactor", "ln S(pi, pi), learned less exact forces, second half",
        measured: difference {
          log($0.meanOfSecondHalf)
        } of: {
          $0.structureFactors
        },
        expected: .value(0, error: 0.05), reference: "same start, same noise; 0.05 allowed"),
      StudyFinding(
        "walls", "density of domain walls, learned less exact forces, all times",
        measured: difference {
          $0.reduce(0, +) / Double($0.count)
        } of: {
          $0.wallDensities
        },
        expected: .value(0, error: 0.005), reference: "same start, same noise; 0.005 allowed"),
    ]
  }

  var remarks: [String] {
    let (linearText, shuffledText) = (
      Estimate.fixed(linear.electrons, digits: 4), Estimate.fixed(shuffled.electrons, digits: 4)
    )
    return [
      "\(lattice.side) x \(lattice.side) sites, \(exact.structureFactors.count) quenches to time \(Estimate.fixed(times.last ?? 0, digits: 0)); R^2 of the electrons' part: linear \(linearText), shuffled \(shuffledText)."
    ]
  }

  var times: [Double] { (0...steps).map { LangevinRun.timeStep * Double($0) } }

  /// Of a number per quench: learned less exact, quench by quench, with the scatter of quenches and of networks in quadrature.
  private func difference(
    _ value: ([Double]) -> Double, of series: (Quenches) -> [[Double]]
  ) -> Estimate {
    let reference = series(exact).map(value)
    let differences = learned.map { zip(series($0).map(value), reference).map { $0 - $1 } }
    let quenches = Estimate.mean(
      of: reference.indices.map { quench in
        differences.reduce(0) { $0 + $1[quench] } / Double(differences.count)
      })
    let networks = Estimate.mean(of: differences.map { Estimate.mean(of: $0).value })
    let square = quenches.error * quenches.error + networks.error * networks.error
    return Estimate(
      quenches.value, error: square.squareRoot(), degreesOfFreedom: quenches.degreesOfFreedom)
  }
}

extension [Double] {
  fileprivate var meanOfSecondHalf: Double {
    let half = dropFirst(count / 2)
    return half.reduce(0, +) / Double(half.count)
  }
}
