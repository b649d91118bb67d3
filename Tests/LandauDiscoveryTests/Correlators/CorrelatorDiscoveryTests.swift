import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct CorrelatorDiscoveryTests {
  /// Independent spins against periodic Ising chains with one neighbour's correlation.
  private func chains(_ perClass: Int, correlation: Double, seed: Seed) -> Snapshots {
    var rng = seed.makeStream()
    let side = 24
    let values = (0..<2).flatMap { label in
      (0..<perClass).flatMap { _ -> [Int8] in
        var bonds: [Bool]
        repeat {
          bonds = (0..<side).map { _ in
            rng.uniform() < (1 - (label == 1 ? correlation : 0)) / 2
          }
        } while bonds.count { $0 } % 2 == 1
        var spin: Int8 = rng.uniform() < 0.5 ? 1 : -1
        return bonds.map { bond in
          defer { if bond { spin = -spin } }
          return spin
        }
      }
    }
    return Snapshots(
      siteShape: [side], channels: ["spin"], values: values, parameterName: "class",
      parameters: [0, 1], parameterIndex: (0..<2 * perClass).map { Int32($0 / perClass) },
      chain: (0..<2 * perClass).map { Int32($0 % perClass) }, isSequential: false,
      boundary: .periodic)
  }

  private func discovery(_ seed: Seed, order: Int) -> CorrelatorDiscovery {
    var discovery = CorrelatorDiscovery(window: [3], seed: seed)
    discovery.order = order
    discovery.foldCount = 3
    discovery.training.epochs = 15
    return discovery
  }

  private func run(_ discovery: CorrelatorDiscovery, _ snapshots: Snapshots) throws
    -> CorrelatorFindings
  {
    try discovery.run(
      snapshots, pool: WorkerPool(threadCount: 1), progress: .silent, cancellation: .never)
  }

  @Test func `Pairs are named, and below them nothing is told apart`() throws {
    let snapshots = chains(300, correlation: 0.4, seed: .test("chains"))
    let full = try run(discovery(.test("full"), order: 3), snapshots)
    #expect(full.decisiveOrder == 2)
    #expect(full.agreement == 1)
    #expect(full.accuracy.value > 0.75)
    let short = try run(discovery(.test("short"), order: 1), snapshots)
    #expect(short.decisiveOrder == nil)
    #expect(abs(short.accuracy.pull(to: 0.5)) < 4)
    let (regression, terms) = try discovery(.test("all"), order: 3).regression(
      snapshots, pool: WorkerPool(threadCount: 1), cancellation: .never)
    #expect(regression.decisiveOrder == 2)
    // s, s s', s . s'', and all three: translates are one.
    #expect(terms.map(\.degree) == [1, 2, 2, 3])
  }

  @Test func `The page of the manual is compiled and runs`() throws {
    let snapshots = chains(40, correlation: 0.8, seed: .test("chains"))
    var discovery = CorrelatorDiscovery(window: [3], seed: Seed(1))
    discovery.order = 3
    let found = try discovery.run(
      snapshots, pool: WorkerPool(), progress: .silent, cancellation: .never)
    print(found.decisiveOrder ?? 0, found.accuracy, found.agreement)
    #expect(found.decisiveOrder == 2)
    try expectPageShowsCode("correlators.md", minimum: 5)
  }

  @Test func `What judges a network does not touch it`() throws {
    let snapshots = chains(60, correlation: 0.4, seed: .test("chains"))
    // Fold 0 holds every third sample of a class; its spins are replaced.
    let changed = Snapshots(
      siteShape: snapshots.siteShape, channels: snapshots.channels,
      values: snapshots.values.enumerated().map { $0 / 24 % 60 % 3 == 0 ? 1 : $1 },
      parameterName: "class", parameters: [0, 1], parameterIndex: snapshots.parameterIndex,
      chain: snapshots.chain, isSequential: false, boundary: .periodic)
    let first = try run(discovery(.test(), order: 2), snapshots).runs[0]
    let second = try run(discovery(.test(), order: 2), changed).runs[0]
    #expect(first.filters == second.filters)
    #expect(first.path.center == second.path.center)
    #expect(first.path.points.map(\.coefficients) == second.path.points.map(\.coefficients))
    #expect(first.chosen == second.chosen)
    #expect(second.accuracy != first.accuracy)
  }

  @Test func `What cannot be told apart is refused before any work`() throws {
    let one = randomSnapshots(siteShape: [8], samples: 20, boundary: .periodic, seed: .test())
    var wide = discovery(.test(), order: 2)
    wide.window = [9]
    let refusal = #expect(throws: InputError.self) { try run(wide, one) }
    #expect(refusal?.message.contains("the window is [9]") == true)
    var turned = discovery(.test(), order: 2)
    turned.isSymmetrized = true
    #expect(throws: InputError.self) { try run(turned, one) }
    let alone = Snapshots(
      siteShape: [2], channels: ["spin"], values: [1, 1], parameterName: "p", parameters: [0],
      parameterIndex: [0], chain: [0], isSequential: false, boundary: .open)
    #expect(throws: InputError.self) { try run(discovery(.test(), order: 1), alone) }
  }
}
