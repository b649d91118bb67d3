import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A plain complex matrix, for comparison.
private struct PlainMatrix {
  let count: Int
  var elements: [Complex<Double>]

  init(_ count: Int) {
    self.count = count
    elements = [Complex<Double>](repeating: .zero, count: count * count)
  }

  init<Link: GaugeGroup>(_ link: Link) {
    self.init(Link.rank)
    var numbers: [Double] = []
    link.append(to: &numbers)
    for index in elements.indices {
      elements[index] = Complex(numbers[2 * index], numbers[2 * index + 1])
    }
  }

  static func * (a: PlainMatrix, b: PlainMatrix) -> PlainMatrix {
    var result = PlainMatrix(a.count)
    for i in 0..<a.count {
      for j in 0..<a.count {
        for k in 0..<a.count {
          result.elements[i * a.count + j] +=
            a.elements[i * a.count + k] * b.elements[k * a.count + j]
        }
      }
    }
    return result
  }

  var adjoint: PlainMatrix {
    var result = PlainMatrix(count)
    for i in 0..<count {
      for j in 0..<count { result.elements[i * count + j] = elements[j * count + i].conjugate }
    }
    return result
  }

  func distance(to other: PlainMatrix) -> Double {
    zip(elements, other.elements).map { ($0 - $1).magnitude }.max() ?? 0
  }
}

@Suite struct GaugeGroupTests {
  @Test func algebraIsThatOfMatrices() {
    Self.checkAlgebra(CirclePhase.self)
    Self.checkAlgebra(Quaternion.self)
    Self.checkAlgebra(ThreeByThree.self)
  }

  private static func checkAlgebra<Link: GaugeGroup>(_: Link.Type) {
    var rng = Seed.test(Link.rank).makeStream()
    for _ in 0..<20 {
      let (x, y) = (Link.gaussian(using: &rng), Link.gaussian(using: &rng))
      let (p, q) = (PlainMatrix(x), PlainMatrix(y))
      #expect(PlainMatrix(x * y).distance(to: p * q) < 1e-13)
      #expect(PlainMatrix(x.timesAdjoint(y)).distance(to: p * q.adjoint) < 1e-13)
      #expect(PlainMatrix(x.adjointTimes(y)).distance(to: p.adjoint * q) < 1e-13)
      #expect(PlainMatrix(x.adjoint).distance(to: p.adjoint) < 1e-15)
      let trace = (0..<p.count).reduce(Complex<Double>.zero) { $0 + p.elements[$1 * p.count + $1] }
      expectClose(x.trace.x, trace.real, absolute: 1e-14)
      expectClose(x.trace.y, trace.imaginary, absolute: 1e-14)
      // There and back through numbers.
      var numbers: [Double] = []
      x.append(to: &numbers)
      let again = numbers.withUnsafeBufferPointer { Link($0.baseAddress!) }
      #expect(PlainMatrix(again).distance(to: p) == 0)
      #expect(numbers.count == 2 * Link.rank * Link.rank)
    }
  }

  /// Links are unitary with determinant 1 (of length 1 for U(1)).
  private static func expectInGroup<Link: GaugeGroup>(_ link: Link) {
    let distance = PlainMatrix(link.timesAdjoint(link)).distance(to: PlainMatrix(Link.one))
    #expect(distance < 1e-13)
    if Link.rank == 3 {
      let m = PlainMatrix(link).elements
      let determinant =
        m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2]
        * (m[3] * m[7] - m[4] * m[6])
      expectClose(determinant.real, 1, absolute: 1e-13)
      expectClose(determinant.imaginary, 0, absolute: 1e-13)
    }
  }

  @Test func movesStayInTheGroupAndDoWhatTheySay() {
    Self.checkMoves(CirclePhase.self)
    Self.checkMoves(Quaternion.self)
    Self.checkMoves(ThreeByThree.self)
  }

  private static func checkMoves<Link: GaugeGroup>(_: Link.Type) {
    var rng = Seed.test(Link.rank).makeStream()
    for _ in 0..<50 {
      let link = Link.gaussian(using: &rng).unitarised
      let staples = (0..<4).reduce(Link.zero) { sum, _ in
        sum + Link.gaussian(using: &rng).unitarised
      }
      expectInGroup(link)
      let reflected = link.reflected(staples)
      expectInGroup(reflected)
      expectClose((reflected * staples).trace.x, (link * staples).trace.x, absolute: 1e-12)
      let moved = PlainMatrix(reflected).distance(to: PlainMatrix(link))
      #expect(moved > 1e-3)
      if Link.rank < 3 {
        let back = reflected.reflected(staples)
        #expect(PlainMatrix(back).distance(to: PlainMatrix(link)) < 1e-12)
      }
      let aligned = link.aligned(staples)
      expectInGroup(aligned)
      #expect((aligned * staples).trace.x > (link * staples).trace.x)
      expectInGroup(link.heated(staples, strength: 2, using: &rng))
      // No staples at all: anything goes, but into the group.
      expectInGroup(link.heated(.zero, strength: 2, using: &rng))
      expectInGroup(link.reflected(.zero))
      expectInGroup(link.aligned(.zero))
    }
  }

  /// exp P = (exp(P/2))^2 is in the group, begins as 1 + P + P^2/2 + P^3/6, and exp(-P) is its inverse.
  @Test func exponentialsAreThose() {
    Self.checkExponential(CirclePhase.self)
    Self.checkExponential(Quaternion.self)
    Self.checkExponential(ThreeByThree.self)
  }

  private static func checkExponential<Link: GaugeGroup>(_: Link.Type) {
    var rng = Seed.test(Link.rank).makeStream()
    for size in [0, 1e-9, 1e-4, 0.3, 1, 3] {
      let momentum = Link.momentum(using: &rng).scaled(by: size)
      let whole = momentum.exponential
      expectInGroup(whole)
      let half = momentum.scaled(by: 0.5).exponential
      #expect(PlainMatrix(whole).distance(to: PlainMatrix(half * half)) < 1e-12)
      let inverse = momentum.scaled(by: -1).exponential
      #expect(PlainMatrix(whole * inverse).distance(to: PlainMatrix(Link.one)) < 1e-12)
      // Momenta lie in the algebra: taking the part of them that does changes nothing.
      let part = momentum.algebraPart
      #expect(PlainMatrix(part).distance(to: PlainMatrix(momentum)) < 1e-15 * (1 + size))
      guard size < 1e-3 else { continue }
      let square = momentum * momentum
      let series =
        Link.one + momentum + square.scaled(by: 0.5) + (square * momentum).scaled(by: 1.0 / 6)
      #expect(PlainMatrix(whole).distance(to: PlainMatrix(series)) < 1e-15)
    }
  }

  /// Re tr(P M) = Re tr(P X) for every P of the algebra, and K = sum of p^2/2 has mean (number of generators)/2.
  @Test func forcesAreDerivatives() {
    Self.checkForce(CirclePhase.self, generators: 1)
    Self.checkForce(Quaternion.self, generators: 3)
    Self.checkForce(ThreeByThree.self, generators: 8)
  }

  private static func checkForce<Link: GaugeGroup>(_: Link.Type, generators: Double) {
    var rng = Seed.test(Link.rank).makeStream()
    for _ in 0..<20 {
      let matrix = Link.gaussian(using: &rng)
      let momentum = Link.momentum(using: &rng)
      expectClose(
        (momentum * matrix).trace.x, (momentum * matrix.algebraPart).trace.x, absolute: 1e-13)
    }
    expectAgreement(with: generators / 2, seed: .test(Link.rank), minimalBias: 0.05) {
      seed, effort in
      var rng = seed.makeStream()
      let values = (0..<(40_000 * effort)).map { _ in Link.momentum(using: &rng).kinetic }
      return Series(values).estimate()
    }
  }

  /// Both ways to draw the heat bath of SU(2) follow sqrt(1 - x^2) exp(alpha x), on either side of the crossover, and
  /// directions have no mean.
  @Test(arguments: [0, 1e-9, 0.3, 1.5, 1.9, 6, 200], [false, true])
  func sphereHeatBathFollowsItsDensity(_ alpha: Double, _ isKennedyPendleton: Bool) {
    // Kennedy and Pendleton's needs exp(-alpha y) to be integrable well within y < 2.
    if isKennedyPendleton && alpha < 0.3 { return }
    let bins = 24
    // Equally likely edges from the density integrated by Simpson's rule in the angle, x = cos t.
    let steps = 200_000
    var below: [Double] = [0]
    let h = Double.pi / Double(steps)
    func density(_ t: Double) -> Double { sin(t) * sin(t) * exp(alpha * (cos(t) - 1)) }
    for index in 0..<steps {
      let t = Double(index) * h
      below.append(
        below[index] + h / 6 * (density(t) + 4 * density(t + h / 2) + density(t + h)))
    }
    func cumulative(_ y: Double) -> Double {
      // From x = 1 down: y = 1 - x = 2 sin^2(t/2).
      let t = 2 * asin(min(1, (y / 2).squareRoot())) / h
      let low = min(steps - 1, Int(t))
      let part = t - Double(low)
      return (below[low] * (1 - part) + below[low + 1] * part) / below[steps]
    }
    expectPlausible(seed: .test(alpha, isKennedyPendleton)) { seed, effort in
      var rng = seed.makeStream()
      let count = 100_000 * effort
      var counts = [Double](repeating: 0, count: bins)
      for _ in 0..<count {
        let y =
          isKennedyPendleton
          ? SphereHeatBath.kennedyPendleton(alpha, &rng) : SphereHeatBath.creutz(alpha, &rng)
        counts[min(bins - 1, Int(cumulative(y) * Double(bins)))] += 1
      }
      return chiSquareProbability(
        counts, expected: [Double](repeating: Double(count) / Double(bins), count: bins))
    }
  }

  @Test func directionsOfTheHeatBathAreUniform() {
    for axis in 1...3 {
      expectAgreement(with: 0, seed: .test(axis), minimalBias: 0.02) { seed, effort in
        var rng = seed.makeStream()
        let values = (0..<(40_000 * effort)).map { _ in
          SphereHeatBath.draw(2.5, using: &rng)[axis]
        }
        return Series(values).estimate()
      }
    }
  }
}
