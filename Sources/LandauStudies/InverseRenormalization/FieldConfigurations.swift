import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Fields of phi^4 on a square torus from one chain, at the point of the published study.
///
/// S = sum[1/2 sum_mu (Delta_mu phi)^2 + m^2/2 phi^2 + lambda/4 phi^4].
struct FieldConfigurations {
  let fields: [[Double]]
  /// Means of m^2 and phi^2 over all sweeps.
  let squaredOrder: Double
  let square: Double

  static let massSquared = -0.9515
  static let lambda = 0.7

  /// - Parameter spacing: sweeps between kept configurations.
  /// - Throws: `Interrupted` when cancelled.
  init(side: Int, count: Int, spacing: Int, seed: Seed, _ run: StudyRun) throws {
    var kept: [[Double]] = []
    kept.reserveCapacity(count)
    var (row, sums) = ([Double](), [0.0, 0])
    try Self.visit(side: side, sweeps: count * spacing, seed: seed, run) { sweep, chain in
      row.removeAll(keepingCapacity: true)
      chain.measure(into: &row)
      for (index, observable) in Self.measured.enumerated() {
        sums[index] += row[chain.observables.firstIndex(of: observable)!]
      }
      if sweep % spacing == 0 { kept.append(chain.configuration) }
    }
    fields = kept
    let sweeps = Double(count * spacing)
    (squaredOrder, square) = (sums[0] / sweeps, sums[1] / sweeps)
  }

  private static let measured: [Observable] = [.orderSquared, .fieldSquared]

  /// Shows `body` the chain after each sweep, numbered from 0.
  ///
  /// - Throws: `Interrupted` when cancelled.
  static func visit(
    side: Int, sweeps: Int, seed: Seed, _ run: StudyRun,
    _ body: (_ sweep: Int, _ chain: ScalarFieldChain) -> Void
  ) throws {
    let chain = try ScalarFieldChain(
      model: ScalarFieldModel(
        lattice: HypercubicLattice(sides: [side, side]), massSquared: massSquared, lambda: lambda),
      update: .wolff, seed: seed)
    chain.burnIn(200, unless: run.cancellation)
    for sweep in 0..<sweeps {
      try run.cancellation.check()
      chain.sweep(1)
      body(sweep, chain)
    }
  }
}
