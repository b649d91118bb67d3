import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@Suite struct IsingRingTests {
  @Test(
    arguments: [1, 2, 3, 6, 9],
    [(1.0, 0.0), (1, 0.5), (1, -0.5), (-1, 0), (-1, 0.7), (0.3, -1.2), (0, 0.4), (0, 0)])
  func agreesWithEnumeration(count: Int, parameters: (Double, Double)) throws {
    let (coupling, field) = parameters
    let ring = try IsingRing(siteCount: count, coupling: coupling, field: field)
    let exact = try Enumeration(of: IsingModel(sides: [count], coupling: coupling, field: field))
    for beta in [0, 0.01, 0.5, 1, 2] {
      expectClose(
        ring.logPartition(beta: beta), exact.logPartition(beta: beta), absolute: 1e-14,
        relative: 1e-14)
      expectClose(ring.energyPerSite(beta: beta), exact.energyPerSite(beta: beta), absolute: 2e-14)
      expectClose(
        ring.specificHeatPerSite(beta: beta), exact.specificHeatPerSite(beta: beta),
        absolute: 1e-12)
      let mean = exact.magnetizationMoment(1, beta: beta)
      let square = exact.magnetizationMoment(2, beta: beta)
      expectClose(ring.magnetizationPerSite(beta: beta), mean, absolute: 1e-14)
      expectClose(
        ring.susceptibilityPerSite(beta: beta), beta * Double(count) * (square - mean * mean),
        absolute: 1e-12)
      if field == 0 {
        let distribution = try ring.energyDistribution(beta: beta)
        let reference = exact.energyDistribution(beta: beta)
        #expect(distribution.energies.count == reference.energies.count)
        for (energy, probability) in zip(reference.energies, reference.probabilities) {
          let index = try #require(distribution.energies.firstIndex { abs($0 - energy) < 1e-9 })
          expectClose(distribution.probabilities[index], probability, absolute: 1e-15)
        }
      }
    }
  }

  /// TRUTHS C: the infinite chain at K = 1 has e = -tanh K.
  @Test func longRing() throws {
    let ring = try IsingRing(siteCount: 1_000_000)
    expectClose(ring.energyPerSite(beta: 1), -0.761594155955765, ulps: 4)
    expectClose(
      try ring.correlation(distance: 2, beta: 1), 0.761594155955765 * 0.761594155955765, ulps: 4)
    expectClose(
      try ring.energyDistribution(beta: 1).mean / 1e6, -0.761594155955765, absolute: 1e-10)
  }

  @Test func correlationOfTheSmallRing() throws {
    // Three spins at beta 0.5: neighbours and the rest are the same bond, -e = J <s s>.
    let ring = try IsingRing(siteCount: 3)
    expectClose(
      try ring.correlation(distance: 1, beta: 0.5), -ring.energyPerSite(beta: 0.5), ulps: 4)
    #expect(try ring.correlation(distance: 0, beta: 0.5) == 1)
    #expect(
      try ring.correlation(distance: 1, beta: 0.5) == ring.correlation(distance: -1, beta: 0.5))
    let withField = try IsingRing(siteCount: 3, field: 1)
    #expect(throws: InputError.self) { try withField.correlation(distance: 1, beta: 0.5) }
    #expect(throws: InputError.self) { try withField.energyDistribution(beta: 0.5) }
    #expect(throws: InputError.self) { try IsingRing(siteCount: 0) }
  }

  @Test func veryLowTemperature() throws {
    let ring = try IsingRing(siteCount: 100, coupling: -2, field: 0.5)
    #expect(ring.energyPerSite(beta: 1e4) == -2)
    #expect(ring.magnetizationPerSite(beta: 1e4) == 0)
    let aligned = try IsingRing(siteCount: 100, coupling: 2, field: -0.5)
    #expect(aligned.energyPerSite(beta: 1e4) == -2.5)
    #expect(aligned.magnetizationPerSite(beta: 1e4) == -1)
  }
}

@Suite struct IsingGaugeTorusTests {
  @Test(arguments: [(1, 1), (1, 2), (2, 1), (1, 3), (2, 2), (2, 3), (3, 3), (2, 4)])
  func agreesWithEnumeration(shape: (Int, Int)) throws {
    let (rows, columns) = shape
    let model = try IsingGaugeModel(lattice: HypercubicLattice(sides: [rows, columns]))
    let exact = try Enumeration(of: model, siteCount: model.plaquetteCount)
    let torus = try IsingGaugeTorus(rows: rows, columns: columns)
    for beta in [0, 0.3, 0.7, 2] {
      expectClose(
        torus.logPartition(beta: beta), exact.logPartition(beta: beta), absolute: 1e-13,
        relative: 1e-14)
      expectClose(
        torus.energyPerPlaquette(beta: beta), exact.energyPerSite(beta: beta), absolute: 1e-14)
      expectClose(
        torus.specificHeatPerPlaquette(beta: beta), exact.specificHeatPerSite(beta: beta),
        absolute: 1e-12)
      let distribution = torus.energyDistribution(beta: beta)
      let reference = exact.energyDistribution(beta: beta)
      #expect(distribution.energies == reference.energies)
      for (a, b) in zip(distribution.probabilities, reference.probabilities) {
        expectClose(a, b, absolute: 1e-14)
      }
      expectClose(
        torus.unviolatedProbability(beta: beta), reference.probabilities[0], relative: 1e-13)
    }
  }

  /// TRUTHS G: tanh(0.7) on a large torus, and the closed form on a small one.
  @Test func plaquette() throws {
    let large = try IsingGaugeTorus(rows: 100, columns: 100)
    expectClose(large.plaquette(beta: 0.7), 0.604367777117163, ulps: 4)
    let small = try IsingGaugeTorus(rows: 4, columns: 4)
    let t = 0.604367777117163
    let t14 = (0..<14).reduce(1.0) { product, _ in product * t }
    expectClose(small.plaquette(beta: 0.7), t * (1 + t14) / (1 + t14 * t * t), relative: 2e-15)
    #expect(throws: InputError.self) { try IsingGaugeTorus(rows: 0, columns: 4) }
  }
}
