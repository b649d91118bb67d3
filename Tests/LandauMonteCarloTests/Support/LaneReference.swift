import LandauCore
import LandauLattice

@testable import LandauMonteCarlo

/// The elementary functions of the vector loops, number by number: the same sums and products in the same order.
enum LaneReference {
  static func exponentParts(_ x: Double) -> (part: Double, scale: Double) {
    let shifted = x * 1.4426950408889634 + 0x1.8p52
    let n = shifted - 0x1.8p52
    let r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
    let scale = Double(bitPattern: UInt64(bitPattern: Int64(n) + 1023) << 52)
    let (s, q) = (r * r, r * r * (r * r))
    let low = (r * (1.0 / 6) + 0.5) + s * (r * (1.0 / 120) + 1.0 / 24)
    let middle = (r * (1.0 / 5040) + 1.0 / 720) + s * (r * (1.0 / 362880) + 1.0 / 40320)
    let high =
      (r * (1.0 / 39_916_800) + 1.0 / 3_628_800)
      + s * (r * (1.0 / 6_227_020_800) + 1.0 / 479_001_600)
    return (r + s * (low + q * (middle + q * high)), scale)
  }

  static func exponential(_ x: Double) -> Double {
    let (part, scale) = exponentParts(x)
    return scale + scale * part
  }

  static func exponentialLessOne(_ x: Double) -> Double {
    let (part, scale) = exponentParts(x)
    return scale * part + (scale - 1)
  }

  static func logarithm(_ x: Double) -> Double {
    let shifted = Int64(bitPattern: x.bitPattern) - 0x3FE6_A09E_667F_3BCD
    let k = Double(shifted >> 52)
    let mantissa = (shifted & 0x000F_FFFF_FFFF_FFFF) + 0x3FE6_A09E_667F_3BCD
    let f = Double(bitPattern: UInt64(mantissa)) - 1
    let s = f / (f + 2)
    let (z, w) = (s * s, s * s * (s * s))
    let odd =
      w
      * (3.999999999940941908e-01
        + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    let even =
      z
      * (6.666666666666735130e-01
        + w
        * (2.857142874366239149e-01
          + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
    let half = 0.5 * f * f
    let rest = s * (half + (odd + even)) + k * 1.90821492927058770002e-10
    return k * 6.93147180369123816490e-01 - ((half - rest) - f)
  }

  static func sineAndCosine(_ v: Double) -> (sine: Double, cosine: Double) {
    let x = v * 0.78539816339744830962
    let (z, w) = (x * x, x * x * (x * x))
    let r =
      (8.33333333332248946124e-03 + z * -1.98412698298579493134e-04)
      + w
      * ((2.75573137070700676789e-06 + z * -2.50507602534068634195e-08)
        + w * 1.58969099521155010221e-10)
    let sine = x + (z * x) * (z * r + -1.66666666666666324348e-01)
    let c =
      (4.16666666666666019037e-02 + z * -1.38888888888741095749e-03)
      + w
      * ((2.48015872894767294178e-05 + z * -2.75573143513906633035e-07)
        + w * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11))
    return (sine, 1 - (0.5 * z - w * c))
  }

  static func along(_ v: Double) -> (Double, Double) {
    let x = v * 0.78539816339744830962
    let (z, w) = (x * x, x * x * (x * x))
    let q =
      (z * 2.50083801823357915839e7 + -5.38695755929454629881e7)
      + w * ((w + z * 1.36812963470692954678e4) + -1.32089234440210967447e6)
    let p =
      (z * 1.15351664838587416140e6 + -1.79565251976484877988e7)
      + w * -1.30936939181383734205e4
    return (q, x * q + (x * z) * p)
  }

  static func uniform(_ word: UInt64) -> Double {
    Double(bitPattern: word >> 12 | 0x3FF0_0000_0000_0000) - 1
  }

  static func circle(_ word: UInt64) -> (Double, Double) {
    let (sine, cosine) = sineAndCosine(uniform(word) * 2 - 1)
    let (x, y) = word & 1 == 1 ? (sine, cosine) : (cosine, sine)
    return word & 2 == 2 ? (-x, -y) : (x, y)
  }

  /// Points (x, v) of the sphere with weight exp(alpha x), one for each alpha, by eight lanes that draw until all of those
  /// have one.
  static func points(_ alpha: [Double], _ streams: inout [RandomStream]) -> [[Double]] {
    var below = [Double?](repeating: nil, count: alpha.count)
    repeat {
      for lane in 0..<8 {
        let (word, first) = (streams[lane].next(), streams[lane].next())
        let (second, third) = (streams[lane].next(), streams[lane].next())
        guard lane < alpha.count, below[lane] == nil else { continue }
        let (u, v, chance) = (uniform(first), uniform(second), uniform(third))
        let inverse = 1 / alpha[lane]
        var (y, bound): (Double, Double)
        if alpha[lane] < 1.8 {
          let part = -u * exponentialLessOne(max(-2 * alpha[lane], -700))
          let left = 1 - part
          y = -(logarithm(left) + ((1 - left) - part)) * inverse
          bound = y * (2 - y)
        } else {
          let cosine = circle(word).0
          y = -(logarithm(1 - u) + cosine * cosine * logarithm(1 - v)) * inverse
          bound = 1 - 0.5 * y
        }
        if chance * chance < bound { below[lane] = y }
      }
    } while below.contains(nil)
    var result: [[Double]] = []
    for lane in 0..<8 {
      let height = 2 * uniform(streams[lane].next()) - 1
      let (east, north) = circle(streams[lane].next())
      guard lane < alpha.count, let y = below[lane] else { continue }
      let radius = max(y * (2 - y), 0).squareRoot()
      let around = radius * (1 - height * height).squareRoot()
      result.append([1 - y, around * east, around * north, radius * height])
    }
    return result
  }

  /// Eight streams, as a block keeps them.
  static func streams(_ words: [UInt64]) -> [RandomStream] {
    (0..<8).map { lane in RandomStream(state: (0..<4).map { words[8 * $0 + lane] }) }
  }
}

/// Heat bath and mirroring on a checkerboard, site by site, as `lk_vectors` does them.
struct BoardReference {
  let box: HypercubicLattice
  let components: Int
  let coupling: Double
  let field: Double
  var spins: [[Double]]
  var streams: [RandomStream]

  private var side: Int { box.sides[box.dimension - 1] }
  private var rowCount: Int { box.siteCount / side }

  private func sites(_ row: Int, _ colour: Int) -> [Int] {
    (row * side..<(row + 1) * side).filter {
      box.coordinates(of: $0).reduce(0, +) % 2 == colour
    }
  }

  private func localField(_ site: Int, _ beta: Double) -> [Double] {
    let last = box.dimension - 1
    let column = site % side
    // The neighbour at the same place of the row of the other colour first.
    let step = column % 2 == 0 ? 1 : -1
    var places = [
      box.neighbour(of: site, axis: last, step: step),
      box.neighbour(of: site, axis: last, step: -step),
    ]
    for axis in 0..<last {
      for step in [1, -1] { places.append(box.neighbour(of: site, axis: axis, step: step)) }
    }
    return (0..<components).map { k in
      var sum = spins[places[0]][k] + spins[places[1]][k]
      for place in places.dropFirst(2) { sum += spins[place][k] }
      sum *= beta * coupling
      return k == 0 ? sum + beta * field : sum
    }
  }

  private func length(_ h: inout [Double]) -> Double {
    var square = h[0] * h[0]
    for k in 1..<components { square += h[k] * h[k] }
    if square < 1e-200 {
      h = [Double](repeating: 0, count: components)
      h[components - 1] = 1e-100
      square = 1e-200
    }
    return square.squareRoot()
  }

  mutating func heatBath(beta: Double) {
    for colour in 0..<2 {
      switch components {
      case 2: drawPlane(colour, beta)
      case 3: drawSpace(colour, beta)
      default: drawSphere(colour, beta)
      }
    }
  }

  mutating func reflect() {
    for colour in 0..<2 {
      for row in 0..<rowCount {
        for site in sites(row, colour) {
          let h = localField(site, 1)
          var (dot, square) = (0.0, 0.0)
          for k in 0..<components {
            dot += spins[site][k] * h[k]
            square += h[k] * h[k]
          }
          if square < 1e-300 { continue }
          let scale = 2 * dot / square
          for k in 0..<components { spins[site][k] = scale * h[k] - spins[site][k] }
        }
      }
    }
  }

  private struct Known {
    var site: Int
    var h: [Double]
    var size, width, bound: Double
  }

  /// Nil where refused.
  private func propose(_ known: Known, _ rng: inout RandomStream) -> [Double]? {
    let word = rng.next()
    let u = LaneReference.uniform(rng.next())
    let (one, other) = LaneReference.along(LaneReference.uniform(word) * 2 - 1)
    let (c, s) = word & 1 == 1 ? (other, one) : (one, other)
    let (cc, ss, b, z) = (c * c, s * s, known.width, known.bound)
    let narrow = b * b * ss
    let inverse = 1 / ((cc + narrow) * known.size)
    let scaled = (cc + ss) * (b * b) * known.size * inverse
    let exponent = max(min(z, 1) - z * scaled, -700)
    let chance = max(z, 1) * scaled * LaneReference.exponential(exponent)
    guard u < chance else { return nil }
    let (cosine, sine) = ((cc - narrow) * inverse, 2 * (b * (c * s)) * inverse)
    return [cosine * known.h[0] - sine * known.h[1], sine * known.h[0] + cosine * known.h[1]]
  }

  private mutating func drawPlane(_ colour: Int, _ beta: Double) {
    var batch: [Known] = []
    var slots = 0
    func finish(_ reference: inout BoardReference) {
      while !batch.isEmpty {
        var waiting: [Known] = []
        for first in stride(from: 0, to: batch.count, by: 8) {
          for lane in 0..<8 {
            // Lanes without a site draw, too.
            guard first + lane < batch.count else {
              _ = (reference.streams[lane].next(), reference.streams[lane].next())
              continue
            }
            let known = batch[first + lane]
            if let spin = reference.propose(known, &reference.streams[lane]) {
              reference.spins[known.site] = spin
            } else {
              waiting.append(known)
            }
          }
        }
        batch = waiting
      }
      slots = 0
    }
    for row in 0..<rowCount {
      let sites = sites(row, colour)
      for first in stride(from: 0, to: sites.count, by: 8) {
        for lane in 0..<8 {
          guard first + lane < sites.count else {
            _ = (streams[lane].next(), streams[lane].next())
            continue
          }
          let site = sites[first + lane]
          var h = localField(site, beta)
          let size = length(&h)
          let kappa = Float(size)
          let root = (4 * kappa * kappa + 1).squareRoot()
          let width = min(Double((1 / (2 * kappa + root)).squareRoot()), 0x1.fffffep-1)
          let known = Known(
            site: site, h: h, size: size, width: width, bound: 2 * size / (1 - width * width))
          if let spin = propose(known, &streams[lane]) {
            spins[site] = spin
          } else {
            batch.append(known)
          }
        }
        slots += 8
        if slots == 512 { finish(&self) }
      }
    }
    finish(&self)
  }

  private mutating func drawSphere(_ colour: Int, _ beta: Double) {
    for row in 0..<rowCount {
      let sites = sites(row, colour)
      for first in stride(from: 0, to: sites.count, by: 8) {
        let some = Array(sites[first..<min(first + 8, sites.count)])
        var fields = some.map { localField($0, beta) }
        let sizes = fields.indices.map { length(&fields[$0]) }
        let points = LaneReference.points(sizes, &streams)
        for (lane, site) in some.enumerated() {
          let (x, h) = (SIMD4(points[lane]), SIMD4(fields[lane]))
          let spin = (Quaternion(x) * Quaternion(h)).scaled(by: 1 / sizes[lane]).value
          spins[site] = (0..<4).map { spin[$0] }
        }
      }
    }
  }

  private mutating func drawSpace(_ colour: Int, _ beta: Double) {
    for row in 0..<rowCount {
      let sites = sites(row, colour)
      for first in stride(from: 0, to: sites.count, by: 8) {
        for lane in 0..<8 {
          let (word, other) = (streams[lane].next(), streams[lane].next())
          guard first + lane < sites.count else { continue }
          var h = localField(sites[first + lane], beta)
          let size = length(&h)
          let sign = h[2].sign == .minus ? -1.0 : 1
          let far = size + abs(h[2])
          let inverse = 1 / (size * far)
          var (x, y) = LaneReference.circle(word)
          let part =
            -LaneReference.uniform(other)
            * LaneReference.exponentialLessOne(max(-2 * size, -700))
          let left = 1 - part
          let below =
            (LaneReference.logarithm(left) + ((1 - left) - part)) * (far * inverse)
          let radius = max(-below * (2 + below), 0).squareRoot()
          let (z, end) = (sign * (-1 - below), sign * far)
          x *= radius
          y *= radius
          let turn = ((x * h[0] + y * h[1]) + z * end) * inverse
          spins[sites[first + lane]] = [x - turn * h[0], y - turn * h[1], z - turn * end]
        }
      }
    }
  }
}
