import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func normals(
  _ count: Int, mean: [Double], using rng: inout RandomStream
) -> SampleMatrix {
  SampleMatrix(
    (0..<count).flatMap { _ in mean.map { $0 + rng.normal() } }, rowCount: count,
    columnCount: mean.count)
}

@Suite struct NeighborTests {
  @Test(arguments: [1, 2, 5, 12])
  func `The tree finds what looking at all samples finds`(dimension: Int) {
    var rng = Seed.test(dimension).makeStream()
    let matrix = normals(300, mean: [Double](repeating: 0, count: dimension), using: &rng)
    let search = NeighborSearch(matrix)
    for row in stride(from: 0, to: 300, by: 17) {
      let squares = (0..<300).map { other in
        zip(matrix[row], matrix[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let order = (0..<300).sorted { squares[$0] < squares[$1] }
      let own = search.neighbors(ofRow: row, count: 20)
      #expect(own.rows == Array(order[1...20]))
      for (found, other) in zip(own.squaredDistances, order[1...20]) {
        expectClose(found, squares[other], relative: 1e-14)
      }
      #expect(search.neighbors(of: matrix[row], count: 21).rows == Array(order[0...20]))
    }
  }

  @Test func `Samples on one point are neighbours of each other, not of themselves`() {
    let search = NeighborSearch(
      SampleMatrix([Double](repeating: 1, count: 40) + [2], rowCount: 41, columnCount: 1))
    for row in 0..<41 {
      let found = search.neighbors(ofRow: row, count: 5)
      #expect(found.rows.count == 5 && !found.rows.contains(row))
    }
  }

  @Test func `Weights of the ensemble cancel what they should`() {
    let scales = (2...20).map { 0.2 * Double($0) }
    for dimension in 1...6 {
      let w = NeighborRatios.ensembleWeights(scales, dimension: dimension)
      expectClose(w.reduce(0, +), 1, absolute: 1e-9)
      #expect(w.reduce(0) { $0 + $1 * $1 } <= 4)
      let powers = [-1] + (1...dimension).map { Double($0) / Double(dimension) }
      let left = powers.map { power in zip(w, scales).reduce(0) { $0 + $1.0 * pow($1.1, power) } }
      let equal = powers.map { power in scales.reduce(0) { $0 + pow($1, power) } / 19 }
      let (squares, before) = (left.reduce(0) { $0 + $1 * $1 }, equal.reduce(0) { $0 + $1 * $1 })
      // In one dimension short weights can do it all.
      if dimension == 1 { expectClose(squares, 0, absolute: 1e-12) }
      #expect(squares < before / 5, "\(dimension): \(left)")
    }
  }

  /// N(0,1) from N(1,1): KL 1/2, Renyi alpha/2, squared Hellinger 1 - exp(-1/8).
  private static let cases: [(Divergence, exact: Double, bias: Double)] = [
    (.kullbackLeibler, 0.5, 0.2), (.renyi(order: 0.5), 0.25, 0.09),
    (.renyi(order: 0.8), 0.4, 0.16), (.squaredHellinger, 1 - exp(-0.125), 0.05),
  ]

  @Test(arguments: [0, 1, 2, 3])
  func `Divergences of two normal laws`(index: Int) throws {
    let (divergence, exact, bias) = Self.cases[index]
    let pool = WorkerPool()
    expectAgreement(with: exact, seed: .test(index), minimalBias: bias) { seed, effort in
      var rng = seed.makeStream()
      let first = normals(3000 * effort, mean: [0], using: &rng)
      let second = normals(3000 * effort, mean: [1], using: &rng)
      return NeighborRatios(of: first, to: second, pool: pool).estimate(divergence)
    }
  }

  @Test func `Equal laws are no distance apart, also in three dimensions`() {
    var rng = Seed.test().makeStream()
    let first = normals(1500, mean: [0, 0, 0], using: &rng)
    let second = normals(2500, mean: [0, 0, 0], using: &rng)
    let estimate = NeighborRatios(of: first, to: second, pool: WorkerPool()).estimate(
      .kullbackLeibler)
    // The linear terms vanish; what is left is the scatter of single ratios, a few hundredths.
    #expect(estimate.value < 0.05, "\(estimate)")
  }

  @Test func `Samples in blocks widen the error by what they repeat`() {
    // Every sample nine times with a tiny spread: a ninth of the independent ones.
    var rng = Seed.test().makeStream()
    func repeated(_ mean: Double) -> SampleMatrix {
      SampleMatrix(
        (0..<200).flatMap { _ -> [Double] in
          let x = mean + rng.normal()
          return (0..<9).map { _ in x + 0.3 * rng.normal() }
        }, rowCount: 1800, columnCount: 1)
    }
    let ratios = NeighborRatios(of: repeated(0), to: repeated(1), pool: WorkerPool())
    let blocks = (0..<1800).map { $0 / 9 }
    let naive = ratios.estimate(.kullbackLeibler)
    let honest = ratios.estimate(.kullbackLeibler, blocks: (blocks, blocks))
    #expect(honest.value == naive.value)
    // Between one and three, nearly three: samples of a block are alike up to 0.3.
    #expect(honest.error > 2.2 * naive.error && honest.error < 3.3 * naive.error)
  }

  @Test func `Estimates do not depend on the number of threads`() {
    var rng = Seed.test().makeStream()
    let first = normals(400, mean: [0, 0], using: &rng)
    let second = normals(700, mean: [0.5, 0], using: &rng)
    let estimates = [1, 2].map {
      NeighborRatios(of: first, to: second, pool: WorkerPool(threadCount: $0)).estimate(
        .renyi(order: 0.7))
    }
    #expect(estimates[0] == estimates[1])
  }
}
