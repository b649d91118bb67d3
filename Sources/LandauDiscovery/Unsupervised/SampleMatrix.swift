public import LandauCore

/// Samples in rows, features in columns: what every unsupervised method looks at.
public struct SampleMatrix: Sendable {
  public let rowCount: Int
  public let columnCount: Int
  /// `values[row * columnCount + column]`.
  public let values: [Double]

  /// Entries that are not finite are a programming error, and so is a matrix without rows or columns.
  public init(_ values: [Double], rowCount: Int, columnCount: Int) {
    precondition(
      rowCount > 0 && columnCount > 0 && values.count == rowCount * columnCount,
      "\(values.count) values are no \(rowCount) x \(columnCount) matrix")
    precondition(values.allSatisfy(\.isFinite), "a sample matrix with values that are not finite")
    self.values = values
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  /// Every site of every channel as a feature, in the order in which snapshots store them.
  ///
  /// States 0 ... q-1 of three or more have no order among them, so each becomes q columns that say which
  /// one it is (one minus 1/q for the state itself, minus 1/q for the others); other levels stand for
  /// themselves.
  ///
  /// - Parameter samples: which samples become rows; nil takes all.
  public init(_ snapshots: Snapshots, samples: [Int]? = nil) {
    let samples = samples ?? Array(0..<snapshots.sampleCount)
    let width = snapshots.siteCount * snapshots.channels.count
    let levels = snapshots.levels
    let isNominal = levels.count > 2 && levels == (0..<levels.count).map { Int8($0) }
    let perSite = isNominal ? levels.count : 1
    var values: [Double] = []
    values.reserveCapacity(samples.count * width * perSite)
    for sample in samples {
      for value in snapshots.values[sample * width..<(sample + 1) * width] {
        if isNominal {
          for level in levels {
            values.append((value == level ? 1 : 0) - 1 / Double(levels.count))
          }
        } else {
          values.append(Double(value))
        }
      }
    }
    self.init(values, rowCount: samples.count, columnCount: width * perSite)
  }

  /// One sample.
  public subscript(row: Int) -> [Double] {
    Array(values[row * columnCount..<(row + 1) * columnCount])
  }

  /// Some of the rows, in the order asked for.
  public func selecting(_ rows: [Int]) -> SampleMatrix {
    SampleMatrix(rows.flatMap { self[$0] }, rowCount: rows.count, columnCount: columnCount)
  }

  /// The mean of every column.
  public var mean: [Double] {
    var sums = [Double](repeating: 0, count: columnCount)
    for row in 0..<rowCount {
      for column in 0..<columnCount { sums[column] += values[row * columnCount + column] }
    }
    return sums.map { $0 / Double(rowCount) }
  }

  /// The values less what every column has on average.
  func centered(at mean: [Double]) -> [Double] {
    var result = values
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[row * columnCount + column] -= mean[column] }
    }
    return result
  }
}
