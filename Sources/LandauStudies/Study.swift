public import LandauCore

/// One published result, rebuilt from the rooms below.
public struct Study: Sendable {
  /// In kebab case.
  public let name: String
  public let title: String
  /// Where the result was published.
  public let source: String
  /// What was claimed, in a sentence or two.
  public let claim: String
  /// What the study reads below the folder of data sets, by path; empty where it makes its data.
  let dataFiles: [String]
  /// What the full version reads besides.
  let fullDataFiles: [String]
  let run: @Sendable (StudyRun) throws -> StudyResult

  init(
    name: String, title: String, source: String, claim: String, dataFiles: [String] = [],
    fullDataFiles: [String] = [], run: @escaping @Sendable (StudyRun) throws -> StudyResult
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.claim = claim
    self.dataFiles = dataFiles
    self.fullDataFiles = fullDataFiles
    self.run = run
  }

  /// In the order in which they are listed.
  public static let all: [Study] = [
    .dipolarSixStateClock, .nnComponents, .denseSigmoidLayer, .miniBatchGradientDescent,
    .commonOptimizers, .lossLandscapeSlices, .deepSets, .kernelAlignmentAndClassMaps,
    .outlierEfficientHopfield, .minimumHypersphericalEnergy, .extremalPerturbations,
    .plantedCorrelators, .learnedSymmetries, .kMeansRejectionSeeding, .neighborRatioDivergence,
    .unsupervisedIsing, .standardFormulas, .symbolicFromGNN, .predictionBasedPhaseDetection,
    .singleReplicaSpinGlass, .factoredAttentionPotts, .tetrisCNN,
    .latticeEquivariantForceField, .selfLearningDoubleExchange, .dualityIsing,
    .inverseRenormalizationGroup, .rydbergSSE, .bitstringQuantumLearning, .quantumRandomEnergyModel,
    .offDiagonalETH, .quantumLinkQuench, .spinChainQuantumBattery, .excitonTransfer,
    .multiflavorMott,
  ]

  public static func named(_ name: String) -> Study? { all.first { $0.name == name } }
}

/// What a study is given to work with.
struct StudyRun: Sendable {
  /// Whether a minute or two have to be enough.
  var isQuick: Bool
  /// The folder of data sets; every file that the study names can be read.
  var dataFolder: String
  var seed: Seed
  var pool: WorkerPool
  var progress: Progress
  var cancellation: Cancellation
}

/// What a study found, and a picture of it.
struct StudyResult: Sendable {
  var findings: [StudyFinding]
  var figure: Figure
  /// What a reader should know about the numbers, a line each.
  var remarks: [String]
}

/// A number that was measured beside what it should be.
public struct StudyFinding: Sendable, Hashable {
  public enum Expectation: Sendable, Hashable {
    case value(Double, error: Double)
    case above(Double)
    case below(Double)
  }

  /// In camel case, for programs.
  public var key: String
  /// For people.
  public var what: String
  public var measured: Estimate
  /// One sigma of what statistics does not show: ranges of fits, sizes.
  public var systematicError: Double
  public var expected: Expectation
  /// Where the expectation comes from.
  public var reference: String

  public init(
    _ key: String, _ what: String, measured: Estimate, systematicError: Double = 0,
    expected: Expectation, reference: String
  ) {
    self.key = key
    self.what = what
    self.measured = measured
    self.systematicError = systematicError
    self.expected = expected
    self.reference = reference
  }

  /// Statistics, systematic part and the uncertainty of the reference together.
  public var totalError: Double {
    var square = measured.error * measured.error + systematicError * systematicError
    if case .value(_, let error) = expected { square += error * error }
    return square.squareRoot()
  }

  /// Whether measured and expected value are within three standard errors, or the measured one is
  /// beyond its bound by as many. False where nothing could be measured.
  public var agrees: Bool {
    switch expected {
    case .value(let value, _): abs(measured.value - value) <= 3 * totalError
    case .above(let bound): measured.value - bound > 3 * totalError
    case .below(let bound): bound - measured.value > 3 * totalError
    }
  }
}
