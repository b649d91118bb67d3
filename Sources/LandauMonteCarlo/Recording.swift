public import LandauStatistics

/// What several chains of one job measured, by observable.
public struct Recording: Sendable, Hashable {
  public let observables: [Observable]
  /// Sweeps between measurements.
  public let spacing: Int
  /// `values[observable][chain][measurement]`.
  public private(set) var values: [[[Double]]]

  public init(observables: [Observable], chainCount: Int, spacing: Int) {
    precondition(spacing >= 1, "a spacing of \(spacing) sweeps")
    self.observables = observables
    self.spacing = spacing
    values = observables.map { _ in [[Double]](repeating: [], count: chainCount) }
  }

  /// A recording from stored series, `values[observable][chain][measurement]`.
  public init(observables: [Observable], values: [[[Double]]], spacing: Int) {
    precondition(
      values.count == observables.count,
      "\(values.count) series for \(observables.count) observables")
    self.observables = observables
    self.spacing = spacing
    self.values = values
  }

  public var chainCount: Int { values.first?.count ?? 0 }

  /// Measurements of all chains together.
  public var count: Int { values.first?.reduce(0) { $0 + $1.count } ?? 0 }

  /// The series of one observable; nil when it was not measured.
  public subscript(_ observable: Observable) -> Series? {
    observables.firstIndex(of: observable).map { Series(values[$0], spacing: spacing) }
  }

  /// Appends one measurement of a chain: a number for each observable.
  public mutating func append(_ row: [Double], chain: Int) {
    precondition(
      row.count == observables.count, "\(row.count) numbers for \(observables.count) observables")
    for (index, value) in row.enumerated() { values[index][chain].append(value) }
  }
}
