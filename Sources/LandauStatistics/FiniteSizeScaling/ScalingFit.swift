public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A fit of a finite-size law with the range of sizes chosen by a stated rule, and everything tried.
///
/// The rule: of all ranges from a smallest size up to the largest size, with at least one degree of
/// freedom, the widest one is taken whose chi-square is plausible (p >= `Rule.probability`) and whose
/// leading parameter agrees with that of every plausible narrower range (within `Rule.agreement` standard
/// deviations of the difference). `attempts` lists them all; `warning` says when none passed.
///
/// For one quantity that follows a stated law, one range that can be named and drawn, and replicates to carry on.
/// Where an unknown correction matters, and several quantities share an exponent or a transition,
/// `AveragedScalingFit` averages over ranges and correction exponents instead of choosing.
public struct ScalingFit: Sendable, Hashable {
  /// The law; the leading parameter is the first one named.
  public enum Form: Sendable, Hashable {
    /// a L^x. Parameters: x, a.
    case power
    /// a L^x (1 + b L^-omega) with omega given. Parameters: x, a, b.
    case correctedPower(omega: Double)
    /// c + a L^-x. Parameters: c, a, x.
    case limit
    /// c + a L^-x with x given. Parameters: c, a.
    case limitWithExponent(Double)
    /// c + a exp(-r L^x) with r and x given. Parameters: c, a.
    case limitWithRate(Double, power: Double)
    /// c + a ln L, e.g. a specific heat with exponent zero. Parameters: a, c.
    case logarithm

    var parameterCount: Int {
      switch self {
      case .power, .limitWithExponent, .limitWithRate, .logarithm: 2
      case .correctedPower, .limit: 3
      }
    }

    func callAsFunction(_ size: Double, _ p: [Double]) -> Double {
      switch self {
      case .power: p[1] * pow(size, p[0])
      case .correctedPower(let omega): p[1] * pow(size, p[0]) * (1 + p[2] * pow(size, -omega))
      case .limit: p[0] + p[1] * pow(size, -p[2])
      case .limitWithExponent(let exponent): p[0] + p[1] * pow(size, -exponent)
      case .limitWithRate(let rate, let power): p[0] + p[1] * exp(-rate * pow(size, power))
      case .logarithm: p[0] * log(size) + p[1]
      }
    }
  }

  /// When a range counts as good.
  public struct Rule: Sendable, Hashable {
    /// Smallest p-value of the chi-square.
    public var probability = 0.1
    /// Largest disagreement with narrower ranges, in standard deviations of the difference.
    public var agreement = 2.0

    public init(probability: Double = 0.1, agreement: Double = 2) {
      self.probability = probability
      self.agreement = agreement
    }
  }

  /// One range and its fit.
  public struct Attempt: Sendable, Hashable {
    /// The smallest size used; the largest is always the largest there is.
    public var minimalSize: Double
    public var fit: NonlinearFit
  }

  public let form: Form
  public let rule: Rule
  /// From the widest range to the narrowest.
  public let attempts: [Attempt]
  /// Place of the one taken.
  public let chosen: Int
  /// The sizes of the fit taken, ascending.
  public let sizes: [Double]
  /// The parameters in the order of `form`, with covariance and replicates (fitted one by one).
  public let parameters: Replicates
  /// How far the leading parameter moves, at most, in the plausible narrower ranges: a measure of the
  /// systematic error, 0 where there is none to compare with.
  public let rangeSpread: Double
  /// Set where no range passed the rule, or one size alone determines the result.
  public let warning: String?

  /// The fit taken.
  public var fit: NonlinearFit { attempts[chosen].fit }

  /// The law with the parameters found.
  public func law(at size: Double) -> Double { form(size, parameters.values) }

  /// One parameter with its standard error from the replicates.
  public func parameter(_ index: Int) -> Estimate {
    var estimate = parameters[index]
    estimate.warning = Replicates.merged([warning, estimate.warning])
    return estimate
  }

  /// - Parameters:
  ///   - sizes: Ascending, at least one more than parameters.
  ///   - values: One per size; their covariance weights the fit.
  /// - Throws: `InputError` where there are too few sizes or no fit succeeds.
  public init(
    _ form: Form, sizes: [Double], values: Replicates, rule: Rule = Rule()
  ) throws(InputError) {
    precondition(sizes.count == values.count, "\(values.count) values of \(sizes.count) sizes")
    precondition(zip(sizes, sizes.dropFirst()).allSatisfy { $0 < $1 }, "sizes must ascend")
    guard sizes.count > form.parameterCount else {
      throw InputError(
        "a fit of \(form.parameterCount) parameters to \(sizes.count) sizes; allowed: at least"
          + " \(form.parameterCount + 1) sizes")
    }
    let data = ScalingData(form: form, sizes: sizes, values: values)
    if let bad = sizes.indices.first(where: { !(data.covariance[$0][$0] > 0) }) {
      throw InputError(
        "size \(Estimate.fixed(sizes[bad], digits: 0)) has no error bar: its data are frozen or too few"
      )
    }
    let attempts = (0..<(sizes.count - form.parameterCount)).map {
      Attempt(minimalSize: sizes[$0], fit: data.fit(Array($0..<sizes.count)))
    }
    let choice = Choice(attempts.map(\.fit), rule: rule)
    guard let chosen = choice.index else {
      throw InputError(
        "no fit of the finite-size law succeeded: \(attempts[0].fit.status.rawValue)")
    }
    let range = Array(chosen..<sizes.count)
    self.form = form
    self.rule = rule
    self.attempts = attempts
    self.chosen = chosen
    self.sizes = Array(sizes[chosen...])
    rangeSpread = choice.spread
    parameters = data.replicates(range, about: attempts[chosen].fit)
    warning = Replicates.merged([
      choice.warning, data.dominance(range, about: attempts[chosen].fit),
    ])
  }

  /// The choice among fits to narrower and narrower ranges.
  struct Choice {
    let index: Int?
    let spread: Double
    let warning: String?

    init(_ fits: [NonlinearFit], rule: Rule) {
      let usable = fits.indices.filter { fits[$0].status == .converged }
      let plausible = usable.filter { fits[$0].probability >= rule.probability }
      let passed = plausible.first { index in
        plausible.allSatisfy { other in
          other <= index
            || Self.disagreement(fits[index], fits[other]) <= rule.agreement
        }
      }
      let chosen =
        passed ?? plausible.last
        ?? usable.max { fits[$0].probability < fits[$1].probability }
      index = chosen
      spread =
        chosen.map { chosen in
          plausible.filter { $0 > chosen }
            .map { abs(fits[$0].parameters[0] - fits[chosen].parameters[0]) }.max() ?? 0
        } ?? 0
      if passed != nil {
        warning = nil
      } else if !plausible.isEmpty {
        warning = "fit range: narrower ranges disagree"
      } else {
        let best = usable.map { fits[$0].probability }.max() ?? 0
        warning = "poor fit: no range of sizes has p above \(Estimate.fixed(best, digits: 4))"
      }
    }

    /// Of the leading parameters of nested fits: the variance of the difference is the difference of the
    /// variances.
    private static func disagreement(_ wide: NonlinearFit, _ narrow: NonlinearFit) -> Double {
      let variance = narrow.covariance[0][0] - wide.covariance[0][0]
      let difference = abs(narrow.parameters[0] - wide.parameters[0])
      return variance > 0 ? difference / variance.squareRoot() : 0
    }
  }
}

/// The data of one finite-size law.
private struct ScalingData {
  let form: ScalingFit.Form
  let sizes: [Double]
  let values: Replicates
  let covariance: [[Double]]

  init(form: ScalingFit.Form, sizes: [Double], values: Replicates) {
    self.form = form
    self.sizes = sizes
    self.values = values
    covariance = values.covariance
  }

  func fit(_ range: [Int]) -> NonlinearFit {
    fit(range, values.values, initial: initial(range))
  }

  private func fit(_ range: [Int], _ values: [Double], initial: [Double]) -> NonlinearFit {
    NonlinearFit(
      range.map { sizes[$0] }, values: range.map { values[$0] },
      covariance: range.map { i in range.map { covariance[i][$0] } }, initial: initial
    ) { form($0, $1) }
  }

  func replicates(_ range: [Int], about fit: NonlinearFit) -> Replicates {
    values.map { values in
      let own = self.fit(range, values, initial: fit.parameters)
      return own.status == .converged ? own.parameters : fit.parameters.map { _ in .nan }
    }
  }

  /// A warning where leaving out one size makes the leading parameter five times less certain.
  func dominance(_ range: [Int], about fit: NonlinearFit) -> String? {
    guard range.count > form.parameterCount + 1 else { return nil }
    for index in range {
      let rest = self.fit(range.filter { $0 != index })
      let ratio = (rest.covariance[0][0] / fit.covariance[0][0]).squareRoot()
      if rest.status != .converged || ratio > 5 {
        return "fit range: rests on size \(Estimate.fixed(sizes[index], digits: 0)) alone"
      }
    }
    return nil
  }

  private func initial(_ range: [Int]) -> [Double] {
    let (first, last) = (range.first!, range.last!)
    let slope =
      log(abs(values.values[last] / values.values[first])) / log(sizes[last] / sizes[first])
    let amplitude = values.values[last] * pow(sizes[last], -slope)
    switch form {
    case .power: return [slope, amplitude]
    case .correctedPower: return [slope, amplitude, 0]
    case .logarithm: return [1, 0]
    case .limitWithExponent, .limitWithRate: return [values.values[last], 0]
    case .limit:
      // The best of a few exponents, each a linear fit.
      var best: (chiSquare: Double, parameters: [Double])?
      for exponent in [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6] {
        let fit = LinearFit(
          design: range.map { [1, pow(sizes[$0] / sizes[first], -exponent)] },
          values: range.map { values.values[$0] },
          errors: range.map { covariance[$0][$0].squareRoot() })
        if let fit, fit.chiSquare < best?.chiSquare ?? .infinity {
          let amplitude = fit.coefficients[1] * pow(sizes[first], exponent)
          best = (fit.chiSquare, [fit.coefficients[0], amplitude, exponent])
        }
      }
      return best?.parameters ?? [values.values[last], 1, 1]
    }
  }
}
