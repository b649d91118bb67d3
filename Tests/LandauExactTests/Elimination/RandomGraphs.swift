import LandauCore
import LandauLattice
import LandauStore

@testable import LandauExact

/// Systems with couplings drawn afresh.
enum RandomGraphs {
  enum Couplings: CaseIterable {
    case gaussian, bimodal
  }

  static func square(
    rows: Int, columns: Int, couplings: Couplings = .gaussian, field: Double = 0,
    openAcross: Bool = false, openAlong: Bool = false, using rng: inout RandomStream
  ) throws -> IsingGraph {
    func draw() -> Double {
      switch couplings {
      case .gaussian: rng.normal()
      case .bimodal: rng.uniform() < 0.5 ? -1 : 1
      }
    }
    let count = rows * columns
    var (right, down) = ([Double](), [Double]())
    for site in 0..<count {
      let horizontal = draw()
      let vertical = draw()
      right.append(openAcross && site % columns == columns - 1 ? 0 : horizontal)
      down.append(openAlong && site >= count - columns ? 0 : vertical)
    }
    let fields = field == 0 ? [] : (0..<count).map { _ in field * rng.normal() }
    return try IsingGraph(
      rows: rows, columns: columns, right: right, down: down, fields: fields)
  }

  /// A graph with bonds between any sites.
  static func scattered(
    siteCount: Int, bondCount: Int, field: Double, using rng: inout RandomStream
  ) throws -> IsingGraph {
    var bonds: [IsingGraph.Bond] = []
    for _ in 0..<bondCount {
      bonds.append(.init(rng.index(below: siteCount), rng.index(below: siteCount), rng.normal()))
    }
    let fields = (0..<siteCount).map { _ in field * rng.normal() }
    return try IsingGraph(siteCount: siteCount, bonds: bonds, fields: fields)
  }
}

/// The plainest reference there is: every configuration, every bond.
struct BruteForce {
  /// Energies of all configurations; bit k of the index is spin k.
  let energies: [Double]
  let ground: Double

  init(_ graph: IsingGraph) {
    var energies: [Double] = []
    energies.reserveCapacity(1 << graph.siteCount)
    var spins = [Int8](repeating: -1, count: graph.siteCount)
    for index in 0..<(1 << graph.siteCount) {
      for site in spins.indices { spins[site] = (index >> site) & 1 == 1 ? 1 : -1 }
      energies.append(graph.energy(of: spins))
    }
    self.energies = energies
    ground = energies.min()!
  }
}
