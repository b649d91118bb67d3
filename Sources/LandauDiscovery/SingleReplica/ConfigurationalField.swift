public import LandauLattice

/// Mean and variance, over the sites, of the local fields of one configuration of Ising spins.
///
/// h_i = sum over bonds of J_ij s_j: what each spin feels from the others, without an external field. One configuration
/// is enough; its couplings must be known. Turning all spins changes the sign of the mean alone.
///
/// In the Sherrington-Kirkpatrick model without bias the pair (s, h) of a site has, above the glass temperature, the weight
/// exp(beta s h) times a normal one of variance J^2. So h is beta J^2 s plus a normal number, and the variance is
/// J^2 + beta^2 J^4 for N to infinity. It goes on smoothly below: the energy, -(1/2) <s h> per site, does not show the
/// transition either.
/// - Note: A. Talebi et al. 2024, arXiv:2411.04567, who call it the spontaneous configurational field.
public struct ConfigurationalField: Sendable, Hashable {
  public var mean: Double
  /// Sum of squared deviations over N.
  public var variance: Double

  public init(mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }

  /// - Parameters:
  ///   - configuration: `[site]`, 0 for spin -1 and 1 for spin +1.
  ///   - model: of Ising spins.
  /// - Complexity: O(sites + bonds).
  public init(of configuration: [UInt8], in model: DiscreteModel) {
    let fields = Self.localFields(of: configuration, in: model)
    let count = Double(fields.count)
    let mean = fields.reduce(0, +) / count
    self.mean = mean
    variance = fields.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  }

  /// h_i of every site; a bond of a site with itself gives no field.
  public static func localFields(
    of configuration: [UInt8], in model: DiscreteModel
  ) -> [Double] {
    precondition(
      configuration.count == model.siteCount,
      "\(configuration.count) spins for \(model.siteCount) sites")
    precondition(
      model.spins == .ising, "local fields of \(model.name), whose spins are not Ising's")
    var fields = [Double](repeating: 0, count: configuration.count)
    for (bond, coupling) in zip(model.lattice.bonds, model.couplings) where !bond.isSelfBond {
      let (one, other) = (Int(bond.source), Int(bond.target))
      fields[one] += configuration[other] == 1 ? coupling : -coupling
      fields[other] += configuration[one] == 1 ? coupling : -coupling
    }
    return fields
  }
}
