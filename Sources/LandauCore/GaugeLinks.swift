/// One configuration of the links of a lattice gauge theory, as rooms exchange it.
///
/// Sites are row-major, axis 0 the slowest; in four dimensions files have t, z, y, x in this order. A link of a site
/// leads to its forward neighbour along an axis, round the torus, and is an N x N complex matrix: 1 for U(1), else of
/// SU(N).
public struct GaugeLinks: Sendable, Hashable {
  public let sides: [Int]
  /// N.
  public let rank: Int
  /// Real and imaginary parts, row by row; links of a site by axis; sites in order.
  public var values: [Double]

  /// - Precondition: as many values as the shape says.
  public init(sides: [Int], rank: Int, values: [Double]) {
    let count = sides.reduce(1, *) * sides.count * rank * rank * 2
    precondition(values.count == count, "\(values.count) values, not \(count)")
    self.sides = sides
    self.rank = rank
    self.values = values
  }

  public var siteCount: Int { sides.reduce(1, *) }
  public var linkCount: Int { siteCount * sides.count }

  /// The matrix of a link.
  func link(_ site: Int, _ axis: Int) -> [Complex<Double>] {
    let width = 2 * rank * rank
    let start = (site * sides.count + axis) * width
    return stride(from: start, to: start + width, by: 2).map {
      Complex(values[$0], values[$0 + 1])
    }
  }

  private func next(_ site: Int, _ axis: Int) -> Int {
    let stride = sides[(axis + 1)...].reduce(1, *)
    let position = site / stride % sides[axis]
    return position + 1 < sides[axis] ? site + stride : site - position * stride
  }

  private func product(
    _ a: [Complex<Double>], _ b: [Complex<Double>], adjoint: Bool = false
  ) -> [Complex<Double>] {
    var result = [Complex<Double>](repeating: .zero, count: rank * rank)
    for i in 0..<rank {
      for j in 0..<rank {
        for k in 0..<rank {
          let other = adjoint ? b[j * rank + k].conjugate : b[k * rank + j]
          result[i * rank + j] += a[i * rank + k] * other
        }
      }
    }
    return result
  }

  /// Mean of Re tr U_p / N over the plaquettes of each plane, the lower axis first: (0, 1), (0, 2), ...
  public var planePlaquettes: [(axes: (Int, Int), value: Double)] {
    var planes: [(axes: (Int, Int), value: Double)] = []
    for a in sides.indices {
      for b in sides.indices where b > a {
        var total = 0.0
        for site in 0..<siteCount {
          let up = product(link(site, a), link(next(site, a), b))
          let other = product(link(site, b), link(next(site, b), a))
          total += zip(up, other).reduce(0) { $0 + ($1.0 * $1.1.conjugate).real }
        }
        planes.append(((a, b), total / Double(siteCount * rank)))
      }
    }
    return planes
  }

  /// Mean of Re tr U_p / N over all plaquettes.
  public var plaquette: Double {
    let planes = planePlaquettes
    return planes.reduce(0) { $0 + $1.value } / Double(max(1, planes.count))
  }

  /// Mean of Re tr U / N over all links, which depends on the gauge.
  public var linkTrace: Double {
    let width = 2 * rank * rank
    var total = 0.0
    for start in stride(from: 0, to: values.count, by: width) {
      for row in 0..<rank { total += values[start + 2 * row * (rank + 1)] }
    }
    return total / Double(linkCount * rank)
  }

  /// The largest element of U U^dagger - 1 over all links, in absolute value; NaN where a value is no number.
  public var unitarityError: Double {
    var largest = 0.0
    for site in 0..<siteCount {
      for axis in sides.indices {
        let own = link(site, axis)
        let square = product(own, own, adjoint: true)
        for i in 0..<rank {
          for j in 0..<rank {
            let difference = square[i * rank + j] - Complex(i == j ? 1 : 0)
            let size = difference.magnitude
            if size.isNaN { return .nan }
            largest = max(largest, size)
          }
        }
      }
    }
    return largest
  }

  /// tr of the product of the links along axis 0 round the torus, over N, averaged over its places.
  public var polyakovLoop: Complex<Double> {
    let count = siteCount / sides[0]
    var sum = Complex<Double>.zero
    for start in 0..<count {
      var matrix = link(start, 0)
      var site = next(start, 0)
      while site != start {
        matrix = product(matrix, link(site, 0))
        site = next(site, 0)
      }
      for row in 0..<rank { sum += matrix[row * (rank + 1)] }
    }
    return 1 / Double(count * rank) * sum
  }
}
