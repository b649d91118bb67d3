import LandauPipeline

/// What the numbers of a model mean: signs, factors, units. Printed by `landau MODEL --help`.
enum ConventionCard {
  /// The card of a model of either kind; nil for other words.
  static func text(named name: String) -> String? {
    ModelOptions.Name(rawValue: name).map(text)
      ?? QuantumModelOptions.Name(rawValue: name).map(text)
  }

  static func text(for model: ModelOptions.Name) -> String {
    switch model {
    case .ising: ising + lattices + thermal + scalarOrder + sweeps + isingExact
    case .potts: potts + lattices + thermal + vectorOrder + sweeps
    case .clock: clock + lattices + thermal + vectorOrder + sweeps
    case .baxterWu: baxterWu + thermal + scalarOrder + sweeps
    case .dipolarClock: dipolarClock + thermal + vectorOrder + dipoles + sweeps
    case .blumeCapel: blumeCapel + lattices + thermal + scalarOrder + sweeps
    case .xy: xy + lattices + thermal + vectorOrder + helicity + sweeps
    case .heisenberg: heisenberg + lattices + thermal + vectorOrder + helicity + sweeps
    case .phi4: phi4
    case .edwardsAnderson: edwardsAnderson + lattices + thermal + scalarOrder + overlaps + sweeps
    case .sherringtonKirkpatrick: sherringtonKirkpatrick + thermal + scalarOrder + overlaps + sweeps
    case .isingGauge: isingGauge
    case .u1Gauge: u1Gauge + continuousGauge
    case .su2Gauge: su2Gauge + continuousGauge
    case .su3Gauge: su3Gauge + continuousGauge
    }
  }

  // What every model of spins shares.

  private static let lattices = """

    Lattices: chain, ladder, square, triangular, honeycomb, kagome, cubic, bcc, fcc, diamond, hypercubic
    (--dimension), complete; --size counts cells along each axis. Boundaries (--boundary): periodic,
    open, antiperiodic (couplings across change sign), helical; one for all axes or one for each. Bonds are
    as many as the cell has: along a periodic axis of side 2 two sites share two bonds, along one of side 1
    a site has a bond with itself.

    """

  private static let thermal = """

    Units: k_B = 1; temperature in the units of J; beta = 1/temperature. Nothing is divided by J.
      energyPerSite                    <H>/N
      specificHeatPerSite              beta^2 N (<e^2> - <e>^2), e = H/N

    """

  private static let scalarOrder = """
      magnetizationPerSite             <m>, m = sum of s / N
      absMagnetizationPerSite          <|m|>
      magnetizationSquaredPerSite      <m^2>
      susceptibilityPerSite            beta N (<m^2> - <|m|>^2)
      susceptibilityDisorderedPerSite  beta N <m^2>
      binderCumulant                   1 - <m^4>/(3 <m^2>^2)
      staggeredMagnetizationPerSite, absStaggered..., staggered...  the same of m_s, where J < 0 and the lattice has
                                       two sublattices: sum of s on one less that on the other, over N
      correlationLength                second moment, in nearest-neighbour distances
      freeEnergyPerSite                -T ln Z/N

    """

  private static let vectorOrder = """
      absMagnetizationPerSite          <|m|>, m = sum of the spins' vectors / N
      magnetizationSquaredPerSite      <m.m>
      susceptibilityPerSite            beta N (<m.m> - <|m|>^2)
      susceptibilityDisorderedPerSite  beta N <m.m>
      binderRatio                      <(m.m)^2>/<m.m>^2
      absStaggeredMagnetizationPerSite, staggered...  the same of m_s, where J < 0 and the lattice has two
                                       sublattices: sum of the vectors on one less that on the other, over N
      correlationLength                second moment, in nearest-neighbour distances
      freeEnergyPerSite                -T ln Z/N

    """

  private static let helicity = """
      --boundary twisted --twist A     spins turn by A (radians, in the plane of the first two components)
                                       across the end of an axis: cos(t_i - t_j + A) there
      helicityModulus                  second derivative of the free energy per site with respect to a
                                       twist per unit length, mean over the directions of space, J included

    """

  private static let dipoles = """
      clockAnisotropyPerSite           <|m| cos(6 arg m)>: positive where m points along a state
      absDipoleOrderPerSite            <|sum of p|>/N
      stripeSquaredPerSite             sum of |sum of p exp(i k r)|^2/N^2 over the half reciprocal vectors k
      stripePeakPerSite                the largest |sum of p exp(i k r)|/N along the reciprocal vectors

    """

  private static let overlaps = """
      absOverlapPerSite                <|q|>, q = sum of a_i b_i / N over two replicas a, b of one realisation
      overlapSquaredPerSite            <q^2>
      overlapBinder                    (3 - <q^4>/<q^2>^2)/2
      linkOverlap                      <sum over bonds of a_i a_j b_i b_j> / bonds

    With --realizations N every number is an average [...] over N drawings of the disorder, its error from their
    scatter. Squares of thermal averages are products of different chains; ratios are those of averages:
      specificHeatPerSite              [beta^2 N (<e^2> - <e>^2)]
      binderCumulant, overlapBinder    1 - [<m^4>]/(3 [<m^2>]^2),  (3 - [<q^4>]/[<q^2>]^2)/2
      overlapFourthPerSite             [<q^4>]
      spinGlassSusceptibilityPerSite   [N <q^2>], without fields
      overlapCorrelationLength         second moment, from [<q^2>] and the overlap at the smallest wave vectors
      overlapDistribution              density of q in 40 bins, symmetrised where no field tells signs apart
      susceptibilityConnectedPerSite   [beta N (<m^2> - <m>^2)], in random fields
      susceptibilityDisconnectedPerSite  [N <m>^2], in random fields
      energyLinkResidualPerSite        [<e>] + beta (sum of J^2/N)(1 - [linkOverlap]): 0 in equilibrium, for
                                       normal couplings of mean 0 without fields
      thermalShare                     the part of the squared error that longer chains would take away
      equilibration                    means over the last half, quarter, ... of the run and whether they agree

    """

  private static let sweeps = """

    A sweep is N attempted updates (metropolis, heat-bath), one pass (swendsen-wang), or a number of
    clusters fixed during burn-in, about N over the mean cluster size (wolff). integratedTime is in
    sweeps, 1/2 for white noise. Errors are one standard error; 1.234(56) means 1.234 with error 0.056.

    """

  // The models.

  private static let ising = """
    ising: the Ising model

      H = -J sum over bonds of s_i s_j - h sum over sites of s_i,  s = -1 or +1
      J: --coupling (default 1; J > 0 is the ferromagnet)     h: --field (default 0)

    """

  private static let isingExact = """

    Exact: square lattice, infinite: transition at T = 2.269185 |J| (Onsager 1944).

    """

  private static let potts = """
    potts: the Potts model

      H = -J sum over bonds of delta(s_i, s_j) - h sum over sites of delta(s_i, 0),  s = 0 ... q-1
      q: --states     J: --coupling (default 1; J > 0 is the ferromagnet)     h: --field (default 0)

    With q = 2 this is the Ising model at half the coupling: K_Potts = 2 K_Ising, e_Potts = (e_Ising - z/2)/2
    with z neighbours. The vector of a state points to a corner of the regular simplex and has length 1.
    Exact: square lattice, infinite: transition at T = J/ln(1 + sqrt q) (Baxter 1973).

    """

  private static let clock = """
    clock: the clock model, planar spins with q directions

      H = -J sum over bonds of cos(2 pi (s_i - s_j)/q) - h sum over sites of cos(2 pi s_i/q),  s = 0 ... q-1
      q: --states     J: --coupling (default 1)     h: --field (default 0)

    With q = 2 this is ising, with q = 3 potts at J_Potts = 3/2 J, with q = 4 two Ising models at J/2.

    """

  private static let dipolarClock = """
    dipolar-clock: six directions and the dipoles that come with them, in the plane

      H = -J sum over bonds of cos(pi (s_i - s_j)/3) + D sum over pairs of p_i p_j / r_ij^3
      s = 0 ... 5,  p = (-1)^s,  r in nearest-neighbour distances
      J: --coupling (default 1)     D: --dipolar (default 0)

    The sum over pairs includes all periodic images (Ewald's method). With D = 0 this is clock with q = 6.

    """

  private static let blumeCapel = """
    blume-capel: spins -1, 0, +1

      H = -J sum over bonds of s_i s_j + D sum over sites of s_i^2 - h sum over sites of s_i
      J: --coupling (default 1)     D: --crystal-field (default 0)     h: --field (default 0)

    """

  private static let baxterWu = """
    baxter-wu: spins -1, +1 on a triangular lattice, every triangle a product of three

      H = -J sum over triangles of s_i s_j s_k, two triangles per site
      J: --coupling (default 1)     sides are multiples of three; periodic
      The four ground states of J > 0: all up, or one of three sublattices up and two down.

    """

  private static let xy = """
    xy: unit vectors in the plane

      H = -J sum over bonds of cos(t_i - t_j) - h sum over sites of cos t_i
      J: --coupling (default 1)     h: --field (default 0)

    """

  private static let heisenberg = """
    heisenberg: unit vectors in space (classical)

      H = -J sum over bonds of s_i . s_j - h sum over sites of the first component of s_i
      J: --coupling (default 1)     h: --field (default 0)

    """

  private static let phi4 = """
    phi4: one real field with a quartic self-interaction, weight exp(-S)

      --action standard  S = sum[1/2 sum_mu (Delta_mu phi)^2 + m^2/2 phi^2 + lambda/4 phi^4]  (default)
      --action albergo   S = sum[sum_mu (Delta_mu phi)^2 + m^2 phi^2 + lambda phi^4]
      m^2: --mass-squared     lambda: --lambda

      actionPerSite                    <S>/V
      fieldPerSite                     <m>, m = sum of phi / V
      absMagnetizationPerSite          <|m|>
      fieldSquaredPerSite, fieldFourthPerSite, neighbourProductPerBond  <phi^2>, <phi^4>, <phi(x) phi(x + mu)>
      virialPerSite                    <phi dS/dphi>, exactly 1: a check of the sampler
      susceptibilityDisorderedPerSite  V <m^2>
      binderCumulant                   1 - <m^4>/(3 <m^2>^2)

    They are one theory with the same m^2 and lambda: phi of the standard form is sqrt 2 times the other.
    Lattices: chain, square, cubic, hypercubic, periodic. There is no temperature.

    Sampled by trajectories (hmc); a sweep is one trajectory. integratedTime is in sweeps, 1/2 for white
    noise. Errors are one standard error; 1.234(56) means 1.234 with error 0.056.

    """

  private static let edwardsAnderson = """
    edwards-anderson: Ising spins with random couplings, one realisation

      H = -sum over bonds of J_ij s_i s_j - h sum over sites of s_i,  s = -1 or +1
      --disorder bimodal   J_ij = -J with probability p, else +J; J: --coupling, p: --probability (default 0.5)
      --disorder gaussian  J_ij normal with mean J0 and width J; J0: --mean (default 0)
      --random-field W     fields normal with mean h and width W
      --site-fraction, --bond-fraction F  each site or bond is there with probability F
      --realization N      which drawing; another one for every N and --seed does not matter
      --instance FILE      couplings from a file instead: lines 'i j J' after a line 'n m', sites from 1

    """

  private static let sherringtonKirkpatrick = """
    sherrington-kirkpatrick: Ising spins with random couplings between all pairs, one realisation

      H = -sum over pairs of J_ij s_i s_j - h sum over sites of s_i,  s = -1 or +1
      J_ij normal with mean J0/N and variance J^2/N; J: --coupling (default 1), J0: --mean (default 0)
      --realization N      which drawing; another one for every N and --seed does not matter

    Infinite system: spin glass below T = J (for J0 < J, h = 0).

    """
}
