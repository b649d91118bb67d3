/// A way to take a configuration of a scalar field to the next.
public enum ScalarFieldUpdate: NamedUpdate {
  /// One attempt per site: a step uniform on an interval whose width is set in burn-in.
  case metropolis
  /// A Metropolis sweep, then clusters of equal sign are turned over (Brower and Tamayo 1989): where the field
  /// has two wells, local steps alone hardly ever pass between them.
  case wolff
  /// A trajectory of the whole field with Metropolis' test at its end.
  case hamiltonian(HamiltonianSettings)

  /// `metropolis`, `wolff`, `hmc`.
  public var name: String {
    switch self {
    case .metropolis: "metropolis"
    case .wolff: "wolff"
    case .hamiltonian: "hmc"
    }
  }

  /// One of each kind, with its usual settings.
  public static let standard: [ScalarFieldUpdate] = [
    .metropolis, .wolff, .hamiltonian(HamiltonianSettings()),
  ]

  /// How trajectories are made; nil for other updates.
  public var trajectorySettings: HamiltonianSettings? {
    if case .hamiltonian(let settings) = self { settings } else { nil }
  }

  /// What was done, for the report.
  public var algorithm: String {
    switch self {
    case .metropolis: "metropolis, steps tuned in burn-in"
    case .wolff: "metropolis and embedded sign clusters"
    case .hamiltonian(let settings): "hmc, \(settings)"
    }
  }
}

extension Observable {
  /// S/V.
  public static let actionPerSite: Observable = "actionPerSite"
  /// Means over the sites of phi^2 and phi^4.
  public static let fieldSquared: Observable = "fieldSquaredPerSite"
  public static let fieldFourth: Observable = "fieldFourthPerSite"
  /// Mean over the bonds of phi(x) phi(x + mu).
  public static let neighbourProduct: Observable = "neighbourProductPerBond"
  /// Mean over the sites of phi dS/dphi, whose expectation is 1 exactly.
  public static let virial: Observable = "virialPerSite"
}
