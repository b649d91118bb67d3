public import LandauCore

/// One real field with a quartic self-interaction on a periodic box: phi^4 in d dimensions.
///
/// S = sum over sites of [k/2 sum_mu (phi(x + mu) - phi(x))^2 + a/2 phi^2 + b/4 phi^4], weight exp(-S).
/// `standard` has k = 1, a = m^2, b = lambda; `albergo` (arXiv:1904.12072) writes
/// sum_mu (phi(x + mu) - phi(x))^2 + m^2 phi^2 + lambda phi^4, that is k = 2, a = 2 m^2, b = 4 lambda.
public struct ScalarFieldModel: Sendable, Hashable {
  /// In which form m^2 and lambda are meant.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    case standard, albergo

    /// The action as it is printed.
    public var formula: String {
      switch self {
      case .standard: "S = sum[1/2 sum_mu (Delta_mu phi)^2 + m^2/2 phi^2 + lambda/4 phi^4]"
      case .albergo: "S = sum[sum_mu (Delta_mu phi)^2 + m^2 phi^2 + lambda phi^4]"
      }
    }
  }

  public let lattice: HypercubicLattice
  public let massSquared: Double
  public let lambda: Double
  public let action: Action

  /// - Throws: `InputError` when a number is not finite, lambda is negative, or lambda is 0 without a
  ///   positive mass squared (the weight could not be normalised).
  public init(
    lattice: HypercubicLattice, massSquared: Double, lambda: Double, action: Action = .standard
  ) throws(InputError) {
    guard massSquared.isFinite else {
      throw .notAllowed("mass-squared", massSquared, allowed: "finite numbers")
    }
    guard lambda >= 0, lambda.isFinite else {
      throw .notAllowed("lambda", lambda, allowed: "finite numbers from 0")
    }
    guard lambda > 0 || massSquared > 0 else {
      throw .notAllowed("mass-squared", massSquared, allowed: "above 0 where lambda is 0")
    }
    self.lattice = lattice
    self.massSquared = massSquared
    self.lambda = lambda
    self.action = action
  }

  public var siteCount: Int { lattice.siteCount }

  /// k, a, b of the general form.
  public var coefficients: (gradient: Double, quadratic: Double, quartic: Double) {
    switch action {
    case .standard: (1, massSquared, lambda)
    case .albergo: (2, 2 * massSquared, 4 * lambda)
    }
  }

  /// Total action.
  public func action(of field: Span<Double>) -> Double {
    precondition(
      field.count == siteCount, "the field has \(field.count) entries, the box \(siteCount) sites")
    let (k, a, b) = coefficients
    var sum = 0.0
    for site in 0..<siteCount {
      let value = field[site]
      var gradient = 0.0
      for axis in lattice.sides.indices {
        let step = field[lattice.neighbour(of: site, axis: axis)] - value
        gradient += step * step
      }
      let square = value * value
      sum += k / 2 * gradient + a / 2 * square + b / 4 * square * square
    }
    return sum
  }

  /// dS/dphi of every site, the force with the opposite sign.
  public func gradient(of field: Span<Double>) -> [Double] {
    let (k, a, b) = coefficients
    return (0..<siteCount).map { site in
      let value = field[site]
      var laplacian = 0.0
      for axis in lattice.sides.indices {
        laplacian += field[lattice.neighbour(of: site, axis: axis)]
        laplacian += field[lattice.neighbour(of: site, axis: axis, step: -1)]
        laplacian -= 2 * value
      }
      return -k * laplacian + a * value + b * value * value * value
    }
  }
}
