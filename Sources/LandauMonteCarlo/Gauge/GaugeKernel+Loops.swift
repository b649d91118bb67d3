import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension GaugeKernel {
  /// tr of the product of the links along axis 0 round the torus, over N, averaged over the places it can stand.
  func polyakovLoop() -> SIMD2<Double> {
    var sum = SIMD2<Double>.zero
    let side = model.lattice.sides[0]
    // Axis 0 is the slowest: its first layer is the first sites.
    let count = siteCount / side
    for start in 0..<count {
      var product = link(start, 0)
      var site = next(start, 0)
      while site != start {
        product = product * link(site, 0)
        site = next(site, 0)
      }
      sum += product.trace
    }
    return sum / Double(count * Link.rank)
  }

  /// Means of Re tr W / N over all R x T rectangles in all planes, both ways up, for the shapes given.
  ///
  /// - Complexity: products of links along lines of every length are made once; then three products of matrices
  ///   per rectangle.
  func wilsonLoops(_ shapes: [WilsonLoop]) -> [Double] {
    guard let longest = shapes.map({ max($0.width, $0.height) }).max() else { return [] }
    var lines = [Array(UnsafeBufferPointer(start: links, count: linkCount))]
    // Sites at the distance of each line.
    var ends = [(0..<linkCount).map { Int(after[$0]) }]
    for length in 1..<max(1, longest) {
      let (last, far) = (lines[length - 1], ends[length - 1])
      lines.append((0..<linkCount).map { last[$0] * link(far[$0], $0 % dimension) })
      ends.append((0..<linkCount).map { next(far[$0], $0 % dimension) })
    }
    return shapes.map { shape in
      let bottom = lines[shape.width - 1]
      let side = lines[shape.height - 1]
      let (across, up) = (ends[shape.width - 1], ends[shape.height - 1])
      var total = 0.0
      for site in 0..<siteCount {
        var sum = 0.0
        for a in 0..<dimension {
          for b in 0..<dimension where a != b && (shape.width != shape.height || a < b) {
            let (here, there) = (site * dimension + a, site * dimension + b)
            let half = bottom[here] * side[across[here] * dimension + b]
            let other = side[there] * bottom[up[there] * dimension + a]
            sum += half.timesAdjoint(other).realTrace
          }
        }
        total += sum
      }
      let orientations = shape.width == shape.height ? 1 : 2
      return total / Double(orientations * model.plaquetteCount)
    }
  }

  /// Sum of the plaquettes' angles in (-pi, pi] over 2 pi: a whole number, as every link occurs in two plaquettes
  /// with opposite signs. U(1) in two dimensions.
  func windingNumber() -> Double {
    var sum = 0.0
    for site in 0..<siteCount {
      let trace = plaquette(site, 0, 1).trace
      sum += atan2(trace.y, trace.x)
    }
    return (sum / (2 * Double.pi)).rounded()
  }
}

/// A rectangle of links.
public struct WilsonLoop: Sendable, Hashable {
  public var width: Int
  public var height: Int

  public init(_ width: Int, _ height: Int) {
    self.width = width
    self.height = height
  }

  /// All rectangles up to a side but the plaquette, the shorter side first: 1x2, 2x2, 1x3, ...
  public static func upTo(_ side: Int) -> [WilsonLoop] {
    guard side >= 2 else { return [] }
    return (2...side).flatMap { height in (1...height).map { WilsonLoop($0, height) } }
  }

  public var observable: Observable { Observable("wilsonLoop\(width)x\(height)") }
}
