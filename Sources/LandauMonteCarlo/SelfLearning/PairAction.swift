public import LandauLattice

/// Pairs of spins by their distance: the linear model of self-learning Monte Carlo, and what is biquadratic beside.
///
/// action = E0 - sum over shells n of sum over pairs <ij>_n of (J_n S_i . S_j + B_n (S_i . S_j)²). Linear means in
/// its couplings, which least squares finds; each pair of opposite steps counts once.
public struct PairAction: EffectiveAction {
  public let shells: DistanceShells
  /// J_1, J_2, ...: of the shells after the site itself.
  public let couplings: [Double]
  /// B_1, B_2, ...; may be fewer, or none.
  public let biquadratic: [Double]
  /// E0, which no acceptance depends on.
  public let constant: Double

  public init(
    _ shells: DistanceShells, couplings: [Double], biquadratic: [Double] = [], constant: Double = 0
  ) {
    precondition(
      max(couplings.count, biquadratic.count) < shells.count,
      "\(couplings.count) and \(biquadratic.count) couplings for \(shells.count - 1) shells")
    self.shells = shells
    self.couplings = couplings
    self.biquadratic = biquadratic
    self.constant = constant
  }

  public var siteCount: Int { shells.siteCount }

  /// Sums over pairs of S_i . S_j, shell by shell, and of its square: what the couplings multiply, with the sign of -action.
  ///
  /// - Returns: `[couplings + biquadratic couplings]`.
  public static func features(
    of spins: [SIMD3<Double>], _ shells: DistanceShells, linear: Int, biquadratic: Int
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: linear + biquadratic)
    for shell in 0..<max(linear, biquadratic) {
      for site in spins.indices {
        for other in shells.sites(of: shell + 1, around: site) {
          let product = (spins[site] * spins[Int(other)]).sum()
          if shell < linear { sums[shell] += product / 2 }
          if shell < biquadratic { sums[linear + shell] += product * product / 2 }
        }
      }
    }
    return sums
  }

  public func walker(at spins: [SIMD3<Double>]) -> PairWalker { PairWalker(self, spins) }
}

/// A walk under a `PairAction`: an attempt looks at the site's own pairs.
public final class PairWalker: EffectiveWalker {
  private let model: PairAction
  /// Sites that a site is paired with, `[site * pairs + k]`, and J and B of each.
  private let partners: [Int32]
  private let pairs: Int
  private let linear: [Double]
  private let square: [Double]
  public private(set) var spins: [SIMD3<Double>]
  private var change: (site: Int, spin: SIMD3<Double>) = (0, .zero)

  init(_ model: PairAction, _ spins: [SIMD3<Double>]) {
    precondition(spins.count == model.siteCount, "\(spins.count) spins")
    self.model = model
    self.spins = spins
    let used = 1..<(1 + max(model.couplings.count, model.biquadratic.count))
    let shells = model.shells
    partners = (0..<model.siteCount).flatMap { site in
      used.flatMap { shells.sites(of: $0, around: site) }
    }
    func perStep(_ couplings: [Double]) -> [Double] {
      used.flatMap { shell in
        [Double](
          repeating: shell <= couplings.count ? couplings[shell - 1] : 0,
          count: shells.stepCount(shell))
      }
    }
    linear = perStep(model.couplings)
    square = perStep(model.biquadratic)
    pairs = linear.count
  }

  public var action: Double {
    let (linear, square) = (model.couplings, model.biquadratic)
    let sums = PairAction.features(
      of: spins, model.shells, linear: linear.count, biquadratic: square.count)
    return zip(sums, linear + square).reduce(model.constant) { $0 - $1.0 * $1.1 }
  }

  /// - Complexity: O(pairs of a site).
  public func cost(of new: SIMD3<Double>, at site: Int) -> Double {
    let old = spins[site]
    change = (site, new)
    var field = SIMD3<Double>.zero
    var biquadratic = 0.0
    let hasSquares = !model.biquadratic.isEmpty
    let first = site * pairs
    for k in 0..<pairs {
      let other = spins[Int(partners[first + k])]
      field += linear[k] * other
      if hasSquares {
        let (after, before) = ((new * other).sum(), (old * other).sum())
        biquadratic += square[k] * (after * after - before * before)
      }
    }
    return -((new - old) * field).sum() - biquadratic
  }

  public func accept() { spins[change.site] = change.spin }
}
