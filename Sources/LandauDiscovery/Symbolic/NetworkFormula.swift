public import LandauCore

/// What trained networks compute, as a formula in named variables.
///
/// The mean of all networks is sought as a formula (`Discovery.formula`). Its constants are then fitted to the
/// values of each network by itself: networks were trained from different seeds on different parts of the data, so
/// the jackknife over them is the error of a constant. Errors of the mean alone would be those of a fit to a function
/// without noise, which say nothing.
public struct NetworkFormula: Sendable {
  /// A quantity that formulas are written in.
  struct Variable: Sendable {
    var name: String
    var correlator: String
    /// One for each place at which the networks were evaluated.
    var values: [Double]
  }

  /// Names of the variables in the formula, and the correlators that they stand for.
  public var variables: [(name: String, correlator: String)]
  /// All formulas of which none is both larger and worse than another, and the one that is chosen.
  public var front: ParetoFront
  /// Of the chosen formula, in the order in which they stand.
  public var constants: [Estimate]
  public var text: String
  public var latex: String
  /// Share of the variance of a network's values that the formula explains, fitted to that network.
  public var explained: Estimate
}

extension Discovery {
  /// Correlators that a formula may have each by itself; of more than these the indicator is taken as a whole, and also
  /// where a function of it explains all but this share of the predictions.
  static let formulaVariableLimit = 4
  static let formulaIndifference = 0.01
  /// Samples that a formula is fitted to.
  static let formulaSamples = 600

  /// The formula of the mean prediction in the terms of the indicator.
  ///
  /// - Returns: nil where the predictions cannot be written as one: a correlator or a prediction that does not vary.
  /// - Throws: `Interrupted`.
  func predictionFormula(
    _ ensemble: Ensemble, indicator: Indicator, fits: [TetrisFit], pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws -> NetworkFormula? {
    let step = max(1, (ensemble.sampleCount + Self.formulaSamples - 1) / Self.formulaSamples)
    let samples = Array(stride(from: 0, to: ensemble.sampleCount, by: step))
    guard samples.count >= 16 else { return nil }
    let columns = indicator.terms.map { term in
      ensemble.counts.terms.firstIndex(of: term.term).map { column in
        samples.map { Double(ensemble.counts.values[$0 * ensemble.counts.featureCount + column]) }
      } ?? []
    }
    var variables: [NetworkFormula.Variable]
    let isOneVariable = columns.count == 1 || indicator.fidelity > 1 - Self.formulaIndifference
    if columns.count <= Self.formulaVariableLimit && !isOneVariable {
      variables = zip(indicator.terms, columns).enumerated().map { index, pair in
        .init(
          name: "x\(index + 1)",
          correlator: pair.0.term.formula(
            siteDimension: ensemble.siteShape.count, channels: ensemble.channels),
          values: pair.1)
      }
    } else {
      let whole = samples.indices.map { s in
        zip(indicator.terms, columns).reduce(0) { $0 + $1.0.coefficient.value * $1.1[s] }
      }
      variables = [.init(name: "x", correlator: indicator.formula, values: whole)]
    }
    let outputs = fits.map { $0.predict(ensemble, samples: samples).map(Double.init) }
    progress.begin("formula of the prediction", total: 1)
    let found = try Self.formula(
      ofNetworks: outputs, named: ensemble.parameterName, variables: variables,
      cycles: effort.formulaCycles, seed: seed.child("formula"), pool: pool,
      cancellation: cancellation)
    progress.advance()
    progress.end()
    return found
  }

  /// The formula of the mean of several networks' values.
  ///
  /// - Parameter outputs: of each network, one value per place.
  /// - Returns: nil where a variable or the mean does not vary.
  /// - Throws: `Interrupted`.
  static func formula(
    ofNetworks outputs: [[Double]], named name: String, variables: [NetworkFormula.Variable],
    cycles: Int, seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> NetworkFormula? {
    let mean = outputs[0].indices.map { place in
      outputs.reduce(0) { $0 + $1[place] } / Double(outputs.count)
    }
    guard (variables.map(\.values) + [mean]).allSatisfy(varies) else { return nil }
    let front = try formula(
      for: mean, named: name, correlators: variables.map { ($0.name, $0.values) },
      samples: formulaSamples, cycles: cycles, seed: seed, pool: pool, cancellation: cancellation)
    let inputs = variables.map { SymbolicData.Variable($0.name, $0.values) }
    let full = try refit(front.chosen.expression, inputs, to: mean, name)
    let each = try outputs.map { try refit(front.chosen.expression, inputs, to: $0, name) }
    func jackknifed(_ value: (FittedExpression) -> Double) -> Estimate {
      JackknifedValue(full: value(full), deleted: each.map(value)).estimate
    }
    let constants = full.constants.indices.map { c in jackknifed { $0.constants[c].value } }
    let written = constants.map(ParetoFront.Member.written)
    return NetworkFormula(
      variables: variables.map { ($0.name, $0.correlator) }, front: front, constants: constants,
      text: full.expression.text(front.variableNames, constants: written),
      latex: full.expression.latex(
        front.variableNames.map { $0.count == 1 ? $0 : "\($0.prefix(1))_\($0.dropFirst())" },
        constants: written),
      explained: jackknifed { 1 - $0.loss })
  }

  private static func refit(
    _ expression: Expression, _ inputs: [SymbolicData.Variable], to target: [Double], _ name: String
  ) throws(InputError) -> FittedExpression {
    expression.fitted(to: try SymbolicData(variables: inputs, target: target, name: name))
  }

  private static func varies(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max() else { return false }
    return high - low > 1e-9 * max(1, abs(high)) && low.isFinite && high.isFinite
  }
}
