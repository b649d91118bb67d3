import LandauCore

/// A way to take the links of a gauge theory to the next configuration.
public enum GaugeUpdate: NamedUpdate {
  /// One attempt per link: multiplied by a random element near one, whose spread is set in burn-in so that about
  /// half are accepted.
  case metropolis
  /// Every link is drawn anew beside its staples: U(1) by Best and Fisher (1979), SU(2) by Kennedy and Pendleton
  /// (1985) and Creutz (1980), SU(3) through its SU(2) subgroups (Cabibbo and Marinari 1982).
  case heatBath
  /// A heat bath, then so many sweeps that turn every link over and keep the action (Creutz 1987).
  case overRelaxation(reflections: Int)
  /// A trajectory of all links with Metropolis' test at its end.
  case hamiltonian(HamiltonianSettings)

  /// `metropolis`, `heat-bath`, `over-relaxation`, `hmc`.
  public var name: String {
    switch self {
    case .metropolis: "metropolis"
    case .heatBath: "heat-bath"
    case .overRelaxation: "over-relaxation"
    case .hamiltonian: "hmc"
    }
  }

  /// One of each kind, with its usual settings.
  public static let standard: [GaugeUpdate] = [
    .metropolis, .heatBath, .overRelaxation(reflections: 3), .hamiltonian(HamiltonianSettings()),
  ]

  /// What is taken where nothing is asked for.
  public static let automatic = GaugeUpdate.overRelaxation(reflections: 3)

  /// How trajectories are made; nil for other updates.
  public var trajectorySettings: HamiltonianSettings? {
    if case .hamiltonian(let settings) = self { settings } else { nil }
  }

  /// What was done, for the report.
  public var algorithm: String {
    switch self {
    case .metropolis: "metropolis, steps tuned in burn-in"
    case .heatBath: "heat bath"
    case .overRelaxation(let reflections): "heat bath and \(reflections) microcanonical reflections"
    case .hamiltonian(let settings): "hmc, \(settings)"
    }
  }

  /// Why its settings cannot be used, or nil.
  var refusal: String? {
    switch self {
    case .overRelaxation(let reflections): Self.refusal(reflections: reflections)
    case .hamiltonian(let settings): settings.refusal
    case .metropolis, .heatBath: nil
    }
  }
}

/// How a chain of links begins.
public enum GaugeStart: String, Sendable, Hashable, CaseIterable {
  /// Every link uniform in the group: strong coupling.
  case hot
  /// Every link one: weak coupling.
  case cold
}
