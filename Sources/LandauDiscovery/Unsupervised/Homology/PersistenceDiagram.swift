import CGudhi

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// When components, loops and voids of the sets {value <= level} appear and vanish as the level rises.
///
/// Homology modulo 2 of a grid of closed cubes, one for each value; cubes that share a corner are joined. Computed by
/// GUDHI (Dlotko and Maria). Edelsbrunner, Letscher and Zomorodian, Discrete Comput. Geom. 28, 511 (2002).
public struct PersistenceDiagram: Sendable, Hashable {
  /// A class that is there at levels from `birth` to below `death`; infinite where it is never filled.
  public struct Interval: Sendable, Hashable {
    /// 0 for components, 1 for loops, 2 for voids.
    public var dimension: Int
    public var birth: Double
    public var death: Double
    public var length: Double { death - birth }
  }

  /// Of positive length, by dimension, birth and death.
  public let intervals: [Interval]

  public init(intervals: [Interval]) {
    self.intervals = intervals.sorted {
      ($0.dimension, $0.birth, $0.death) < ($1.dimension, $1.birth, $1.death)
    }
  }

  /// Of a function on a grid.
  ///
  /// - Parameters:
  ///   - values: row-major, finite.
  ///   - shape: sides of the grid; of a periodic one, three or more each.
  /// - Complexity: between linear and cubic in the number of cubes, on pictures close to linear.
  public init(of values: [Double], shape: [Int], isPeriodic: Bool) {
    precondition(
      !shape.isEmpty && values.count == shape.reduce(1, *) && !values.isEmpty,
      "\(values.count) values on a grid of \(shape)")
    precondition(values.allSatisfy(\.isFinite), "a filtration with values that are not finite")
    precondition(
      !isPeriodic || shape.allSatisfy { $0 >= 3 },
      "a periodic grid of \(shape); allowed: sides from 3")
    var found: UnsafeMutablePointer<lk_interval>?
    // The library's first axis runs fastest, ours last.
    let count = lk_cubical_persistence(
      values, shape.reversed().map(UInt32.init), shape.map { _ in isPeriodic ? 1 : 0 },
      shape.count, &found)
    defer { lk_free_intervals(found) }
    precondition(count >= 0, "GUDHI failed on a grid of \(shape)")
    self.init(
      intervals: (0..<count).map { index in
        let interval = found![index]
        return Interval(
          dimension: Int(interval.dimension), birth: interval.birth, death: interval.death)
      })
  }

  /// How many independent classes {value <= level} has in each dimension up to the one given.
  public func bettiNumbers(at level: Double, upTo dimension: Int) -> [Int] {
    (0...dimension).map { d in
      intervals.count { $0.dimension == d && $0.birth <= level && level < $0.death }
    }
  }

  /// Alternating sum of Betti numbers.
  public func eulerCharacteristic(at level: Double) -> Int {
    intervals.reduce(0) { sum, interval in
      guard interval.birth <= level && level < interval.death else { return sum }
      return sum + (interval.dimension % 2 == 0 ? 1 : -1)
    }
  }

  /// -sum p ln p over the finite intervals of a dimension, p their shares of the total length; 0 without any.
  ///
  /// Large where many features are equally long, small where few stand out. Chintakunta et al., Pattern Recognit.
  /// 48, 391 (2015).
  public func entropy(dimension: Int) -> Double {
    let lengths = finiteLengths(dimension)
    let total = lengths.reduce(0, +)
    return lengths.reduce(0) { $0 - $1 / total * log($1 / total) }
  }

  /// The sum of the lengths of the finite intervals of a dimension.
  public func totalPersistence(dimension: Int) -> Double {
    finiteLengths(dimension).reduce(0, +)
  }

  private func finiteLengths(_ dimension: Int) -> [Double] {
    intervals.filter { $0.dimension == dimension && $0.length.isFinite }.map(\.length)
  }
}
