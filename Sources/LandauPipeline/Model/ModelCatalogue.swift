import LandauCore
import LandauLattice

/// What each model is made of: its parameters, its lattices, what its numbers mean.
struct ModelCatalogue {
  /// What a model is scanned in.
  enum Scanned { case temperatureOrBeta, betaOnly, nothing }

  /// Parameters with their defaults, in the order of reports; nil must be given.
  var parameters: [(parameter: ModelParameter, standard: Double?)]
  /// Parameters that need not be there, and are then left out of reports.
  var optional: [ModelParameter] = []
  var words: [(word: ModelWord, standard: String?)] = []
  var lattices: [ModelOptions.Lattice] = ModelCatalogue.crystals
  var standardLattice = ModelOptions.Lattice.square
  var boundaries: [Lattice.Boundary] = Lattice.Boundary.allCases
  var allowsTwist = false
  var scanned = Scanned.temperatureOrBeta
  /// What the numbers mean, in one line; every report repeats it.
  var convention: String

  /// Names of the boundaries it may have.
  var boundaryNames: [String] {
    boundaries.map(\.rawValue) + (allowsTwist ? [ModelOptions.twisted] : [])
  }

  /// Every parameter, with its default where it has one.
  var allParameters: [(parameter: ModelParameter, standard: Double?)] {
    parameters + optional.map { ($0, nil) }
  }

  static let crystals = ModelOptions.Lattice.allCases.filter(\.isCrystal)

  static func entry(_ name: ModelOptions.Name) -> ModelCatalogue {
    switch name {
    case .ising:
      ModelCatalogue(
        parameters: [(.coupling, 1), (.field, 0)], lattices: crystals + [.complete],
        convention:
          "H = -J sum_<ij> s_i s_j - h sum_i s_i, s = +-1, one bond per site and axis, periodic; k_B = 1"
      )
    case .potts:
      ModelCatalogue(
        parameters: [(.states, nil), (.coupling, 1), (.field, 0)],
        lattices: crystals + [.complete],
        convention:
          "H = -J sum_<ij> delta(s_i, s_j) - h sum_i delta(s_i, 0), s = 0 ... q-1; k_B = 1")
    case .clock:
      ModelCatalogue(
        parameters: [(.states, nil), (.coupling, 1), (.field, 0)],
        convention:
          "H = -J sum_<ij> cos(2 pi (s_i - s_j)/q) - h sum_i cos(2 pi s_i/q), s = 0 ... q-1; k_B = 1"
      )
    case .dipolarClock:
      ModelCatalogue(
        parameters: [(.coupling, 1), (.dipolar, 0)],
        lattices: [.triangular, .square, .honeycomb, .kagome],
        standardLattice: .triangular, boundaries: [.periodic],
        convention:
          "H = -J sum_<ij> cos(pi (s_i - s_j)/3) + D sum_{i<j} p_i p_j/r_ij^3, s = 0 ... 5, p = (-1)^s, "
          + "all periodic images; k_B = 1")
    case .blumeCapel:
      ModelCatalogue(
        parameters: [(.coupling, 1), (.crystalField, 0), (.field, 0)],
        convention:
          "H = -J sum_<ij> s_i s_j + D sum_i s_i^2 - h sum_i s_i, s = -1, 0, +1; k_B = 1")
    case .xy:
      ModelCatalogue(
        parameters: [(.coupling, 1), (.field, 0)], optional: [.twist], allowsTwist: true,
        convention: "H = -J sum_<ij> cos(t_i - t_j) - h sum_i cos t_i; k_B = 1")
    case .heisenberg:
      ModelCatalogue(
        parameters: [(.coupling, 1), (.field, 0)], optional: [.twist], standardLattice: .cubic,
        allowsTwist: true,
        convention:
          "H = -J sum_<ij> s_i . s_j - h sum_i s_i^x, classical unit vectors of 3 components; k_B = 1"
      )
    case .phi4:
      ModelCatalogue(
        parameters: [(.massSquared, nil), (.lambda, nil)], words: [(.action, "standard")],
        lattices: [.chain, .square, .cubic, .hypercubic], boundaries: [.periodic],
        scanned: .nothing,
        convention: "weight exp(-S), periodic")
    case .edwardsAnderson:
      ModelCatalogue(
        parameters: [
          (.coupling, 1), (.probability, 0.5), (.mean, 0), (.field, 0), (.randomField, 0),
          (.siteFraction, 1), (.bondFraction, 1), (.realization, 0),
        ],
        words: [(.disorder, "bimodal"), (.instance, nil), (.weights, nil)],
        lattices: ModelOptions.Lattice.allCases,
        convention:
          "H = -sum_<ij> J_ij s_i s_j - h sum_i s_i, s = +-1, J_ij = -J with the given probability, else +J, "
          + "or normal with the given mean and width J; k_B = 1")
    case .sherringtonKirkpatrick:
      ModelCatalogue(
        parameters: [(.coupling, 1), (.mean, 0), (.field, 0), (.realization, 0)],
        lattices: [.complete], standardLattice: .complete, boundaries: [],
        convention:
          "H = -sum_{i<j} J_ij s_i s_j - h sum_i s_i, J_ij normal with mean J0/N and variance J^2/N; k_B = 1"
      )
    case .baxterWu:
      ModelCatalogue(
        parameters: [(.coupling, 1)], lattices: [.triangular], standardLattice: .triangular,
        boundaries: [.periodic],
        convention:
          "H = -J sum over all triangles of a triangular lattice of s_i s_j s_k, s = +-1; k_B = 1")
    case .isingGauge:
      ModelCatalogue(
        parameters: [], lattices: tori, boundaries: [.periodic], scanned: .betaOnly,
        convention:
          "H = -sum over plaquettes of the product of 4 links, links +-1, weight exp(-beta H), periodic"
      )
    case .u1Gauge:
      gauge(
        "H = sum over plaquettes of (1 - cos theta_p), weight exp(-beta H), beta = 1/g^2, periodic")
    case .su2Gauge:
      gauge(
        "H = sum over plaquettes of (1 - Re tr U_p/2), weight exp(-beta H), beta = 4/g^2, periodic")
    case .su3Gauge:
      gauge(
        "H = sum over plaquettes of (1 - Re tr U_p/3), weight exp(-beta H), beta = 6/g^2, periodic")
    }
  }

  /// Lattices of the gauge theories, of two axes or more.
  private static let tori: [ModelOptions.Lattice] = [.square, .cubic, .hypercubic]

  private static func gauge(_ convention: String) -> ModelCatalogue {
    ModelCatalogue(
      parameters: [(.loops, 2)], optional: [.smear, .flowTime], words: [(.start, "hot")],
      lattices: tori,
      boundaries: [.periodic], scanned: .betaOnly, convention: convention)
  }
}
