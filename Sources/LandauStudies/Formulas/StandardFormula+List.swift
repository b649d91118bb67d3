import LandauDiscovery

// Thirty formulas in the units of the first column; constants such as Boltzmann's are numbers to be found.

private let x = Expression.variable(0)
private let y = Expression.variable(1)
private let z = Expression.variable(2)

private func exp(_ x: Expression) -> Expression { x.applying(.exponential) }
private func log(_ x: Expression) -> Expression { x.applying(.logarithm) }
private func tanh(_ x: Expression) -> Expression { x.applying(.hyperbolicTangent) }
private func sqrt(_ x: Expression) -> Expression { x.applying(.squareRoot) }
private func power(_ x: Expression, _ exponent: Double) -> Expression { x.raised(to: exponent) }

extension StandardFormula {
  private init(
    _ name: String, _ variables: [(String, PhysicalDimension, ClosedRange<Double>)],
    _ target: PhysicalDimension, _ truth: Expression, parities: [String: Parity] = [:]
  ) {
    self.init(
      name: name,
      variables: variables.map { Quantity(name: $0.0, dimension: $0.1, range: $0.2) },
      target: target, truth: truth, parities: parities)
  }

  static let all = magnets + heat + quanta + matter

  private static let (kelvin, joule) = (PhysicalDimension.temperature, PhysicalDimension.energy)
  private static let number = PhysicalDimension.none
  private static let charge = PhysicalDimension.current * .time

  private static let magnets: [StandardFormula] = [
    .init("Curie law", [("T", kelvin, 1...10)], number, 0.7 / x),
    .init("Curie-Weiss law", [("T", kelvin, 2...10)], number, 0.7 / (x - 1.2)),
    .init(
      "Langevin function", [("h", joule, 0.3...4), ("T", joule, 0.5...2)], number,
      1 / tanh(x / y) - y / x),
    .init(
      "Brillouin function of spin 1/2", [("h", joule, 0.1...3), ("T", joule, 0.5...2)], number,
      0.8 * tanh(x / y)),
    .init(
      "correlation length of the Ising chain", [("J", joule, 0.3...2), ("T", joule, 0.5...2)],
      number, -1 / log(tanh(x / y))),
    .init(
      "energy of the Ising chain", [("J", joule, 0.3...2), ("T", joule, 0.5...2)], joule,
      -x * tanh(x / y)),
    .init(
      "susceptibility of the Ising chain", [("J", joule, 0.3...1.5), ("T", joule, 0.6...2)],
      number / joule, exp(2 * x / y) / y),
    .init(
      "Onsager magnetisation in sinh 2K", [("s", number, 1.02...3)], number,
      power(1 - power(x, -4), 0.125)),
    .init(
      "dual coupling of Kramers and Wannier", [("K", number, 0.1...1.2)], number,
      -0.5 * log(tanh(x))),
    .init(
      "mean-field equation",
      [("h", joule, -1...1), ("m", number, -1...1), ("T", joule, 0.8...2)], number,
      tanh((x + 0.9 * y) / z)),
    .init(
      "Landau free energy", [("t", kelvin, -1...1), ("m", number, -1.5...1.5)], joule,
      0.8 * x * power(y, 2) + 0.5 * power(y, 4), parities: ["m": .even]),
  ]

  private static let heat: [StandardFormula] = [
    .init(
      "Arrhenius law", [("E", joule, 0.3...3), ("T", joule, 0.5...2)], number / .time,
      2.3 * exp(-x / y)),
    .init(
      "two-level specific heat (Schottky)", [("D", joule, 0.3...5), ("T", joule, 0.5...2)], number,
      power(x / y, 2) * exp(x / y) / power(1 + exp(x / y), 2)),
    .init(
      "entropy of a two-valued variable", [("p", number, 0.02...0.95)], number,
      -x * log(x) - (1 - x) * log(1 - x)),
    .init(
      "specific heat of a metal", [("T", kelvin, 0.2...4)], joule / kelvin,
      0.7 * x + 0.3 * power(x, 3)),
    .init(
      "ideal gas",
      [("n", .amount, 0.5...3), ("T", kelvin, 1...5), ("V", .length.raised(to: 3), 1...4)],
      joule / .length.raised(to: 3), 8.3 * x * y / z),
    .init(
      "van der Waals equation",
      [("T", joule, 1...3), ("v", .length.raised(to: 3), 0.6...3)],
      joule / .length.raised(to: 3), x / (y - 0.2) - 1.1 / power(y, 2)),
    .init(
      "Stefan-Boltzmann law", [("A", .length.raised(to: 2), 0.5...3), ("T", kelvin, 1...4)],
      joule / .time, 0.6 * x * power(y, 4)),
  ]

  private static let quanta: [StandardFormula] = [
    .init(
      "Planck spectrum", [("f", number / .time, 0.3...5), ("T", kelvin, 0.5...2)],
      joule / .length.raised(to: 3), 0.8 * power(x, 3) / (exp(1.3 * x / y) - 1)),
    .init(
      "Fermi-Dirac distribution",
      [("E", joule, 0...3), ("mu", joule, 0.5...2), ("T", joule, 0.3...1.5)], number,
      1 / (exp((x - y) / z) + 1)),
    .init(
      "Bose-Einstein distribution",
      [("E", joule, 1...4), ("mu", joule, -2...0.5), ("T", joule, 0.5...2)], number,
      1 / (exp((x - y) / z) - 1)),
    StandardFormula(
      name: "levels of the harmonic oscillator",
      variables: [
        .init(name: "n", dimension: number, range: 0...10, isWhole: true),
        .init(name: "w", dimension: joule, range: 0.5...3),
      ], target: joule, truth: (x + 0.5) * y),
    .init(
      "relativistic energy",
      [("p", .mass * .length / .time, 0.3...3), ("m", .mass, 0.3...2)], joule,
      sqrt(1.69 * power(x, 2) + 2.8561 * power(y, 2))),
    .init(
      "gap of a superconductor", [("T", kelvin, 0.2...1.2), ("Tc", kelvin, 1.8...3)], joule,
      1.74 * sqrt(1 - x / y)),
  ]

  private static let matter: [StandardFormula] = [
    .init(
      "Debye-Waller factor", [("q", number / .length, 0.3...3), ("u", .length, 0.2...0.9)], number,
      exp(-power(x * y, 2) / 3)),
    .init(
      "Lennard-Jones potential", [("r", .length, 0.95...2.5)], joule,
      3.2 * (power(1.1 / x, 12) - power(1.1 / x, 6))),
    .init(
      "Coulomb force", [("Q", charge, 0.5...3), ("q", charge, 0.5...3), ("r", .length, 0.5...3)],
      joule / .length, 0.9 * x * y / power(z, 2)),
    .init(
      "screened Coulomb potential", [("Q", charge, 0.5...3), ("r", .length, 0.3...4)], joule,
      0.9 * x * exp(-y / 1.4) / y),
    .init(
      "Drude conductivity", [("w", number / .time, 0.1...4), ("tau", .time, 0.3...1.5)],
      charge.raised(to: 2), 1.3 * y / (1 + power(x * y, 2))),
    .init(
      "structure factor of Ornstein and Zernike",
      [("k", number / .length, 0.1...3), ("xi", .length, 0.5...3)], .length.raised(to: 2),
      1.2 * power(y, 2) / (1 + power(x * y, 2))),
  ]
}
