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

@Suite struct MultispinIsingTests {
  /// Sides, coupling and beta: tall, wide, transposed, several blocks, both signs, both factors.
  struct Case: Sendable, CustomTestStringConvertible {
    var sides: [Int]
    var coupling = 1.0
    var beta: Double
    var testDescription: String { "\(sides) J=\(coupling) beta=\(beta)" }
    var model: IsingModel { get throws { try IsingModel(sides: sides, coupling: coupling) } }

    static let all = [
      Case(sides: [128, 16], beta: 0.4), Case(sides: [128, 48], coupling: -1, beta: 0.44),
      Case(sides: [48, 128], beta: 0.3), Case(sides: [16, 256], coupling: -0.5, beta: 0.9),
      Case(sides: [256, 32], beta: 0), Case(sides: [128, 128], beta: 0.02),
      Case(sides: [128, 4096], beta: 0.4), Case(sides: [384, 16], beta: 1.5),
      Case(sides: [16, 16, 16], beta: 0.22), Case(sides: [32, 16, 48], coupling: -1, beta: 0.25),
      Case(sides: [16, 48, 32], beta: 0.02), Case(sides: [48, 32, 96], coupling: -0.5, beta: 0.4),
    ]
  }

  @Test(arguments: Case.all)
  func everyLevelAgreesWithTheReferenceBitForBit(_ system: Case) throws {
    let model = try system.model
    let seed = Seed.test(system.testDescription)
    var reference = StripReference(model: model, beta: system.beta, seed: seed)
    let chains = try KernelLevel.allCases.filter(\.isSupported).map {
      try IsingChain(
        model: model, beta: system.beta, update: .metropolis, seed: seed, pool: nil, level: $0)
    }
    #expect(chains.count >= 1)
    for chain in chains { #expect(differences(chain, reference) == 0) }
    for _ in 0..<(model.siteCount > 100_000 ? 1 : 4) {
      reference.sweep()
      for chain in chains {
        chain.sweep()
        #expect(differences(chain, reference) == 0)
        #expect(chain.magnetization == model.magnetization(of: reference.spins.span))
        #expect(chain.energy == model.energy(of: reference.spins.span))
      }
    }
    for chain in chains {
      // The first sweep is the one that was counted.
      var once = StripReference(model: model, beta: system.beta, seed: seed)
      once.sweep()
      #expect(chain.acceptanceRate == Double(once.acceptedCount) / Double(model.siteCount))
    }
    for axis in system.sides.indices {
      let stride = model.lattice.strides[axis]
      var sums = [Int](repeating: 0, count: system.sides[axis])
      for (site, spin) in reference.spins.enumerated() {
        sums[site / stride % system.sides[axis]] += Int(spin)
      }
      for chain in chains { #expect(chain.engine.sliceSums(along: axis) == sums) }
    }
  }

  private func differences(_ chain: IsingChain, _ reference: StripReference) -> Int {
    zip(chain.spins, reference.spins).count { $0 != $1 }
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let model = try IsingModel(sides: [1024, 1024])
    let spins = try [1, 2, 3, 7].map { threads in
      let chain = try IsingChain(
        model: model, beta: 0.4, update: .metropolis, seed: .test(),
        pool: WorkerPool(threadCount: threads))
      chain.sweep(20)
      return chain.spins
    }
    #expect(MultispinLayout(model.lattice)!.blockCount > 3)
    let areEqual = spins.allSatisfy { $0 == spins[0] }
    #expect(areEqual)
    let other = try IsingChain(model: model, beta: 0.4, update: .metropolis, seed: Seed(9))
    other.sweep(20)
    let isAnother = other.spins != spins[0]
    #expect(isAnother)
  }

  @Test func aLevelCanBeLoweredAndNotRaised() {
    #expect(KernelLevel.chosen(nil, best: .v3) == .v3)
    #expect(KernelLevel.chosen("baseline", best: .v3) == .baseline)
    #expect(KernelLevel.chosen("v4", best: .v3) == .v3)
    #expect(KernelLevel.chosen("v4", best: .v4) == .v4)
    #expect(KernelLevel.chosen("avx", best: .v4) == .v4)
    #expect(KernelLevel.baseline.isSupported && KernelLevel.best.isSupported)
    for level in KernelLevel.allCases {
      #expect(level.isSupported == (level.rawValue <= KernelLevel.best.rawValue))
    }
  }

  @Test func blocksDependOnTheLatticeAlone() throws {
    let blocks = try [
      [128, 16], [1024, 1024], [4096, 4096], [256, 32768], [16, 16, 16], [128, 128, 128],
    ].map {
      try #require(MultispinLayout(HypercubicLattice(sides: $0))).blockCount
    }
    #expect(blocks == [1, 4, 64, 4, 1, 8])
  }

  @Test func whatFits() throws {
    func fits(_ sides: [Int]) throws -> Bool {
      try MultispinLayout(HypercubicLattice(sides: sides)) != nil
    }
    #expect(try fits([128, 128]) && fits([128, 16]) && fits([16, 128]) && fits([4096, 4096]))
    #expect(try !fits([64, 64]) && !fits([128, 8]) && !fits([128, 24]) && !fits([192, 192]))
    #expect(
      try fits([16, 16, 16]) && fits([48, 128, 16]) && !fits([16, 24, 16]) && !fits([8, 16, 16]))
    #expect(try !fits([128]) && !fits([16, 16, 16, 16]))
  }

  /// Acceptance probabilities as fractions of 2^64 are those of the rule to 2^-52, relatively.
  @Test(arguments: [0.0, 0.05, 0.4, 0.5, 1, 2, 5])
  func thresholdsAreTheProbabilities(_ beta: Double) {
    let rule = MetropolisAcceptance(beta: beta, largestCost: 8)
    for cost in [0.0, 4, 8] {
      let exact = (exp(-8 * beta) > 0.5 ? 0.5 : 0.9375) * exp(-beta * cost)
      let threshold = Double(rule.threshold(energyChange: cost)) * 0x1p-64
      expectClose(threshold, exact, absolute: 0x1p-63, relative: 0x1p-52)
    }
    #expect(rule.threshold(energyChange: -8) == rule.threshold(energyChange: 0))
    #expect(rule.threshold(energyChange: 0) == ~0 << UInt64(64 - rule.lazyBits))
  }

  /// About log2(512) + 1.33 bits decide 512 attempts, and the first ten are always drawn.
  @Test func howManyBitsAGroupTakes() throws {
    let model = try IsingModel(sides: [128, 64])
    var reference = StripReference(model: model, beta: 0.4, seed: .test())
    for _ in 0..<20 { reference.sweep() }
    let groups = reference.bitsUsed.reduce(0, +)
    let bits = reference.bitsUsed.enumerated().reduce(0) { $0 + $1.offset * $1.element }
    let mean = Double(bits) / Double(groups)
    #expect(mean > 10.3 && mean < 11.2)
  }
}
