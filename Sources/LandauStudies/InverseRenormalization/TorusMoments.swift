/// Correlations and the squared mean of spins or of a field on a square torus, averaged over the sites of a configuration, or over several.
struct TorusMoments: Sendable, Hashable {
  /// s(x)^2, which is 1 for spins.
  var square = 1.0
  /// s(x) s(x + r e), averaged over both axes: at r = 1, r = 2 and half the side.
  var neighbours = 0.0
  var second = 0.0
  var farthest = 0.0
  /// m^2.
  var squaredOrder = 0.0

  /// The mean of some.
  init(mean moments: [TorusMoments]) {
    func mean(_ path: KeyPath<TorusMoments, Double>) -> Double {
      moments.reduce(0) { $0 + $1[keyPath: path] } / Double(moments.count)
    }
    square = mean(\.square)
    neighbours = mean(\.neighbours)
    second = mean(\.second)
    farthest = mean(\.farthest)
    squaredOrder = mean(\.squaredOrder)
  }

  /// - Parameter spins: `[side * side]`, -1 and +1, row-major.
  init(_ spins: [Int8], side: Int) {
    func correlation(_ distance: Int) -> Double {
      Double(Self.sum(spins, side, distance) { Int($0 &* $1) }) / Double(2 * spins.count)
    }
    let order = Double(spins.reduce(0) { $0 + Int($1) }) / Double(spins.count)
    neighbours = correlation(1)
    second = correlation(2)
    farthest = correlation(side / 2)
    squaredOrder = order * order
  }

  /// - Parameter field: `[side * side]`, row-major.
  init(_ field: [Double], side: Int) {
    func correlation(_ distance: Int) -> Double {
      Self.sum(field, side, distance) { $0 * $1 } / Double(2 * field.count)
    }
    let order = field.reduce(0, +) / Double(field.count)
    square = correlation(0)
    neighbours = correlation(1)
    second = correlation(2)
    farthest = correlation(side / 2)
    squaredOrder = order * order
  }

  /// The sum of products at a distance along both axes.
  @inline(__always)
  private static func sum<Value, Sum: AdditiveArithmetic>(
    _ values: [Value], _ side: Int, _ distance: Int, _ product: (Value, Value) -> Sum
  ) -> Sum {
    var sum = Sum.zero
    values.withUnsafeBufferPointer { values in
      for row in 0..<side {
        let here = row * side
        let below = (row + distance) % side * side
        for column in 0..<side { sum += product(values[here &+ column], values[below &+ column]) }
        for column in 0..<side - distance {
          sum += product(values[here &+ column], values[here &+ column &+ distance])
        }
        for column in 0..<distance {
          sum += product(values[here &+ column], values[here &+ side &- distance &+ column])
        }
      }
    }
    return sum
  }
}
