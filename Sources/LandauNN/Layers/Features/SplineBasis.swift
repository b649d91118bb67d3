public import LandauTensor

/// B-splines on an even grid.
///
/// `intervalCount` intervals from `low` to `high` and as many more on both sides as the degree asks for: on the
/// interval the basis functions are non-negative and add up to one, outside they fall to zero.
public struct SplineBasis: Sendable, Hashable {
  public let low: Double
  public let high: Double
  public let intervalCount: Int
  public let degree: Int

  public init(low: Double = -1, high: Double = 1, intervalCount: Int = 5, degree: Int = 3) {
    precondition(
      low < high && intervalCount >= 1 && degree >= 0,
      "splines of degree \(degree) on \(intervalCount) intervals from \(low) to \(high)")
    self.low = low
    self.high = high
    self.intervalCount = intervalCount
    self.degree = degree
  }

  /// The number of basis functions.
  public var count: Int { intervalCount + degree }

  /// `intervalCount + 2 · degree + 1` knots.
  public var knots: [Double] {
    let step = (high - low) / Double(intervalCount)
    return (-degree...(intervalCount + degree)).map { low + Double($0) * step }
  }

  /// All basis functions at each number: `[…]` gives `[…, count]`.
  ///
  /// The recursion of Cox and de Boor, which for an even grid of spacing h reads
  /// B_i^d(x) = ((x - t_i) B_i^(d-1)(x) + (t_(i+d+1) - x) B_(i+1)^(d-1)(x)) / (d h).
  /// Derivatives exist up to the degree, at a knot from the right.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let type = x.scalarType
    let step = (high - low) / Double(intervalCount)
    let knots = Tensor(self.knots).asType(type)
    let total = knots.count
    let point = x.expandedDimension(at: -1)
    func knot(_ range: Range<Int>) -> Tensor { knots.sliced(axis: 0, range) }
    let started = point .>= knot(0..<(total - 1))
    let ended = point .>= knot(1..<total)
    let inside = started.asType(type) - ended.asType(type)
    var basis = inside
    for d in stride(from: 1, through: degree, by: 1) {
      let n = total - 1 - d
      let rising = (point - knot(0..<n)) * basis.sliced(axis: -1, 0..<n)
      let falling = (knot((d + 1)..<(n + d + 1)) - point) * basis.sliced(axis: -1, 1..<(n + 1))
      basis = (rising + falling) / (Double(d) * step)
    }
    return basis
  }
}
