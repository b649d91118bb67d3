import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Exact averages of small vector models by integration over all directions of all spins.
///
/// Plane spins take equidistant angles (the error falls faster than any power); space ones Gauss's points in
/// the cosine and equidistant azimuths; four components the product rule of the three-sphere.
struct VectorQuadrature {
  var logPartition = 0.0
  var energy = 0.0
  var order: [Double] = []
  var absOrder = 0.0
  var orderSquared = 0.0
  var orderFourth = 0.0

  /// - Parameter fixesFirst: leaves out the integral over the first spin, which changes nothing but ln Z without
  ///   a field; its length is the area of the sphere, normalised to 1.
  init(_ model: VectorModel, beta: Double, points: Int, fixesFirst: Bool = false) {
    let directions = Self.directions(model.components, points)
    let n = model.components
    let sites = Double(model.siteCount)
    var configuration = [Double](repeating: 0, count: model.variableCount)
    var sums = [Double](repeating: 0, count: 5)
    var orders = [Double](repeating: 0, count: n)
    var lowest = 0.0
    func visit(_ site: Int, _ weight: Double) {
      if site == model.siteCount {
        let energy = model.energy(of: configuration.span)
        // Any reference keeps the exponential in range.
        if sums[0] == 0 { lowest = energy }
        let boltzmann = weight * exp(-beta * (energy - lowest))
        let order = model.order(of: configuration.span).map { $0 / sites }
        let square = order.reduce(0) { $0 + $1 * $1 }
        sums[0] += boltzmann
        sums[1] += boltzmann * energy
        sums[2] += boltzmann * square.squareRoot()
        sums[3] += boltzmann * square
        sums[4] += boltzmann * square * square
        for k in 0..<n { orders[k] += boltzmann * order[k] }
        return
      }
      for (direction, share) in site == 0 && fixesFirst ? [directions[0]] : directions {
        for k in 0..<n { configuration[site * n + k] = direction[k] }
        visit(site + 1, site == 0 && fixesFirst ? 1 : weight * share)
      }
    }
    visit(0, 1)
    logPartition = log(sums[0]) - beta * lowest
    energy = sums[1] / sums[0]
    absOrder = sums[2] / sums[0]
    orderSquared = sums[3] / sums[0]
    orderFourth = sums[4] / sums[0]
    order = orders.map { $0 / sums[0] }
  }

  /// Points of the unit sphere with weights that sum to 1.
  static func directions(_ components: Int, _ points: Int) -> [(direction: [Double], share: Double)]
  {
    switch components {
    case 2:
      return (0..<points).map {
        let angle = 2 * Double.pi * (Double($0) + 0.25) / Double(points)
        return ([cos(angle), sin(angle)], 1 / Double(points))
      }
    case 3:
      return gauss(points).flatMap { x, weight in
        directions(2, 2 * points).map { circle, share in
          let radius = (1 - x * x).squareRoot()
          return ([x, radius * circle[0], radius * circle[1]], weight / 2 * share)
        }
      }
    default:
      // First component cos chi with weight sin^2 chi: Chebyshev's rule of the second kind.
      return (1...points).flatMap { k in
        let angle = Double.pi * Double(k) / Double(points + 1)
        let weight = 2 / Double(points + 1) * sin(angle) * sin(angle)
        return directions(3, points).map { direction, share in
          ([cos(angle)] + direction.map { sin(angle) * $0 }, weight * share)
        }
      }
    }
  }

  /// Gauss and Legendre's points and weights on (-1, 1).
  static func gauss(_ count: Int) -> [(Double, Double)] {
    (0..<count).map { index in
      var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<100 {
        var (before, value) = (0.0, 1.0)
        for k in 1...count {
          (before, value) = (
            value, (Double(2 * k - 1) * x * value - Double(k - 1) * before) / Double(k)
          )
        }
        slope = Double(count) * (x * value - before) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }
}
