import LandauPipeline

/// What the numbers of a model mean: signs, factors, units. Printed by `landau MODEL --help`.
enum ConventionCard {
  static func text(for model: ModelOptions.Name) -> String {
    switch model {
    case .ising: ising
    case .isingGauge: isingGauge
    }
  }

  static let ising = """
    ising: the Ising model on a periodic lattice

      H = -J sum over bonds of s_i s_j - h sum over sites of s_i,  s = -1 or +1
      J: --coupling (default 1; J > 0 is the ferromagnet)     h: --field (default 0)

    Lattices: chain, square, cubic, hypercubic (--dimension), every side from 1 on, all of them tori
    with one bond per site and axis: along an axis of side 2 two sites share two bonds, along an axis
    of side 1 a site has a bond with itself, which adds the constant -J.

    Units: k_B = 1; temperature in the units of J; beta = 1/temperature. Nothing is divided by J.
      energyPerSite                    <H>/N
      specificHeatPerSite              beta^2 N (<e^2> - <e>^2), e = H/N
      magnetizationPerSite             <m>, m = sum of s / N
      absMagnetizationPerSite          <|m|>
      magnetizationSquaredPerSite      <m^2>
      susceptibilityPerSite            beta N (<m^2> - <|m|>^2)
      susceptibilityDisorderedPerSite  beta N <m^2>
      binderCumulant                   1 - <m^4>/(3 <m^2>^2)
      freeEnergyPerSite                -T ln Z/N

    A sweep is N attempted flips (metropolis), one pass (swendsen-wang), or a number of clusters
    fixed during burn-in, about N over the mean cluster size (wolff). integratedTime is in sweeps, 1/2
    for white noise. Errors are one standard error; 1.234(56) means 1.234 with error 0.056.

    Exact: square lattice, infinite: transition at T = 2.269185 |J| (Onsager 1944).

    """

  static let isingGauge = """
    ising-gauge: the Z2 lattice gauge theory on a two-dimensional torus

      H = -sum over plaquettes of the product of their 4 links,  links -1 or +1
      weight exp(-beta H);  beta: --beta, the only parameter

    One link per site and axis, so N sites have 2N links and N plaquettes. Snapshots hold two channels,
    'down' (the link to the next row) and 'right' (to the next column); the plaquette of a site is
    the square to its lower right.

      plaquette            <product of 4 links>, between -1 and 1
      actionPerPlaquette   -beta <plaquette>: the weight is exp(-sum of it over plaquettes)
      energyPerSite        <H>/N = -<plaquette>

    There is no phase transition at finite beta: plaquettes are independent but for one constraint, and
    <plaquette> = (t + t^(N-1))/(1 + t^N) with t = tanh beta.

    """
}
