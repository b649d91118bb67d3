public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Berezinskii-Kosterlitz-Thouless temperature from helicity moduli, by the law of their logarithms.
///
/// At the transition, and only there, Y(L) = (2 T / pi) (1 + 1 / (2 w)) with w = l + ln(l) / 2, l = ln L + C / 2.
/// The chi-square of this law is minimised over T and C together, with the moduli interpolated in T and w positive
/// for all sizes; the range of sizes is chosen as in `ScalingFit`. Helicity moduli in units in which the jump is
/// 2 T / pi (coupling one).
///
/// Why: with x the distance of the stiffness from its universal value and y the fugacity of vortices, the flow is
/// x' = -y^2 - B x y^2, y' = -x y - A y^3, where B + 2 A = 3/2 whatever the scheme (Amit, Goldschmidt, Grinstein,
/// J. Phys. A 13, 585, 1980). The transition is the line x = y + c y^2 that flows into zero; x' of both sides gives
/// c = (B - A)/3, so y' = -y^2 - (c + A) y^3 = -y^2 - y^3/2 and 1/y = l + ln(l)/2 + constant (Pelissetto and Vicari,
/// Phys. Rev. E 87, 032105, 2013). w = l is Weber and Minnhagen's law (Phys. Rev. B 37, 5986, 1988); its T rises
/// with the smallest size, and is still 0.0015 too low for the plane rotor from L = 24 to 128.
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

  /// pi Y / (2 T) at the transition; nil where the logarithm has a pole or lies beyond it.
  public static func law(size: Double, constant: Double) -> Double? {
    let l = log(size) + constant / 2
    guard l > 0 else { return nil }
    let w = l + log(l) / 2
    return w > 0 ? 1 + 1 / (2 * w) : nil
  }

  /// The constant C with which a size has this value of pi Y / (2 T), above one.
  static func constant(size: Double, value: Double) -> Double {
    let w = 1 / (2 * (value - 1))
    // w(l) is concave and ascends, so Newton's method from below its root stays there and converges.
    var l = min(1, w)
    for _ in 0..<60 {
      let step = (l + log(l) / 2 - w) / (1 + 1 / (2 * l))
      l -= step
      if abs(step) < 1e-14 * l { break }
    }
    return 2 * (l - log(size))
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
        "the law of the helicity moduli has its best temperature outside the range measured")
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
      guard range.contains(temperature),
        HelicityFit.law(size: sizes[indices[0]], constant: parameters[1]) != nil,
        let law = HelicityFit.law(size: sizes[index], constant: parameters[1])
      else { return .infinity }
      let error = interpolations[index].value(errors[index], at: temperature)
      return (modulus(values, index, at: temperature) - 2 * temperature / Double.pi * law) / error
    }
  }

  /// Over a grid of temperatures: at each of them every size has a constant of its own.
  private func initial(_ indices: [Int]) -> [Double] {
    var best = (chiSquare: Double.infinity, parameters: [range.lowerBound, 1.0])
    for step in 0...200 {
      let share = (Double(step) + 0.5) / 201
      let temperature = range.lowerBound + share * (range.upperBound - range.lowerBound)
      let values = indices.map {
        modulus(all.values, $0, at: temperature) * Double.pi / (2 * temperature)
      }
      for (own, value) in zip(indices, values) where value > 1 {
        let constant = HelicityFit.constant(size: sizes[own], value: value)
        guard HelicityFit.law(size: sizes[indices[0]], constant: constant) != nil else { continue }
        let chiSquare = zip(indices, values).reduce(0.0) { sum, item in
          let law = HelicityFit.law(size: sizes[item.0], constant: constant) ?? .infinity
          let error =
            interpolations[item.0].value(errors[item.0], at: temperature) * Double.pi
            / (2 * temperature)
          let pull = (item.1 - law) / error
          return sum + pull * pull
        }
        if chiSquare < best.chiSquare { best = (chiSquare, [temperature, constant]) }
      }
    }
    return best.parameters
  }
}
