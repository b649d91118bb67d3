import LandauCore

extension Study {
  /// Simmons, Lin and Chern's model: the two transitions without dipoles, the stripes with them.
  static let dipolarSixStateClock = Study(
    name: "dipolar-six-state-clock",
    title: "Six-state clocks whose parity is a dipole",
    source: "Q. Simmons, S.-Z. Lin, G.-W. Chern, arXiv:2412.09550",
    claim: """
      Without dipoles the six-state clock model has two transitions of Berezinskii, Kosterlitz and \
      Thouless; dipoles lead by a first-order transition from a maze, in which two adjacent states \
      share the plane, to stripes in one of three directions.
      """,
    run: { run in
      let clock = try ClockTransitions(run)
      let stripes = try DipolarStripeOrder(run)
      return StudyResult(
        findings: clock.findings + stripes.findings,
        figure: DipolarSixStateClockFigure.figure(clock, stripes), remarks: remarks)
    })

  private static let remarks = [
    "Temperatures and energies in units of J, k_B = 1. [1, 2] are for the square lattice, where the",
    "transitions are known, [3-8] for the triangular one, which the stripes need; D/J = 0.2 is a choice,",
    "at which two rows make a stripe.",
    "Stiffness K: from the ratio of the order's Fourier components at 0 and at the smallest wave, as spin",
    "waves on the torus have it. Upper transition: K (T, L) = 2/pi (1 + 1/(2 ln L + C)). Lower one: the",
    "same law for the stiffness 36/(4 pi^2 K) of the dual picture, in which steps between states are",
    "what vortices are above. T is where the largest lattice has it for C = 4, the systematic error half",
    "the distance of those for C = 1 and 8.",
    "The maze belongs to the periodic lattice as much as the stripes do: the transition moves with L.",
  ]
}
