import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStudies

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PottsInstanceTests {
  /// Probabilities add up to one; the odds of two colours of a site are those of the couplings.
  @Test func `Conditionals are those of couplings and colours`() throws {
    let instance = try PottsInstance(seed: .test("potts"))
    #expect(abs(instance.probabilities.reduce(0, +) - 1) < 1e-12)
    let (sites, colours) = (PottsInstance.sites, PottsInstance.colours)
    let state = 4711
    let configuration = PottsInstance.configuration(state).map { Int($0) }
    let site = 3
    let other = state + ((configuration[site] + 1) % colours - configuration[site]) * 27
    let changed = PottsInstance.configuration(other).map { Int($0) }
    #expect(zip(configuration, changed).filter { $0 != $1 }.count == 1)
    var logarithm = 0.0
    for j in 0..<sites where j != site {
      let coupling = instance.couplings[site * sites + j]
      logarithm +=
        coupling
        * (instance.matrix[changed[site] * colours + configuration[j]]
          - instance.matrix[configuration[site] * colours + configuration[j]])
    }
    let seen = log(instance.probabilities[other] / instance.probabilities[state])
    #expect(abs(seen - logarithm) < 1e-11)
    #expect(instance.conditionalEntropy > 0 && instance.conditionalEntropy < log(3))
  }

  /// Shuffling sites keeps every sample's colours.
  @Test func `Shuffled samples keep their colours`() throws {
    let instance = try PottsInstance(seed: .test("shuffled"))
    var rng = Seed.test("draws").makeStream()
    let counts = instance.draws(500, using: &rng)
    #expect(counts.reduce(0, +) == 500)
    func sums(_ counts: [Int]) -> [String: Int] {
      var result: [String: Int] = [:]
      for (state, count) in counts.enumerated() where count > 0 {
        result["\(PottsInstance.configuration(state).sorted())", default: 0] += count
      }
      return result
    }
    let shuffled = PottsInstance.shuffled(counts, using: &rng)
    #expect(sums(shuffled) == sums(counts))
    #expect(shuffled != counts)
  }

  /// 2048 samples determine 28 couplings to a correlation well above the 0 of shuffled ones; the exact loss is above the entropy.
  @Test func `Masked prediction finds the couplings`() throws {
    let instance = try PottsInstance(seed: .test("learned"))
    var rng = Seed.test("samples").makeStream()
    let counts = instance.draws(2048, using: &rng)
    let learned = MaskedPrediction(
      instance, counts: counts, epochs: 30, seed: .test("layer"), cancellation: .never)
    #expect(learned.correlation(with: instance) > 0.9)
    #expect(learned.loss > instance.conditionalEntropy)
    #expect(learned.loss < 1.02 * instance.conditionalEntropy)
  }
}
