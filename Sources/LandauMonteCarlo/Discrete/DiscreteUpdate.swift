public import LandauLattice

/// A way to take a configuration of a `DiscreteModel` to the next.
public enum DiscreteUpdate: String, Sendable, Hashable, CaseIterable {
  /// Proposes another state for one site after the other. Any model.
  case metropolis
  /// Draws the state of one site after the other from its conditional probability. Any model.
  case heatBath = "heat-bath"
  /// Grows one cluster at a time and mirrors it. A sweep is a fixed number of clusters, chosen in
  /// burn-in so that about as many sites are visited as there are.
  case wolff
  /// Divides all sites into clusters and gives every one a new state, or mirrors it with
  /// probability one half. A sweep is one pass.
  case swendsenWang = "swendsen-wang"

  /// Whether it moves clusters.
  public var isCluster: Bool { self == .wolff || self == .swendsenWang }

  /// The update that suits a job; a function of the job alone.
  ///
  /// Clusters where they are possible and there is no field: Swendsen and Wang's for Potts models
  /// and in one dimension, Wolff's for the others. Else single sites: Metropolis for two states
  /// (which changes them more often than heat bath), heat bath for more.
  public static func automatic(for model: DiscreteModel, beta: Double) -> DiscreteUpdate {
    if model.fields.isEmpty && model.clusterRefusal == nil {
      let isPotts = model.stateCount > 2 && model.spins.isPottsLike
      return isPotts || model.lattice.sides.count == 1 && model.lattice.cell != nil
        ? .swendsenWang : .wolff
    }
    return model.stateCount == 2 ? .metropolis : .heatBath
  }

  /// Sweeps that are made before measuring where the user says nothing: 100 + L/4 for clusters, 200
  /// + L^2 for single sites with L the longest side up to 64 (see `IsingUpdate.defaultBurnIn`); for
  /// a graph the square root of the number of sites stands for L.
  public func defaultBurnIn(for model: DiscreteModel) -> Int {
    let side =
      model.lattice.cell == nil
      ? Int(Double(model.siteCount).squareRoot().rounded(.up)) : model.lattice.sides.max() ?? 1
    return isCluster ? 100 + side / 4 : 200 + min(side, 64) * min(side, 64)
  }
}

/// The order in which a sweep of single-site updates visits the sites.
public enum SiteOrder: String, Sendable, Hashable, CaseIterable {
  /// Row by row, each once.
  case sequential
  /// As many sites as there are, each chosen at random.
  case random
}

extension DiscreteModel {
  /// Whether clusters alone reach every configuration: reflections lead from every state to every other, which those of
  /// Blume and Capel's model do not (zeros stay zeros).
  public var isReachedByClusters: Bool {
    clusterRefusal == nil && spins.reflectionsAreTransitive
  }

  /// Why cluster updates do not apply, or nil where they do.
  ///
  /// - Complexity: O(sites + bonds), times the number of states at worst.
  public var clusterRefusal: String? {
    if spins.reflections.isEmpty {
      return "cluster updates need reflections of the states, and \(name) has none; "
        + "use metropolis or heat-bath"
    }
    let ground: SatisfiedStates
    switch SatisfiedStates.of(self) {
    case .success(let states): ground = states
    case .failure(let reason): return reason.text
    }
    var rng = FirstChoice()
    if ground.configuration(using: &rng) == nil {
      return "cluster updates need all bonds\(fields.isEmpty ? "" : " and fields") satisfiable at "
        + "once, and those of \(name) on \(lattice) are frustrated (clusters would span "
        + "everything and freeze); use metropolis or heat-bath"
    }
    return nil
  }
}

/// Always the first: where any choice will do.
private struct FirstChoice: RandomNumberGenerator {
  mutating func next() -> UInt64 { 1 << 32 }
}

extension DiscreteModel.SpinSpace {
  /// Whether a bond only tells equal states from different ones (all two-state models with a
  /// symmetry are so).
  var isPottsLike: Bool {
    guard stateCount >= 2 else { return false }
    let (same, different) = (pairEnergies[0][0], pairEnergies[0][1])
    return pairEnergies.indices.allSatisfy { one in
      pairEnergies.indices.allSatisfy {
        abs(pairEnergies[one][$0] - (one == $0 ? same : different)) <= 1e-12
      }
    }
  }

  /// Whether reflections lead from every state to every other.
  var reflectionsAreTransitive: Bool {
    var reached = [Bool](repeating: false, count: stateCount)
    var stack = [0]
    reached[0] = true
    while let state = stack.popLast() {
      for reflection in reflections where !reached[Int(reflection[state])] {
        reached[Int(reflection[state])] = true
        stack.append(Int(reflection[state]))
      }
    }
    return reached.allSatisfy { $0 }
  }
}
