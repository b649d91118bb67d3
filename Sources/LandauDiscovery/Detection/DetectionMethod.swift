/// How a change along a scan is looked for with nothing but labelled snapshots.
///
/// All four ask one classifier or regression about the scanned parameter and differ in the question
/// (Arnold and Schaefer, Phys. Rev. X 12, 031044). Each method's curve, and what of it is the indicator:
///
/// | method | curve | indicator |
/// |---|---|---|
/// | `supervised` | mean probability of the upper one of two training regions | its slope |
/// | `confusion` | accuracy of telling both sides of a cut apart, at every cut | the curve, inner maximum |
/// | `prediction` | mean predicted parameter | its slope |
/// | `mean` | path travelled by the mean features, in units of their spread | its slope |
public enum DetectionMethod: String, Sendable, Hashable, CaseIterable {
  case supervised, confusion, prediction, mean
}

/// A part of a scan that is analysed as if there were nothing else: indicators depend on the range.
public enum ScanRange: String, Sendable, Hashable, CaseIterable {
  case whole
  case lowerTwoThirds = "lower two thirds"
  case upperTwoThirds = "upper two thirds"

  /// Which of `count` values of the parameter belong to the range.
  public func indices(of count: Int) -> Range<Int> {
    let cut = (2 * count + 2) / 3
    return switch self {
    case .whole: 0..<count
    case .lowerTwoThirds: 0..<cut
    case .upperTwoThirds: count - cut..<count
    }
  }
}

/// The two ends of a scan on which the supervised method is trained: a third of the values each.
struct TrainingRegions: Sendable {
  let low: Range<Int>
  let high: Range<Int>

  init(of range: Range<Int>) {
    let width = max(1, range.count / 3)
    low = range.lowerBound..<range.lowerBound + width
    high = range.upperBound - width..<range.upperBound
  }

  var all: [Int] { Array(low) + Array(high) }
}
