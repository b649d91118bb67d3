import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct DoubleExchangeModelTests {
  private static func spins(_ count: Int, _ name: String) -> [SIMD3<Double>] {
    var rng = Seed.test(name).makeStream()
    return (0..<count).map { _ in
      let spin = SIMD3(rng.normal(), rng.normal(), rng.normal())
      return spin / (spin * spin).sum().squareRoot()
    }
  }

  private static func model(
    _ sides: [Int], coupling: Double = 1.3, chemicalPotential: Double = 0
  ) throws -> DoubleExchangeModel {
    try DoubleExchangeModel(
      Lattice(HypercubicLattice(sides: sides)), hopping: 0.8, coupling: coupling,
      chemicalPotential: chemicalPotential)
  }

  /// -2t (cos kx + cos ky), ascending.
  private static func bands(_ sides: [Int]) -> [Double] {
    var energies: [Double] = []
    for x in 0..<sides[0] {
      for y in 0..<sides[1] {
        let (a, b) = (Double(x) / Double(sides[0]), Double(y) / Double(sides[1]))
        energies.append(-1.6 * (cos(2 * Double.pi * a) + cos(2 * Double.pi * b)))
      }
    }
    return energies.sorted()
  }

  /// Backward stable eigenvalues err by some ulps of the largest, about 4.
  private static func expectClose(_ a: [Double], _ b: [Double], _ bound: Double = 1e-13) {
    #expect(a.count == b.count)
    for (a, b) in zip(a, b) { #expect(abs(a - b) < bound) }
  }

  @Test(arguments: [[1, 1], [1, 3], [2, 2], [3, 4], [6, 6]])
  func `Without coupling electrons are free`(_ sides: [Int]) throws {
    let model = try Self.model(sides, coupling: 0)
    let levels = try model.levels(of: Self.spins(model.siteCount, "free"))
    Self.expectClose(levels, Self.bands(sides).flatMap { [$0, $0] })
  }

  @Test func `Equal spins split the band into two`() throws {
    let model = try Self.model([4, 6])
    let spin = Self.spins(1, "equal")[0]
    let levels = try model.levels(of: [SIMD3<Double>](repeating: spin, count: 24))
    Self.expectClose(levels, Self.bands([4, 6]).flatMap { [$0 - 0.65, $0 + 0.65] }.sorted())
  }

  /// A Néel state mixes k and k + (pi, pi): E = ± sqrt(e_k² + J²/4).
  @Test func `Alternating spins open a gap`() throws {
    let model = try Self.model([4, 4])
    let spin = Self.spins(1, "alternating")[0]
    let signs = try #require(model.lattice.sublatticeSigns)
    let levels = try model.levels(of: signs.map { Double($0) * spin })
    // Each k, k + (pi, pi) pair gives both signs once for each electron spin.
    let expected = Self.bands([4, 4]).flatMap { band -> [Double] in
      let energy = (band * band + 0.65 * 0.65).squareRoot()
      return [-energy, energy]
    }
    Self.expectClose(levels, expected.sorted())
  }

  @Test func `One site by hand`() throws {
    let lattice = try Lattice(siteCount: 1, bonds: [])
    let model = try DoubleExchangeModel(lattice, coupling: 3, chemicalPotential: 0.4)
    let levels = try model.levels(of: Self.spins(1, "one"))
    Self.expectClose(levels, [-1.5, 1.5])
    let beta = 0.7
    // 1 + e^{-beta(E - mu)} of both levels.
    let weight = (1 + exp(beta * 1.9)) * (1 + exp(-beta * 1.1))
    #expect(abs(model.action(levels: levels, beta: beta) + log(weight)) < 1e-14)
    let fillings = [1 / (1 + exp(-beta * 1.9)), 1 / (1 + exp(beta * 1.1))]
    #expect(
      abs(model.electronCount(levels: levels, beta: beta) - fillings[0] - fillings[1]) < 1e-14)
    let energy = -1.5 * fillings[0] + 1.5 * fillings[1]
    #expect(abs(model.energy(levels: levels, beta: beta) - energy) < 1e-14)
  }

  /// With J/2 = h and an angle theta between both spins the hopping between parallel electrons is t cos(theta/2), between
  /// opposite ones t sin(theta/2): E² = t² + h² ± 2 t h cos(theta/2).
  @Test(arguments: [0.0, 0.9, 2.2, Double.pi]) func `Two sites by hand`(_ angle: Double) throws {
    let lattice = try Lattice(siteCount: 2, bonds: [.init(source: 0, target: 1)])
    let model = try DoubleExchangeModel(lattice, hopping: 0.8, coupling: 1.4)
    let levels = try model.levels(of: [
      SIMD3(0, 0, 1), SIMD3(sin(angle) * 0.6, sin(angle) * 0.8, cos(angle)),
    ])
    let squares = [1.0, -1].map { sign in
      0.64 + 0.49 + sign * 2 * 0.8 * 0.7 * cos(angle / 2)
    }
    let sizes = squares.map { max(0, $0).squareRoot() }
    Self.expectClose(levels, [-sizes[0], -sizes[1], sizes[1], sizes[0]])
  }

  @Test func `Turning all spins changes nothing`() throws {
    let model = try Self.model([3, 4])
    let spins = Self.spins(12, "turned")
    let other = spins.map { SIMD3(0.6 * $0.y - 0.8 * $0.z, 0.8 * $0.y + 0.6 * $0.z, $0.x) }
    Self.expectClose(try model.levels(of: spins), try model.levels(of: other))
  }

  @Test func `Electrons at mu are holes at minus mu`() throws {
    let (model, mirror) = try (
      Self.model([4, 4], chemicalPotential: 0.3), Self.model([4, 4], chemicalPotential: -0.3)
    )
    let levels = try model.levels(of: Self.spins(16, "holes"))
    Self.expectClose(levels, levels.reversed().map { -$0 })
    let beta = 5.0
    let (one, other) = (
      model.electronCount(levels: levels, beta: beta),
      mirror.electronCount(levels: levels, beta: beta)
    )
    #expect(abs(one + other - 32) < 1e-12)
    // ln(1 + e^{-x}) - ln(1 + e^{x}) = -x, summed over levels ±E.
    let difference =
      model.action(levels: levels, beta: beta) - mirror.action(levels: levels, beta: beta)
    #expect(abs(difference + beta * 0.3 * 32) < 1e-11)
  }

  /// The electrons' number is minus the derivative of F by mu; central differences of 1e-4 err by 1e-7 of the third one.
  @Test func `The number of electrons is a derivative`() throws {
    let beta = 4.0
    let spins = Self.spins(12, "derivative")
    func action(_ mu: Double) throws -> Double {
      let model = try Self.model([3, 4], chemicalPotential: mu)
      return model.action(levels: try model.levels(of: spins), beta: beta)
    }
    let slope = try (action(0.2001) - action(0.1999)) / (2e-4 * beta)
    let model = try Self.model([3, 4], chemicalPotential: 0.2)
    let count = model.electronCount(levels: try model.levels(of: spins), beta: beta)
    #expect(abs(count + slope) < 1e-6)
  }

  @Test func `Numbers that are not finite are refused`() throws {
    #expect(throws: InputError.self) { try Self.model([2, 2], coupling: .nan) }
    let model = try Self.model([2, 2])
    #expect(throws: (any Error).self) {
      try model.levels(of: [SIMD3<Double>](repeating: SIMD3(.nan, 0, 0), count: 4))
    }
  }
}
