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
