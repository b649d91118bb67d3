import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct OverlapWavesTests {
  /// The overlap at the smallest wave vectors against its definition.
  @Test func agreesWithTheSum() throws {
    let lattice = try Lattice(.square, sides: [4, 4])
    let model = try DisorderedModel.edwardsAnderson(lattice).realisation(1, of: .test())
    let (one, other) = (
      try DiscreteChain(model: model, beta: 0.5, update: .metropolis, seed: .test("a")),
      try DiscreteChain(model: model, beta: 0.5, update: .metropolis, seed: .test("b"))
    )
    let pair = ReplicaPair(one, other, measuresWaves: true)
    pair.sweep(3)
    var row: [Double] = []
    pair.measure(into: &row)
    #expect(row.count == pair.observables.count)
    let products = zip(one.configuration, other.configuration).map { $0 == $1 ? 1.0 : -1 }
    var expected = 0.0
    for wave in lattice.smallestWaveVectors {
      let phases = lattice.wavePhases(wave)
      let real = zip(products, phases.cosines).reduce(0) { $0 + $1.0 * $1.1 }
      let imaginary = zip(products, phases.sines).reduce(0) { $0 + $1.0 * $1.1 }
      expected += (real * real + imaginary * imaginary) / 256
    }
    expected /= Double(lattice.smallestWaveVectors.count)
    let index = try #require(pair.observables.firstIndex(of: .overlapStructureMinimal))
    #expect(abs(row[index] - expected) < 1e-14)
  }
}
