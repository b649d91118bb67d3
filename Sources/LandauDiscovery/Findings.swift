public import LandauCore

/// What discovery found in one lattice size.
public struct SizeFindings: Sendable {
  public var siteShape: [Int]
  public var linearSize: Double
  public var sampleCount: Int
  public var curve: PredictionCurve
  public var peak: SlopePeak
  /// Share of the parameter's variance that held-out predictions explain.
  public var r2: Estimate
  /// The best any predictor could do, where the model is known.
  public var optimum: PredictionOptimum?
  /// Chi-square of the learned curve against the optimum.
  public var chiSquare: Double?
}

/// What one window contributes.
public struct BranchFindings: Sendable {
  public var window: Window
  public var isAlive: Bool
  /// Rise of ln(held-out squared error) when the window is left out and the network trained again.
  public var importance: Double
  /// Exact expansion of the branch's activation in products of spins, largest first; empty for dead ones.
  public var expansion: [ExpansionTerm]
}

/// The correlator that decides.
public struct Indicator: Sendable {
  public var terms: [(term: Term, coefficient: Estimate)]
  public var formula: String
  public var latex: String
  public var name: String
  /// Share of the variance of the predictions that a function of the formula alone explains.
  public var fidelity: Double
  public var symmetryClass: String
}

/// What networks trained on shuffled labels reach.
public struct ShuffledLabels: Sendable {
  public var count: Int
  public var r2: [Double]
  public var peakSlopes: [Double]
  /// One-sided probabilities of the real values under Student's t of the shuffled ones.
  public var r2Probability: Double
  public var slopeProbability: Double
  public var isBeaten: Bool { r2Probability < 0.01 && slopeProbability < 0.01 }
}

/// Everything discovery says about a scan.
public struct Findings: Sendable {
  public var parameterName: String
  public var channels: [String]
  public var siteDimension: Int
  /// Ascending in size.
  public var sizes: [SizeFindings]
  public var branches: [BranchFindings]
  public var indicator: Indicator?
  /// Mean of the indicator per size and parameter; empty without one.
  public var indicatorCurves: [[Estimate]]
  /// The predictions as a function of the indicator's correlators; nil without an indicator.
  public var formula: NetworkFormula?
  public var orderParameter: OrderParameter?
  /// Mean absolute order parameter per size and parameter.
  public var orderParameterCurves: [[Estimate]]
  public var baseline: Baseline
  public var shuffled: ShuffledLabels
  public var extrapolation: Extrapolation?
  /// All places at which the largest size changes fast; empty where nothing was learned.
  public var changes: [SlopeChange]
  /// What stands out between them; empty unless there are two or more.
  public var parts: [ScanPart]
  /// All methods in all parts of the scan; empty where they were left out or nothing was learned.
  public var methods: [MethodFindings]
  public var firstOrder: FirstOrderEvidence?
  public var unbinding: VortexUnbinding?
  public var verdict: Verdict
  public var splitUnit: SampleFolds.Unit
  /// Whether every size was analysed; false after an early stop.
  public var isComplete: Bool
  public var warnings: [String]
}
