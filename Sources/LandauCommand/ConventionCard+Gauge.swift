extension ConventionCard {
  static let isingGauge = """
    ising-gauge: the Z2 lattice gauge theory on a torus of two, three or four axes

      H = -sum over plaquettes of the product of their 4 links,  links -1 or +1
      weight exp(-beta H);  beta: --beta, the only parameter

    One link per site and axis and one plaquette per site and pair of axes: in two dimensions N sites have 2N links
    and N plaquettes, in three 3N and 3N, in four 4N and 6N. Snapshots hold one channel per axis; in two dimensions
    'down' (the link to the next row) and 'right' (to the next column), and the plaquette of a site is
    the square to its lower right.

      plaquette            <product of 4 links>, between -1 and 1
      actionPerPlaquette   -beta <plaquette>: the weight is exp(-sum of it over plaquettes)
      energyPerSite        <H>/N, minus <plaquette> times the plaquettes of a site

    Two dimensions: no phase transition at finite beta. Plaquettes are independent but for one constraint, and
    <plaquette> = (t + t^(N-1))/(1 + t^N) with t = tanh beta. Three: a transition at beta = 0.7614, dual to that of
    the Ising model. Four: self-dual, of first order at beta = ln(1 + sqrt 2)/2 = 0.4407.

    """

  static let u1Gauge = """
    u1-gauge: compact U(1) lattice gauge theory on a torus of two to four axes

      H = sum over plaquettes of (1 - cos theta_p),  theta_p the sum of the angles of 4 links round it
      weight exp(-beta H);  beta: --beta, 1/g^2

    """

  static let su2Gauge = """
    su2-gauge: SU(2) lattice gauge theory on a torus of two to four axes, Wilson's action

      H = sum over plaquettes of (1 - Re tr U_p / 2),  U_p the product of 4 links round it
      weight exp(-beta H);  beta: --beta, 4/g^2

    """

  static let su3Gauge = """
    su3-gauge: SU(3) lattice gauge theory on a torus of two to four axes, Wilson's action

      H = sum over plaquettes of (1 - Re tr U_p / 3),  U_p the product of 4 links round it
      weight exp(-beta H);  beta: --beta, 6/g^2

    """

  /// What U(1), SU(2) and SU(3) share.
  static let continuousGauge = """

    One link per site and axis, one plaquette per site and pair of axes; sides from 2. The axes are those of --size:
    the first one is time where a loop winds round it.
      --start hot|cold     links at the beginning: random (default) or all one
      --loops N            longest side of the Wilson loops measured (default 2)
      --smear N            rectangles in space and time with links in space smeared N times (APE, weight 0.5)
      --flow-time T        Wilson's flow to the time T before action density and charge are measured

      plaquette                 <Re tr U_p / N>, 1 for links of one
      actionPerPlaquette        beta (1 - <plaquette>)
      specificHeatPerPlaquette  beta^2 P (<p^2> - <p>^2), p the mean plaquette of a configuration, P plaquettes
      absPolyakovLoop           <|L|>, L the mean of tr / N of the loops along the first axis round the torus
      polyakovLoopSquared       <|L|^2>
      wilsonLoopRxT             <Re tr W / N> of R x T rectangles, all planes and both ways up
      creutzRatioR              -ln of W(R,R) W(R-1,R-1) / W(R,R-1)^2
      staticPotentialR          ln of W(R,T-1)/W(R,T), smeared, at the largest T of --loops
      flowedActionDensity       <t^2 E> at the flow time t, E = -sum over planes of tr G^2, clover
      topologicalCharge         <Q>; U(1) in two dimensions: sum of theta_p in (-pi, pi] over 2 pi; SU(2), SU(3) in
                                four: clover charge after --flow-time
      topologicalSusceptibility <Q^2>/sites; no error is given where Q changed fewer than ten times in all chains

    A sweep visits every link once (metropolis, heat-bath), or once and three times more turning links over without
    changing the action (over-relaxation, the default), or is one trajectory of all links (hmc).
    Exact: two dimensions, by characters: Z = sum over representations of c_r^P.

    """
}
