import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauExact
@testable import LandauStore

@Suite struct IsingGroundStateTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    var rows: Int
    var columns: Int
    var field = 0.0
    var openAcross = false
    var openAlong = false
    var testDescription: String { "\(rows)x\(columns) \(field) \(openAcross) \(openAlong)" }
  }

  static let shapes = [
    Shape(rows: 4, columns: 4), Shape(rows: 3, columns: 5), Shape(rows: 5, columns: 3),
    Shape(rows: 2, columns: 2), Shape(rows: 1, columns: 6), Shape(rows: 1, columns: 1),
    Shape(rows: 2, columns: 7, field: 0.5), Shape(rows: 4, columns: 4, field: 1),
    Shape(rows: 4, columns: 4, openAcross: true), Shape(rows: 4, columns: 4, openAlong: true),
    Shape(rows: 3, columns: 4, field: 0.3, openAcross: true, openAlong: true),
  ]

  /// Sums of up to 48 numbers of order one, in different orders: 48 ulps of 32 are 3e-13.
  @Test(arguments: shapes, RandomGraphs.Couplings.allCases)
  func agreesWithBruteForce(shape: Shape, couplings: RandomGraphs.Couplings) throws {
    for repetition in 0..<4 {
      var rng = Seed.test(shape, couplings, repetition).makeStream()
      let graph = try RandomGraphs.square(
        rows: shape.rows, columns: shape.columns, couplings: couplings, field: shape.field,
        openAcross: shape.openAcross, openAlong: shape.openAlong, using: &rng)
      let all = BruteForce(graph)
      let state = try IsingGroundState(of: graph)
      expectClose(state.energy, all.ground, absolute: 3e-13)
      #expect(graph.energy(of: state.spins) == state.energy)
      #expect(state.spins.allSatisfy { abs($0) == 1 })
      if couplings == .bimodal && shape.field == 0 {
        let count = all.energies.count { $0 == all.ground }
        #expect(try IsingGroundState.degeneracy(of: graph) == Double(count))
      }
    }
  }

  /// Graphs without any geometry, with double bonds and bonds of a site with itself.
  @Test(arguments: [(6, 9, 0.0), (12, 20, 0.4), (14, 40, 0.0), (15, 60, 1.0)])
  func anyGraph(siteCount: Int, bondCount: Int, field: Double) throws {
    for repetition in 0..<4 {
      var rng = Seed.test(siteCount, repetition).makeStream()
      let graph = try RandomGraphs.scattered(
        siteCount: siteCount, bondCount: bondCount, field: field, using: &rng)
      let state = try IsingGroundState(of: graph)
      expectClose(state.energy, BruteForce(graph).ground, absolute: 3e-13)
    }
  }

  /// The enumeration of the 4 x 5 torus is another code altogether: uniform couplings, both signs.
  @Test(arguments: [1.0, -1.0])
  func uniformTorusAgainstEnumeration(coupling: Double) throws {
    let model = try IsingModel(sides: [4, 5], coupling: coupling)
    let levels = try Enumeration(of: model).densityOfStates
    let same = [Double](repeating: coupling, count: 20)
    let graph = try IsingGraph(rows: 4, columns: 5, right: same, down: same)
    #expect(try IsingGroundState(of: graph).energy == levels[0].energy)
    #expect(try IsingGroundState.degeneracy(of: graph) == Double(levels[0].count))
  }

  /// Turning all spins round a site and the couplings with them changes nothing; neither does
  /// moving the torus. Larger than can be enumerated, with the fixed row in play.
  @Test func gaugeAndTranslation() throws {
    var rng = Seed.test().makeStream()
    let (rows, columns) = (9, 7)
    let graph = try RandomGraphs.square(rows: rows, columns: columns, using: &rng)
    let energy = try IsingGroundState(of: graph).energy
    let signs = (0..<rows * columns).map { _ in rng.uniform() < 0.5 ? -1.0 : 1 }
    let moved = (0..<rows * columns).map { site in
      (site / columns + 4) % rows * columns + (site % columns + 3) % columns
    }
    let bonds = graph.bonds.map { bond in
      let sign = signs[bond.first] * signs[bond.second]
      return IsingGraph.Bond(moved[bond.first], moved[bond.second], bond.coupling * sign)
    }
    let other = try IsingGraph(siteCount: graph.siteCount, bonds: bonds)
    let state = try IsingGroundState(of: other)
    expectClose(state.energy, energy, absolute: 1e-12)
    let back = (0..<graph.siteCount).map { Int8(signs[$0]) * state.spins[moved[$0]] }
    expectClose(graph.energy(of: back), energy, absolute: 1e-12)
  }

  @Test func resultsDoNotDependOnThreads() throws {
    var rng = Seed.test().makeStream()
    let graph = try RandomGraphs.square(rows: 8, columns: 8, couplings: .bimodal, using: &rng)
    let one = try IsingGroundState(of: graph, pool: WorkerPool(threadCount: 1))
    #expect(try IsingGroundState(of: graph, pool: WorkerPool(threadCount: 3)) == one)
  }

  @Test func refusals() throws {
    #expect(throws: InputError.self) { try IsingGraph(siteCount: 2, bonds: [.init(0, 2)]) }
    #expect(throws: InputError.self) { try IsingGraph(siteCount: 2, bonds: [.init(0, 1, .nan)]) }
    #expect(throws: InputError.self) { try IsingGraph(siteCount: 2, bonds: [], fields: [1]) }
    let graph = try IsingGraph(siteCount: 2, bonds: [.init(0, 1, 0.5)])
    #expect(throws: InputError.self) { try IsingGroundState.degeneracy(of: graph) }
    let wide = try IsingGraph(
      rows: 30, columns: 30, right: [Double](repeating: 1, count: 900),
      down: [Double](repeating: 1, count: 900))
    #expect(throws: InputError.self) { try IsingGroundState(of: wide) }
  }
}

/// Instances with published ground-state energies; the answers are read after ours are computed.
@Suite struct EdwardsAndersonInstanceTests {
  static func check(_ file: String, side: Int, instances: Range<Int>) throws {
    let path = try #require(sharedData("ea2d_gaussian_torus/\(file)"))
    let contents = try ArrayFile.open(path, parameter: nil, layout: nil)
    let edges = try #require(try contents.array("edges").integers)
    let couplings = try contents.array("J").doubles
    let bondCount = 2 * side * side
    let computed = try instances.map { instance in
      let bonds = (0..<bondCount).map { bond in
        let at = instance * bondCount + bond
        return IsingGraph.Bond(edges[2 * at], edges[2 * at + 1], couplings[at])
      }
      let graph = try IsingGraph(siteCount: side * side, bonds: bonds)
      let state = try IsingGroundState(of: graph)
      #expect(graph.energy(of: state.spins) == state.energy)
      return state.energy / Double(side * side)
    }
    let published = try contents.array("gs_energy_per_site").doubles
    for (energy, instance) in zip(computed, instances) {
      // The source rounded its couplings before solving: its own 4 x 4 energies are off by up to
      // 1.5e-6 against enumeration.
      expectClose(energy, published[instance], absolute: 1.5e-6, "instance \(instance)")
    }
  }

  @Test(.needsSharedData("ea2d_gaussian_torus/L6.npz"))
  func sixBySix() throws { try Self.check("L6.npz", side: 6, instances: 0..<100) }

  @Test(.needsSharedData("ea2d_gaussian_torus/L10.npz"))
  func tenByTen() throws { try Self.check("L10.npz", side: 10, instances: 0..<20) }

  @Test(.slow, .needsSharedData("ea2d_gaussian_torus/L10.npz"))
  func tenByTenAll() throws { try Self.check("L10.npz", side: 10, instances: 20..<100) }
}
