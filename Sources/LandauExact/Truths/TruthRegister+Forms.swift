// Reference digits and the routes that reproduce them: other lattices, chains, fields, disorder.

extension TruthRegister {
  static let planarConstants: [Truth] = {
    let group = "planar constants"
    return [
      Truth(
        group, "triangular antiferromagnet entropy", "0.323065947219451",
        source: "Wannier 1950, 1973"
      ) { LatticeConstants.triangularAntiferromagnetEntropy },
      Truth(
        group, "triangular antiferromagnet entropy from the free energy", "0.323065947219451",
        source: "Wannier 1950, 1973"
      ) { try PlanarIsing(.triangular, coupling: -1).entropyPerSite(beta: 15) },
      Truth(group, "square ice entropy per vertex", "0.431523108677671", source: "Lieb 1967") {
        LatticeConstants.squareIceEntropy
      },
      Truth(
        group, "square dimers entropy per site", "0.291560904030819",
        source: "Kasteleyn, Temperley and Fisher 1961"
      ) { LatticeConstants.dimerEntropy },
      Truth(
        group, "square spanning trees per site", "1.166243616123275", source: "Temperley 1972"
      ) { LatticeConstants.spanningTreeEntropy },
      Truth(
        group, "honeycomb self-avoiding walk", "1.847759065022574", source: "Nienhuis 1982"
      ) { LatticeConstants.honeycombConnectiveConstant },
      Truth(
        group, "triangular bond percolation", "0.347296355333861", source: "Sykes and Essam 1964"
      ) { LatticeConstants.triangularBondPercolation },
      Truth(
        group, "honeycomb bond percolation", "0.652703644666139", source: "Sykes and Essam 1964"
      ) { LatticeConstants.honeycombBondPercolation },
    ]
  }()

  static let planarIsing: [Truth] = {
    let group = "ising planar lattices"
    return [
      Truth(group, "triangular T_c", "3.640956906507350", source: "Houtappel 1950") {
        try PlanarIsing(.triangular).criticalTemperature
      },
      Truth(group, "honeycomb T_c", "1.518651435000414", source: "Houtappel 1950") {
        try PlanarIsing(.honeycomb).criticalTemperature
      },
      Truth(group, "kagome T_c", "2.143319440105504", source: "Kano and Naya 1953") {
        try PlanarIsing(.kagome).criticalTemperature
      },
      Truth(group, "triangular T_c energy per site", "-2.000000000000", source: "Houtappel 1950") {
        try PlanarIsing(.triangular).energyPerSite(beta: 0.25 * 1.098612288668109691)
      },
    ]
  }()

  static let chains: [Truth] = {
    let group = "chains and rings"
    let ring: @Sendable (Int, Double) throws -> Double = {
      try ClassicalChain(.xy, siteCount: $0).energyPerSite(beta: $1)
    }
    let helicity: @Sendable (Int, Double) throws -> Double = {
      try ClassicalChain(.xy, siteCount: $0).helicityModulus(beta: $1)
    }
    let dual = "sum over windings of Bessel functions"
    return [
      Truth(group, "ising chain K=1 energy", "-0.761594155955765", source: "Ising 1925") {
        try 1 + ClassicalChain(.potts(states: 2), coupling: 2).energyPerSite(beta: 1)
      },
      Truth(group, "xy chain K=1 energy", "-0.446389965896535", source: "Joyce 1967") {
        try ClassicalChain(.xy).energyPerSite(beta: 1)
      },
      Truth(group, "heisenberg chain K=1 energy", "-0.313035285499331", source: "Fisher 1964") {
        try ClassicalChain(.heisenberg).energyPerSite(beta: 1)
      },
      Truth(group, "xy ring 8 beta=1 energy", "-0.448885144770496", source: dual) {
        try ring(8, 1)
      },
      Truth(group, "xy ring 16 beta=2 energy", "-0.699251926817705", source: dual) {
        try ring(16, 2)
      },
      Truth(group, "xy ring 32 beta=4 energy", "-0.864321576256061", source: dual) {
        try ring(32, 4)
      },
      Truth(group, "xy ring 8 beta=1 helicity", "0.0251470682211", source: dual) {
        try helicity(8, 1)
      },
      Truth(group, "xy ring 16 beta=2 helicity", "0.0502147323080", source: dual) {
        try helicity(16, 2)
      },
      Truth(group, "xy ring 32 beta=4 helicity", "0.1435547671627", source: dual) {
        try helicity(32, 4)
      },
    ]
  }()

  static let gauge: [Truth] = {
    let group = "gauge theories"
    let source = "Gross and Witten 1980"
    let plaquettes = [(1.0, "0.446389965897"), (2, "0.697774657964"), (5, "0.893383137044")]
    let charges = [
      (1.0, "0.04063623611"), (2, "0.01936404563"), (5, "0.005755807264"), (7, "0.003931306074"),
    ]
    let unitary = [(1.0, "0.24019372387"), (2, "0.433127426722"), (4, "0.658047267359")]
    return plaquettes.map { beta, value in
      Truth(group, "u1 2d beta=\(beta) plaquette", value, source: source) {
        GaugePlane.u1Plaquette(beta: beta)
      }
    }
      + charges.map { beta, value in
        Truth(group, "u1 2d beta=\(beta) topological susceptibility", value, source: "Seiler 1982")
        {
          GaugePlane.u1TopologicalSusceptibility(beta: beta)
        }
      }
      + unitary.map { beta, value in
        Truth(group, "su2 2d beta=\(beta) plaquette", value, source: source) {
          GaugePlane.su2Plaquette(beta: beta)
        }
      } + [
        Truth(group, "u1 2d 64 plaquettes beta=7", "0.9257003643508", source: "sum over characters")
        {
          GaugePlane.u1Plaquette(beta: 7, plaquetteCount: 64)
        },
        Truth(group, "z2 2d beta=0.7 plaquette", "0.604367777117163", source: "Wegner 1971") {
          try IsingGaugeTorus(rows: 32, columns: 32).plaquette(beta: 0.7)
        },
        Truth(group, "z2 3d beta_c", "0.76141329", source: "dual of Ferrenberg, Xu and Landau 2018")
        {
          GaugePlane.isingDual(0.221654626)
        },
        Truth(group, "z2 4d beta_c", "0.4406867935", source: "self-dual, Wegner 1971") {
          GaugePlane.isingDual(Onsager.criticalReducedCoupling)
        },
      ]
  }()

  static let scalar: [Truth] = {
    let group = "scalar fields"
    let boxes = [
      (8, 1.0, "0.254173997690350", "10.557824520585"),
      (16, 0.25, "0.376958111158131", "71.23726034047"),
      (32, 0.1, "0.454362537267272", "316.43274301458"),
    ]
    let potentials = [
      (0.0, 1.0, "0.66798626", "2.39364402"), (0.5, 1.0, "0.80377065", "2.73789227"),
      (0.5, 0.1, "0.55914633", "1.76950264"),
    ]
    return boxes.flatMap { side, mass, square, z in
      let field: @Sendable () throws -> FreeScalarField = {
        try FreeScalarField(sides: [side, side], massSquared: mass)
      }
      let name = "free field \(side)x\(side) m2=\(mass)"
      return [
        Truth(group, "\(name) <phi^2>", square, source: "sum over momenta") {
          try field().squaredField
        },
        Truth(group, "\(name) ln Z", z, source: "sum over momenta") { try field().logPartition },
      ]
    }
      + potentials.flatMap { quadratic, quartic, first, second in
        let levels: @Sendable () throws -> [Double] = {
          try AnharmonicOscillator(quadratic: quadratic, quartic: quartic).levels(2)
        }
        let name = "oscillator \(quadratic) x^2 + \(quartic) x^4"
        return [
          Truth(group, "\(name) E0", first, source: "diagonalisation") { try levels()[0] },
          Truth(group, "\(name) E1", second, source: "diagonalisation") { try levels()[1] },
        ]
      }
  }()

  static let disorder: [Truth] = {
    let line = NishimoriLine(antiferromagneticFraction: 0.1)
    return [
      Truth("disorder", "nishimori p=0.1 temperature", "0.910239226627", source: "Nishimori 1981") {
        line.temperature
      },
      Truth(
        "disorder", "nishimori p=0.1 square energy per site", "-1.600000000000",
        source: "Nishimori 1981"
      ) { 2 * line.energyPerBond },
      Truth(
        "disorder", "nishimori p=0.1 cubic energy per site", "-2.400000000000",
        source: "Nishimori 1981"
      ) { 3 * line.energyPerBond },
    ]
  }()
}
