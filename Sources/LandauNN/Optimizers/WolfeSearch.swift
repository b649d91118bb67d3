import LandauTensor

/// A search along a line for a length with lower loss and a flatter slope (strong Wolfe conditions).
///
/// loss(t) <= loss(0) + c1 t slope(0) and |slope(t)| <= c2 |slope(0)|. First a bracket is found by growing
/// steps, then it is narrowed by cubic interpolation, kept away from its ends.
/// - Note: Nocedal and Wright 2006, algorithms 3.5 and 3.6.
struct WolfeSearch {
  struct Point {
    var length: Double
    var loss: Double
    var slope: Double
    var gradient: [Double]
    var parameters: [Tensor]
  }

  let loss: Double
  let slope: Double
  let c1: Double
  let c2: Double
  /// Evaluations left.
  private var budget = 30
  /// The lowest point with sufficient decrease so far.
  private var best: Point?

  init(loss: Double, slope: Double, c1: Double, c2: Double) {
    self.loss = loss
    self.slope = slope
    self.c1 = c1
    self.c2 = c2
  }

  func isDecrease(_ point: Point) -> Bool {
    point.loss.isFinite && point.loss <= loss + c1 * point.length * slope
  }

  func isWolfe(_ point: Point) -> Bool {
    isDecrease(point) && abs(point.slope) <= -c2 * slope
  }

  /// - Returns: a point that fulfils both conditions, else the best that fulfils the first, else nil.
  mutating func run(first: Double, _ evaluate: (Double) -> Point) -> Point? {
    var previous = Point(length: 0, loss: loss, slope: slope, gradient: [], parameters: [])
    var length = first
    while budget > 0 {
      let point = take(length, evaluate)
      if isWolfe(point) { return point }
      if !isDecrease(point) || (previous.length > 0 && point.loss >= previous.loss) {
        return narrow(low: previous, high: point, evaluate)
      }
      if point.slope >= 0 { return narrow(low: point, high: previous, evaluate) }
      previous = point
      length *= 2
    }
    return best
  }

  private mutating func take(_ length: Double, _ evaluate: (Double) -> Point) -> Point {
    budget -= 1
    let point = evaluate(length)
    if isDecrease(point), point.loss < best?.loss ?? .infinity { best = point }
    return point
  }

  /// `low` has the lower loss and slopes towards `high`.
  private mutating func narrow(
    low: Point, high: Point, _ evaluate: (Double) -> Point
  ) -> Point? {
    var (low, high) = (low, high)
    while budget > 0 && abs(high.length - low.length) > 1e-14 * max(low.length, high.length) {
      let point = take(Self.minimum(low, high), evaluate)
      if !isDecrease(point) || point.loss >= low.loss {
        high = point
      } else {
        if isWolfe(point) { return point }
        if point.slope * (high.length - low.length) >= 0 { high = low }
        low = point
      }
    }
    return best
  }

  /// The minimum of the cubic through two losses and slopes, at least a tenth of the bracket inside it.
  private static func minimum(_ a: Point, _ b: Point) -> Double {
    let width = b.length - a.length
    var fraction = 0.5
    if b.loss.isFinite && b.slope.isFinite {
      let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
      let discriminant = d1 * d1 - a.slope * b.slope
      if discriminant >= 0 {
        let d2 = discriminant.squareRoot() * (width > 0 ? 1 : -1)
        let position = b.length - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
        let found = (position - a.length) / width
        if found.isFinite { fraction = min(0.9, max(0.1, found)) }
      }
    } else {
      fraction = 0.1
    }
    return a.length + fraction * width
  }
}
