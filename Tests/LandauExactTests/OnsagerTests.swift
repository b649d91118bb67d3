import LandauExact
import LandauTestSupport
import Testing

@Suite struct OnsagerTests {
  /// Onsager's integral and the elliptic integrals with mpmath, 30 digits, at beta as a double:
  /// beta, ln Z / N, e, c, nearest diagonal correlation.
  static let table: [(Double, Double, Double, Double, Double)] = [
    (
      0.001, 0.69314818056077864346, -0.0020000033333376000551, 2.000010000021333511e-6,
      2.0000026666720889885e-6
    ),
    (
      0.01, 0.69324718889398992256, -0.020003333760134961469, 0.00020010002134278142401,
      0.00020002667209053007172
    ),
    (
      0.1, 0.70323124228583243576, -0.20337739109735566716, 0.021022315788654315576,
      0.020272258548662952881
    ),
    (
      0.3, 0.79055907095126285808, -0.70449907083244504533, 0.28629020287204574553,
      0.20710670524867334193
    ),
    (
      0.44, 0.92872854045688847922, -1.4022269600314212094, 2.8896870923765877152,
      0.62840986716554659662
    ),
    (
      0.4406867935, 0.92969539832779121914, -1.4142135617531933107, 11.825765776242288302,
      0.63661977193302051653
    ),
    (
      0.4406867936, 0.92969539846921258731, -1.4142135675864285922, 10.726468406236217444,
      0.63661977601909883012
    ),
    (
      0.45, 0.94338377309879346066, -1.5130458059983031425, 1.6079529376408609348,
      0.70300428182452863255
    ),
    (
      0.6, 1.2101323882884128968, -1.9090861776840751888, 0.31344535812616720836,
      0.94994820003895320439
    ),
    (
      1, 2.0003482837007102806, -1.9971602041122511268, 0.023379564686542134481,
      0.99855360091535235965
    ),
    (
      2, 4.0000001126107344499, -1.9999990988116571145, 0.000028852552716246462593,
      0.99999954925462031063
    ),
  ]

  @Test(arguments: table)
  func thermodynamics(
    beta: Double, logPartition: Double, energy: Double, heat: Double, diagonal: Double
  ) {
    let model = Onsager()
    expectClose(model.logPartitionPerSite(beta: beta), logPartition, ulps: 4)
    // The distance to the transition carries the rounding of sinh(2 beta), about an ulp of 1, which
    // the logarithm in c and the infinite slope of c turn into this much.
    let distance = abs(beta - Onsager.criticalReducedCoupling)
    let rounding = 4e-16 * (1 + 1 / distance)
    expectClose(model.energyPerSite(beta: beta), energy, ulps: 8)
    // At low temperature terms of order exp(-4 beta) cancel in c.
    expectClose(
      model.specificHeatPerSite(beta: beta), heat, absolute: 4e-16 * beta * beta + rounding,
      relative: 1e-15)
    expectClose(
      model.diagonalCorrelation(beta: beta), diagonal, absolute: rounding, relative: 2e-15)
  }

  /// TRUTHS A: T, e, ln Z / N, m, c.
  @Test(arguments: [
    (1.0, -1.9971602041123, 2.0003482837007, 0.999275751957, 0.0233795646865),
    (1.5, -1.9511165730784, 1.3389621236162, 0.986499602621, 0.197274540177),
    (2.0, -1.7455645753126, 1.0257928126949, 0.911319377877, 0.724871448602),
    (2.2, -1.5464891440985, 0.9503391382788, 0.784755131384, 1.41427769134),
    (2.4, -1.2039744679146, 0.8985894660071, 0, 1.12303412467),
    (2.5, -1.1060792037458, 0.8793638207750, 0, 0.861698356831),
    (3.0, -0.8173095925024, 0.8158827318577, 0, 0.401379575896),
    (4.0, -0.5572722406285, 0.7591064785355, 0, 0.171188411476),
    (5.0, -0.4282288332404, 0.7345308122763, 0, 0.0976521775885),
  ])
  func publishedTable(
    temperature: Double, energy: Double, logPartition: Double, magnetization: Double, heat: Double
  ) {
    let model = Onsager()
    let beta = 1 / temperature
    expectClose(model.energyPerSite(beta: beta), energy, absolute: 6e-14)
    expectClose(model.logPartitionPerSite(beta: beta), logPartition, absolute: 6e-14)
    expectClose(model.spontaneousMagnetization(beta: beta), magnetization, absolute: 6e-13)
    expectClose(model.specificHeatPerSite(beta: beta), heat, absolute: 6e-12)
  }

  @Test func transition() {
    let model = Onsager()
    let beta = 1 / model.criticalTemperature
    expectClose(model.criticalTemperature, 2.269185314213022, ulps: 1)
    expectClose(model.energyPerSite(beta: beta), -2.0.squareRoot(), absolute: 1e-14)
    expectClose(model.logPartitionPerSite(beta: beta), 0.9296953983416102, ulps: 4)
    expectClose(model.freeEnergyPerSite(beta: beta), -2.109651144608207, ulps: 4)
    expectClose(model.entropyPerSite(beta: beta), 0.3064701582013798, absolute: 1e-14)
    expectClose(model.diagonalCorrelation(beta: beta), 2 / Double.pi, absolute: 1e-14)
    #expect(model.spontaneousMagnetization(beta: beta) < 0.02)
    #expect(model.specificHeatPerSite(beta: beta) > 15)
  }

  @Test func limits() {
    let free = Onsager(coupling: 0)
    #expect(free.criticalTemperature == 0 && free.energyPerSite(beta: 2) == 0)
    expectClose(free.logPartitionPerSite(beta: 2), 0.6931471805599453, ulps: 1)
    let model = Onsager()
    expectClose(model.logPartitionPerSite(beta: 0), 0.6931471805599453, ulps: 1)
    #expect(model.energyPerSite(beta: 0) == 0)
    #expect(model.specificHeatPerSite(beta: 0) == 0)
    #expect(model.diagonalCorrelation(beta: 0) == 0)
    for beta in [20.0, 200, 1e4, 1e300] {
      expectClose(model.energyPerSite(beta: beta), -2, ulps: 1)
      expectClose(model.logPartitionPerSite(beta: beta), 2 * beta, ulps: 1)
      expectClose(model.specificHeatPerSite(beta: beta), 0, absolute: 1e-12)
      #expect(model.spontaneousMagnetization(beta: beta) == 1)
      #expect(model.diagonalCorrelation(beta: beta) == 1)
    }
  }

  /// Scaling (J, T) to (2 J, 2 T) doubles the energy; the sign of J does not matter.
  @Test(arguments: [0.5, 1.37, -1, -2.5])
  func couplings(coupling: Double) {
    let (model, unit) = (Onsager(coupling: coupling), Onsager())
    for beta in [0.2, 0.44, 0.7] {
      let scaled = beta / abs(coupling)
      expectClose(
        model.energyPerSite(beta: scaled), abs(coupling) * unit.energyPerSite(beta: beta), ulps: 64)
      expectClose(
        model.specificHeatPerSite(beta: scaled), unit.specificHeatPerSite(beta: beta),
        relative: 1e-12)
    }
    expectClose(model.criticalTemperature, abs(coupling) * unit.criticalTemperature, ulps: 1)
  }
}
