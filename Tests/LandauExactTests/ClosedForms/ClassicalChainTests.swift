import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ClassicalChainTests {
  @Test func infiniteChains() throws {
    let xy = try ClassicalChain(.xy)
    let heisenberg = try ClassicalChain(.heisenberg)
    let ising = try ClassicalChain(.potts(states: 2), coupling: 2)
    expectClose(xy.energyPerSite(beta: 1), -0.446389965896535, absolute: 1e-15)
    expectClose(heisenberg.energyPerSite(beta: 1), -0.313035285499331, absolute: 1e-15)
    // 2 J delta = J + J s s.
    expectClose(1 + ising.energyPerSite(beta: 1), -0.761594155955765, absolute: 1e-15)
    for beta in [0.01, 0.5, 3, 40, 700] {
      let langevin = 1 / tanh(beta) - 1 / beta
      expectClose(heisenberg.energyPerSite(beta: beta), -langevin, absolute: 2e-14)
      expectClose(
        heisenberg.specificHeatPerSite(beta: beta), 1 - pow(beta / sinh(min(beta, 300)), 2),
        absolute: 1e-13 + 2e-16 * beta * beta, "beta \(beta)")
    }
    // Two degrees of freedom at low temperature: one half each, to order T.
    expectClose(xy.specificHeatPerSite(beta: 1000), 0.5, absolute: 1e-3)
  }

  @Test(arguments: [
    (8, 1.0, -0.448885144770496, 0.0251470682211), (16, 2, -0.699251926817705, 0.0502147323080),
    (32, 4, -0.864321576256061, 0.1435547671627),
  ])
  func xyRings(siteCount: Int, beta: Double, energy: Double, helicity: Double) throws {
    let ring = try ClassicalChain(.xy, siteCount: siteCount)
    expectClose(ring.energyPerSite(beta: beta), energy, absolute: 1e-15)
    expectClose(try ring.helicityModulus(beta: beta), helicity, absolute: 6e-14)
    // Twice the coupling at half the beta.
    let strong = try ClassicalChain(.xy, siteCount: siteCount, coupling: 2)
    expectClose(strong.energyPerSite(beta: beta / 2), 2 * energy, absolute: 2e-15)
    expectClose(try strong.helicityModulus(beta: beta / 2), 2 * helicity, absolute: 2e-13)
    // Turning every other spin: J < 0 on an even ring.
    let anti = try ClassicalChain(.xy, siteCount: siteCount, coupling: -1)
    expectClose(anti.energyPerSite(beta: beta), energy, absolute: 1e-15)
  }

  /// Against the sum over all configurations: Potts and clock rings, either sign, N = 1, 2 included.
  @Test(arguments: [1, 2, 3, 6], [1.0, -0.8])
  func discreteRings(siteCount: Int, coupling: Double) throws {
    for states in [2, 3, 4, 5] {
      let bonds = (0..<siteCount).map {
        IsingGraph.Bond($0, ($0 + 1) % siteCount, coupling)
      }
      for clock in [false, true] {
        let graph = try StateGraph(
          siteCount: siteCount, spins: clock ? .clock(states) : .potts(states), bonds: bonds)
        // Frustrated rings that lose their digits are refused.
        let frustrated = coupling < 0 && siteCount % 2 == 1
        guard !frustrated || (!clock && states >= 3 && siteCount >= 3) else {
          #expect(throws: InputError.self) {
            try ClassicalChain(.clock(states: states), siteCount: siteCount, coupling: coupling)
          }
          continue
        }
        let ring = try ClassicalChain(
          clock ? .clock(states: states) : .potts(states: states), siteCount: siteCount,
          coupling: coupling)
        let sum = try ExactSum(of: graph, pool: WorkerPool(threadCount: 1))
        for beta in [0, 0.4, 1.5] {
          let point = sum.thermal(beta: beta)
          expectClose(
            ring.logPartitionPerSite(beta: beta), point.logPartitionPerSite, absolute: 1e-14)
          expectClose(ring.energyPerSite(beta: beta), point.energyPerSite, absolute: 1e-14)
          expectClose(
            ring.specificHeatPerSite(beta: beta), point.specificHeatPerSite, absolute: 1e-13)
        }
      }
    }
  }

  /// A clock of many hours is an XY spin, up to I_q / I_0 of the sum; ln q is the measure.
  @Test(arguments: [4, 8])
  func clockBecomesXY(siteCount: Int) throws {
    for coupling in [1.0, -1.0] {
      let clock = try ClassicalChain(.clock(states: 60), siteCount: siteCount, coupling: coupling)
      let xy = try ClassicalChain(.xy, siteCount: siteCount, coupling: coupling)
      for beta in [0.3, 2.0, 6] {
        expectClose(
          clock.logPartitionPerSite(beta: beta), xy.logPartitionPerSite(beta: beta) + log(60),
          absolute: 1e-14)
        expectClose(clock.energyPerSite(beta: beta), xy.energyPerSite(beta: beta), absolute: 1e-13)
        expectClose(
          clock.specificHeatPerSite(beta: beta), xy.specificHeatPerSite(beta: beta),
          absolute: 1e-12)
      }
    }
  }

  /// Two classical Heisenberg spins with two bonds are one bond of twice the strength.
  @Test func heisenbergRingOfTwo() throws {
    let ring = try ClassicalChain(.heisenberg, siteCount: 2)
    for beta in [0.1, 1, 5] {
      let k = 2 * beta
      expectClose(2 * ring.logPartitionPerSite(beta: beta), log(sinh(k) / k), absolute: 1e-14)
      expectClose(ring.energyPerSite(beta: beta), -(1 / tanh(k) - 1 / k), absolute: 1e-14)
    }
  }

  @Test func refusals() {
    #expect(throws: InputError.self) { try ClassicalChain(.xy, siteCount: 0) }
    #expect(throws: InputError.self) { try ClassicalChain(.potts(states: 1)) }
    #expect(throws: InputError.self) { try ClassicalChain(.xy).helicityModulus(beta: 1) }
  }
}
