extension OrderParameter {
  /// The neighbouring values of the parameter between which the distribution of the order goes from one peak about zero to
  /// weight away from it.
  ///
  /// The even distribution over the ball |m| < a stands between the two: with n components <m^2> = a^2 n/(n + 2) and
  /// <m^4> = a^4 n/(n + 4), so Binder's ratio is 1 - (n + 2)^2/(3 n (n + 4)), 0.4 for one component. It is a statement on
  /// this lattice: larger ones move it.
  ///
  /// - Returns: nil where a ratio is within two sigma of that, or the scan crosses it more than once.
  func bracket(in ensemble: Ensemble) -> ClosedRange<Double>? {
    guard let index = ensemble.moments.patterns.firstIndex(of: pattern) else { return nil }
    let n = Double(pattern.componentCount)
    let even = 1 - (n + 2) * (n + 2) / (3 * n * (n + 4))
    let ratios = BinderRatio.curve(ensemble, pattern: index)
    guard ratios.allSatisfy({ abs($0.full - even) > 2 * $0.error }) else { return nil }
    let isOrdered = ratios.map { $0.full > even }
    let changes = isOrdered.indices.dropFirst().filter { isOrdered[$0] != isOrdered[$0 - 1] }
    guard changes.count == 1, let change = changes.first else { return nil }
    return ensemble.parameters[change - 1]...ensemble.parameters[change]
  }
}
