#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The double exponential rule (Takahasi and Mori 1974): integrals over a finite interval to about
/// 1e-15, whatever integrable singularity sits at its ends.
enum Quadrature {
  /// A point of the unit interval with its distances from both ends, each to full precision.
  struct Node: Sendable {
    let fromLower: Double
    let fromUpper: Double
    let weight: Double
  }

  private static let nodes: [Node] = {
    let step = 1.0 / 64
    return (-260...260).compactMap { index in
      let t = step * Double(index)
      let stretched = Double.pi / 2 * sinh(t)
      // 1 / (1 + e^-2s) and 1 / (1 + e^2s), the derivative of the first times the step.
      let fromLower = 1 / (1 + exp(-2 * stretched))
      let fromUpper = 1 / (1 + exp(2 * stretched))
      let weight = step * Double.pi * cosh(t) * fromLower * fromUpper
      guard weight > 1e-300 else { return nil }
      return Node(fromLower: fromLower, fromUpper: fromUpper, weight: weight)
    }
  }()

  /// The integral of `body`, which gets the distances of the point from the lower and the upper end.
  static func integrate<Number: AnalyticNumber>(
    from lower: Double, to upper: Double,
    _ body: (_ fromLower: Double, _ fromUpper: Double) -> Number
  ) -> Number {
    let length = upper - lower
    var sum = Number(0)
    for node in nodes {
      sum =
        sum + (length * node.weight) * body(length * node.fromLower, length * node.fromUpper)
    }
    return sum
  }
}
