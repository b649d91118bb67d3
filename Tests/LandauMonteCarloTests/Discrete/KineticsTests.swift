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

  /// Rates are in detailed balance, and the code that runs makes each change with the probability of its rate.
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

@Suite struct KineticsCheckpointTests {
  @Test func stateIsTakenUpBitForBit() throws {
    let lattice = try Lattice(.kagome, sides: [3, 3])
    let couplings = lattice.bonds.indices.map { 0.31 + 0.07 * Double($0 % 5) }
    let model = try DiscreteModel.ising(lattice, couplings: couplings)
    let makers: [(Seed) throws -> any MarkovChain] = [
      { try KawasakiChain(model: model, beta: 0.6, seed: $0) },
      { try RejectionFreeChain(model: model, beta: 0.6, seed: $0) },
      { try WormChain(model: model, beta: 0.6, seed: $0) },
    ]
    for (number, make) in makers.enumerated() {
      let seed = Seed.test(number)
      var rng = seed.child("moments").makeStream()
      let chain = try make(seed)
      for _ in 0..<6 {
        chain.sweep(1 + rng.index(below: 5))
        var writer = StateWriter()
        chain.save(to: &writer)
        let other = try make(Seed(1))
        var reader = StateReader(writer.bytes)
        try other.restore(from: &reader)
        #expect(reader.isAtEnd)
        for sweeps in [1, 3] {
          chain.sweep(sweeps)
          other.sweep(sweeps)
          var rows: [[Double]] = [[], []]
          chain.measure(into: &rows[0])
          other.measure(into: &rows[1])
          #expect(rows[0] == rows[1] && rows[0].allSatisfy(\.isFinite))
          var states = [StateWriter(), StateWriter()]
          chain.save(to: &states[0])
          other.save(to: &states[1])
          #expect(states[0].bytes == states[1].bytes)
        }
      }
    }
  }
}
