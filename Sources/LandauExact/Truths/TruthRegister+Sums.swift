import LandauLattice

// Reference digits and the routes that reproduce them: sums over all configurations.

extension TruthRegister {
  private static let transfer = "transfer matrix in a complex field"

  /// L x L tori: side, temperature, <|m|>, <m^2>, <m^4>, 1 - <m^4> / (3 <m^2>^2).
  private static let momentRows: [(Int, Double, String, String, String, String)] = [
    (4, 2.269185314213022, "0.8438604448", "0.7613589086", "0.6656912133", "0.6171993184"),
    (6, 2.0, "0.9130939241", "0.8499052318", "0.7577697900", "0.6503165911"),
    (6, 2.269185314213022, "0.8049765584", "0.6933165911", "0.5561228635", "0.6143562391"),
    (6, 2.5, "0.6774137638", "0.5286207511", "0.3738843668", "0.5540074165"),
    (8, 2.0, "0.9114522661", "0.8416711846", "0.7340152049", "0.6546186493"),
    (8, 2.269185314213022, "0.7773310928", "0.6469115750", "0.4858152341", "0.6130453849"),
    (8, 2.5, "0.6031289794", "0.4320990786", "0.2665525133", "0.5241228559"),
    (10, 2.0, "0.9111215907", "0.8377102017", "0.7206499604", "0.6576932180"),
    (10, 2.269185314213022, "0.7562743729", "0.6125676827", "0.4363950441", "0.6123405340"),
    (10, 2.5, "0.5383927919", "0.3552843285", "0.1925924026", "0.4914123691"),
  ]

  static let magnetizationMoments: [Truth] = momentRows.flatMap {
    side, temperature, m1, m2, m4, u4 in
    let group = "ising square magnetisation"
    let name = "square \(side)x\(side) T=\(temperature)"
    let long = side >= 10
    let moments = Shared {
      let lattice = try Lattice(.square, sides: [side, side])
      return try ExactSum(of: DiscreteModel.ising(lattice))
        .magnetizationDistribution(beta: 1 / temperature)
    }
    return [
      Truth(group, "\(name) <|m|>", m1, source: transfer, isLong: long) {
        try moments().absoluteMoment(1)
      },
      Truth(group, "\(name) <m^2>", m2, source: transfer, isLong: long) {
        try moments().absoluteMoment(2)
      },
      Truth(group, "\(name) <m^4>", m4, source: transfer, isLong: long) {
        try moments().absoluteMoment(4)
      },
      Truth(group, "\(name) Binder cumulant", u4, source: transfer, isLong: long) {
        try moments().binderCumulant
      },
    ]
  }

  private static let squareCounts: [(Double, String)] = [
    (-32, "2"), (-24, "32"), (-20, "64"), (-16, "424"), (-12, "1728"), (-8, "6688"),
    (-4, "13568"), (0, "20524"), (16, "424"),
  ]

  private static let cubeCounts: [(Double, String)] = [
    (-81, "2"),
    (-69, "54"),
    (-61, "162"),
    (-57, "594"),
    (-53, "648"),
    (-49, "3402"),
    (-45, "6516"),
    (-41, "17496"),
    (-37, "44226"),
    (-33, "106488"),
    (-29, "277668"),
    (-25, "713124"),
    (-21, "1786536"),
    (-17, "3898206"),
    (-13, "7761096"),
    (-9, "13183056"),
    (-5, "19828962"),
    (-1, "23901480"),
    (3, "23851530"),
    (7, "18244602"),
    (11, "11577168"),
    (15, "5813046"),
    (19, "2347380"),
    (23, "703080"),
    (27, "151206"),
  ]

  private static let cubePoints: [(Double, String, String)] = [
    (0.1, "19.158797772647", "-0.349994149211"),
    (0.221654626, "21.676193366861", "-1.434444011468"),
    (0.3, "25.953640502761", "-2.489699581936"),
  ]

  static let densitiesOfStates: [Truth] =
    squareCounts.map { energy, count in
      Truth("density of states", "square 4x4 g(\(Int(energy)))", count, source: "enumeration") {
        try KaufmanTorus(rows: 4, columns: 4).densityOfStates().count(at: energy).approximation
      }
    }
    + cubeCounts.map { energy, count in
      Truth(
        "density of states", "cubic 3x3x3 g(\(Int(energy)))", count,
        source: "enumeration of 2^27 configurations"
      ) { try cubeDensity().count(at: energy).approximation }
    }
    + cubePoints.flatMap { beta, z, energy in
      let source = "enumeration of 2^27 configurations"
      return [
        Truth("ising cubic torus", "cubic 3x3x3 K=\(beta) ln Z", z, source: source) {
          try cube().logPartition(beta: beta)
        },
        Truth("ising cubic torus", "cubic 3x3x3 K=\(beta) energy per site", energy, source: source)
        {
          try cube().thermal(beta: beta).energyPerSite
        },
      ]
    } + [
      Truth(
        "density of states", "square 8x8 ln g(-120)", "4.852030263919617",
        source: "one turned spin, ln 128"
      ) { try KaufmanTorus(rows: 8, columns: 8).densityOfStates().count(at: -120).logarithm }
    ]

  private static func cube() throws -> ExactSum {
    try ExactSum(of: DiscreteModel.ising(Lattice(.cubic, sides: [3, 3, 3])))
  }

  /// Computed once for all its levels.
  private static let cubeDensity = Shared { try cube().densityOfStates(unit: 2) }
}
