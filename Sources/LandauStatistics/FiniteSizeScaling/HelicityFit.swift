public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Berezinskii-Kosterlitz-Thouless temperature from helicity moduli, by Weber and Minnhagen's law.
///
/// At the transition, and only there, Y(L) = (2 T / pi) (1 + 1 / (2 ln L + C)) for large L
/// (Phys. Rev. B 37, 5986, 1988). The chi-square of this law is minimised over T and C together, with the
/// moduli interpolated in T and 2 ln L + C positive for all sizes; the range of sizes is chosen as in `ScalingFit`. Helicity moduli in units in
/// which the jump is 2 T / pi (coupling one).
public struct HelicityFit: Sendable, Hashable {
  /// One range of sizes and its fit; its parameters are T and C.
  public let attempts: [ScalingFit.Attempt]
  /// Place of the one taken.
  public let chosen: Int
  /// The sizes of the fit taken, ascending.
  public let sizes: [Double]
  /// T and C with replicates.
  public let parameters: Replicates
  /// How far T moves, at most, in the plausible narrower ranges.
  public let rangeSpread: Double
  public let warning: String?

  public var fit: NonlinearFit { attempts[chosen].fit }

  /// The transition temperature.
  public var temperature: Estimate { parameter(0) }
  /// The constant C of the logarithmic correction.
  public var constant: Estimate { parameter(1) }

  private func parameter(_ index: Int) -> Estimate {
    var estimate = parameters[index]
    estimate.warning = Replicates.merged([warning, estimate.warning])
    return estimate
  }

  /// - Parameter curves: Helicity modulus against temperature, from independent simulations of at least
  ///   three sizes.
  /// - Throws: `InputError` where there are fewer sizes or the law fits nowhere in the common range.
  public init(
    _ curves: [(size: Double, curve: Curve)], rule: ScalingFit.Rule = .init()
  ) throws(InputError) {
    guard curves.count >= 3 else {
      throw InputError("helicity moduli of \(curves.count) sizes; allowed: three or more")
    }
    let data = HelicityData(curves.sorted { $0.size < $1.size })
    let count = data.sizes.count
    let attempts = (0...(count - 3)).map {
      ScalingFit.Attempt(minimalSize: data.sizes[$0], fit: data.fit(Array($0..<count)))
    }
    // A minimum at the end of the temperatures measured is none.
    let inside = attempts.map { data.contains($0.fit.parameters[0]) ? $0.fit : nil }
    guard inside.contains(where: { $0?.status == .converged }) else {
      throw InputError(
        "the law of Weber and Minnhagen has its best temperature outside the range measured")
    }
    let choice = ScalingFit.Choice(inside.map { $0 ?? data.failure }, rule: rule)
    let chosen = choice.index!
    self.attempts = attempts
    self.chosen = chosen
    sizes = Array(data.sizes[chosen...])
    rangeSpread = choice.spread
    warning = choice.warning
    parameters = data.replicates(Array(chosen..<count), about: attempts[chosen].fit)
  }
}

private struct HelicityData {
  let sizes: [Double]
  let all: Replicates
  private let interpolations: [Interpolation]
  private let starts: [Int]
  private let errors: [[Double]]
  private let range: ClosedRange<Double>

  init(_ curves: [(size: Double, curve: Curve)]) {
    sizes = curves.map(\.size)
    all = Replicates(independent: curves.map(\.curve.values))
    interpolations = curves.map { Interpolation($0.curve.points) }
    starts = curves.reduce(into: [0]) { $0.append($0.last! + $1.curve.points.count) }
    errors = curves.map { $0.curve.values.estimates.map(\.error) }
    let low = curves.map { $0.curve.points[0] }.max()!
    let high = curves.map { $0.curve.points.last! }.min()!
    range = min(low, high)...max(low, high)
  }

  func contains(_ temperature: Double) -> Bool { range.contains(temperature) }

  /// Stands for a fit that is not to be used.
  var failure: NonlinearFit {
    NonlinearFit([0.0], values: [0], errors: [1], initial: [0, 0]) { _, _ in 0 }
  }

  func fit(_ indices: [Int]) -> NonlinearFit {
    fit(indices, all.values, initial: initial(indices))
  }

  func replicates(_ indices: [Int], about fit: NonlinearFit) -> Replicates {
    all.map { values in
      let own = self.fit(indices, values, initial: fit.parameters)
      return own.status == .converged ? own.parameters : [.nan, .nan]
    }
  }

  private func modulus(_ values: [Double], _ index: Int, at temperature: Double) -> Double {
    interpolations[index].value(
      Array(values[starts[index]..<starts[index + 1]]), at: temperature)
  }

  /// Residuals in units of the errors at the temperature tried.
  private func fit(_ indices: [Int], _ values: [Double], initial: [Double]) -> NonlinearFit {
    NonlinearFit(
      indices, values: indices.map { _ in 0 }, errors: indices.map { _ in 1 }, initial: initial
    ) { index, parameters in
      let temperature = parameters[0]
      // The correction is positive: Y jumps down to its universal value from above.
      guard range.contains(temperature), 2 * log(sizes[indices[0]]) + parameters[1] > 0 else {
        return .infinity
      }
      let law =
        2 * temperature / Double.pi * (1 + 1 / (2 * log(sizes[index]) + parameters[1]))
      let error = interpolations[index].value(errors[index], at: temperature)
      return (modulus(values, index, at: temperature) - law) / error
    }
  }

  /// Over a grid of temperatures: there the law is linear in C once solved for it.
  private func initial(_ indices: [Int]) -> [Double] {
    var best = (chiSquare: Double.infinity, parameters: [range.lowerBound, 1.0])
    for step in 0...200 {
      let share = (Double(step) + 0.5) / 201
      let temperature = range.lowerBound + share * (range.upperBound - range.lowerBound)
      let constants = indices.map { index -> Double in
        let excess = modulus(all.values, index, at: temperature) * Double.pi / (2 * temperature) - 1
        return 1 / excess - 2 * log(sizes[index])
      }
      for constant in constants where constant > -2 * log(sizes[indices[0]]) {
        let chiSquare = indices.reduce(0.0) { sum, index in
          let law = 2 * temperature / Double.pi * (1 + 1 / (2 * log(sizes[index]) + constant))
          let error = interpolations[index].value(errors[index], at: temperature)
          let pull = (modulus(all.values, index, at: temperature) - law) / error
          return sum + pull * pull
        }
        if chiSquare < best.chiSquare { best = (chiSquare, [temperature, constant]) }
      }
    }
    return best.parameters
  }
}
