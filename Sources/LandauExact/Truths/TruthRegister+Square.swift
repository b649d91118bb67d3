// Reference digits and the routes that reproduce them: the square lattice.

extension TruthRegister {
  private static let onsager = "Onsager 1944, Yang 1952"

  /// The infinite lattice: temperature, energy, ln Z / N, magnetisation, specific heat.
  private static let infiniteRows: [(Double, String, String, String, String)] = [
    (1.0, "-1.9971602041123", "2.0003482837007", "0.999275751957", "0.0233795646865"),
    (1.5, "-1.9511165730784", "1.3389621236162", "0.986499602621", "0.197274540177"),
    (2.0, "-1.7455645753126", "1.0257928126949", "0.911319377877", "0.724871448602"),
    (2.2, "-1.5464891440985", "0.9503391382788", "0.784755131384", "1.41427769134"),
    (2.4, "-1.2039744679146", "0.8985894660071", "0", "1.12303412467"),
    (2.5, "-1.1060792037458", "0.8793638207750", "0", "0.861698356831"),
    (3.0, "-0.8173095925024", "0.8158827318577", "0", "0.401379575896"),
    (4.0, "-0.5572722406285", "0.7591064785355", "0", "0.171188411476"),
    (5.0, "-0.4282288332404", "0.7345308122763", "0", "0.0976521775885"),
  ]

  static let squareIsing: [Truth] =
    infiniteRows.flatMap { temperature, energy, logPartition, magnetization, heat in
      let group = "ising square infinite"
      let beta = 1 / temperature
      return [
        Truth(group, "square T=\(temperature) energy per site", energy, source: onsager) {
          Onsager().energyPerSite(beta: beta)
        },
        Truth(group, "square T=\(temperature) ln Z per site", logPartition, source: onsager) {
          Onsager().logPartitionPerSite(beta: beta)
        },
        Truth(group, "square T=\(temperature) magnetisation", magnetization, source: onsager) {
          Onsager().spontaneousMagnetization(beta: beta)
        },
        Truth(group, "square T=\(temperature) specific heat", heat, source: onsager) {
          Onsager().specificHeatPerSite(beta: beta)
        },
      ]
    } + critical

  private static let critical: [Truth] = {
    let group = "ising square critical"
    let beta = Onsager.criticalReducedCoupling
    return [
      Truth(group, "square K_c", "0.4406867935097715", source: "Kramers and Wannier 1941") {
        try 0.5 * SquarePotts(states: 2).criticalBeta
      },
      Truth(group, "square T_c", "2.269185314213022", source: onsager) {
        try 2 * SquarePotts(states: 2).criticalTemperature
      },
      Truth(group, "square T_c energy per site", "-1.414213562373095", source: onsager) {
        Onsager().energyPerSite(beta: beta)
      },
      Truth(group, "square T_c ln Z per site", "0.9296953983416102", source: onsager) {
        Onsager().logPartitionPerSite(beta: beta)
      },
      Truth(group, "square T_c free energy per site", "-2.109651144608207", source: onsager) {
        Onsager().freeEnergyPerSite(beta: beta)
      },
      Truth(group, "square T_c entropy per site", "0.3064701582013798", source: onsager) {
        Onsager().entropyPerSite(beta: beta)
      },
      Truth(group, "square T_c <s(0,0) s(1,0)>", "0.7071067811865", source: onsager) {
        -Onsager().energyPerSite(beta: beta) / 2
      },
      Truth(group, "square T_c <s(0,0) s(1,1)>", "0.6366197723676", source: "Kaufman 1949") {
        Onsager().diagonalCorrelation(beta: beta)
      },
    ]
  }()

  private static let kaufman = "Kaufman 1949"

  /// L x L tori: side, temperature, ln Z, energy, specific heat.
  private static let torusRows: [(Int, Double, String, String, String)] = [
    (4, 2.0, "17.10536711873158", "-1.755380288777435", "0.60553265721006"),
    (4, 2.269185314213022, "15.52191545875528", "-1.565623787638318", "0.78326682592891"),
    (4, 2.5, "14.56109302384404", "-1.379116482259349", "0.81251522944046"),
    (8, 2.0, "66.344581879228", "-1.74568317029", "0.7141226029"),
    (8, 2.269185314213022, "60.141780789069", "-1.49158910744", "1.14555924"),
    (8, 2.5, "56.599388760425", "-1.22232064325", "1.100475889"),
    (16, 2.0, "263.29621043402", "-1.74553066899", "0.7255087677"),
    (16, 2.269185314213022, "238.64225663513", "-1.45306485281", "1.498704959"),
    (16, 2.5, "225.22884675588", "-1.13131798441", "1.064976883"),
    (32, 2.0, "1051.1049876145", "-1.74556452703", "0.7248739782"),
    (32, 2.269185314213022, "952.64807954854", "-1.43365846615", "1.84676759"),
    (32, 2.5, "900.47830776314", "-1.10729166098", "0.8858125011"),
    (64, 2.0, "4202.3405079789", "-1.74556457531", "0.7248714486"),
    (64, 2.269185314213022, "3808.6722834198", "-1.42393838983", "2.192211393"),
    (64, 2.5, "3601.8742693788", "-1.10608299247", "0.8618550832"),
  ]

  static let squareTorus: [Truth] = torusRows.flatMap { side, temperature, z, energy, heat in
    let group = "ising square torus"
    let name = "square \(side)x\(side) T=\(temperature)"
    let beta = 1 / temperature
    let torus: @Sendable () throws -> KaufmanTorus = { try KaufmanTorus(rows: side, columns: side) }
    return [
      Truth(group, "\(name) ln Z", z, source: kaufman) { try torus().logPartition(beta: beta) },
      Truth(group, "\(name) energy per site", energy, source: kaufman) {
        try torus().energyPerSite(beta: beta)
      },
      Truth(group, "\(name) specific heat", heat, source: kaufman) {
        try torus().specificHeatPerSite(beta: beta)
      },
    ]
  }
}
