import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Normal clouds of width one about given centres, one after the other.
private func clouds(_ centers: [[Double]], each count: Int, seed: Seed) -> SampleMatrix {
  var rng = seed.makeStream()
  return SampleMatrix(
    centers.flatMap { center in
      (0..<count).flatMap { _ in center.map { $0 + rng.normal() } }
    }, rowCount: centers.count * count, columnCount: centers[0].count)
}

@Suite struct ClusterTests {
  /// Twelve points whose third seed has a law that can be written down, far from their mean.
  private static let points = SampleMatrix(
    [0, 0, 1, 0, 0, 2, 5, 5, 6, 5, 5, 7, -3, 4, -4, 4, 9, -1, 8, -2, 2, 2, 3, 1],
    rowCount: 12, columnCount: 2)

  /// The exact law of ordered pairs (second, third) seed given all firsts equally likely.
  private static func law() -> [Double] {
    let n = points.rowCount
    func square(_ a: Int, _ b: Int) -> Double {
      zip(points[a], points[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    var law = [Double](repeating: 0, count: n * n)
    for first in 0..<n {
      let total = (0..<n).reduce(0) { $0 + square(first, $1) }
      for second in 0..<n where second != first {
        let nearest = (0..<n).map { min(square(first, $0), square(second, $0)) }
        let rest = nearest.reduce(0, +)
        for third in 0..<n {
          law[second * n + third] +=
            square(first, second) / total * nearest[third] / rest / Double(n)
        }
      }
    }
    return law
  }

  @Test(arguments: [KMeansSeeding.squaredDistance, .rejection(trials: nil)])
  func `Seeds follow the law of squared distances`(seeding: KMeansSeeding) {
    let law = Self.law()
    let seeder = KMeansSeeder(Self.points)
    expectPlausible(seed: .test(seeding)) { seed, effort in
      var rng = seed.makeStream()
      let draws = 40_000 * effort
      var counts = [Double](repeating: 0, count: law.count)
      for _ in 0..<draws {
        let rows = seeder.seeds(3, by: seeding, using: &rng).rows
        counts[rows[1] * 12 + rows[2]] += 1
      }
      return Self.probability(counts, law, draws: draws)
    }
  }

  @Test func `Few trials leave the law of squared distances`() {
    // The test of the test above: with one trial most seeds are uniform.
    let law = Self.law()
    let seeder = KMeansSeeder(Self.points)
    var rng = Seed.test().makeStream()
    var counts = [Double](repeating: 0, count: law.count)
    var exhausted = 0
    for _ in 0..<40_000 {
      let seeds = seeder.seeds(3, by: .rejection(trials: 1), using: &rng)
      counts[seeds.rows[1] * 12 + seeds.rows[2]] += 1
      exhausted += seeds.exhaustedCount
    }
    #expect(exhausted > 0)
    #expect(Self.probability(counts, law, draws: 40_000) < 1e-12)
  }

  private static func probability(_ counts: [Double], _ law: [Double], draws: Int) -> Double {
    // Cells of fewer than eight expected draws are taken together.
    var (chi, cells, rest, restExpected) = (0.0, 0, 0.0, 0.0)
    for (count, probability) in zip(counts, law) {
      let expected = probability * Double(draws)
      if expected < 8 {
        rest += count
        restExpected += expected
      } else {
        chi += (count - expected) * (count - expected) / expected
        cells += 1
      }
    }
    if restExpected > 0 {
      chi += (rest - restExpected) * (rest - restExpected) / restExpected
      cells += 1
    }
    return chiSquareSurvival(chi, degreesOfFreedom: Double(cells - 1))
  }

  @Test func `Equal points are no trouble`() {
    let matrix = SampleMatrix([Double](repeating: 3, count: 20), rowCount: 10, columnCount: 2)
    var rng = Seed.test().makeStream()
    for seeding in [KMeansSeeding.squaredDistance, .rejection(trials: nil), .rejection(trials: 2)] {
      let run = KMeans(matrix, clusterCount: 3, seeding: seeding, using: &rng)
      #expect(run.cost == 0)
      #expect(run.status == .converged)
    }
    let mixture = GaussianMixture(matrix, componentCount: 2, using: &rng)
    #expect(!mixture.degenerate.isEmpty)
  }

  @Test func `Separate clouds are found, and the cost is that of the labels`() {
    let matrix = clouds([[0, 0], [20, 0], [0, 20], [20, 20]], each: 50, seed: .test())
    var rng = Seed.test("run").makeStream()
    let run = KMeans(matrix, clusterCount: 4, restarts: 5, using: &rng)
    #expect(run.status == .converged)
    for cloud in 0..<4 { #expect(Set(run.labels[cloud * 50..<cloud * 50 + 50]).count == 1) }
    #expect(Set(run.labels).count == 4)
    let cost = (0..<200).reduce(0.0) { sum, row in
      zip(matrix[row], run.centers[run.labels[row]]).reduce(sum) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
    }
    expectClose(run.cost, cost, relative: 1e-13)
    expectClose(run.cost, KMeans.cost(of: matrix, centers: run.centers), relative: 1e-13)
  }

  @Test func `A centre without samples is placed anew`() {
    let matrix = SampleMatrix([0, 1, 10, 11], rowCount: 4, columnCount: 1)
    let far = SampleMatrix([0, 500], rowCount: 2, columnCount: 1)
    let run = KMeans(matrix, centers: far)
    #expect(run.refills == 1)
    #expect(run.cost == 1)
  }

  @Test func `One normal component is the mean and the covariance`() {
    let matrix = clouds([[3, -1]], each: 300, seed: .test())
    var rng = Seed.test("fit").makeStream()
    let mixture = GaussianMixture(matrix, componentCount: 1, regularization: 1e-12, using: &rng)
    let mean = matrix.mean
    for a in 0..<2 {
      expectClose(mixture.means[0][a], mean[a], relative: 1e-13)
      for b in 0..<2 {
        let covariance = (0..<300).reduce(0.0) {
          $0 + (matrix[$1][a] - mean[a]) * (matrix[$1][b] - mean[b])
        }
        expectClose(mixture.covariances[0][2 * a + b], covariance / 300, absolute: 1e-10)
      }
    }
    // ln L of the maximum: -(n/2) (d ln 2 pi + ln det + d).
    let c = mixture.covariances[0]
    let exact = -150 * (2 * log(2 * Double.pi) + log(c[0] * c[3] - c[1] * c[2]) + 2)
    expectClose(mixture.logLikelihood, exact, relative: 1e-10)
    #expect(mixture.parameterCount == 5)
    expectClose(mixture.bayesianInformation, -2 * exact + 5 * log(300.0), relative: 1e-10)
  }

  @Test(arguments: [GaussianMixture.Shape.full, .diagonal])
  func `The criterion finds three clouds and their numbers`(shape: GaussianMixture.Shape) {
    let matrix = clouds([[0, 0], [6, 0], [0, 8]], each: 250, seed: .test(shape))
    var rng = Seed.test("fit", shape).makeStream()
    let (best, criteria) = GaussianMixture.selection(
      matrix, componentCounts: 1...5, shape: shape, using: &rng)
    #expect(criteria.count == 5)
    #expect(best.componentCount == 3)
    #expect(best.status == .converged)
    #expect(best.degenerate.isEmpty)
    for weight in best.weights { expectClose(weight, 1.0 / 3, absolute: 0.02) }
    for c in best.covariances {
      // 250 normal numbers know a variance to 9 %; five of these.
      expectClose(c[0], 1, absolute: 0.45)
      expectClose(c[3], 1, absolute: 0.45)
    }
    let sums = best.responsibilities(matrix)
    for row in 0..<matrix.rowCount { expectClose(sums[row].reduce(0, +), 1, ulps: 8) }
    #expect(Set(best.labels(matrix)[0..<250]).count <= 2)
  }

  @Test func `A component on one sample is named`() {
    let matrix = SampleMatrix(
      clouds([[0]], each: 60, seed: .test()).values + [300], rowCount: 61, columnCount: 1)
    var rng = Seed.test("fit").makeStream()
    let mixture = GaussianMixture(matrix, componentCount: 2, using: &rng)
    #expect(mixture.degenerate.count == 1)
    let lone = mixture.degenerate[0]
    expectClose(mixture.weights[lone], 1.0 / 61, relative: 1e-9)
    #expect(mixture.logLikelihood.isFinite)
  }
}
