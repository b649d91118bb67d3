/// What one simulation contributes to a reweighting: its energies, and observables measured with them.
public struct SampledState: Sendable {
  /// Inverse temperature; nil for a state sampled with other weights.
  public var beta: Double?
  /// Total energies H (not per site), in time order.
  public var energy: Series
  /// Measured together with the energies; every state of a reweighting has the same ones.
  public var observables: [Series]
  /// The logarithm of the weight of a configuration of the given energy, up to a constant.
  public var logWeight: @Sendable (_ energy: Double) -> Double

  /// Sampled from exp(-beta H).
  public init(beta: Double, energy: Series, observables: [Series] = []) {
    precondition(beta.isFinite, "a state at beta = \(beta)")
    self.beta = beta
    self.energy = energy
    self.observables = observables
    logWeight = { -beta * $0 }
  }

  /// Sampled with weights of one's own, a multicanonical run, say.
  public init(
    logWeight: @escaping @Sendable (_ energy: Double) -> Double, energy: Series,
    observables: [Series] = []
  ) {
    beta = nil
    self.energy = energy
    self.observables = observables
    self.logWeight = logWeight
  }
}

/// The means at one inverse temperature, as a function of them sees them.
public struct ReweightedMeans: Sendable, Hashable {
  public let beta: Double
  /// <H>.
  public let energy: Double
  /// <H^2> - <H>^2.
  public let energyVariance: Double
  /// ln Z(beta) - ln Z of the first state.
  public let logPartition: Double
  /// In the order of the states' `observables`.
  public let observables: [Double]
  /// Their derivatives with respect to beta, <O><H> - <O H>.
  public let derivatives: [Double]
}
