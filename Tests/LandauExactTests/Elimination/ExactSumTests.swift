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

@Suite struct ExactSumTests {
  /// Any graph, fields, double and self bonds, against all configurations.
  @Test(arguments: [(5, 9, 0.0), (12, 20, 0.4), (14, 40, 0.3)])
  func anyGraph(siteCount: Int, bondCount: Int, field: Double) throws {
    var rng = Seed.test(siteCount).makeStream()
    let graph = try RandomGraphs.scattered(
      siteCount: siteCount, bondCount: bondCount, field: field, using: &rng)
    let all = BruteForce(graph)
    let sum = try ExactSum(of: StateGraph(graph))
    for beta in [0, 0.3, 1, 4, -0.5] {
      let point = sum.thermal(beta: beta)
      let lowest = beta < 0 ? all.energies.max()! : all.ground
      let weights = all.energies.map { exp(-beta * ($0 - lowest)) }
      let total = weights.reduce(0, +)
      let mean = zip(weights, all.energies).reduce(0) { $0 + $1.0 * $1.1 } / total
      let variance =
        zip(weights, all.energies).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) } / total
      // 2^14 terms summed plainly: sqrt(2^14) to 2^14 ulps of numbers up to 100.
      expectClose(point.logPartition, log(total) - beta * lowest, absolute: 1e-12)
      expectClose(sum.logPartition(beta: beta), point.logPartition, absolute: 1e-13)
      expectClose(point.energy, mean, absolute: 1e-11)
      expectClose(point.energyVariance, variance, absolute: 1e-10)
    }
  }

  /// Kaufman's formula is another route; rows are fixed from 8 x 8 on, and symmetries are used.
  @Test(arguments: [[4, 4], [8, 8], [10, 10], [5, 12], [12, 12]])
  func uniformTori(sides: [Int]) throws {
    let sum = try Tori.ising(sides)
    let torus = try KaufmanTorus(rows: sides[0], columns: sides[1])
    for beta in [0.1, 0.4406867935097715, 0.7] {
      let point = sum.thermal(beta: beta)
      expectClose(point.logPartition, torus.logPartition(beta: beta), relative: 2e-14)
      expectClose(point.energyPerSite, torus.energyPerSite(beta: beta), absolute: 1e-13)
      expectClose(
        point.specificHeatPerSite, torus.specificHeatPerSite(beta: beta), absolute: 2e-12)
    }
  }

  /// Weights that no double holds.
  @Test func veryLowTemperature() throws {
    let point = try Tori.ising([6, 6]).thermal(beta: 1e5)
    expectClose(point.logPartition, 72e5 + 0.6931471805599453, ulps: 4)
    #expect(point.energyPerSite == -2 && point.energyVariance == 0)
    let distribution = try Tori.ising([4, 4], coupling: -1).magnetizationDistribution(beta: 1e5)
    expectClose(distribution.probabilities[8], 1, ulps: 16)
  }

  /// Symmetries shorten the sum and change nothing.
  @Test func symmetriesChangeNothing() throws {
    let bonds = Tori.bonds([6, 7], coupling: 0.8)
    let graph = try StateGraph(siteCount: 42, spins: .potts(3), bonds: bonds)
    let long = try ExactSum(of: graph)
    let short = try ExactSum(of: graph, permutations: Tori.translations([6, 7]))
    #expect(short.work < long.work / 3)
    expectClose(
      short.logPartition(beta: 0.9), long.logPartition(beta: 0.9), relative: 1e-14)
    // A permutation that is no symmetry is not used.
    var rng = Seed.test().makeStream()
    let glass = try RandomGraphs.square(rows: 5, columns: 5, using: &rng)
    let plain = try ExactSum(of: StateGraph(glass))
    let tricked = try ExactSum(of: StateGraph(glass), permutations: Tori.translations([5, 5]))
    #expect(tricked.choices.representatives == plain.choices.representatives)
  }

  /// 3 x 3 tori of the Potts model, enumerated.
  @Test(arguments: [
    (3, 0.8, 23.75861674492, -1.91865971731), (3, 0.994972861072, 19.68893973185, -1.74212221465),
    (3, 1.5, 15.15786996965, -1.20872361621), (4, 0.8, 24.14124119458, -1.86549817779),
    (4, 0.910239226627, 21.68915602371, -1.71687964228), (4, 1.5, 16.52477154845, -0.94482378904),
  ])
  func smallPottsTori(states: Int, temperature: Double, logPartition: Double, energy: Double)
    throws
  {
    let graph = try StateGraph(siteCount: 9, spins: .potts(states), bonds: Tori.bonds([3, 3]))
    let point = try ExactSum(of: graph).thermal(beta: 1 / temperature)
    expectClose(point.logPartition, logPartition, absolute: 2e-11)
    expectClose(point.energyPerSite, energy, absolute: 1e-11)
  }

  /// q = 2 Potts and clock models are Ising models; q = 4 clock is two of them at half the coupling.
  @Test func relationsBetweenModels() throws {
    let bonds = Tori.bonds([4, 5])
    let ising = try Tori.ising([4, 5])
    let potts = try ExactSum(of: StateGraph(siteCount: 20, spins: .potts(2), bonds: bonds))
    let clock = try ExactSum(of: StateGraph(siteCount: 20, spins: .clock(2), bonds: bonds))
    let four = try ExactSum(of: StateGraph(siteCount: 20, spins: .clock(4), bonds: bonds))
    for beta in [0.2, 0.6] {
      let point = ising.thermal(beta: beta)
      let shifted = potts.thermal(beta: 2 * beta)
      expectClose(shifted.logPartition, point.logPartition + 40 * beta, relative: 1e-14)
      expectClose(shifted.energy, (point.energy - 40) / 2, relative: 1e-13)
      expectClose(clock.logPartition(beta: beta), point.logPartition, relative: 1e-14)
      expectClose(four.logPartition(beta: 2 * beta), 2 * point.logPartition, relative: 1e-14)
      expectClose(four.thermal(beta: 2 * beta).energy, point.energy, relative: 1e-12)
    }
  }

  /// Digits computed with other code.
  @Test(arguments: [
    (4, 2.269185314213022, 0.8438604448, 0.7613589086, 0.6656912133, 0.6171993184),
    (6, 2.0, 0.9130939241, 0.8499052318, 0.7577697900, 0.6503165911),
    (6, 2.269185314213022, 0.8049765584, 0.6933165911, 0.5561228635, 0.6143562391),
    (6, 2.5, 0.6774137638, 0.5286207511, 0.3738843668, 0.5540074165),
    (8, 2.0, 0.9114522661, 0.8416711846, 0.7340152049, 0.6546186493),
    (8, 2.269185314213022, 0.7773310928, 0.6469115750, 0.4858152341, 0.6130453849),
    (8, 2.5, 0.6031289794, 0.4320990786, 0.2665525133, 0.5241228559),
  ])
  func magnetizationMoments(
    side: Int, temperature: Double, absolute: Double, square: Double, fourth: Double, binder: Double
  ) throws {
    let distribution = try Tori.ising([side, side])
      .magnetizationDistribution(beta: 1 / temperature)
    expectClose(distribution.absoluteMoment(1), absolute, absolute: 1e-10)
    expectClose(distribution.absoluteMoment(2), square, absolute: 1e-10)
    expectClose(distribution.absoluteMoment(4), fourth, absolute: 1e-10)
    expectClose(distribution.binderCumulant, binder, absolute: 1e-10)
    expectClose(distribution.mean, 0, absolute: 1e-14)
  }

  /// The same of 10 x 10; the moments of eight angles each cost a torus.
  @Test(
    .slow,
    arguments: [
      (2.0, 0.9111215907, 0.8377102017, 0.7206499604, 0.6576932180),
      (2.269185314213022, 0.7562743729, 0.6125676827, 0.4363950441, 0.6123405340),
      (2.5, 0.5383927919, 0.3552843285, 0.1925924026, 0.4914123691),
    ])
  func magnetizationOfTheLargerTorus(
    temperature: Double, absolute: Double, square: Double, fourth: Double, binder: Double
  ) throws {
    let distribution = try Tori.ising([10, 10]).magnetizationDistribution(beta: 1 / temperature)
    expectClose(distribution.absoluteMoment(1), absolute, absolute: 1e-10)
    expectClose(distribution.absoluteMoment(2), square, absolute: 1e-10)
    expectClose(distribution.absoluteMoment(4), fourth, absolute: 1e-10)
    expectClose(distribution.binderCumulant, binder, absolute: 1e-10)
  }

  @Test(arguments: [[3, 5], [4, 4]], [0.3, -0.4])
  func magnetizationDistributionAgainstEnumeration(sides: [Int], beta: Double) throws {
    let all = try Enumeration(of: IsingModel(sides: sides))
    let distribution = try Tori.ising(sides).magnetizationDistribution(beta: beta)
    for (magnetization, probability) in zip(
      distribution.magnetizations, distribution.probabilities)
    {
      let expected = all.mean(beta: beta) { $1 == magnetization ? 1 : 0 }
      expectClose(probability, expected, absolute: 1e-14)
    }
  }

  @Test(arguments: [(1.0, 0.0), (-0.7, 0), (0.9, 0.4), (0.9, -0.4), (-0.7, 0.6)])
  func magnetizationMomentsAgainstEnumeration(coupling: Double, field: Double) throws {
    let all = try Enumeration(of: IsingModel(sides: [3, 4], coupling: coupling, field: field))
    let sum = try ExactSum(
      of: .ising(Lattice(.square, sides: [3, 4]), coupling: coupling, field: field))
    for beta in [0.0, 0.4, 1.1] {
      let moments = try sum.magnetizationMoments(beta: beta)
      let mean = field == 0 ? 0 : all.magnetizationMoment(1, beta: beta)
      expectClose(moments.mean, mean, absolute: 1e-13)
      expectClose(moments.square, all.magnetizationMoment(2, beta: beta), absolute: 1e-13)
    }
  }

  /// Lattice models of other rooms: their energy function enumerates, our tables are summed.
  @Test func latticeModels() throws {
    let square = try Lattice(.square, sides: [3, 3])
    let models = [
      try DiscreteModel.blumeCapel(square, coupling: 0.9, crystalField: 0.4, field: 0.2),
      try DiscreteModel.potts(square, states: 3, coupling: -1, field: 0.3),
      try DiscreteModel.clock(Lattice(.triangular, sides: [2, 3]), states: 4, field: 0.5),
      try DiscreteModel.ising(Lattice(.honeycomb, sides: [2, 2]), coupling: -0.7, field: 1),
      try DiscreteModel.ising(
        Lattice(.square, sides: [3, 4], boundary: [.open, .antiperiodic])),
      try DiscreteModel.ising(Lattice(.cubic, sides: [2, 2, 3])),
    ]
    for model in models {
      let all = try Enumeration(of: model)
      let sum = try ExactSum(of: model)
      for beta in [0.0, 0.5, 1.2] {
        let point = sum.thermal(beta: beta)
        expectClose(point.logPartition, all.logPartition(beta: beta), absolute: 1e-12)
        expectClose(point.energyPerSite, all.energyPerSite(beta: beta), absolute: 1e-12)
        expectClose(point.energyVariance, all.energyVariance(beta: beta), absolute: 1e-10)
      }
      if model.name == "ising" {
        let state = try IsingGroundState(of: IsingGraph(model))
        expectClose(state.energy, all.levels[0].energy, absolute: 1e-12)
      } else {
        #expect(throws: InputError.self) { try IsingGraph(model) }
      }
    }
  }

  @Test func refusals() throws {
    #expect(throws: InputError.self) {
      try StateGraph(siteCount: 2, stateCount: 2, bonds: [], pairEnergy: [0, 1, 2, 0])
    }
    #expect(throws: InputError.self) {
      try StateGraph(siteCount: 2, stateCount: 2, bonds: [], pairEnergy: [0, 1, 1])
    }
    #expect(throws: InputError.self) {
      try StateGraph(siteCount: 2, stateCount: 1, bonds: [], pairEnergy: [0])
    }
    let field = try StateGraph(
      siteCount: 2, stateCount: 2, bonds: [], pairEnergy: [0, 1, 1, 0], siteEnergy: [0, 1])
    #expect(throws: InputError.self) {
      try ExactSum(of: field).magnetizationDistribution(beta: 1)
    }
    #expect(throws: InputError.self) { try ExactSum(of: field).densityOfStates(unit: 0.7) }
  }
}
