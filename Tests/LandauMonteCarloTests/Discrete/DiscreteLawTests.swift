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

/// Rounding of probabilities to 2^-32 in cluster bonds and of alphabets to 1e-11.
private let clusterError = 1e-8
private let localError = 1e-9

@Suite struct DiscreteLawTests {
  /// Silent error 1: sweeps in order that reach only part of the states.
  @Test(arguments: DiscreteCase.local, [false, true])
  func singleSitesLeaveTheWeightInvariantAndReachEverything(
    _ system: DiscreteCase, _ isHeatBath: Bool
  ) throws {
    let model = try system.model
    let all = DiscreteConfigurations(model)
    let storage = DiscreteStorage(model: model, start: all.states(0))
    let engine = LocalDiscrete(
      storage: storage, beta: system.beta, isHeatBath: isHeatBath, order: .sequential,
      using: Seed(1).makeStream())
    let weights = all.weights(beta: system.beta)
    var sweep = TransitionMatrix.identity(count: all.count)
    for site in 0..<model.siteCount {
      let words = alphabet(all, site: site, isHeatBath: isHeatBath, rule: engine.rule)
      let attempt = all.matrix(storage, alphabet: always(words)) {
        engine.attempt(site..<(site + 1), using: &$0)
      }
      #expect(attempt.rowError < 1e-11)
      #expect(attempt.invarianceError(of: weights) < localError)
      sweep = sweep.times(attempt)
    }
    #expect(sweep.invarianceError(of: weights) < localError)
    #expect(sweep.isPositive)
  }

  /// Numbers with which one word of an attempt is compared.
  private func alphabet(
    _ all: DiscreteConfigurations, site: Int, isHeatBath: Bool, rule: MetropolisAcceptance
  ) -> [WeightedWord] {
    let model = all.model
    var edges: [Double] = []
    for index in 0..<all.count {
      let states = all.states(index)
      let changes = model.states.map { model.energyChange(at: site, to: $0, in: states.span) }
      if isHeatBath {
        let factors = changes.map { exp(-rule.beta * $0) }
        let total = factors.reduce(0, +)
        var sum = 0.0
        // Two states: the chance of state 1; more: cumulative from state 0.
        for factor in model.stateCount == 2 ? factors.reversed() : factors {
          sum += factor
          edges.append(sum / total)
        }
      } else {
        edges += changes.map { rule.probability(energyChange: $0) }
      }
    }
    let choices = isHeatBath || model.stateCount == 2 ? 1 : model.stateCount - 1
    return wordsBetween(distinct(edges), choices: choices)
  }

  /// A sweep is the attempts of the matrix, one after the other.
  @Test(arguments: DiscreteCase.local)
  func aSweepIsOneAttemptPerSite(_ system: DiscreteCase) throws {
    let model = try system.model
    for isHeatBath in [false, true] {
      let pair = (0..<2).map { _ in
        LocalDiscrete(
          storage: DiscreteStorage(
            model: model, start: [UInt8](repeating: 0, count: model.siteCount)),
          beta: system.beta, isHeatBath: isHeatBath, order: .sequential,
          using: Seed(1).makeStream())
      }
      let stream = Seed.test(system.testDescription).makeStream()
      var streams = [stream, stream]
      for _ in 0..<20 {
        pair[0].sweep(using: &streams[0])
        for site in 0..<model.siteCount {
          pair[1].attempt(site..<(site + 1), using: &streams[1])
        }
        #expect(pair[0].storage.configuration == pair[1].storage.configuration)
      }
      #expect(streams[0] == streams[1])
    }
  }

  /// Silent errors 2 and 10: clusters wrong where J < 0; reflections that miss states of even clocks.
  @Test(arguments: DiscreteCase.clusters)
  func wolffLeavesTheWeightInvariantAndReachesEverything(_ system: DiscreteCase) throws {
    let model = try system.model
    let all = DiscreteConfigurations(model)
    let storage = DiscreteStorage(model: model, start: all.states(0))
    let engine = WolffDiscrete(storage: storage, beta: system.beta, using: Seed(1).makeStream())
    let roots = wordsOfIndex(below: model.siteCount)
    let choices = engine.bonds.movers.map(\.count).max()!
    let mirrors = wordsOfIndex(below: choices)
    let words = wordsOfHalves(
      bondChances(all, beta: system.beta), more: acceptances(all, engine.bonds, system.beta))
    let cluster = all.matrix(storage) { draw in
      draw == 0 ? roots : draw == 1 && choices > 1 ? mirrors : words
    } step: {
      _ = engine.flipCluster(using: &$0)
    }
    #expect(cluster.rowError < 1e-11)
    let weights = all.weights(beta: system.beta)
    #expect(cluster.invarianceError(of: weights) < clusterError)
    // A sweep is local attempts where needed, n clusters and with probability one half one more.
    let coin = cluster.averaged(with: .identity(count: cluster.count))
    let local = localSweep(all, storage, engine.local)
    #expect(local.times(cluster).times(coin).isPrimitive)
    #expect(local.times(cluster).times(cluster).times(coin).isPrimitive)
  }

  /// Silent errors 2, 4 and 10: as above, and improved even powers that are biased.
  @Test(arguments: DiscreteCase.clusters)
  func swendsenWangLeavesTheWeightInvariantAndReachesEverything(_ system: DiscreteCase) throws {
    let model = try system.model
    let all = DiscreteConfigurations(model)
    let storage = DiscreteStorage(model: model, start: all.states(0))
    let engine = SwendsenWangDiscrete(
      storage: storage, beta: system.beta, using: Seed(1).makeStream())
    let bonds = engine.bonds
    let isPotts = model.spins.isPottsLike && model.stateCount > 2
    let reflectionDraws = isPotts || bonds.reflectionCount == 1 ? 0 : 1
    let bondDraws = reflectionDraws + (storage.bondCount + 1) / 2
    let mirrors = wordsOfIndex(below: bonds.reflectionCount)
    let words = wordsOfHalves(bondChances(all, beta: system.beta))
    let decisions =
      engine.isWeighted
      ? wordsBetween(clusterChances(all, bonds, system.beta))
      : isPotts ? wordsOfIndex(below: model.stateCount) : wordsOfCoins(model.siteCount)
    let weights = all.weights(beta: system.beta)
    var (second, fourth) = (0.0, 0.0)
    let matrix = all.matrix(storage) { draw in
      draw < reflectionDraws ? mirrors : draw < bondDraws ? words : decisions
    } seen: { from, probability in
      guard let moments = engine.improvedMoments() else { return }
      second += weights[from] * probability * moments.second
      fourth += weights[from] * probability * moments.fourth
    } step: {
      engine.pass(using: &$0)
    }
    #expect(matrix.rowError < 1e-11)
    #expect(matrix.invarianceError(of: weights) < clusterError)
    let local = localSweep(all, storage, engine.local)
    #expect(local.times(matrix).isPrimitive)
    guard engine.isImproved else { return }
    // Averages over clusters have the expectations of the plain moments, even powers included.
    let squares = (0..<all.count).map { index in
      model.order(of: all.states(index).span)
        .reduce(0) { $0 + $1 * $1 } / Double(model.siteCount * model.siteCount)
    }
    expectClose(
      second, zip(weights, squares).reduce(0) { $0 + $1.0 * $1.1 }, absolute: clusterError)
    expectClose(
      fourth, zip(weights, squares).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }, absolute: clusterError)
  }

  /// 1 - exp(-beta dE) for all changes of bond energies.
  private func bondChances(_ all: DiscreteConfigurations, beta: Double) -> [Double] {
    let pairs = all.model.spins.pairEnergies.joined()
    return distinct(
      Set(all.model.couplings).flatMap { coupling in
        pairs.flatMap { one in pairs.map { -expm1(-beta * coupling * ($0 - one)) } }
      })
  }

  private func acceptances(
    _ all: DiscreteConfigurations, _ bonds: ClusterBonds, _ beta: Double
  ) -> [Double] {
    guard bonds.changesSites else { return [] }
    return distinct(
      all.model.spins.reflections.flatMap { reflection in
        all.sumsOverSets { site, states in
          [
            all.model.siteEnergy(of: reflection[Int(states[site])], at: site)
              - all.model.siteEnergy(of: states[site], at: site)
          ]
        }.map { exp(-beta * $0[0]) }
      })
  }

  private func clusterChances(
    _ all: DiscreteConfigurations, _ bonds: ClusterBonds, _ beta: Double
  ) -> [Double] {
    let model = all.model
    if model.spins.isPottsLike && model.stateCount > 2 {
      return distinct(
        all.sumsOverSets { site, _ in model.states.map { model.siteEnergy(of: $0, at: site) } }
          .flatMap { energies in
            let factors = energies.map { exp(-beta * $0) }
            let total = factors.reduce(0, +)
            var sum = 0.0
            return factors.map { factor in
              sum += factor
              return sum / total
            }
          })
    }
    return distinct(
      model.spins.reflections.flatMap { reflection in
        all.sumsOverSets { site, states in
          [
            model.siteEnergy(of: reflection[Int(states[site])], at: site)
              - model.siteEnergy(of: states[site], at: site)
          ]
        }.map { 1 / (1 + exp(beta * $0[0])) }
      })
  }

  private func localSweep(
    _ all: DiscreteConfigurations, _ storage: DiscreteStorage, _ engine: LocalDiscrete?
  ) -> TransitionMatrix {
    var sweep = TransitionMatrix.identity(count: all.count)
    guard let engine else { return sweep }
    for site in 0..<all.model.siteCount {
      let words = alphabet(all, site: site, isHeatBath: false, rule: engine.rule)
      sweep = sweep.times(
        all.matrix(storage, alphabet: always(words)) {
          engine.attempt(site..<(site + 1), using: &$0)
        })
    }
    return sweep
  }
}
