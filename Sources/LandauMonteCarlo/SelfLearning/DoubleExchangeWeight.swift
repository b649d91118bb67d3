public import LandauCore
public import LandauLattice

extension Observable {
  /// Electrons per site.
  public static let densityPerSite: Observable = "densityPerSite"
}

/// The spins of the double-exchange model at one temperature, the electrons summed over.
///
/// Measures the electrons' energy and number per site, the squared magnetisation per site and, where there are two
/// sublattices, the squared staggered one: the structure factor at (pi, pi) over the number of sites.
public struct DoubleExchangeWeight: SpinWeight {
  public let model: DoubleExchangeModel
  public let beta: Double
  public let observables: [Observable]
  private let signs: [Double]?

  /// - Throws: `InputError` when beta is negative or not finite.
  public init(_ model: DoubleExchangeModel, beta: Double) throws(InputError) {
    try InputError.check(beta: beta)
    self.model = model
    self.beta = beta
    signs = model.lattice.sublatticeSigns?.map(Double.init)
    observables =
      [.energyPerSite, .densityPerSite, .orderSquared]
      + (signs == nil ? [] : [.staggeredOrderSquared])
  }

  public var siteCount: Int { model.siteCount }

  /// - Complexity: one diagonalisation, about 43 N³ operations.
  public func evaluate(_ spins: [SIMD3<Double>]) -> SpinEvaluation {
    let levels: [Double]
    do {
      levels = try model.levels(of: spins)
    } catch {
      // Finite Hermitian matrices have eigenvalues; the chains' spins are of unit length.
      preconditionFailure("the levels of \(spins.count) spins: \(error)")
    }
    let sites = Double(siteCount)
    var values = [
      model.energy(levels: levels, beta: beta) / sites,
      model.electronCount(levels: levels, beta: beta) / sites,
      Self.square(spins.reduce(.zero, +)) / (sites * sites),
    ]
    if let signs {
      let sum = zip(spins, signs).reduce(SIMD3<Double>.zero) { $0 + $1.1 * $1.0 }
      values.append(Self.square(sum) / (sites * sites))
    }
    return SpinEvaluation(action: model.action(levels: levels, beta: beta), values: values)
  }

  private static func square(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum() }
}
