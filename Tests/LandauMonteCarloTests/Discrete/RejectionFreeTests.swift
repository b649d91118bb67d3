import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct RejectionFreeTests {
  static let cases: [DiscreteCase] = [
    DiscreteCase(kind: .ising, sides: [3], beta: 0),
    DiscreteCase(kind: .ising, cell: .square, sides: [2, 2], fields: [0.4], beta: 0.44),
    DiscreteCase(
      kind: .ising, cell: .square, sides: [2, 2], couplings: .cycle([0.31, -1.1, 0.77]), beta: 0.5),
    DiscreteCase(kind: .potts(3), cell: .honeycomb, sides: [1, 2], beta: 0.8),
    DiscreteCase(kind: .clock(5), sides: [3], beta: 0.8),
    DiscreteCase(kind: .blumeCapel(0.4), cell: .square, sides: [1, 3], beta: 0.8),
  ]

  /// Rates are in detailed balance, and the code that runs makes each change with the probability
  /// of its rate.
  @Test(arguments: cases)
  func changesHaveTheProbabilityOfTheirRates(_ system: DiscreteCase) throws {
    let model = try system.model
    let all = DiscreteConfigurations(model)
    let weights = all.weights(beta: system.beta)
    var rates = TransitionMatrix(count: all.count)
    for from in 0..<all.count {
      let start = all.states(from)
      let chain = try RejectionFreeChain(
        model: model, beta: system.beta, start: start, seed: Seed(1))
      var edges: [Double] = []
      var sum = 0.0
      for site in 0..<model.siteCount {
        for state in model.states where state != start[site] {
          var states = start
          states[site] = state
          let rate = chain.rate(at: site, to: Int(state))
          states.withUnsafeMutableBufferPointer { rates[from, all.index($0.baseAddress!)] = rate }
          sum += rate
          edges.append(sum)
        }
      }
      expectClose(chain.totalRate, sum, relative: 1e-14)
      let words = wordsBetween(distinct(edges.map { $0 / sum }))
      var jumps = [Double](repeating: 0, count: all.count)
      var last: RejectionFreeChain?
      explore(alphabet: always(words)) { generator in
        do {
          let chain = try RejectionFreeChain(
            model: model, beta: system.beta, start: start, seed: Seed(1))
          chain.change(using: &generator)
          last = chain
        } catch { Issue.record(error) }
      } found: { probability in
        guard let last else { return }
        jumps[all.index(last.storage.states)] += probability
        let fresh = RejectionFreeTests.total(last)
        expectClose(last.totalRate, fresh, relative: 1e-14)
      }
      for to in 0..<all.count { expectClose(jumps[to], rates[from, to] / sum, absolute: 1e-9) }
    }
    for one in 0..<all.count {
      for other in 0..<one {
        expectClose(
          weights[one] * rates[one, other], weights[other] * rates[other, one], absolute: 1e-15)
      }
    }
  }

  private static func total(_ chain: RejectionFreeChain) -> Double {
    var sum = 0.0
    for site in 0..<chain.model.siteCount {
      for state in 0..<chain.model.stateCount where state != Int(chain.configuration[site]) {
        sum += chain.rate(at: site, to: state)
      }
    }
    return sum
  }

  /// At equal times, and weighted with waiting times.
  @Test(arguments: [0.15, 0.3])
  func bothAveragesAgreeWithEnumeration(_ beta: Double) throws {
    let model = try DiscreteModel.ising(Lattice(.triangular, sides: [3, 3]), field: 0.3)
    let exact = try Enumeration(of: model).energyPerSite(beta: beta)
    try expectAgreement(with: exact, seed: .test(beta, "times"), minimalBias: 0.12) {
      let chain = try RejectionFreeChain(model: model, beta: beta, seed: $0)
      chain.burnIn(100)
      let values = (0..<(10_000 * $1)).map { _ in
        chain.sweep()
        return chain.energyPerSite
      }
      return Series(values).estimate()
    }
    try expectAgreement(with: exact, seed: .test(beta, "waits"), minimalBias: 0.12) {
      let chain = try RejectionFreeChain(model: model, beta: beta, seed: $0)
      chain.burnIn(100)
      var sums: [[Double]] = [[], []]
      for _ in 0..<(4000 * $1) {
        var (energy, time) = (0.0, 0.0)
        for _ in 0..<10 {
          let before = chain.energyPerSite
          let wait = chain.advance()
          energy += wait * before
          time += wait
        }
        sums[0].append(energy)
        sums[1].append(time)
      }
      return Estimate.jackknife(sums.map { Series($0) }) { $0[0] / $0[1] }
    }
  }

  @Test func timePassesAsInMetropolis() throws {
    // Without interaction every attempt is accepted: a change per site and unit of time.
    let model = try DiscreteModel.potts(Lattice(.square, sides: [16, 16]), states: 4)
    let chain = try RejectionFreeChain(model: model, beta: 0, seed: .test())
    expectClose(chain.totalRate, 256, relative: 1e-13)
    chain.sweep(400)
    #expect(chain.time == 400)
    // A Poisson number, five standard deviations.
    expectClose(Double(chain.updateCount), 102_400, absolute: 5 * 320)
    // Nothing left to happen: time goes on alone.
    let cold = try RejectionFreeChain(
      model: model, beta: 1e4, start: [UInt8](repeating: 1, count: 256), seed: .test())
    cold.sweep(1000)
    #expect(cold.updateCount == 0 && cold.time == 1000 && cold.advance() == .infinity)
  }
}
