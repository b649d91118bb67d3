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

@Suite struct InfiniteStripTests {
  /// A long torus is an infinite strip, up to the length-th power of the ratio of eigenvalues.
  @Test(arguments: [
    (DiscreteModel.SpinSpace.ising, 4, true, 1.0), (.ising, 5, false, -0.7),
    (.potts(3), 3, true, 1),
    (.clock(5), 3, false, 1.0), (.blumeCapel(crystalField: 0.3), 3, true, 0.8),
    (.ising, 2, true, 1),
    (.ising, 1, true, 1),
  ])
  func longTori(
    spins: DiscreteModel.SpinSpace, width: Int, periodic: Bool, coupling: Double
  ) throws {
    let strip = try InfiniteStrip(
      spins, width: width, isPeriodicAcross: periodic, coupling: coupling)
    let lattice = try Lattice(
      .square, sides: [60, width], boundary: [.periodic, periodic ? .periodic : .open])
    let sum = try ExactSum(
      of: DiscreteModel(name: "test", lattice: lattice, coupling: coupling, spins: spins))
    for beta in [0, 0.15, 0.3] {
      let solution = try strip.solve(beta: beta)
      let point = sum.thermal(beta: beta)
      expectClose(solution.logPartitionPerSite, point.logPartitionPerSite, absolute: 2e-14)
      expectClose(solution.energyPerSite, point.energyPerSite, absolute: 2e-13)
      expectClose(solution.specificHeatPerSite, point.specificHeatPerSite, absolute: 2e-12)
    }
  }

  /// At T_c the fermion energies of a ring give the correlation length: cosh g_k = 2 - cos(pi k / W),
  /// 1 / xi = half of the sum over odd less that over even k.
  @Test(arguments: [2, 5, 10, 12])
  func criticalCorrelationLength(width: Int) throws {
    let strip = try InfiniteStrip(.ising, width: width)
    let inverse = (0..<2 * width).reduce(0.0) { sum, k in
      let energy = acosh(2 - cos(Double.pi * Double(k) / Double(width)))
      return sum + (k % 2 == 1 ? energy : -energy) / 2
    }
    let length = try strip.correlationLength(beta: Onsager.criticalReducedCoupling)
    expectClose(length, 1 / inverse, relative: 1e-9)
    if width == 12 { expectClose(length / 12, 4 / Double.pi, relative: 0.01) }
  }

  /// A single row: -1 / ln tanh K; for Potts spins the ratio of the two eigenvalues of a chain.
  @Test func chains() throws {
    let ising = try InfiniteStrip(.ising, width: 1, isPeriodicAcross: false)
    expectClose(try ising.correlationLength(beta: 0.7), -1 / log(tanh(0.7)), relative: 1e-12)
    let potts = try InfiniteStrip(.potts(5), width: 1, isPeriodicAcross: false)
    let ratio = (exp(0.7) + 4) / (exp(0.7) - 1)
    expectClose(try potts.correlationLength(beta: 0.7), 1 / log(ratio), relative: 1e-12)
    let chain = try ClassicalChain(.potts(states: 5))
    let solution = try potts.solve(beta: 0.7)
    expectClose(
      solution.logPartitionPerSite, chain.logPartitionPerSite(beta: 0.7), absolute: 1e-14)
    expectClose(
      solution.specificHeatPerSite, chain.specificHeatPerSite(beta: 0.7), absolute: 1e-13)
  }

  /// Wide strips approach Onsager's lattice away from the transition.
  @Test func wideStrip() throws {
    let strip = try InfiniteStrip(.ising, width: 12)
    let infinite = Onsager()
    for beta in [0.2, 0.8] {
      let solution = try strip.solve(beta: beta)
      // exp(-W / xi) with xi below 0.8, times powers of W for the derivatives.
      expectClose(
        solution.logPartitionPerSite, infinite.logPartitionPerSite(beta: beta), absolute: 1e-6)
      expectClose(solution.energyPerSite, infinite.energyPerSite(beta: beta), absolute: 1e-5)
      expectClose(
        solution.specificHeatPerSite, infinite.specificHeatPerSite(beta: beta), absolute: 1e-4)
    }
    let cold = try strip.solve(beta: 300)
    expectClose(cold.energyPerSite, -2, ulps: 4)
  }

  @Test func refusals() throws {
    #expect(throws: InputError.self) { try InfiniteStrip(.ising, width: 0) }
    #expect(throws: InputError.self) { try InfiniteStrip(.ising, width: 19) }
    #expect(throws: InputError.self) { try InfiniteStrip(.ising, width: 2, coupling: .nan) }
    let anti = try InfiniteStrip(.ising, width: 2, coupling: -1)
    #expect(throws: InputError.self) { try anti.correlationLength(beta: 1) }
  }
}
