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

@Suite struct GaugeLawTests {
  /// Silent error 1, for links.
  @Test(
    arguments: [
      [1, 1], [1, 2], [1, 3], [3, 1], [2, 2], [1, 1, 2], [1, 2, 1], [2, 1, 1], [1, 1, 1, 2],
    ], IsingGaugeUpdate.allCases)
  func localUpdatesLeaveTheWeightInvariantAndReachEverything(
    _ sides: [Int], _ update: IsingGaugeUpdate
  ) throws {
    for beta in [0, 0.6] { try checkLaw(sides, beta, update) }
  }

  private func checkLaw(_ sides: [Int], _ beta: Double, _ update: IsingGaugeUpdate) throws {
    let model = try IsingGaugeModel(lattice: HypercubicLattice(sides: sides))
    let count = model.variableCount
    let chain = try IsingGaugeChain(model: model, beta: beta, update: update, seed: Seed(1))
    // Every outcome of every word is followed: 4^8 of them for each of 2^8 configurations would take long.
    if update == .heatBath && count > 6 { return }
    // Planes across a side of 1 say nothing, so a link has at most two plaquettes that matter here.
    let middle = model.dimension - 1
    let words = wordsAround(thresholds: Array(chain.thresholds[(middle - 1)...(middle + 1)]))
    var matrix = TransitionMatrix(count: 1 << count)
    for from in 0..<(1 << count) {
      explore(alphabet: always(words)) { generator in
        chain.load(configuration(from, count: count))
        _ = chain.sweep(using: &generator)
      } found: { weight in
        matrix[from, index(of: chain.links)] += weight
      }
    }
    #expect(matrix.rowError < 6561 * 0x1p-52)
    #expect(matrix.invarianceError(of: boltzmann(model, beta: beta)) < 6561 * 0x1p-52)
    #expect(matrix.isPositive)
  }

  /// The product of the conditional probabilities of all plaquettes is the weight of the whole.
  @Test(arguments: [1, 2, 3, 6, 7], [0, 0.3, 2, 25, 400, -0.7, -400])
  func plaquettesAreDrawnWithTheirExactWeight(_ count: Int, _ beta: Double) {
    let chances = PlaquetteChances(count: count, beta: beta)
    var weights: [Int: Double] = [:]
    var total = 0.0
    for pattern in 0..<(1 << count) where pattern.nonzeroBitCount % 2 == 0 {
      // Relative to the fewest flipped plaquettes that are allowed, so that large beta is no 0/0.
      let best = beta >= 0 ? 0 : count - count % 2
      let flips = pattern.nonzeroBitCount - best
      let weight = exp(-2 * beta * Double(flips))
      weights[pattern] = weight
      total += weight
    }
    var drawn = 0.0
    for (pattern, weight) in weights {
      var isOdd = false
      var probability = 1.0
      for plaquette in 0..<count {
        let minus = chances.probability(plaquette, isOdd: isOdd)
        if pattern >> plaquette & 1 == 1 {
          probability *= minus
          isOdd.toggle()
        } else {
          probability *= 1 - minus
        }
      }
      drawn += probability
      expectClose(probability, weight / total, absolute: 1e-14)
    }
    expectClose(drawn, 1, absolute: 1e-13)
  }

  /// Every configuration of the smallest tori comes with its Boltzmann probability: plaquettes, loops
  /// and gauge together, by chi-square.
  @Test(arguments: [[1, 1], [1, 3], [3, 1], [2, 2]], [0.0, 0.5, -0.5])
  func directSamplesFollowTheBoltzmannWeight(_ sides: [Int], _ beta: Double) throws {
    let model = try IsingGaugeModel(lattice: HypercubicLattice(sides: sides))
    let width = model.variableCount
    let expected = boltzmann(model, beta: beta)
    try expectPlausible(seed: .test(sides, beta)) { seed, effort in
      let count = 20_000 * effort
      let links = try IsingGaugeSampler.sample(model: model, beta: beta, count: count, seed: seed)
      var counts = [Double](repeating: 0, count: expected.count)
      for sample in 0..<count {
        counts[index(of: links[(sample * width)..<((sample + 1) * width)])] += 1
      }
      return chiSquareProbability(counts, expected: expected.map { $0 * Double(count) })
    }
  }

  @Test func samplesDependOnTheSeedAndNotOnThreads() throws {
    let pool = WorkerPool(threadCount: 3)
    let alone = try IsingGaugeSampler.sample(side: 5, beta: 0.7, count: 40, seed: Seed(3))
    let together = try IsingGaugeSampler.sample(
      side: 5, beta: 0.7, count: 40, seed: Seed(3), pool: pool)
    let other = try IsingGaugeSampler.sample(side: 5, beta: 0.7, count: 40, seed: Seed(4))
    #expect(alone == together)
    #expect(alone != other)
    // A longer run begins with the shorter one.
    let longer = try IsingGaugeSampler.sample(side: 5, beta: 0.7, count: 41, seed: Seed(3))
    #expect(Array(longer.prefix(alone.count)) == alone)
  }

  @Test func nonsenseIsRefused() throws {
    #expect(throws: InputError.self) {
      try IsingGaugeSampler.sample(side: 0, beta: 1, count: 1, seed: Seed(1))
    }
    #expect(throws: InputError.self) {
      try IsingGaugeSampler.sample(side: 4, beta: .nan, count: 1, seed: Seed(1))
    }
    #expect(throws: InputError.self) {
      try IsingGaugeSampler.sample(side: 4, beta: 1, count: -1, seed: Seed(1))
    }
    #expect(throws: InputError.self) {
      try IsingGaugeChain(model: IsingGaugeModel(side: 4), beta: -1, seed: Seed(1))
    }
  }
}
