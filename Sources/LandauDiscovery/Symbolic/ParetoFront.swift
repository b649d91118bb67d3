public import LandauCore

/// Formulas of which none is both larger and worse than another.
public struct ParetoFront: Sendable {
  public struct Member: Sendable {
    public var expression: Expression
    public var complexity: Int
    /// Mean squared residual of the samples it was fitted to, in units of their errors squared (of the target's
    /// variance where there are no errors).
    public var trainingLoss: Double
    /// The same of samples that only judge.
    public var heldOutLoss: Estimate
    /// How much larger its held-out loss is than that of the best formula, sample by sample; with errors of the data
    /// squared residuals are cut at 16 first.
    public var excess: Estimate
    /// In the order in which they stand, fitted to all samples; errors from the covariance of the fit.
    public var constants: [Estimate]
    /// The formula with the variables' names, constants with their errors.
    public var text: String
    public var latex: String
  }

  /// Ascending in complexity, descending in training loss.
  public let members: [Member]
  /// The member that is chosen: the simplest one whose held-out loss is within two standard errors of the best one's,
  /// the error being that of the difference sample by sample (or within the indifference of the search).
  public let chosenIndex: Int
  public let variableNames: [String]
  public let targetName: String
  /// Formulas evaluated over all training samples.
  public let evaluationCount: Int
  /// Whether losses are in units of the errors of the data.
  public let isWeighted: Bool

  public var chosen: Member { members[chosenIndex] }

  init(
    _ front: [FormulaRecord.Entry], data: SymbolicData, split: SymbolicSplit,
    evaluations: Int, indifference: Double
  ) {
    let judge = ConstantFit(split.heldOut)
    let losses = front.map { judge.squares($0.expression) }
    let means = losses.map { Self.mean($0).value }
    let best = means.indices.min { means[$0] < means[$1] } ?? 0
    let limit = data.errors.isEmpty ? .infinity : Self.outlierLimit(losses[best])
    let judged = losses.map { $0.map { min($0, limit) } }
    let all = ConstantFit(data.subset(Array(0..<data.count)))
    members = front.indices.map { index in
      let excess = zip(judged[index], judged[best]).map { $0 - $1 }
      return Member(
        front[index], heldOut: Self.mean(losses[index]), excess: Self.mean(excess), all: all,
        data: data)
    }
    chosenIndex =
      members.firstIndex {
        $0.excess.value <= max(2 * $0.excess.error, indifference) && $0.excess.value.isFinite
      }
      ?? best
    variableNames = data.names
    targetName = data.targetName
    evaluationCount = evaluations
    isWeighted = !data.errors.isEmpty
  }

  /// Where squared residuals are cut before losses are compared: four standard errors, or as many times the typical
  /// residual of the best formula where that is larger. A wrong formula has few enormous residuals, whose
  /// mean has an error as large as itself; cut, they are many that are simply too large.
  private static func outlierLimit(_ squares: [Double]) -> Double {
    let median = squares.sorted()[squares.count / 2]
    // The median of the square of a standard normal number.
    return 16 * max(1, median / 0.4549)
  }

  /// Infinite where a value is not a finite number.
  private static func mean(_ values: [Double]) -> Estimate {
    guard values.allSatisfy(\.isFinite) else {
      return Estimate(.infinity, error: .nan, warning: "not finite everywhere")
    }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
    return Estimate(mean, error: (variance / n).squareRoot())
  }
}

extension ParetoFront.Member {
  fileprivate init(
    _ entry: FormulaRecord.Entry, heldOut: Estimate, excess: Estimate, all: ConstantFit,
    data: SymbolicData
  ) {
    let fitted = entry.expression.fitted(all, data)
    constants = fitted.constants
    expression = fitted.expression
    complexity = entry.complexity
    trainingLoss = entry.loss
    heldOutLoss = heldOut
    self.excess = excess
    let written = constants.map(Self.written)
    text = expression.text(data.names, constants: written)
    latex = expression.latex(data.names.map(Self.latexName), constants: written)
  }

  /// Exact numbers and those whose error says nothing in plain digits.
  static func written(_ constant: Estimate) -> String {
    guard constant.error > 0, constant.error.isFinite, abs(constant.value) < 1e9,
      constant.error > 1e-12, constant.error < 1e3 * abs(constant.value)
    else { return Expression.digits(constant.value, 8) }
    return constant.description
  }

  /// Names of several letters stand upright.
  private static func latexName(_ name: String) -> String {
    name.count == 1 || name.contains("\\") || name.contains("_") ? name : "\\mathrm{\(name)}"
  }
}

extension ConstantFit {
  /// The squared residual of every sample in units of its error.
  func squares(_ expression: Expression) -> [Double] {
    evaluator.evaluate(expression.nodes)
    return (0..<evaluator.count).map { i in
      let residual = evaluator.target[i] - evaluator.output[i]
      return residual * residual * evaluator.weights[i] * Double(evaluator.count)
    }
  }
}
