import LandauCore
import LandauLattice
import LandauMonteCarlo

extension BenchCase {
  /// Real numbers at the sites and on the links.
  static let fields: [BenchCase] = [
    // Two words a draw, of which 1.4 are made; two for an inversion; four a draw and two for a direction.
    vectors("xy-heat-bath", components: 2, .heatBath, beta: 1, words: 2.8),
    vectors("heisenberg-heat-bath", components: 3, .heatBath, beta: 1, words: 2),
    vectors("o4-heat-bath", components: 4, .heatBath, beta: 2, words: 6),
    vectors(
      "xy-over-relaxation", components: 2, .overRelaxation(reflections: 9), beta: 1.1, words: 0.28),
    BenchCase(
      name: "phi4-hmc", what: "phi4 64x64, leapfrog steps of trajectories of 10, a site and step",
      floor: .vectorWords(0.1)
    ) { _ in
      let model = try ScalarFieldModel(
        lattice: HypercubicLattice(sides: [64, 64]), massSquared: -1.272, lambda: 0.5)
      let chain = try ScalarFieldChain(
        model: model,
        update: .hamiltonian(
          HamiltonianSettings(
            integrator: .leapfrog, length: 1, isLengthRandom: false, step: 0.1)),
        seed: Seed(1))
      chain.burnIn(20)
      return { sweeps in
        chain.sweep(sweeps)
        return Double(sweeps * 10 * 4096)
      }
    },
    links("u1-heat-bath", .u1, beta: 1, words: 2.8),
    links("su2-heat-bath", .su2, beta: 2.4, words: 6),
    links("su3-heat-bath", .su3, beta: 6, words: 18),
    BenchCase(
      name: "z2-direct", what: "Z2 gauge 16x16, independent configurations, a link",
      floor: .words(1.0 / 64)
    ) { _ in
      var number: UInt64 = 0
      return { count in
        number += 1
        let links = try? IsingGaugeSampler.sample(
          side: 16, beta: 1, count: 64 * count, seed: Seed(number))
        return Double(links?.count ?? 0)
      }
    },
  ]

  private static func vectors(
    _ name: String, components: Int, _ update: VectorUpdate, beta: Double, words: Double
  ) -> BenchCase {
    BenchCase(
      name: name, what: "\(components) components, 128x128, \(update.name), a spin",
      floor: .vectorWords(words)
    ) { _ in
      let model = try VectorModel(Lattice(.square, sides: [128, 128]), components: components)
      let chain = try VectorChain(model: model, beta: beta, update: update, seed: Seed(1))
      chain.burnIn(20)
      return { sweeps in
        let before = chain.updateCount
        chain.sweep(sweeps)
        return Double(chain.updateCount - before)
      }
    }
  }

  private static func links(
    _ name: String, _ group: GaugeModel.Group, beta: Double, words: Double
  ) -> BenchCase {
    BenchCase(
      name: name, what: "\(group.rawValue) 8x8x8x8, heat bath, a link", floor: .vectorWords(words)
    ) { _ in
      let model = try GaugeModel(group, lattice: HypercubicLattice(sides: [8, 8, 8, 8]))
      let chain = try GaugeChain(model: model, beta: beta, update: .heatBath, seed: Seed(1))
      chain.burnIn(5)
      return { sweeps in
        chain.sweep(sweeps)
        return Double(sweeps * 4 * 4096)
      }
    }
  }
}
