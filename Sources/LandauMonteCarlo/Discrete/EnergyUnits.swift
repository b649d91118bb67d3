import LandauLattice

/// Energies as whole multiples of one unit: then energy changes are table entries, and sums are
/// exact.
struct EnergyUnits {
  let unit: Double

  /// The largest change of a local update, in units; decides how long tables are.
  static let maximumChange = 1 << 14

  /// - Parameters:
  ///   - energies: all energies a bond or a site can have.
  ///   - largestCost: the largest energy change of one site.
  /// - Returns: nil where there is no unit, or it is too small for tables.
  init?(energies: some Sequence<Double>, largestCost: Double) {
    let values = Set(energies.lazy.map { abs($0) }).subtracting([0])
    guard let largest = values.max() else {
      unit = 1
      return
    }
    let smallest = max(largest, largestCost) / Double(Self.maximumChange)
    var unit = 0.0
    for value in values.sorted() {
      unit = Self.commonMeasure(value, unit, smallest: smallest)
      if unit < smallest { return nil }
    }
    // Sharpened: the largest number is a whole multiple.
    unit = largest / (largest / unit).rounded()
    for value in values {
      let count = value / unit
      if abs(count - count.rounded()) > 1e-9 * max(1, count) { return nil }
    }
    self.unit = unit
  }

  /// Euclid's algorithm on numbers with rounding errors.
  private static func commonMeasure(_ a: Double, _ b: Double, smallest: Double) -> Double {
    var (a, b) = (max(a, b), min(a, b))
    while b > smallest / 2 {
      var rest = a - (a / b).rounded(.down) * b
      if b - rest < 1e-9 * a { rest = 0 }
      if rest < 1e-9 * a { rest = 0 }
      (a, b) = (b, rest)
    }
    return a
  }

  func count(_ energy: Double) -> Int { Int((energy / unit).rounded()) }
}
