public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A way to take an Ising configuration to the next.
public enum IsingUpdate: String, Sendable, Hashable, CaseIterable {
  /// Single-spin attempts, one per site and sweep. Any lattice, coupling and field.
  case metropolis
  /// Flips one cluster at a time. A sweep is a fixed number of clusters, chosen in burn-in so that
  /// about as many spins flip as there are sites.
  case wolff
  /// Divides all sites into clusters and flips each with probability one half. A sweep is one pass.
  case swendsenWang = "swendsen-wang"

  /// The update that suits a job; a function of the job alone.
  ///
  /// Cluster updates where they are possible, because they keep the correlation time short at the
  /// transition and change the sign of the magnetisation below it: Wolff, or Swendsen and Wang's in one
  /// dimension. Metropolis in a field, under frustration, beyond 2^31 - 1 sites, and on lattices that pack 64
  /// spins into a word well above the transition (beta |J| <= 0.36 in two dimensions, 0.18 in three; both
  /// 0.82 of the critical value), where the correlation length is short and bits are quick.
  public static func automatic(for model: IsingModel, beta: Double) -> IsingUpdate {
    if model.clusterRefusal != nil { return .metropolis }
    let dimension = model.lattice.dimension
    if MultispinLayout(model.lattice) != nil,
      beta * abs(model.coupling) <= (dimension == 2 ? 0.36 : 0.18)
        || model.siteCount > HypercubicLattice.maximumSiteCount
    {
      return .metropolis
    }
    return dimension == 1 ? .swendsenWang : .wolff
  }

  /// Sweeps that are made before measuring where the user says nothing; fixed by model and size.
  ///
  /// Clusters: 100 + L/4, many times the correlation time of about L^0.25 at the transition.
  /// Metropolis: 200 + L^2 with L the longest side up to 64; L^2 is about the correlation time at the
  /// transition, which on larger sides single-spin updates should be kept away from. For a ferromagnet
  /// in a field of 0.1 J or more 300: there the correlation length is a few lattice constants at every
  /// temperature.
  public func defaultBurnIn(for model: IsingModel) -> Int {
    let side = model.lattice.sides.max() ?? 1
    switch self {
    case .metropolis:
      let isHeldByField = model.coupling >= 0 && abs(model.field) >= 0.1 * model.coupling
      return isHeldByField && model.field != 0 ? 300 : 200 + min(side, 64) * min(side, 64)
    case .wolff, .swendsenWang: return 100 + side / 4
    }
  }
}

extension IsingUpdate {
  /// Whether 64 spins of the model lie in a word: Metropolis without a field, where sides fit.
  public func packsBits(of model: IsingModel) -> Bool {
    self == .metropolis && model.field == 0 && MultispinLayout(model.lattice) != nil
  }
}

extension IsingModel {
  /// Why cluster updates do not apply, or nil where they do.
  var clusterRefusal: String? {
    if field != 0 {
      return
        "clusters of these kernels need field 0 (it is \(field)); use metropolis, or the ghost spin of "
        + "DiscreteChain"
    }
    if isFrustrated {
      return "cluster updates need all bonds satisfiable, and \(lattice) with coupling \(coupling) "
        + "has an odd side; use metropolis"
    }
    return nil
  }

  /// Whether spins are stored with the sign of their sublattice, which turns the antiferromagnet on a
  /// bipartite lattice without a field into the ferromagnet.
  var isStaggered: Bool { coupling < 0 && field == 0 && lattice.isBipartite }

  /// Whether a run begins with all bonds satisfied rather than with random spins: where mean-field
  /// theory, which overestimates order, sees some.
  func startsOrdered(beta: Double) -> Bool {
    !isFrustrated && 2 * Double(lattice.dimension) * beta * abs(coupling) > 1
  }
}
