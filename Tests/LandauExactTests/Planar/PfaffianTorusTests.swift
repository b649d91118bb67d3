import LandauCore
import LandauTestSupport
import Testing

@testable import LandauExact

@Suite struct PfaffianTorusTests {
  /// The same couplings for both methods.
  static func pair(
    rows: Int, columns: Int, open: Bool = false, using rng: inout RandomStream
  ) throws -> (PfaffianTorus, ExactSum) {
    let right = (0..<rows * columns).map { site in
      let value = rng.normal()
      return open && site % columns == columns - 1 ? 0 : value
    }
    let down = (0..<rows * columns).map { site in
      let value = rng.normal()
      return open && site >= (rows - 1) * columns ? 0 : value
    }
    let graph = try IsingGraph(rows: rows, columns: columns, right: right, down: down)
    return (
      try PfaffianTorus(rows: rows, columns: columns, right: right, down: down),
      try ExactSum(of: StateGraph(graph))
    )
  }

  static func compare(_ pair: (PfaffianTorus, ExactSum), betas: [Double]) throws {
    for beta in betas {
      let solution = try pair.0.solve(beta: beta)
      let exact = pair.1.thermal(beta: beta)
      let error = solution.relativeError
      // The stated error holds for ln Z; derivatives lose as much, times energies of order 100.
      expectClose(
        solution.thermal.logPartition, exact.logPartition, absolute: 4 * error, relative: 4e-15,
        "beta \(beta)")
      expectClose(
        solution.thermal.energy, exact.energy, absolute: 1e-11 + 400 * error, "beta \(beta)")
      expectClose(
        solution.thermal.energyVariance, exact.energyVariance, absolute: 1e-9 + 4e4 * error,
        "beta \(beta)")
      if beta <= 0.5 { #expect(error < 1e-12) }
    }
  }

  /// Gaussian couplings against the sum over all states, small and odd sides too.
  @Test(arguments: [(1, 1), (1, 4), (3, 1), (2, 2), (3, 2), (3, 3), (4, 4), (4, 5), (5, 4), (6, 6)])
  func gaussianTori(rows: Int, columns: Int) throws {
    var rng = Seed.test(rows, columns).makeStream()
    for _ in 0..<2 {
      try Self.compare(
        Self.pair(rows: rows, columns: columns, using: &rng), betas: [0, 0.2, 0.5, 1, 1.5])
    }
  }

  @Test(arguments: [(2, 3), (4, 4), (5, 7)])
  func openRectangles(rows: Int, columns: Int) throws {
    var rng = Seed.test(rows, columns).makeStream()
    try Self.compare(
      Self.pair(rows: rows, columns: columns, open: true, using: &rng), betas: [0, 0.5, 1, 2])
  }

  /// Either it says how good it is, or it refuses; down to temperatures where nothing is left.
  @Test func lowTemperature() throws {
    var rng = Seed.test().makeStream()
    let (torus, sum) = try Self.pair(rows: 6, columns: 6, using: &rng)
    var refused = 0
    for beta in [3.0, 6, 12, 24, 100] {
      do throws(InputError) {
        let solution = try torus.solve(beta: beta)
        expectClose(
          solution.thermal.logPartition, sum.thermal(beta: beta).logPartition,
          absolute: 10 * solution.relativeError, relative: 4e-15, "beta \(beta)")
      } catch { refused += 1 }
    }
    #expect(refused < 5)
  }

  @Test(arguments: [4, 7, 12])
  func uniformToriAgainstKaufman(side: Int) throws {
    let same = [Double](repeating: 1, count: side * side)
    let torus = try PfaffianTorus(rows: side, columns: side, right: same, down: same)
    let kaufman = try KaufmanTorus(rows: side, columns: side)
    for beta in [0.2, 0.4406867935097715, 0.8] {
      let solution = try torus.solve(beta: beta)
      #expect(solution.relativeError < 1e-9)
      expectClose(
        solution.thermal.logPartition, kaufman.logPartition(beta: beta),
        absolute: 10 * solution.relativeError, relative: 4e-15)
      expectClose(
        solution.thermal.energyPerSite, kaufman.energyPerSite(beta: beta), absolute: 1e-10)
      expectClose(
        solution.thermal.specificHeatPerSite, kaufman.specificHeatPerSite(beta: beta),
        absolute: 1e-8)
    }
  }

  @Test(.slow, arguments: [16, 20])
  func largeUniformTori(side: Int) throws {
    let same = [Double](repeating: 1, count: side * side)
    let torus = try PfaffianTorus(rows: side, columns: side, right: same, down: same)
    let kaufman = try KaufmanTorus(rows: side, columns: side)
    let solution = try torus.solve(beta: 0.44)
    #expect(solution.relativeError < 1e-9)
    expectClose(
      solution.thermal.logPartition, kaufman.logPartition(beta: 0.44),
      absolute: 10 * solution.relativeError, relative: 4e-15)
    expectClose(
      solution.thermal.energyPerSite, kaufman.energyPerSite(beta: 0.44), absolute: 1e-11)
  }

  /// Pfaffians of three small matrices, by hand, and of a random one whose determinant is the square.
  @Test func pfaffians() {
    var two = SkewMatrix<Double>(count: 2)
    two.add(-3, row: 0, column: 1)
    let small = two.pfaffian()
    #expect(small.factor * Double(sign: .plus, exponent: small.exponent, significand: 1) == -3)
    var four = SkewMatrix<Double>(count: 4)
    for (row, column, value) in [
      (0, 1, 1.0), (0, 2, 2), (0, 3, 3), (1, 2, 4), (1, 3, 5), (2, 3, 6),
    ] { four.add(value, row: row, column: column) }
    // a12 a34 - a13 a24 + a14 a23 = 6 - 10 + 12.
    let middle = four.pfaffian()
    expectClose(
      middle.factor * Double(sign: .plus, exponent: middle.exponent, significand: 1), 8, ulps: 4)
    var none = SkewMatrix<Double>(count: 4)
    none.add(1, row: 2, column: 3)
    #expect(none.pfaffian().factor == 0)
  }

  @Test func refusals() {
    #expect(throws: InputError.self) {
      try PfaffianTorus(rows: 25, columns: 25, right: [], down: [])
    }
    #expect(throws: InputError.self) {
      try PfaffianTorus(rows: 2, columns: 2, right: [1, 1, 1], down: [1, 1, 1, 1])
    }
    #expect(throws: InputError.self) {
      try PfaffianTorus(rows: 1, columns: 1, right: [1], down: [1]).solve(beta: -1)
    }
  }
}
