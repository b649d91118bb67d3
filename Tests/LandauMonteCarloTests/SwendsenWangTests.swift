import CLandauKernels
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

@Suite struct SwendsenWangTests {
  /// One and several blocks of rows, rows shorter and longer than a word, sides 1 and 2, both signs.
  @Test(arguments: [
    [7], [1000], [3, 5], [2, 2], [64, 64], [65, 130], [512, 512], [700, 333], [2, 70_000],
    [5, 1, 9], [2, 3, 2], [50, 40, 70], [8, 6, 4, 10],
  ])
  func clustersAreThoseOfASearch(_ sides: [Int]) throws {
    for coupling in [1.0, -1] {
      let model = try IsingModel(sides: sides, coupling: coupling)
      if coupling < 0 && !model.isStaggered { continue }
      var rng = Seed.test(sides, coupling).makeStream()
      let count = model.siteCount
      let start = (0..<count).map { _ in Int8(rng.next() & 1 == 0 ? 1 : -1) }
      let axes = sides.count - 1 + 1 - sides.dropLast().count { $0 == 1 }
      // About the density at which clusters span everything.
      let bonds = (0..<axes).map { _ in (0..<count).map { _ in rng.uniform() < 0.85 } }
      let coins = (0..<count).map { _ in rng.next() & 1 == 0 }
      let expected = search(model, start, bonds, coins)
      for level in KernelLevel.allCases where level.isSupported {
        let engine = SwendsenWangIsing(
          model: model, beta: 0.5, start: start, level: level, seed: Seed(1))
        engine.sweep(bonds: bonds, coins: coins)
        var spins: [Int8] = []
        engine.appendSpins(to: &spins)
        let differences = zip(spins, expected).count { $0 != $1 }
        #expect(differences == 0)
      }
    }
  }

  /// Every cluster by a search from its lowest site, which decides.
  private func search(
    _ model: IsingModel, _ start: [Int8], _ bonds: [[Bool]], _ coins: [Bool]
  ) -> [Int8] {
    let lattice = model.lattice
    let others = lattice.sides.indices.dropLast().filter { lattice.sides[$0] > 1 }
    let axes = [lattice.dimension - 1] + others
    let sign: Int8 = model.coupling < 0 ? -1 : 1
    var spins = start
    var isDone = [Bool](repeating: false, count: start.count)
    for root in start.indices where !isDone[root] {
      var stack = [root]
      isDone[root] = true
      while let site = stack.popLast() {
        if coins[root] { spins[site] = -spins[site] }
        for (index, axis) in axes.enumerated() where lattice.sides[axis] > 1 {
          for step in [1, -1] {
            let other = lattice.neighbour(of: site, axis: axis, step: step)
            let owner = step == 1 ? site : other
            if !isDone[other], bonds[index][owner], start[site] == sign * start[other] {
              isDone[other] = true
              stack.append(other)
            }
          }
        }
      }
    }
    return spins
  }

  @Test func theNumberOfThreadsAndTheLevelDoNotMatter() throws {
    let model = try IsingModel(sides: [600, 700])
    let runs = try [1, 2, 5].flatMap { threads in
      try KernelLevel.allCases.filter(\.isSupported).map { level in
        let chain = try IsingChain(
          model: model, beta: 0.44, update: .swendsenWang, seed: .test(),
          pool: WorkerPool(threadCount: threads), level: level)
        chain.sweep(5)
        return chain.spins
      }
    }
    let areEqual = runs.allSatisfy { $0 == runs[0] }
    #expect(areEqual)
  }

  /// The share of ones is the probability asked for, also where it is nearly zero or one.
  @Test(arguments: [0.0, 1e-9, 0.01, 0.3, 0.585_786_437_626_905, 0.9999])
  func randomBitsHaveTheirProbability(_ probability: Double) {
    let words = 1 << 16
    for level in KernelLevel.allCases where level.isSupported {
      expectAgreement(
        with: probability, seed: .test(probability, level), minimalBias: 0.002
      ) { seed, effort in
        var rng = seed.makeStream()
        var state = (0..<32).map { _ in rng.next() }
        var bits = [UInt64](repeating: 0, count: words * effort)
        level.kernels.random_bits(&state, UInt64(probability * 0x1p64), bits.count, &bits)
        let count = Double(64 * bits.count)
        let ones = Double(bits.reduce(0) { $0 + $1.nonzeroBitCount })
        return Estimate(
          ones / count, error: max(1e-12, (probability * (1 - probability) / count).squareRoot()))
      }
    }
  }
}
