/// Binder's ratio U = 1 - <m^4>/(3 <m^2>^2) of a one-site moment, m the length of its vector.
///
/// Sharp order of any number n of components gives 2/3. Independent regions give a Gaussian vector with
/// <m^4> = (1 + 2/n) <m^2>^2, so the disordered value depends on n: U = 2/3 (1 - 1/n), which is 0
/// for one component, 1/3 for two, 4/9 for three.
enum BinderRatio {
  static func curve(_ ensemble: Ensemble, pattern index: Int) -> [JackknifedValue] {
    let m = ensemble.moments.values[index]
    return ensemble.jackknifed(
      2,
      quantity: { sample, out in
        let square = Double(m[sample]) * Double(m[sample])
        out[0] = square
        out[1] = square * square
      },
      function: { $0[0] > 0 ? 1 - $0[1] / (3 * $0[0] * $0[0]) : 0 })
  }

  static func disordered(componentCount n: Int) -> Double { 2.0 / 3 * (1 - 1 / Double(n)) }

  /// On a scale from 0, the disordered value, to 1, sharp order.
  static func share(_ ratio: Double, componentCount n: Int) -> Double {
    let zero = disordered(componentCount: n)
    return (ratio - zero) / (2.0 / 3 - zero)
  }
}
