import LandauCore
import LandauDiscovery

/// A formula of the field with the units of its quantities and the ranges in which it is looked at.
struct StandardFormula: Sendable {
  struct Quantity: Sendable {
    var name: String
    var dimension: PhysicalDimension
    var range: ClosedRange<Double>
    var isWhole = false
  }

  var name: String
  var variables: [Quantity]
  var target: PhysicalDimension
  var truth: Expression
  /// What symmetry says beforehand.
  var parities: [String: Parity] = [:]

  var names: [String] { variables.map(\.name) }

  /// Random points.
  ///
  /// - Parameter reach: how far beyond their upper ends the ranges go, in widths; at least one quantity of
  ///   every point is beyond where it is positive.
  func points(_ count: Int, reach: Double = 0, using rng: inout RandomStream) -> [[Double]] {
    var result: [[Double]] = []
    while result.count < count {
      let point = variables.map { quantity in
        let width = quantity.range.upperBound - quantity.range.lowerBound
        let value = quantity.range.lowerBound + (1 + reach) * width * rng.uniform()
        return quantity.isWhole ? value.rounded(.down) : value
      }
      let isBeyond = zip(point, variables).contains { $0 > $1.range.upperBound }
      if (reach == 0 || isBeyond) && truth.evaluate(point).isFinite { result.append(point) }
    }
    return result
  }

  /// One standard error of a measured value: one per cent of it, at least one per cent of a tenth of `scale`.
  static func error(of value: Double, scale: Double) -> Double {
    0.01 * (value * value + 0.01 * scale * scale).squareRoot()
  }

  /// The root mean square of the formula at some points.
  func scale(_ points: [[Double]]) -> Double {
    (points.reduce(0) { $0 + truth.evaluate($1) * truth.evaluate($1) } / Double(points.count))
      .squareRoot()
  }

  /// Exact values at some points, or with noise of one per cent where there is a seed.
  func data(_ places: [[Double]], noise seed: Seed? = nil) throws -> SymbolicData {
    let exact = places.map(truth.evaluate)
    let size = scale(places)
    let errors = exact.map { Self.error(of: $0, scale: size) }
    var rng = seed?.makeStream()
    return try SymbolicData(
      variables: variables.enumerated().map { index, quantity in
        .init(quantity.name, places.map { $0[index] }, dimension: quantity.dimension)
      }, target: zip(exact, errors).map { $0 + $1 * (rng?.normal() ?? 0) }, errors: errors,
      dimension: target)
  }
}
