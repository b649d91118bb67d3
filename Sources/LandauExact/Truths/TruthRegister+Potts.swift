import LandauLattice

// Reference digits and the routes that reproduce them: Potts and clock models, exponents.

extension TruthRegister {
  private static let baxter = "Baxter 1973"

  /// q, T_c, mean energy of the phases.
  private static let pottsRows: [(Int, String, String)] = [
    (2, "1.13459265711", "-1.70710678119"),
    (3, "0.994972861072", "-1.57735026919"),
    (4, "0.910239226627", "-1.500000000000"),
    (5, "0.851528361612", "-1.4472135955"),
    (6, "0.807606803605", "-1.40824829046"),
    (7, "0.773058918206", "-1.37796447301"),
    (8, "0.744904455122", "-1.35355339059"),
    (10, "0.70123156793", "-1.31622776602"),
    (20, "0.588349840436", "-1.22360679775"),
  ]

  /// q, latent heat, energies of the ordered and disordered phase, correlation length of the latter.
  private static let firstOrderRows: [(Int, String, String, String, String)] = [
    (5, "0.05291875791", "-1.473672974", "-1.420754217", "2512.24682"),
    (6, "0.20146414", "-1.50898036", "-1.30751622", "158.8926958"),
    (7, "0.3532767795", "-1.554602863", "-1.201326083", "48.09590658"),
    (8, "0.4863580795", "-1.59673243", "-1.110374351", "23.87820395"),
    (10, "0.6960494315", "-1.664252482", "-0.9682030503", "10.55951942"),
    (20, "1.194155255", "-1.820684425", "-0.6265291704", "2.695501743"),
  ]

  /// 3 x 3 tori: q, temperature, ln Z, energy.
  private static let pottsTorusRows: [(Int, Double, String, String)] = [
    (3, 0.8, "23.75861674492", "-1.91865971731"),
    (3, 0.994972861072, "19.68893973185", "-1.74212221465"),
    (3, 1.5, "15.15786996965", "-1.20872361621"),
    (4, 0.8, "24.14124119458", "-1.86549817779"),
    (4, 0.910239226627, "21.68915602371", "-1.71687964228"),
    (4, 1.5, "16.52477154845", "-0.94482378904"),
  ]

  static let potts: [Truth] =
    pottsRows.flatMap { states, temperature, energy in
      let group = "potts square"
      return [
        Truth(group, "potts q=\(states) T_c", temperature, source: "Potts 1952") {
          try SquarePotts(states: states).criticalTemperature
        },
        Truth(group, "potts q=\(states) mean energy at T_c", energy, source: baxter) {
          try SquarePotts(states: states).meanEnergyPerSite
        },
      ]
    }
    + firstOrderRows.flatMap { states, heat, ordered, disordered, length in
      let group = "potts square"
      return [
        Truth(group, "potts q=\(states) latent heat", heat, source: baxter) {
          try SquarePotts(states: states).latentHeatPerSite
        },
        Truth(group, "potts q=\(states) ordered energy", ordered, source: baxter) {
          try SquarePotts(states: states).orderedEnergyPerSite
        },
        Truth(group, "potts q=\(states) disordered energy", disordered, source: baxter) {
          try SquarePotts(states: states).disorderedEnergyPerSite
        },
        Truth(
          group, "potts q=\(states) correlation length", length, source: "Buffenoir and Wallon 1993"
        ) { try SquarePotts(states: states).disorderedCorrelationLength },
      ]
    }
    + pottsTorusRows.flatMap { states, temperature, z, energy in
      let name = "potts q=\(states) 3x3 T=\(temperature)"
      let sum: @Sendable () throws -> ExactSum = {
        let lattice = try Lattice(.square, sides: [3, 3])
        return try ExactSum(of: DiscreteModel.potts(lattice, states: states))
      }
      return [
        Truth("potts square torus", "\(name) ln Z", z, source: "enumeration") {
          try sum().logPartition(beta: 1 / temperature)
        },
        Truth("potts square torus", "\(name) energy per site", energy, source: "enumeration") {
          try sum().thermal(beta: 1 / temperature).energyPerSite
        },
      ]
    }

  static let clock: [Truth] = [
    // Three hours are three Potts states at 3/2 of the coupling; four are two Ising spins at half.
    Truth("clock square", "clock q=3 T_c", "1.492459291607725", source: "duality") {
      try 1.5 * SquarePotts(states: 3).criticalTemperature
    },
    Truth("clock square", "clock q=4 T_c", "1.134592657106511", source: onsagerPair) {
      try SquarePotts(states: 2).criticalTemperature
    },
  ]
  private static let onsagerPair = "Betts 1964, Onsager 1944"

  static let exponents: [Truth] = {
    let group = "critical exponents"
    let source = "Coulomb gas: den Nijs 1979, Nienhuis 1984"
    @Sendable func potts(_ states: Double) -> CriticalExponents { .potts(states: states) }
    return [
      Truth(group, "ising 2d nu", "1.000000000000", source: source) { potts(2).nu },
      Truth(group, "ising 2d beta", "0.125000000000", source: source) { potts(2).beta },
      Truth(group, "ising 2d gamma", "1.750000000000", source: source) { potts(2).gamma },
      Truth(group, "ising 2d eta", "0.250000000000", source: source) { potts(2).eta },
      Truth(group, "ising 2d delta", "15.0000000000", source: source) { potts(2).delta },
      Truth(group, "potts q=3 2d nu", "0.833333333333333", source: source) { potts(3).nu },
      Truth(group, "potts q=3 2d beta", "0.111111111111111", source: source) { potts(3).beta },
      Truth(group, "potts q=3 2d eta", "0.266666666666667", source: source) { potts(3).eta },
      Truth(group, "potts q=4 2d nu", "0.666666666666667", source: source) { potts(4).nu },
      Truth(group, "potts q=4 2d beta", "0.083333333333333", source: source) { potts(4).beta },
      Truth(group, "percolation 2d nu", "1.33333333333333", source: source) { potts(1).nu },
      Truth(group, "percolation 2d beta", "0.138888888888889", source: source) { potts(1).beta },
      Truth(group, "percolation 2d fractal dimension", "1.89583333333333", source: source) {
        potts(1).magnetic
      },
    ]
  }()
}
