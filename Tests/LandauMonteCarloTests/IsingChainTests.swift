import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Every update and storage: strips (either way round), blocks, tables, clusters, both signs.
private let cases: [(sides: [Int], coupling: Double, update: IsingUpdate)] = [
  ([128, 48], 1, .metropolis), ([48, 128], -1, .metropolis), ([128, 128], -1, .metropolis),
  ([63, 63], 1, .metropolis), ([20, 20, 20], -1, .metropolis), ([18, 30], -1, .metropolis),
  ([6, 8], 1, .metropolis), ([7, 7], -1, .metropolis), ([4, 4, 6], 1, .metropolis),
  ([6, 6], -1, .wolff), ([4, 4, 4], 1, .wolff), ([5], 1, .wolff), ([1], 1, .swendsenWang),
  ([6, 8], -1, .swendsenWang), ([3, 4, 4], 1, .swendsenWang), ([12], 1, .swendsenWang),
]

@Suite struct IsingChainTests {
  /// Sums by slices are sums by definition.
  @Test(arguments: cases)
  func measurementsAreThoseOfTheSpins(
    _ sides: [Int], _ coupling: Double, _ update: IsingUpdate
  ) throws {
    let model = try IsingModel(sides: sides, coupling: coupling)
    let chain = try IsingChain(model: model, beta: 0.3, update: update, seed: .test(sides))
    chain.sweep(3)
    var row: [Double] = []
    chain.measure(into: &row)
    let values = Dictionary(uniqueKeysWithValues: zip(chain.observables, row))
    #expect(row.count == chain.observables.count)
    let spins = chain.spins
    let sites = Double(spins.count)
    #expect(values[.energyPerSite] == model.energy(of: spins.span) / sites)
    let order = Double(model.magnetization(of: spins.span)) / sites
    #expect(values[.order(0)] == order)
    #expect(values[.absOrder] == abs(order))
    #expect(values[.orderSquared] == order * order)
    let longest = sides.max()!
    let axes = sides.indices.filter { sides[$0] == longest && longest > 1 }
    var total = 0.0
    for axis in axes {
      var (real, imaginary) = (0.0, 0.0)
      for (site, spin) in spins.enumerated() {
        let angle =
          2 * Double.pi * Double(model.lattice.coordinates(of: site)[axis]) / Double(longest)
        real += Double(spin) * cos(angle)
        imaginary += Double(spin) * sin(angle)
      }
      total += (real * real + imaginary * imaginary) / (sites * sites * Double(axes.count))
    }
    if axes.isEmpty {
      #expect(values[.structureMinimal] == nil)
    } else {
      expectClose(try #require(values[.structureMinimal]), total, absolute: 1e-12)
    }
    #expect((values[.improvedOrderSquared] != nil) == (update == .swendsenWang))
    var snapshot: [Int8] = []
    chain.appendSnapshot(to: &snapshot)
    #expect(snapshot == spins)
  }

  @Test(arguments: cases)
  func stateIsTakenUpBitForBit(
    _ sides: [Int], _ coupling: Double, _ update: IsingUpdate
  ) throws {
    let model = try IsingModel(sides: sides, coupling: coupling)
    let seed = Seed.test(sides, coupling, update.rawValue)
    var rng = seed.child("moments").makeStream()
    let chain = try IsingChain(model: model, beta: 0.4, update: update, seed: seed)
    for moment in 0..<4 {
      if moment == 1 { chain.burnIn(3) }
      chain.sweep(rng.index(below: 20))
      var writer = StateWriter()
      chain.save(to: &writer)
      let other = try IsingChain(model: model, beta: 0.4, update: update, seed: Seed(1))
      var reader = StateReader(writer.bytes)
      try other.restore(from: &reader)
      #expect(reader.isAtEnd)
      for sweeps in [0, 1, 3, 16] {
        chain.sweep(sweeps)
        other.sweep(sweeps)
        var rows: [[Double]] = [[], []]
        chain.measure(into: &rows[0])
        other.measure(into: &rows[1])
        #expect(rows[0] == rows[1])
        #expect(chain.spins == other.spins)
        #expect(chain.acceptanceRate == other.acceptanceRate)
        #expect(chain.updateCount == other.updateCount)
      }
    }
    var writer = StateWriter()
    chain.save(to: &writer)
    let strange = try IsingChain(
      model: IsingModel(sides: [9, 9]), beta: 0.4, update: update, seed: seed)
    #expect(throws: InputError.self) {
      var reader = StateReader(writer.bytes)
      try strange.restore(from: &reader)
    }
  }

  /// Even powers averaged over all signs of the clusters, antiferromagnet included.
  /// Silent error 4: an improved estimator that is biased for even powers.
  @Test(arguments: [([4, 4], 1.0, 0.44), ([4, 4], -1.0, 0.44), ([2, 6], 1.0, 0.3)])
  func improvedMomentsAgreeWithEnumeration(
    _ sides: [Int], _ coupling: Double, _ beta: Double
  ) throws {
    let model = try IsingModel(sides: sides, coupling: coupling)
    let exact = try Enumeration(of: model)
    for (observable, power) in [
      (Observable.improvedOrderSquared, 2), (.improvedOrderFourth, 4),
    ] {
      try expectAgreement(
        with: exact.magnetizationMoment(power, beta: beta),
        seed: .test(sides, coupling, power), minimalBias: 0.03
      ) { seed, effort in
        let chain = try IsingChain(
          model: model, beta: beta, update: .swendsenWang, seed: seed)
        chain.burnIn(100)
        let runner = ChainRunner(
          chains: [chain], lengths: .init(sweeps: 8000 * effort, burnIn: 0))
        runner.advance(pool: WorkerPool(threadCount: 1))
        return runner.recording[observable]!.estimate()
      }
    }
  }
}
