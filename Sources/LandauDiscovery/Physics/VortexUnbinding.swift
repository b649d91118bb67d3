public import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Berezinskii-Kosterlitz-Thouless transition of spins on a circle, seen where the energy does not see it.
///
/// The energy has only an essential singularity there, and the specific heat a smooth bump some
/// fifteen per cent above in temperature, where vortex pairs come apart; so whatever looks at the energy, a
/// network that predicts the temperature included, finds the bump or nothing. The stiffness of the spins sees
/// it: the helicity modulus jumps from 2 T/pi to zero (Nelson and Kosterlitz, Phys. Rev. Lett. 39, 1201, 1977),
/// and the correlations below fall like r^-eta with eta = 1/4 at the transition (Kosterlitz, J. Phys. C 7,
/// 1046, 1974).
public struct VortexUnbinding: Sendable {
  public enum Method: Sendable, Hashable {
    /// The helicity moduli of three sizes or more follow the law of their logarithms at one temperature.
    case helicity
    /// The susceptibility grows like L^(2 - eta) with eta = 1/4.
    case correlations
  }

  public var method: Method
  /// Value of the scanned parameter.
  public var location: Estimate
  /// By size and parameter the helicity modulus, or by parameter eta (one row).
  public var curves: [[Estimate]]
  /// Each a full sentence.
  public var reasons: [String]

  /// - Parameters:
  ///   - ensembles: ascending in size; three or more on two axes are needed.
  ///   - siteArea: area per site in units of the squared bond length.
  /// - Returns: nil where spins are not on a circle or nothing unbinds within the scan.
  init?(_ ensembles: [Ensemble], siteArea: Double, seed: Seed) {
    guard ensembles.count >= 3, ensembles.allSatisfy({ $0.dimension == 2 }) else { return nil }
    let found =
      Self.hasHelicity(ensembles)
      ? Self.fromHelicity(ensembles, siteArea: siteArea, seed: seed)
      : Self.fromCorrelations(ensembles)
    guard let found else { return nil }
    self = found
  }

  private init(_ method: Method, location: Estimate, curves: [[Estimate]], reasons: [String]) {
    self.method = method
    self.location = location
    self.curves = curves
    self.reasons = reasons
  }

  /// Whether the sampler recorded both parts of the helicity modulus, which only spins that turn have.
  static func hasHelicity(_ ensembles: [Ensemble]) -> Bool {
    ensembles.allSatisfy { ensemble in
      ensemble.observables["helicityCosinePerSite"] != nil
        && ensemble.observables["helicitySineSquaredPerSite"] != nil
        && ensemble.parameters.allSatisfy { ensemble.inverseTemperature($0) ?? 0 > 0 }
    }
  }

  // MARK: - Helicity

  /// Y = <cosine> - beta <sine squared> per area (`VectorChain` records both), fitted by `HelicityFit`.
  ///
  /// Asked for besides a fit with p > 0.001: a modulus of the largest size that at the cold end is above 2 T/pi and
  /// at least 0.8 of the smallest size's (stiffness that stays), and at the hot end is below a tenth of
  /// 2 T/pi or half of the smallest size's (stiffness that fades).
  private static func fromHelicity(
    _ ensembles: [Ensemble], siteArea: Double, seed: Seed
  ) -> VortexUnbinding? {
    let moduli = ensembles.map { ensemble -> [Estimate] in
      let cosine = ensemble.observables["helicityCosinePerSite"]!
      let sine = ensemble.observables["helicitySineSquaredPerSite"]!
      let betas = ensemble.parameters.map { ensemble.inverseTemperature($0)! }
      // Linear in the means, so the combination may be averaged sample by sample.
      return ensemble.means { sample in
        (cosine[sample] - betas[ensemble.parameterIndex[sample]] * sine[sample]) / siteArea
      }.map(\.estimate)
    }
    let isTemperature = ensembles[0].parameterName == "temperature"
    func ascending<T>(_ values: [T]) -> [T] { isTemperature ? values : values.reversed() }
    let curves = zip(ensembles, moduli).enumerated().map { index, item in
      (
        size: item.0.linearSize,
        curve: Curve(
          ascending(item.0.parameters.map { 1 / item.0.inverseTemperature($0)! }),
          values: Replicates(
            normal: ascending(item.1), count: 200, seed: seed.child("helicity", index)))
      )
    }
    func end(_ index: Int, cold: Bool) -> (ratio: Double, value: Double) {
      let temperatures = curves[index].curve.points
      let values = ascending(moduli[index]).map(\.value)
      let value = cold ? values[0] : values[values.count - 1]
      let temperature = cold ? temperatures[0] : temperatures[temperatures.count - 1]
      return (value * Double.pi / (2 * temperature), value)
    }
    let last = curves.count - 1
    let (cold, hot) = (end(last, cold: true), end(last, cold: false))
    guard cold.ratio > 1, cold.value > 0.8 * end(0, cold: true).value,
      hot.ratio < 0.1 || hot.value < 0.5 * end(0, cold: false).value,
      let fit = try? HelicityFit(curves), fit.fit.probability > 1e-3
    else { return nil }
    // A few draws for which the law has no minimum inside the scan do not make the rest worthless.
    let draws = fit.parameters.replicates.map { $0[0] }
    let finite = draws.filter(\.isFinite)
    guard 10 * finite.count >= 9 * draws.count else { return nil }
    let mean = finite.reduce(0, +) / Double(finite.count)
    let variance =
      finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, finite.count - 1))
    let temperature = Estimate(
      fit.parameters.values[0], error: hypot(variance.squareRoot(), fit.rangeSpread))
    let location =
      isTemperature
      ? temperature
      : Estimate(
        1 / temperature.value, error: temperature.error / (temperature.value * temperature.value))
    let sizes = fit.sizes.map { Estimate.fixed($0, digits: 0) }.joined(separator: ", ")
    return VortexUnbinding(
      .helicity, location: location, curves: moduli,
      reasons: [
        "The helicity moduli of the sizes \(sizes) follow the law of their logarithms, (2 T/pi)(1 + 1/(2 w)) with w = l + ln(l)/2 and l = ln L + C/2, at T = \(temperature) (chi-square \(Estimate.fixed(fit.fit.chiSquare, digits: 1)) for \(fit.fit.degreesOfFreedom) degrees of freedom, p = \(Estimate.fixed(fit.fit.probability, digits: 2))): stiffness that jumps from 2 T/pi to zero."
      ])
  }

  // MARK: - Correlations

  /// The exponent eta of chi = N <m^2> ~ L^(2 - eta) at every value of the parameter, on one grid.
  ///
  /// At the transition chi ~ L^(7/4) (ln L)^(1/8) (Kosterlitz 1974); eta is measured from chi over that power
  /// of the logarithm, and half of what this moves the location by is added to the error, since the length in
  /// the logarithm is not known. An order that sets in at once has no range of such exponents: asked for are at
  /// least three values between 0.25 and 0.05 in a row below the transition, each a power law with
  /// p > 1e-4 over the sizes, that span a twentieth of the location.
  private static func fromCorrelations(_ ensembles: [Ensemble]) -> VortexUnbinding? {
    guard let pattern = circlePattern(ensembles[ensembles.count - 1]),
      ensembles.allSatisfy({ $0.parameters == ensembles[0].parameters })
    else { return nil }
    let squares = ensembles.compactMap { ensemble -> [Estimate]? in
      guard let index = ensemble.moments.patterns.firstIndex(of: pattern) else { return nil }
      return ensemble.meanSquares(ofPattern: index).map(\.estimate)
    }
    guard squares.count == ensembles.count else { return nil }
    let x = ensembles[0].parameters
    func exponents(_ logarithms: Double) -> [(eta: Estimate, probability: Double)] {
      x.indices.compactMap { p in
        let values = squares.map { $0[p] }
        guard
          let fit = LinearFit(
            design: ensembles.map { [1, log($0.linearSize)] },
            values: zip(ensembles, values).map { ensemble, square in
              log(max(square.value, 1e-300)) - logarithms * log(log(ensemble.linearSize))
            }, errors: values.map { max($0.error / max($0.value, 1e-300), 1e-6) })
        else { return nil }
        let slope = fit.coefficient(1)
        return (Estimate(-slope.value, error: slope.error), fit.probability)
      }
    }
    let (corrected, plain) = (exponents(1 / 8.0), exponents(0))
    guard corrected.count == x.count, plain.count == x.count else { return nil }
    let rises = corrected[x.count - 1].eta.value > corrected[0].eta.value
    let order = rises ? Array(x.indices) : x.indices.reversed()
    /// Where eta passes 1/4 for the last time on the way to disorder.
    func crossing(_ eta: [Double]) -> (place: Double, before: Int)? {
      for (a, b) in zip(order, order.dropFirst()).reversed()
      where eta[a] < 0.25 && eta[b] >= 0.25 {
        return (x[a] + (0.25 - eta[a]) / (eta[b] - eta[a]) * (x[b] - x[a]), a)
      }
      return nil
    }
    guard let found = crossing(corrected.map(\.eta.value)),
      let other = crossing(plain.map(\.eta.value))
    else { return nil }
    let start = order.firstIndex(of: found.before)!
    let critical = order[...start].reversed().prefix {
      corrected[$0].probability > 1e-4 && corrected[$0].eta.value > 0.05
    }
    guard critical.count >= 3, let deepest = critical.last,
      abs(x[deepest] - found.place) > 0.05 * abs(found.place)
    else { return nil }
    let next = order[start + 1]
    let slope =
      (corrected[next].eta.value - corrected[found.before].eta.value)
      / (x[next] - x[found.before])
    let error = max(corrected[found.before].eta.error, corrected[next].eta.error) / abs(slope)
    let location = Estimate(
      found.place, error: hypot(error, (other.place - found.place) / 2))
    return VortexUnbinding(
      .correlations, location: location, curves: [corrected.map(\.eta)],
      reasons: [
        "The susceptibility of the spins' direction grows like L^(2 - eta) over a range of values with eta rising to 1/4, where it ends, at \(location): correlations that fall like a power without long-range order."
      ])
  }

  /// The average direction of spins on five or more points of a circle, uniform or alternating, whichever is
  /// longer; nil where the states are not told to lie on a circle by the data.
  static func circlePattern(_ ensemble: Ensemble) -> OneSiteMoments.Pattern? {
    let patterns = ensemble.moments.patterns
    let found = patterns.indices.filter { index in
      guard case .angle(let q) = patterns[index].basis, q >= 5, !patterns[index].isComplex else {
        return false
      }
      return OrderParameter.prefersAngles(ensemble, angle: patterns[index]) ?? true
    }
    func square(_ index: Int) -> Double {
      ensemble.moments.values[index].reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    return found.max { square($0) < square($1) }.map { patterns[$0] }
  }
}
