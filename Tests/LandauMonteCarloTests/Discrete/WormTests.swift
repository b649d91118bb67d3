import LandauCore
import LandauExact
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

@Suite struct WormTests {
  static let cases: [DiscreteCase] = [
    DiscreteCase(kind: .ising, sides: [2], beta: 0.7),
    DiscreteCase(kind: .ising, sides: [3], beta: 0),
    DiscreteCase(kind: .ising, sides: [3], couplings: .cycle([0.4, 1.3, 0.7]), beta: 0.7),
    DiscreteCase(kind: .ising, sides: [4], boundary: [.open], beta: 0.7),
    DiscreteCase(
      kind: .ising, cell: .ladder, sides: [2], boundary: [.open], couplings: .cycle([1, 0.5]),
      beta: 0.9),
    DiscreteCase(kind: .ising, cell: .kagome, sides: [1, 1], beta: 0.3),
    DiscreteCase(kind: .ising, cell: .square, sides: [1, 3], beta: 0.3),
  ]

  /// The weights of graphs with two ends, over all of them.
  @Test(arguments: cases)
  func stepsLeaveTheWeightInvariantAndReachEverything(_ system: DiscreteCase) throws {
    let model = try system.model
    let lattice = model.lattice
    let worm = try WormChain(model: model, beta: system.beta, seed: Seed(1))
    let chances = model.couplings.map { tanh(system.beta * $0) }
    struct State: Hashable {
      var bonds: Int
      var head: Int
      var tail: Int
    }
    let states = graphs(lattice, chances).map { State(bonds: $0, head: $1, tail: $2) }
    let numbers = Dictionary(uniqueKeysWithValues: zip(states, states.indices))
    let weights = states.map { state in
      chances.indices.reduce(1.0) { state.bonds >> $1 & 1 == 1 ? $0 * chances[$1] : $0 }
    }
    let words = wordsBetween(distinct(edges(lattice, chances)))
    let sites = wordsOfIndex(below: model.siteCount)
    var matrix = TransitionMatrix(count: states.count)
    for (from, state) in states.enumerated() {
      let bonds = chances.indices.map { UInt8(state.bonds >> $0 & 1) }
      let alphabet = { (draw: Int) in
        draw == 0 && state.head == state.tail ? sites : words
      }
      explore(alphabet: alphabet) { generator in
        worm.load(bonds, head: state.head, tail: state.tail)
        worm.step(using: &generator)
      } found: { probability in
        let bonds = chances.indices.reduce(0) { $0 | Int(worm.occupied[$1]) << $1 }
        let to = State(bonds: bonds, head: worm.ends.head, tail: worm.ends.tail)
        matrix[from, numbers[to]!] += probability
      }
    }
    #expect(matrix.rowError < 1e-11)
    let total = weights.reduce(0, +)
    #expect(matrix.invarianceError(of: weights.map { $0 / total }) < 1e-9)
    #expect(matrix.isPrimitive)
    // What the fraction of closed worms says about the square of the magnetisation.
    let closed = zip(states, weights).reduce(0) { $0 + ($1.0.head == $1.0.tail ? $1.1 : 0) } / total
    let exact = try Enumeration(of: model, order: { $0 == 0 ? -1 : 1 })
    expectClose(
      1 / (closed * Double(model.siteCount)), exact.magnetizationMoment(2, beta: system.beta),
      relative: 1e-12)
  }

  /// All sets of bonds that have positive weight, with the ends they need.
  private func graphs(_ lattice: Lattice, _ chances: [Double]) -> [(Int, Int, Int)] {
    var result: [(Int, Int, Int)] = []
    for set in 0..<(1 << chances.count) {
      var odd = [Bool](repeating: false, count: lattice.siteCount)
      var isPossible = true
      for bond in chances.indices where set >> bond & 1 == 1 {
        if chances[bond] == 0 || lattice.bonds[bond].isSelfBond { isPossible = false }
        odd[Int(lattice.bonds[bond].source)].toggle()
        odd[Int(lattice.bonds[bond].target)].toggle()
      }
      let ends = odd.indices.filter { odd[$0] }
      if !isPossible || ends.count > 2 { continue }
      if ends.isEmpty {
        result += odd.indices.map { (set, $0, $0) }
      } else {
        result += [(set, ends[0], ends[1]), (set, ends[1], ends[0])]
      }
    }
    return result
  }

  private func edges(_ lattice: Lattice, _ chances: [Double]) -> [Double] {
    let degrees = (0..<lattice.siteCount).map { lattice.neighbourRange(of: $0).count }
    var result: [Double] = []
    for degree in Set(degrees) where degree > 0 {
      for other in Set(degrees) where other > 0 {
        let ratio = Double(degree) / Double(other)
        let acceptances = chances.flatMap { (chance: Double) -> [Double] in
          [0, ratio * chance, ratio / chance]
        }
        for acceptance in acceptances {
          result += (0..<degree).map { (Double($0) + min(1, acceptance)) / Double(degree) }
        }
      }
    }
    return result
  }

  @Test(arguments: [
    DiscreteCase(kind: .ising, cell: .square, sides: [3, 4], beta: 0.4),
    DiscreteCase(kind: .ising, cell: .triangular, sides: [3, 3], boundary: [.open], beta: 0.3),
    DiscreteCase(
      kind: .ising, cell: .honeycomb, sides: [2, 3], couplings: .cycle([0.4, 1.3, 0.7, 0]),
      beta: 0.8),
  ])
  func energyAndSusceptibilityAgreeWithEnumeration(_ system: DiscreteCase) throws {
    let model = try system.model
    let exact = try Enumeration(of: model, order: { $0 == 0 ? -1 : 1 })
    func run(_ seed: Seed, _ effort: Int) throws -> Recording {
      let chains = try (0..<4).map {
        try WormChain(model: model, beta: system.beta, seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(
        chains: chains, lengths: .init(sweeps: 20_000 * effort, burnIn: 100, measureEvery: 5))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return runner.recording
    }
    let seed = Seed.test(system.testDescription)
    try expectAgreement(
      with: exact.energyPerSite(beta: system.beta), seed: seed.child("energy"), minimalBias: 0.03
    ) { try #require(WormChain.energyPerSite(of: run($0, $1))) }
    try expectAgreement(
      with: exact.magnetizationMoment(2, beta: system.beta), seed: seed.child("order"),
      minimalBias: 0.02
    ) { try #require(WormChain.orderSquared(of: run($0, $1), siteCount: model.siteCount)) }
  }

  @Test func whatCannotBeIsRefused() throws {
    let lattice = try Lattice(.square, sides: [4, 4])
    let models: [DiscreteModel] = [
      try .ising(lattice, coupling: -1), try .ising(lattice, field: 0.1),
      try .potts(lattice, states: 2),
    ]
    for model in models {
      #expect(throws: InputError.self) { _ = try WormChain(model: model, beta: 1, seed: Seed(1)) }
    }
  }
}
