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

@Suite struct PackedBlocksTests {
  /// A model and how many blocks its axes are cut into; empty for the grid that is chosen.
  struct Case: Sendable, CustomTestStringConvertible {
    var system: DiscreteCase
    var blocks: [Int] = []
    var testDescription: String { "\(system.testDescription) in \(blocks)" }

    func grid(_ model: DiscreteModel) -> LaneGrid? {
      blocks.isEmpty
        ? nil
        : LaneGrid(
          sides: model.lattice.sides, blocks: blocks,
          basisCount: model.lattice.cell!.basis.count)
    }

    /// The kernels for four and six bonds and for any, one and several words of lanes, blocks of one axis and of
    /// all, shifts by whole words and by bits, corners.
    static let ising = [
      Case(
        system: DiscreteCase(kind: .ising, cell: .square, sides: [6, 9], beta: 0.44),
        blocks: [3, 3]
      ),
      Case(system: DiscreteCase(kind: .ising, cell: .square, sides: [63, 63], beta: 0.44)),
      Case(system: DiscreteCase(kind: .ising, cell: .square, sides: [64, 48], beta: 0.02)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .square, sides: [128, 4], couplings: .uniform(-0.7), beta: 0.5)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .square, sides: [10, 10], couplings: .cycle([1, -1, -1]), beta: 0.7),
        blocks: [5, 5]),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .square, sides: [12, 6], boundary: [.antiperiodic, .open], beta: 0.7),
        blocks: [6, 1]),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .square, sides: [12, 6], boundary: [.periodic, .helical], beta: 0.4),
        blocks: [6, 1]),
      Case(
        system: DiscreteCase(kind: .ising, cell: .cubic, sides: [10, 20, 6], beta: 0.22),
        blocks: [5, 10, 3]),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .cubic, sides: [8, 8, 8], couplings: .cycle([1, -1]), beta: 0.8)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .triangular, sides: [32, 12], couplings: .uniform(-0.5), beta: 0.3)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .triangular, sides: [18, 12], fields: [0.3], beta: 0.2),
        blocks: [9, 6]),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .honeycomb, sides: [16, 16], fields: [0.4, -0.2], beta: 0.6)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .kagome, sides: [20, 10], couplings: .cycle([1, 1, -1]), beta: 0.4)),
      Case(
        system: DiscreteCase(kind: .ising, cell: .bcc, sides: [6, 8, 4], beta: 0.15),
        blocks: [3, 4, 2]),
    ]
    static let others = [
      Case(system: DiscreteCase(kind: .potts(3), cell: .square, sides: [42, 42], beta: 0.9)),
      Case(
        system: DiscreteCase(
          kind: .potts(3), cell: .triangular, sides: [18, 16], couplings: .uniform(-1), beta: 0.8)),
      Case(
        system: DiscreteCase(kind: .potts(4), cell: .cubic, sides: [6, 6, 6], beta: 0.02),
        blocks: [3, 3, 3]),
      Case(system: DiscreteCase(kind: .potts(4), cell: .honeycomb, sides: [20, 8], beta: 1.1)),
      Case(
        system: DiscreteCase(
          kind: .blumeCapel(0.7), cell: .square, sides: [128, 6], boundary: [.periodic, .open],
          beta: 0.9)),
      Case(
        system: DiscreteCase(
          kind: .blumeCapel(-0.3), cell: .cubic, sides: [10, 8, 8], couplings: .uniform(-1),
          beta: 0.3)),
    ]
  }

  @Test(arguments: Case.ising + Case.others)
  func everyLevelAgreesWithTheReferenceBitForBit(_ test: Case) throws {
    let model = try test.system.model
    let seed = Seed.test(test.testDescription)
    var rng = seed.child("start").makeStream()
    let start = (0..<model.siteCount).map { _ in UInt8(rng.index(below: model.stateCount)) }
    let engines = try KernelLevel.allCases.filter(\.isSupported).map { level in
      let storage = DiscreteStorage(model: model, start: start)
      let engine = BlockDiscrete(
        storage: storage, beta: test.system.beta, seed: seed, level: level, grid: test.grid(model))
      return (try #require(engine), storage)
    }
    var reference = BlockReference(
      model, engines[0].0.blocks, beta: test.system.beta, seed: seed, states: start)
    for sweep in 0..<4 {
      reference.sweep()
      for (engine, storage) in engines {
        engine.sweep(1)
        if let energy = engine.energy() {
          expectClose(energy, model.energy(of: reference.states.span), absolute: 1e-9)
        } else {
          #expect(!test.system.fields.isEmpty || test.system.boundary.contains(.open))
        }
        engine.writeStates()
        #expect(storage.configuration == reference.states)
        // The first sweep is the one that was counted.
        if sweep == 0 {
          #expect(engine.acceptanceRate == Double(reference.changes) / Double(model.siteCount))
        }
        engine.setBeta(1.5 * test.system.beta)
      }
      reference.setBeta(1.5 * test.system.beta)
    }
  }

  /// The engine of Ising chains, which does without lists of bonds, is the one of any lattice.
  @Test(arguments: [([63, 63], 1.0, 0.0), ([20, 20, 20], -1.0, 0.0), ([30, 22], 1.0, -0.3)])
  func isingChainsAreThoseOfAnyLattice(
    _ sides: [Int], _ coupling: Double, _ field: Double
  ) throws {
    let model = try IsingModel(sides: sides, coupling: coupling, field: field)
    let fewValued = try DiscreteModel.ising(
      Lattice(model.lattice), coupling: coupling, field: field)
    let seed = Seed.test(sides)
    let chain = try IsingChain(model: model, beta: 0.3, update: .metropolis, seed: seed)
    #expect(chain.algorithm.contains("blocks"))
    let storage = DiscreteStorage(
      model: fewValued, start: chain.spins.map { $0 > 0 ? 1 : 0 })
    let other = try #require(
      BlockDiscrete(storage: storage, beta: 0.3, seed: seed.child("metropolis")))
    for _ in 0..<3 {
      chain.sweep()
      other.sweep(1)
      let spins = chain.spins
      expectClose(
        chain.energy, try #require(other.energy()), absolute: 1e-9 * Double(model.siteCount))
      #expect(chain.energy == model.energy(of: spins.span))
      #expect(chain.magnetization == model.magnetization(of: spins.span))
      other.writeStates()
      #expect(storage.configuration == spins.map { $0 > 0 ? 1 : 0 })
    }
  }

  @Test func whatFits() throws {
    func blocks(_ cell: UnitCell, _ sides: [Int], _ boundary: [Lattice.Boundary] = [.periodic])
      throws -> [Int]?
    {
      let model = try DiscreteModel.ising(Lattice(cell, sides: sides, boundary: boundary))
      return PackedBlocks(model, beta: 1, seed: .test())?.grid.blocks
    }
    #expect(try blocks(.square, [63, 63]) == [21, 21])
    #expect(try blocks(.square, [64, 64]) == [32, 16])
    #expect(try blocks(.square, [16, 16]) == [8, 8])
    #expect(try blocks(.cubic, [20, 20, 20])!.reduce(1, *) == 500)
    #expect(try blocks(.chain, [1024]) == [512])
    #expect(try blocks(.honeycomb, [32, 32]) == [32, 16])
    #expect(try blocks(.kagome, [8, 8]) == [8, 8])
    let farther = UnitCell(
      name: "farther", vectors: [[1, 0], [0, 1]], basis: [[0, 0]],
      bonds: [.init(0, 0, [1, 0]), .init(0, 0, [0, 1]), .init(0, 0, [2, 0])])
    #expect(try blocks(farther, [64, 64]) == [16, 16])
    #expect(try blocks(.square, [61, 61]) == nil)
    #expect(try blocks(.square, [10, 10]) == nil)
    #expect(try blocks(.square, [64, 64], [.open]) == nil)
    #expect(try blocks(.square, [256, 10], [.periodic, .open]) == [128, 1])
    #expect(try blocks(.square, [256, 10], [.periodic, .helical]) == [128, 1])
    #expect(
      try PackedChains.fewestWorthwhile(of: .ising(Lattice(.square, sides: [63, 63]))) == 441)
    #expect(try PackedChains.fewestWorthwhile(of: .ising(Lattice(.square, sides: [8, 8]))) == 64)
    let square = try Lattice(.square, sides: [32, 32])
    let stripes = (0..<1024).map { Double($0 % 2) }
    let ramp = (0..<1024).map { Double($0 / 32) }
    let ones = [Double](repeating: 1, count: square.bondCount)
    #expect(
      try PackedBlocks(.ising(square, couplings: ones, fields: stripes), beta: 1, seed: .test())
        != nil)
    #expect(
      try PackedBlocks(.ising(square, couplings: ones, fields: ramp), beta: 1, seed: .test()) == nil
    )
    #expect(try PackedBlocks(.potts(square, states: 5), beta: 1, seed: .test()) == nil)
    #expect(try PackedBlocks(.potts(square, states: 3, field: 1), beta: 1, seed: .test()) == nil)
  }
}
