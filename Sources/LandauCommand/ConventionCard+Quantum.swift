import LandauPipeline

// Quantum spins.
extension ConventionCard {
  static func text(for model: QuantumModelOptions.Name) -> String {
    let energy =
      switch model {
      case .tfim: tfim
      case .xxz: xxz
      case .heisenberg: quantumHeisenberg
      case .annni: annni
      case .rydberg: rydberg
      case .clusterIsing: clusterIsing
      }
    return energy + quantumSpins
  }

  private static let tfim = """
    tfim: Ising spins in a transverse field, in their ground state or at a temperature

      H = -J sum over bonds of z_i z_j - h_x sum over sites of x_i - h sum over sites of z_i
      h_x: --transverse-field     J: --coupling (default 1)     h: --field (default 0)

    With --temperature or --beta chains sample it at that temperature (stochastic series expansion; h = 0, h_x > 0, any signs of J);
    k_B = 1.
    Infinite chain: transition at h_x = J (Pfeuty 1970), 0.5 J with --spin-half. Chains without h are free fermions of any length.

    """

  private static let xxz = """
    xxz: the anisotropic Heisenberg model of spins 1/2, in its ground state or at a temperature

      H = J sum over bonds of (x_i x_j + y_i y_j + Delta z_i z_j) - h sum over sites of z_i
      Delta: --anisotropy (default 1)     J: --coupling (default 1; J > 0 is the antiferromagnet)     h: --field (default 0)

    With --temperature or --beta chains sample it at that temperature (stochastic series expansion; J > 0 on
    bipartite lattices); k_B = 1.

    """

  private static let quantumHeisenberg = """
    quantum-heisenberg: the Heisenberg model of spins 1/2, in its ground state or at a temperature

      H = J sum over bonds of (x_i x_j + y_i y_j + z_i z_j) - h sum over sites of z_i
      J: --coupling (default 1; J > 0 is the antiferromagnet)     h: --field (default 0)

    With --temperature or --beta chains sample it at that temperature (stochastic series expansion; J > 0 on
    bipartite lattices); k_B = 1.
    It is xxz at anisotropy 1. With --basis or --spin-half it may be called heisenberg, which alone is the classical model.

    """

  private static let annni = """
    annni: the axial next-nearest-neighbour Ising chain in a transverse field, in its ground state

      H = -J sum over i of z_i z_(i+1) + kappa J sum over i of z_i z_(i+2) - h_x sum over i of x_i - h sum over i of z_i
      h_x: --transverse-field     kappa: --kappa (frustrating where positive)     J: --coupling (default 1)
      h: --field (default 0)

    Without h_x: ferromagnetic for kappa < 1/2, two up and two down beyond.

    """

  private static let rydberg = """
    rydberg: atoms with a laser between the ground state and a Rydberg state, in their ground state or at a temperature

      H = (Omega/2) sum over sites of x_i - delta sum over sites of n_i + V sum over pairs of (a/r_ij)^6 n_i n_j
      Omega: --rabi (default 1)     delta: --detuning     V: --interaction, or V = Omega (R_b/a)^6: --blockade-radius

    n = (1 - z)/2 is 1 for an atom in its Rydberg state: a measured z of -1. r_ij is the distance, along the shortest way round
    periodic axes, a the shortest one; all pairs interact. The sign of Omega changes nothing but that of x and y.
    With --temperature or --beta chains sample them at that temperature (stochastic series expansion); k_B = 1.

    """

  private static let clusterIsing = """
    cluster-ising: a chain of spins 1/2 with three-spin couplings, in its ground state

      H = -K sum over i of z_(i-1) x_i z_(i+1) - J sum over i of x_i x_(i+1) - h sum over i of x_i
      K: --cluster (default 1)     J: --coupling (default 1)     h: --field (default 0)

    """

  private static let quantumSpins = """

    x, y, z are Pauli matrices, so that S = sigma/2; with --spin-half they are S, and so are all numbers.
      energyPerSite             E/N of the ground state
      gap                       energy of the next level less that of the ground state
      xPerSite, yPerSite, ...   <x> averaged over sites
      xxPerBond, ...            <x_i x_j> averaged over bonds
      xSquaredPerSite, ...      <m_x^2>, m_x = sum of x / N

    Any one parameter may be scanned: a comma list, or START:END:COUNT. Snapshots are measurements along --basis,
    -1 or +1, independent of one another; the parameter's name in files is that of JSON (transverseField, ...).
    Up to 24 spins are diagonalised (Lanczos); lattices as for classical spins, periodic or open.

    """
}
