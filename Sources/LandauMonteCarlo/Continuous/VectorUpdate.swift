public import LandauLattice

/// A way to take a configuration of unit vectors to the next.
public enum VectorUpdate: NamedUpdate {
  /// One attempt per site: the spin is turned by a random angle in a random direction; the size of the
  /// steps is set in burn-in so that about half are accepted. Any model.
  case metropolis
  /// Every spin is drawn anew in the field of its neighbours. Any model.
  case heatBath
  /// A heat bath, then so many sweeps in which every spin is mirrored at the field of its neighbours. The
  /// mirroring keeps the energy: alone it would sample one energy shell. Any model.
  case overRelaxation(reflections: Int)
  /// Mirrors one cluster at a time at a random plane (Wolff 1989). A sweep is a fixed number of clusters,
  /// chosen in burn-in so that about as many spins are visited as there are sites. In a field a cluster
  /// that joins the ghost spin stays.
  case wolff
  /// Divides all sites into the clusters of a random plane and mirrors each with probability one half;
  /// in a field the one of the ghost spin stays. A sweep is one pass.
  case swendsenWang
  /// A trajectory of all spins and their angular momenta with Metropolis' test at its end. Any model.
  case hamiltonian(HamiltonianSettings)

  /// `metropolis`, `heat-bath`, `over-relaxation`, `wolff`, `swendsen-wang`, `hmc`.
  public var name: String {
    switch self {
    case .metropolis: "metropolis"
    case .heatBath: "heat-bath"
    case .overRelaxation: "over-relaxation"
    case .wolff: "wolff"
    case .swendsenWang: "swendsen-wang"
    case .hamiltonian: "hmc"
    }
  }

  /// One of each kind, with its usual settings.
  public static let standard: [VectorUpdate] = [
    .metropolis, .heatBath, .overRelaxation(reflections: 3), .wolff, .swendsenWang,
    .hamiltonian(HamiltonianSettings()),
  ]

  /// How trajectories are made; nil for other updates.
  public var trajectorySettings: HamiltonianSettings? {
    if case .hamiltonian(let settings) = self { settings } else { nil }
  }

  /// Whether there are loops over checkerboards for it.
  var hasBoard: Bool {
    switch self {
    case .heatBath, .overRelaxation: true
    case .metropolis, .wolff, .swendsenWang, .hamiltonian: false
    }
  }

  /// What was done, for the report.
  public var algorithm: String {
    switch self {
    case .metropolis: "metropolis, turns by steps tuned in burn-in"
    case .heatBath: "heat bath"
    case .overRelaxation(let reflections): "heat bath and \(reflections) microcanonical reflections"
    case .wolff: "wolff, embedded single clusters"
    case .swendsenWang: "swendsen-wang, embedded clusters"
    case .hamiltonian(let settings): "hmc on the sphere, \(settings)"
    }
  }

  /// The update that suits a model: Wolff's clusters where they apply, else over-relaxation.
  public static func automatic(for model: VectorModel) -> VectorUpdate {
    model.clusterRefusal == nil && model.field == 0 ? .wolff : .overRelaxation(reflections: 3)
  }

  /// Why the update does not apply to a model, or nil where it does.
  public func refusal(for model: VectorModel) -> String? {
    switch self {
    case .wolff, .swendsenWang: model.clusterRefusal
    case .overRelaxation(let reflections): Self.refusal(reflections: reflections)
    case .hamiltonian(let settings): settings.refusal
    case .metropolis, .heatBath: nil
    }
  }
}

/// How a chain begins.
public enum VectorStart: String, Sendable, Hashable, CaseIterable {
  /// Every spin in a random direction.
  case random
  /// Every spin along the first component.
  case aligned
}

extension VectorModel {
  /// Why cluster updates do not apply, or nil where they do.
  var clusterRefusal: String? {
    let instead = "use over-relaxation or heat-bath"
    if !twist.isEmpty {
      return "mirroring does not keep the energy of twisted bonds: no cluster updates; \(instead)"
    }
    guard let signs = lattice.satisfyingSigns(couplings) else {
      return
        "cluster updates need all bonds satisfiable at once, and the couplings on \(lattice) are "
        + "frustrated: clusters would take in everything and freeze; \(instead)"
    }
    if field != 0 && signs.contains(-1) {
      return
        "in a field cluster updates need ferromagnetic couplings: field and antiferromagnetic bonds "
        + "frustrate each other; \(instead)"
    }
    return nil
  }
}
