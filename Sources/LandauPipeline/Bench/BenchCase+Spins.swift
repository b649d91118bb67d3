import LandauCore
import LandauLattice
import LandauMonteCarlo

extension BenchCase {
  /// Few-valued spins.
  static let spins: [BenchCase] = [
    ising("metropolis-2d", [1024, 1024], beta: 1 / 2.269, floor: strips),
    ising("metropolis-2d-large", [4096, 4096], beta: 1 / 2.5, floor: strips),
    ising("metropolis-2d-threads", [4096, 4096], beta: 1 / 2.5, floor: strips, isThreaded: true),
    ising("metropolis-3d", [64, 64, 64], beta: 0.2216, floor: strips),
    ising("metropolis-2d-any-size", [63, 63], beta: 0.44, floor: blocks(441)),
    ising("metropolis-3d-any-size", [20, 20, 20], beta: 0.2216, floor: blocks(500)),
    ising("metropolis-2d-prime", [61, 61], beta: 0.44, floor: .words(1)),
    single("metropolis-triangular", beta: 0.27, floor: blocks(512)) {
      try .ising(Lattice(.triangular, sides: [64, 64]))
    },
    single("metropolis-field", beta: 0.27, floor: blocks(512)) {
      try .ising(Lattice(.triangular, sides: [64, 64]), field: 0.1)
    },
    single("metropolis-spin-glass", beta: 0.8, floor: blocks(125)) { try spinGlasses(1)[0] },
    single("metropolis-potts-3", beta: 1, floor: blocks(512, choices: 1)) {
      try .potts(Lattice(.square, sides: [64, 64]), states: 3)
    },
    single("metropolis-potts-4", beta: 1.09, floor: blocks(512, choices: 2)) {
      try .potts(Lattice(.square, sides: [64, 64]), states: 4)
    },
    single("metropolis-blume-capel", beta: 1.5, floor: blocks(512, choices: 1)) {
      try .blumeCapel(Lattice(.square, sides: [64, 64]), crystalField: 0.5)
    },
    packed("packed-2d", floor: strips) {
      try [.ising(Lattice(.square, sides: [64, 64]))]
    },
    packed("packed-3d", beta: 0.2216, floor: strips) {
      try [.ising(Lattice(.cubic, sides: [16, 16, 16]))]
    },
    packed("packed-triangular", beta: 0.27, floor: strips) {
      try [.ising(Lattice(.triangular, sides: [64, 64]))]
    },
    packed("packed-honeycomb", beta: 0.65, floor: strips) {
      try [.ising(Lattice(.honeycomb, sides: [32, 32]))]
    },
    packed("packed-spin-glass", beta: 0.8, floor: strips) { try spinGlasses(1) },
    packed("packed-spin-glass-samples", beta: 0.8, floor: strips) { try spinGlasses(512) },
    packed(
      "packed-spin-glass-shared", beta: 0.8, randomBits: .shared, floor: .words(1.0 / 512)
    ) { try spinGlasses(512) },
    packed("packed-potts-3", beta: 1, floor: .vectorWords((fixedBits + 1) * 8 / 512)) {
      try [.potts(Lattice(.square, sides: [64, 64]), states: 3)]
    },
    packed("packed-potts-4", beta: 1.09, floor: .vectorWords((fixedBits + 2) * 8 / 512)) {
      try [.potts(Lattice(.square, sides: [64, 64]), states: 4)]
    },
    packed("packed-blume-capel", beta: 1.5, floor: .vectorWords((fixedBits + 1) * 8 / 512)) {
      try [.blumeCapel(Lattice(.square, sides: [64, 64]), crystalField: 0.5)]
    },
    ising("wolff", [512, 512], update: .wolff, floor: .words(1)),
    ising("swendsen-wang", [512, 512], update: .swendsenWang, floor: clusterBits),
    ising(
      "swendsen-wang-threads", [512, 512], update: .swendsenWang, floor: clusterBits,
      isThreaded: true),
  ]

  /// Ten bits decide two groups of 512 attempts in three; fewer decide hardly any.
  private static let fixedBits = 10.0
  static let strips = Floor.vectorWords(fixedBits * 8 / 512)
  /// The bits that decide, and those that choose what is proposed, for as many attempts at a time.
  private static func blocks(_ count: Double, choices: Double = 0) -> Floor {
    .vectorWords((fixedBits + choices) * 8 / count)
  }
  /// Two bonds and a coin a spin.
  private static let clusterBits = Floor.vectorWords((2 * fixedBits + 1) * 8 / 512)

  private static let critical = 0.440_686_793_509_771_5

  private static func ising(
    _ name: String, _ sides: [Int], beta: Double = critical, update: IsingUpdate = .metropolis,
    floor: Floor, isThreaded: Bool = false
  ) -> BenchCase {
    let size = sides.map { "\($0)" }.joined(separator: "x")
    let unit =
      update == .wolff ? "a spin flipped" : update == .metropolis ? "an attempt" : "a spin"
    return BenchCase(
      name: name, what: "Ising \(size), \(update.rawValue), \(unit)", floor: floor,
      isThreaded: isThreaded
    ) { pool in
      let chain = try IsingChain(
        model: IsingModel(sides: sides), beta: beta, update: update, seed: Seed(1),
        pool: isThreaded ? pool : nil)
      chain.burnIn(100)
      return { sweeps in
        let before = chain.updateCount
        chain.sweep(sweeps)
        return Double(chain.updateCount - before)
      }
    }
  }

  private static func single(
    _ name: String, beta: Double, floor: Floor,
    model: @escaping @Sendable () throws -> DiscreteModel
  ) -> BenchCase {
    BenchCase(name: name, what: "one lattice in blocks, an attempt", floor: floor) { _ in
      let chain = try DiscreteChain(
        model: model(), beta: beta, update: .metropolis, seed: Seed(1))
      chain.burnIn(100)
      return { sweeps in
        chain.sweep(sweeps)
        return Double(sweeps * chain.model.siteCount)
      }
    }
  }

  private static func packed(
    _ name: String, beta: Double = critical, randomBits: PackedChains.RandomBits = .independent,
    floor: Floor, models: @escaping @Sendable () throws -> [DiscreteModel]
  ) -> BenchCase {
    BenchCase(name: name, what: "512 replicas in words, an attempt", floor: floor) { _ in
      let models = try models()
      let chains =
        models.count == 1
        ? try PackedChains(model: models[0], count: 512, beta: beta, seed: Seed(1))
        : try PackedChains(models: models, beta: beta, randomBits: randomBits, seed: Seed(1))
      chains.sweep(20)
      return { sweeps in
        chains.sweep(sweeps)
        return Double(sweeps * 512 * models[0].siteCount)
      }
    }
  }

  private static func spinGlasses(_ count: Int) throws -> [DiscreteModel] {
    let lattice = try Lattice(.cubic, sides: [10, 10, 10])
    return try (0..<count).map { sample in
      var rng = Seed(1).child("couplings", sample).makeStream()
      return try .ising(
        lattice, couplings: lattice.bonds.map { _ in rng.next() & 1 == 0 ? 1 : -1 })
    }
  }
}
