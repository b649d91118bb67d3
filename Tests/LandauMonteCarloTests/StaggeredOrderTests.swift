import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

/// What chains measure of the two sublattices, against sums over the configuration itself.
@Suite struct StaggeredOrderTests {
  /// Strips of 64 spins in a word, bytes with and without a field, clusters.
  @Test(arguments: [
    ([128, 128], 0.0, IsingUpdate.metropolis), ([6, 4], 0.0, .metropolis),
    ([6, 4], 0.4, .metropolis),
    ([6, 4], 0.0, .wolff), ([4, 2, 6], 0.0, .swendsenWang),
  ])
  func isingChains(sides: [Int], field: Double, update: IsingUpdate) throws {
    let model = try IsingModel(sides: sides, coupling: -1, field: field)
    let chain = try IsingChain(model: model, beta: 0.3, update: update, seed: .test(sides, field))
    for _ in 0..<4 {
      chain.sweep(1)
      var row: [Double] = []
      chain.measure(into: &row)
      let index = try #require(chain.observables.firstIndex(of: .staggeredOrder))
      let sum = chain.spins.enumerated().reduce(0) {
        $0 + Int($1.element) * Int(model.lattice.sublatticeSign(of: $1.offset))
      }
      #expect(row[index] == Double(sum) / Double(model.siteCount))
      #expect(row.count == chain.observables.count)
    }
  }

  @Test func fewValuedChains() throws {
    let lattice = try Lattice(.honeycomb, sides: [3, 4])
    let signs = try #require(lattice.sublatticeSigns)
    for model in [
      try DiscreteModel.clock(lattice, states: 5, coupling: -1, field: 0),
      try .blumeCapel(lattice, coupling: -1, crystalField: 0.3, field: 0),
    ] {
      let chain = try DiscreteChain(model: model, beta: 0.7, update: .metropolis, seed: .test())
      chain.sweep(3)
      var row: [Double] = []
      chain.measure(into: &row)
      #expect(row.count == chain.observables.count)
      var order = [Double](repeating: 0, count: model.orderComponents)
      for (site, state) in chain.configuration.enumerated() {
        for (component, value) in model.spins.orderVectors[Int(state)].enumerated() {
          order[component] += Double(signs[site]) * value / Double(model.siteCount)
        }
      }
      let isScalar = order.count == 1
      let name: Observable = isScalar ? .staggeredOrder : .staggeredOrderSquared
      let index = try #require(chain.observables.firstIndex(of: name))
      let expected = isScalar ? order[0] : order.reduce(0) { $0 + $1 * $1 }
      #expect(abs(row[index] - expected) < 1e-14)
    }
  }

  @Test func vectorChains() throws {
    let lattice = try Lattice(.cubic, sides: [4, 2, 4])
    let signs = try #require(lattice.sublatticeSigns)
    let model = try VectorModel(lattice, components: 3, coupling: -1)
    let chain = try VectorChain(model: model, beta: 1, update: .heatBath, seed: .test())
    chain.sweep(3)
    var row: [Double] = []
    chain.measure(into: &row)
    var order = [0.0, 0, 0]
    for (place, value) in chain.configuration.enumerated() {
      order[place % 3] += Double(signs[place / 3]) * value / Double(model.siteCount)
    }
    let index = try #require(chain.observables.firstIndex(of: .staggeredOrderSquared))
    #expect(abs(row[index] - order.reduce(0) { $0 + $1 * $1 }) < 1e-14)
    #expect(row.count == chain.observables.count)
  }

  /// No sublattices, no order of them.
  @Test func elsewhereNothingIsMeasured() throws {
    let triangular = try DiscreteModel.ising(Lattice(.triangular, sides: [4, 4]), coupling: -1)
    let chain = try DiscreteChain(model: triangular, beta: 0.2, update: .metropolis, seed: .test())
    #expect(!chain.observables.contains(.staggeredOrder))
    let ferromagnet = try IsingModel(sides: [4, 4], coupling: 1, field: 0)
    #expect(
      try !IsingChain(model: ferromagnet, beta: 0.2, seed: .test()).observables.contains(
        .staggeredOrder))
  }
}
