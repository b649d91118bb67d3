import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct KawasakiTests {
  static let cases: [DiscreteCase] = [
    DiscreteCase(kind: .ising, sides: [2], beta: 0),
    DiscreteCase(kind: .ising, cell: .square, sides: [2, 2], beta: 0.44),
    DiscreteCase(kind: .ising, cell: .square, sides: [2, 3], couplings: .uniform(-1), beta: 0.44),
    DiscreteCase(
      kind: .ising, cell: .ladder, sides: [3], couplings: .cycle([0.3, -1.1, 0.77, 2, 0]),
      fields: [0.2, -0.7, 1], beta: 0.5),
    DiscreteCase(kind: .potts(3), cell: .square, sides: [2, 2], fields: [0.5, -0.5], beta: 0.8),
    DiscreteCase(kind: .clock(5), sides: [3], boundary: [.open], beta: 0.8),
    DiscreteCase(kind: .blumeCapel(0.4), cell: .square, sides: [1, 3], beta: 0.8),
    DiscreteCase(kind: .gas, cell: .kagome, sides: [2, 1], beta: 0.8),
  ]

  /// Silent error 10: moves that do not reach the whole sector.
  @Test(arguments: cases)
  func exchangesLeaveTheWeightInvariantAndReachTheirSector(_ system: DiscreteCase) throws {
    let model = try system.model
    let all = DiscreteConfigurations(model)
    let chain = try KawasakiChain(model: model, beta: system.beta, seed: Seed(1))
    let rule = MetropolisAcceptance(
      beta: system.beta, largestCost: 2 * chain.storage.largestCost)
    let bonds = model.lattice.bonds.filter { !$0.isSelfBond }
    let energies = (0..<all.count).map { model.energy(of: all.states($0).span) }
    var edges: [Double] = []
    for index in 0..<all.count {
      for bond in bonds {
        var states = all.states(index)
        states.swapAt(Int(bond.source), Int(bond.target))
        edges.append(
          rule.probability(energyChange: model.energy(of: states.span) - energies[index]))
      }
    }
    let words = wordsBetween(distinct(edges), choices: bonds.count)
    let matrix = all.matrix(chain.storage, alphabet: always(words)) {
      chain.attempts(1, using: &$0)
    }
    #expect(matrix.rowError < 1e-11)
    #expect(matrix.invarianceError(of: all.weights(beta: system.beta)) < 1e-9)
    var sectors: [[UInt8]: [Int]] = [:]
    for index in 0..<all.count { sectors[all.states(index).sorted(), default: []].append(index) }
    for sector in sectors.values {
      var inner = TransitionMatrix(count: sector.count)
      for (i, one) in sector.enumerated() {
        for (j, other) in sector.enumerated() { inner[i, j] = matrix[one, other] }
      }
      #expect(inner.rowError < 1e-11)
      #expect(inner.isPrimitive)
    }
  }

  @Test(arguments: [
    ([6, 6], DiscreteCase(kind: .ising, cell: .square, sides: [3, 4], beta: 0.3)),
    ([4, 3, 2], DiscreteCase(kind: .potts(3), cell: .triangular, sides: [3, 3], beta: 0.6)),
  ])
  func energiesAgreeWithTheSector(_ composition: [Int], _ system: DiscreteCase) throws {
    let model = try system.model
    let all = DiscreteConfigurations(model)
    var (sum, total) = (0.0, 0.0)
    for index in 0..<all.count {
      let states = all.states(index)
      let counts = model.states.map { state in states.count { $0 == state } }
      guard counts == composition else { continue }
      let energy = model.energy(of: states.span)
      total += exp(-system.beta * energy)
      sum += energy * exp(-system.beta * energy)
    }
    try expectAgreement(
      with: sum / total / Double(model.siteCount), seed: .test(system.testDescription),
      minimalBias: 0.1
    ) { seed, effort in
      let chain = try KawasakiChain(
        model: model, beta: system.beta, composition: composition, seed: seed)
      chain.burnIn(200)
      let values = (0..<(20_000 * effort)).map { _ in
        chain.sweep()
        return chain.energyPerSite
      }
      #expect(
        chain.configuration.sorted()
          == composition.enumerated().flatMap { Array(repeating: UInt8($0), count: $1) })
      return Series(values).estimate()
    }
  }

  @Test func whatCannotBeIsRefused() throws {
    let model = try DiscreteModel.potts(Lattice(.square, sides: [3, 3]), states: 3)
    for composition in [[9], [3, 3, 4], [10, -1, 0]] {
      #expect(throws: InputError.self) {
        _ = try KawasakiChain(model: model, beta: 1, composition: composition, seed: Seed(1))
      }
    }
    #expect(throws: InputError.self) {
      _ = try KawasakiChain(model: model, beta: -1, seed: Seed(1))
    }
    #expect(throws: InputError.self) {
      _ = try KawasakiChain(model: .ising(Lattice(.chain, sides: [1])), beta: 1, seed: Seed(1))
    }
    #expect(try KawasakiChain(model: model, beta: 1, seed: Seed(1)).composition == [3, 3, 3])
  }
}
