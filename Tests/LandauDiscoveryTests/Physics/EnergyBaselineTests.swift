import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// A scan of few values has its largest specific heat between two of them; reweighting finds its height: that of the
/// torus by Kaufman's solution, Ising spins as Potts spins of two states at half the temperature.
@Test func thePeakBetweenValuesHasItsHeight() throws {
  let temperatures = spaced(1.5, 3.3, 9)
  let torus = try KaufmanTorus(rows: 8, columns: 8)
  func heat(_ temperature: Double) -> Double {
    let levels = torus.energyDistribution(beta: 1 / temperature)
    let mean = zip(levels.energies, levels.probabilities).reduce(0) { $0 + $1.0 * $1.1 }
    let square = zip(levels.energies, levels.probabilities).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    return (square - mean * mean) / (64 * temperature * temperature)
  }
  let exact = spaced(2.2, 2.5, 61).map(heat).max()!
  try expectAgreement(with: exact, seed: .test("height"), minimalBias: 0.2) { seed, effort in
    let ensemble = try SampledEnsemble.discrete(
      .potts(Lattice.named("square", sides: [8, 8]), states: 2), levels: [0, 1],
      temperatures: temperatures.map { $0 / 2 }, perChain: 150 * effort, spacing: 4,
      seed: seed)
    let baseline = try #require(EnergyBaseline([ensemble]))
    return baseline.heights[0]
  }
}
