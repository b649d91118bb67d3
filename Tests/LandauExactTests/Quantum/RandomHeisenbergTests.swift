import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauExact
@testable import LandauStore

/// Ground states of random Heisenberg models on open rectangles, by others' density-matrix renormalisation.
///
/// H = (1/2) sum over bonds J (x x' + y y' + z z'), rows of five sites; for each site first the bond to the next row, then the one to the next site.
@Suite struct RandomHeisenbergTests {
  private struct Instances {
    let rows: Int
    let couplings: [Double]
    let energies: [Double]
    let correlations: [[Double]]

    init(rows: Int) throws {
      self.rows = rows
      let path = try #require(sharedData("heisenberg2d_shadows/heisenberg_\(rows)x5.npz"))
      let file = try ArrayFile.open(path, parameter: nil, layout: nil)
      couplings = try file.array("couplings").doubles
      energies = try file.array("E").doubles
      correlations = try ["XX", "YY", "ZZ"].map { try file.array($0).doubles }
    }

    var siteCount: Int { 5 * rows }

    var bonds: [(Int, Int)] {
      var bonds: [(Int, Int)] = []
      for site in 0..<siteCount {
        if site + 5 < siteCount { bonds.append((site, site + 5)) }
        if site % 5 < 4 { bonds.append((site, site + 1)) }
      }
      return bonds
    }
  }

  @Test(.needsSharedData("heisenberg2d_shadows/heisenberg_4x5.npz"), arguments: [4, 5])
  func energiesFollowFromCorrelations(rows: Int) throws {
    let instances = try Instances(rows: rows)
    let (bonds, n) = (instances.bonds, instances.siteCount)
    #expect(instances.couplings.count == 100 * bonds.count)
    for (index, energy) in instances.energies.enumerated() {
      var sum = 0.0
      for (bond, (i, j)) in bonds.enumerated() {
        let place = (index * n + i) * n + j
        let coupling = instances.couplings[index * bonds.count + bond]
        for values in instances.correlations { sum += 0.5 * coupling * values[place] }
      }
      expectClose(sum, energy, absolute: 1e-12, "instance \(index)")
    }
  }

  /// Twenty spins, half of them down: 184 756 states.
  @Test(.slow, .needsSharedData("heisenberg2d_shadows/heisenberg_4x5.npz"))
  func diagonalizationAgrees() throws {
    let instances = try Instances(rows: 4)
    let (bonds, n) = (instances.bonds, instances.siteCount)
    let basis = SpinBasis(siteCount: n, downCount: n / 2)
    for index in [0, 57] {
      var model = PauliSum(siteCount: n)
      for (bond, (i, j)) in bonds.enumerated() {
        let strength = 0.5 * instances.couplings[index * bonds.count + bond]
        for axis in SpinAxis.allCases { model.add(strength, [.init(axis, i), .init(axis, j)]) }
      }
      let ground = try SpinDiagonalization(model, basis: basis, pool: WorkerPool()).lowest(
        1, seed: .test("heisenberg"))[0]
      // Theirs is an upper bound.
      expectClose(instances.energies[index], ground.energy, absolute: 1e-5)
      #expect(instances.energies[index] > ground.energy - 1e-10)
      let state = ground.state
      for (axis, values) in zip(SpinAxis.allCases, instances.correlations) {
        for (i, j) in [(0, 1), (3, 13), (0, 19)] {
          var product = PauliSum(siteCount: n)
          product.add(1, [.init(axis, i), .init(axis, j)])
          expectClose(
            state.expectation(product), values[(index * n + i) * n + j], absolute: 1e-3,
            "\(axis) of \(i), \(j)")
        }
      }
    }
  }
}
