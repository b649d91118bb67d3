import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

private let critical = 2.269185314213022

@Suite struct KaufmanTorusTests {
  /// TRUTHS B, as printed there; the tolerance is the last printed digit.
  @Test(arguments: [
    (4, 2.0, 17.10536711873158, -1.755380288777435, 0.605532657210057, 1e-14),
    (4, critical, 15.52191545875528, -1.565623787638318, 0.783266825928913, 1e-14),
    (4, 2.5, 14.56109302384404, -1.379116482259349, 0.812515229440461, 1e-14),
    (8, 2.0, 66.344581879228, -1.74568317029, 0.7141226029, 1e-10),
    (8, critical, 60.141780789069, -1.49158910744, 1.14555924, 1e-8),
    (8, 2.5, 56.599388760425, -1.22232064325, 1.100475889, 1e-9),
    (16, 2.0, 263.29621043402, -1.74553066899, 0.7255087677, 1e-10),
    (16, critical, 238.64225663513, -1.45306485281, 1.498704959, 1e-9),
    (16, 2.5, 225.22884675588, -1.13131798441, 1.064976883, 1e-9),
    (32, 2.0, 1051.1049876145, -1.74556452703, 0.7248739782, 1e-10),
    (32, critical, 952.64807954854, -1.43365846615, 1.84676759, 1e-8),
    (32, 2.5, 900.47830776314, -1.10729166098, 0.8858125011, 1e-10),
    (64, 2.0, 4202.3405079789, -1.74556457531, 0.7248714486, 1e-10),
    (64, critical, 3808.6722834198, -1.42393838983, 2.192211393, 1e-9),
    (64, 2.5, 3601.8742693788, -1.10608299247, 0.8618550832, 1e-10),
  ])
  func tableOfSquareTori(
    side: Int, temperature: Double, logPartition: Double, energy: Double, heat: Double,
    heatDigit: Double
  ) throws {
    let torus = try KaufmanTorus(rows: side, columns: side)
    let beta = 1 / temperature
    expectClose(
      torus.logPartition(beta: beta), logPartition,
      absolute: side == 4 ? 1e-14 : side <= 16 ? 6e-12 : 6e-11)
    expectClose(torus.energyPerSite(beta: beta), energy, absolute: side == 4 ? 2e-15 : 6e-12)
    expectClose(torus.specificHeatPerSite(beta: beta), heat, absolute: heatDigit)
  }
}

extension KaufmanTorusTests {
  static let shapes: [(Int, Int)] = [
    (1, 1), (1, 2), (2, 1), (1, 5), (6, 1), (2, 2), (2, 3), (3, 3), (3, 4), (2, 6), (3, 5), (4, 4),
  ]

  /// Every shape, also with sides 1, 2 and odd ones, against all its configurations.
  @Test(arguments: shapes, [1.0, -1.0, 1.37])
  func smallToriAgreeWithEnumeration(shape: (Int, Int), coupling: Double) throws {
    let (rows, columns) = shape
    let model = try IsingModel(sides: [rows, columns], coupling: coupling)
    if model.isFrustrated {
      #expect(throws: InputError.self) {
        try KaufmanTorus(rows: rows, columns: columns, coupling: coupling)
      }
      return
    }
    let torus = try KaufmanTorus(rows: rows, columns: columns, coupling: coupling)
    let exact = try Enumeration(of: model)
    for beta in [0, 1e-4, 0.1, 0.4406867935097715, 0.5, 1, 3] {
      // 65536 terms of one sign, summed plainly, lose at most about 30 ulps; products of up to 16
      // factors a few more.
      expectClose(
        torus.logPartition(beta: beta), exact.logPartition(beta: beta), absolute: 1e-14,
        relative: 1e-14)
      expectClose(
        torus.energyPerSite(beta: beta), exact.energyPerSite(beta: beta), absolute: 2e-14,
        "beta \(beta)")
      expectClose(
        torus.energyVariance(beta: beta), exact.energyVariance(beta: beta), absolute: 4e-13,
        relative: 2e-13, "beta \(beta)")
    }
  }

  @Test(arguments: shapes)
  func smallDistributionsAgreeWithEnumeration(shape: (Int, Int)) throws {
    let model = try IsingModel(sides: [shape.0, shape.1], coupling: 1.37)
    let torus = try KaufmanTorus(rows: shape.0, columns: shape.1, coupling: 1.37)
    let enumeration = try Enumeration(of: model)
    for beta in [0, 0.3, 0.7] {
      let distribution = torus.energyDistribution(beta: beta)
      let exact = enumeration.energyDistribution(beta: beta)
      expectClose(distribution.probabilities.reduce(0, +), 1, absolute: 1e-15)
      var matched = 0.0
      for (energy, probability) in zip(exact.energies, exact.probabilities) {
        let index = try #require(
          distribution.energies.firstIndex { abs($0 - energy) < 1e-9 }, "no energy \(energy)")
        expectClose(distribution.probabilities[index], probability, absolute: 1e-14)
        matched += distribution.probabilities[index]
      }
      expectClose(matched, 1, absolute: 1e-13)
    }
  }

  /// TRUTHS B: the number of configurations of each energy of the 4 x 4 torus.
  @Test func densityOfStatesOfTheSmallTorus() throws {
    let half: [(Int, Double)] = [
      (-32, 2), (-24, 32), (-20, 64), (-16, 424), (-12, 1728), (-8, 6688), (-4, 13568),
    ]
    let expected = half + [(0, 20524)] + half.reversed().map { (-$0.0, $0.1) }
    let distribution = try KaufmanTorus(rows: 4, columns: 4).energyDistribution(beta: 0)
    for (energy, probability) in zip(distribution.energies, distribution.probabilities) {
      let count = expected.first { Double($0.0) == energy }?.1 ?? 0
      expectClose(probability * 65536, count, absolute: 1e-9)
    }
  }

  /// The distribution and the derivatives of ln Z are independent routes to mean and variance.
  @Test(arguments: [(16, 16), (14, 14), (15, 15), (32, 32), (20, 48), (64, 64)])
  func momentsOfTheDistribution(shape: (Int, Int)) throws {
    let torus = try KaufmanTorus(rows: shape.0, columns: shape.1)
    for temperature in [1.0, 2.0, 2.269185314213022, 2.5, 5] {
      let distribution = torus.energyDistribution(beta: 1 / temperature)
      let sites = Double(torus.siteCount)
      // Noise of 1e-15 a level over 16 standard deviations' worth of levels, and tails cut at
      // 1e-15 sqrt(N) eight standard deviations from the mean.
      let heat = torus.specificHeatPerSite(beta: 1 / temperature)
      expectClose(
        distribution.mean / sites, torus.energyPerSite(beta: 1 / temperature), absolute: 2e-13)
      expectClose(
        distribution.variance / (sites * temperature * temperature), heat, relative: 2e-10)
    }
  }

  /// The two lowest levels of the 8 x 8 torus: 2 ground states, 128 with one spin turned, e^(-5.6) each.
  @Test func lowestLevelsAtLowTemperature() throws {
    let torus = try KaufmanTorus(rows: 8, columns: 8)
    let distribution = torus.energyDistribution(beta: 0.7)
    #expect(distribution.energies[0] == -128 && distribution.energies[2] == -120)
    expectClose(
      distribution.probabilities[2] / distribution.probabilities[0], 64 * 0.003697863716482932,
      relative: 1e-11)
    #expect(distribution.probabilities[1] == 0)
  }

  @Test(arguments: [128, 256, 1024])
  func largeToriApproachOnsager(side: Int) throws {
    let torus = try KaufmanTorus(rows: side, columns: side)
    let infinite = Onsager()
    // Finite-size corrections die as exp(-side / xi); xi is below 4 at these temperatures.
    for beta in [1 / 1.5, 1 / 3.0, 1 / 5.0] {
      let (energy, heat) = (
        torus.energyPerSite(beta: beta), torus.specificHeatPerSite(beta: beta)
      )
      expectClose(energy, infinite.energyPerSite(beta: beta), absolute: 1e-13)
      expectClose(heat, infinite.specificHeatPerSite(beta: beta), absolute: 1e-12)
    }
  }

  /// At the transition L (e - e_infinite) is a constant with corrections of relative order 1/L^2.
  @Test func finiteSizeScalingAtTheTransition() throws {
    let beta = Onsager.criticalReducedCoupling
    let scaled = try [256, 512, 1024].map { side in
      let torus = try KaufmanTorus(rows: side, columns: side)
      return Double(side) * (torus.energyPerSite(beta: beta) + 2.0.squareRoot())
    }
    expectClose(scaled[0], scaled[2], relative: 4.0 / (256 * 256))
    expectClose(scaled[1], scaled[2], relative: 4.0 / (512 * 512))
  }

  @Test func turningTheTorusChangesNothing() throws {
    for beta in [0.1, 0.44, 1] {
      let first = try KaufmanTorus(rows: 5, columns: 12)
      let second = try KaufmanTorus(rows: 12, columns: 5)
      #expect(first.logPartition(beta: beta) == second.logPartition(beta: beta))
      // And the two directions of the formula itself: n momenta and powers m against m and n.
      let long = try KaufmanTorus(rows: 1, columns: 9)
      let ring = try IsingRing(siteCount: 9)
      expectClose(
        long.logPartition(beta: beta), ring.logPartition(beta: beta) + 9 * beta, absolute: 2e-14)
    }
  }

  @Test func veryLowTemperature() throws {
    for beta in [50.0, 400, 1e5] {
      let torus = try KaufmanTorus(rows: 64, columns: 48, coupling: -1)
      #expect(torus.energyPerSite(beta: beta) == -2)
      expectClose(torus.logPartition(beta: beta), 2 * 3072 * beta + 0.6931471805599453, ulps: 4)
      #expect(torus.specificHeatPerSite(beta: beta) >= 0)
      #expect(torus.specificHeatPerSite(beta: beta) < 1e-60)
    }
  }

  @Test func refusals() {
    #expect(throws: InputError.self) { try KaufmanTorus(rows: 0, columns: 4) }
    #expect(throws: InputError.self) { try KaufmanTorus(rows: 4, columns: -1) }
    #expect(throws: InputError.self) { try KaufmanTorus(rows: 4, columns: 4, coupling: .nan) }
    #expect(throws: InputError.self) { try KaufmanTorus(rows: 4, columns: 5, coupling: -1) }
  }

  @Test func withoutCouplingSpinsAreFree() throws {
    let torus = try KaufmanTorus(rows: 3, columns: 4, coupling: 0)
    expectClose(torus.logPartition(beta: 2), 12 * 0.6931471805599453, ulps: 4)
    #expect(torus.energyPerSite(beta: 2) == 0)
    #expect(torus.energyDistribution(beta: 2).energies == [0])
  }
}
