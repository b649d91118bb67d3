public import LandauCore

/// What one network, or one regression, says about two classes of snapshots.
public struct CorrelatorRun: Sendable {
  /// The part of the data that judged, and the number of the seed.
  public var fold: Int
  public var repetition: Int
  /// `[filter, channel, site]` of the window; empty where all correlators are written out.
  public var filters: [[[Double]]]
  public var path: LogisticPath
  /// The order of each feature of the path.
  public var orders: [Int]
  /// The point of the path with the least loss on the validation part.
  public var chosen: Int
  /// Share of test samples told apart rightly at each point of the path.
  public var accuracies: [Double]

  public var accuracy: Double { accuracies[chosen] }

  /// The order of the first coefficient that leaves zero; nil where none does.
  public var decisiveOrder: Int? { path.entries.first.map { orders[$0.feature] } }
}

/// What all folds and seeds say together.
public struct CorrelatorFindings: Sendable {
  /// Folds run fastest.
  public var runs: [CorrelatorRun]
  /// The highest order that was allowed.
  public var order: Int
  public var testCount: Int
  /// Held-out share of samples told apart rightly: error from the scatter over folds, seeds averaged, and no less than that of as
  /// many independent samples.
  public var accuracy: Estimate
  /// What always naming the larger class gives.
  public var chance: Double

  init(runs: [CorrelatorRun], order: Int, testCount: Int, chance: Double) {
    self.runs = runs
    self.chance = chance
    self.order = order
    self.testCount = testCount
    let folds = Dictionary(grouping: runs, by: \.fold).sorted { $0.key < $1.key }.map { pair in
      pair.value.reduce(0) { $0 + $1.accuracy } / Double(pair.value.count)
    }
    let count = Double(folds.count)
    let mean = folds.reduce(0, +) / count
    let squares = folds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // Agresti and Coull: not zero where every sample was told rightly.
    let trials = Double(testCount) + 4
    let share = (mean * Double(testCount) + 2) / trials
    accuracy = Estimate(
      mean, error: max(squares / (count * (count - 1)), share * (1 - share) / trials).squareRoot(),
      degreesOfFreedom: count - 1)
  }

  /// Whether the classes are told apart at all: accuracy above chance by three errors.
  public var tellsApart: Bool { accuracy.value - chance > 3 * accuracy.error }

  /// How many runs named each order first. Where nothing is told apart these are votes of noise.
  public var votes: [Int: Int] {
    runs.compactMap(\.decisiveOrder).reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// The order that most runs name, the lower of two with as many; nil where the classes are not told apart.
  public var decisiveOrder: Int? {
    tellsApart ? votes.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key : nil
  }

  /// Share of the runs that name `decisiveOrder`.
  public var agreement: Double {
    decisiveOrder.map { Double(votes[$0]!) / Double(runs.count) } ?? 0
  }
}
