import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

/// Four dimensions: published numbers, series, transitions.
@Suite struct GaugeSpaceTests {
  private static func model(_ group: GaugeModel.Group, _ side: Int) throws -> GaugeModel {
    try GaugeModel(
      group, lattice: HypercubicLattice(sides: [Int](repeating: side, count: 4)))
  }

  /// Strong coupling: a plaquette alone, u, and the four cubes that close on it through five others, 4 u^5.
  @Test(.slow, arguments: [(GaugeModel.Group.u1, 0.5), (.su2, 1.2), (.su3, 2.4)])
  func strongCouplingSeries(_ group: GaugeModel.Group, _ beta: Double) throws {
    let model = try Self.model(group, 4)
    let alone = try GaugeTorus(group, plaquetteCount: 1_000_000, beta: beta).plaquette
    let cubes = 4 * alone * alone * alone * alone * alone
    try expectAgreement(
      with: alone + cubes, seed: .test(group), minimalBias: 0.003
    ) { seed, effort in
      try GaugeRun(model, beta: beta, update: .heatBath, sweeps: 300 * effort, seed: seed)
        .estimate(.plaquette)
    }
  }

  /// SU(3) at beta = 6.0 on 8^4: 0.5942(5), from hot and from cold starts.
  @Test(.long) func su3AtSix() throws {
    let model = try Self.model(.su3, 8)
    let estimates = try GaugeStart.allCases.map { start in
      try GaugeRun(
        model, beta: 6, update: .overRelaxation(reflections: 3), sweeps: 200,
        seed: .test(start.rawValue), start: start, burnIn: 150, chainCount: 2
      ).estimate(.plaquette)
    }
    let (hot, cold) = (estimates[0], estimates[1])
    #expect(abs(hot.pull(to: cold.value, referenceError: cold.error)) < 3, "\(hot) \(cold)")
    for estimate in estimates {
      #expect(abs(estimate.value - 0.5942) < 0.0005 + 3 * estimate.error, "\(estimate)")
      #expect(estimate.error < 0.0005)
    }
  }

  /// U(1) has a transition of first order at beta = 1.0111 on the infinite lattice, on 8^4 at about 1.0075: chains go to
  /// and fro between two phases, plaquette about 0.61 and 0.655, and are seldom found between.
  @Test(.long) func u1HasTwoPhases() throws {
    let model = try Self.model(.u1, 8)
    let run = try GaugeRun(
      model, beta: 1.0075, update: .overRelaxation(reflections: 3), sweeps: 1500, seed: .test(),
      start: .cold, burnIn: 100)
    let chains = run.series(.plaquette).chains
    for chain in chains {
      #expect((chain.min() ?? 1) < 0.615 && (chain.max() ?? 0) > 0.65)
    }
    // Measurements by bins of width 0.01.
    func count(_ low: Double, _ high: Double) -> Int {
      chains.joined().count { $0 >= low && $0 < high }
    }
    let (confined, between, free) = (count(0.605, 0.615), count(0.623, 0.633), count(0.65, 0.66))
    #expect(
      4 * between < 3 * confined && 4 * between < 3 * free, "\(confined) \(between) \(free)")
  }
}
