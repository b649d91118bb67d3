import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func normals(_ rows: Int, _ columns: Int, seed: Seed) -> SampleMatrix {
  var rng = seed.makeStream()
  return SampleMatrix(
    (0..<rows * columns).map { _ in rng.normal() }, rowCount: rows, columnCount: columns)
}

@Suite struct SpectraTests {
  @Test func `Two points have one component, along the line through them`() throws {
    let pca = try PrincipalComponents(
      SampleMatrix([1, 2, 4, 6], rowCount: 2, columnCount: 2), count: 5)
    #expect(pca.componentCount == 1)
    #expect(pca.mean == [2.5, 4])
    // Half the squared distance, 25/2; the direction (3, 4)/5.
    expectClose(pca.variances[0], 12.5, ulps: 8)
    expectClose(pca.component(0)[0], 0.6, ulps: 8)
    expectClose(pca.component(0)[1], 0.8, ulps: 8)
  }

  @Test func `Both sides of the decomposition give the same components`() throws {
    let wide = normals(9, 12, seed: .test())
    let pca = try PrincipalComponents(wide, count: 3)
    #expect(pca.side == .gram)
    // Two more samples at the mean add nothing to the sums of squares, but turn the side.
    let tall = SampleMatrix(
      wide.values + pca.mean + pca.mean + pca.mean + pca.mean, rowCount: 13, columnCount: 12)
    let other = try PrincipalComponents(tall, count: 3)
    #expect(other.side == .covariance)
    for k in 0..<3 {
      expectClose(other.variances[k] * 12, pca.variances[k] * 8, relative: 1e-12)
      for c in 0..<12 {
        expectClose(other.component(k)[c], pca.component(k)[c], absolute: 1e-11)
      }
    }
    let z = pca.projected(wide)
    let square = (0..<9).reduce(0) { $0 + z[$1].first! * z[$1].first! }
    expectClose(square / 8, pca.variances[0], relative: 1e-12)
  }

  @Test func `The spectrum of noise ends at the edge of Marchenko and Pastur`() throws {
    let noise = normals(600, 150, seed: .test())
    let pca = try PrincipalComponents(noise, count: 1)
    let law = MarchenkoPastur(noiseOf: pca)
    // The largest variance scatters about the edge by n^(-2/3) of it (Tracy and Widom); five of these.
    expectClose(pca.variances[0] / law.upperEdge, 1, absolute: 5 * pow(600, -2.0 / 3))
    expectClose(pca.variances.last! / law.lowerEdge, 1, absolute: 10 * pow(600, -2.0 / 3))
    // The mean square of the law is 1 + p/n; its error here is below 2/n.
    let square = pca.variances.reduce(0) { $0 + $1 * $1 } / 150
    // The variance is one, the median's estimate of it good to some hundredths.
    expectClose(square, 1 + law.ratio, absolute: 0.02)
    expectClose(law.variance, 1, absolute: 0.04)
    let mass = (0..<4000).reduce(0.0) { sum, i in
      let step = (law.upperEdge - law.lowerEdge) / 4000
      return sum + step * law.density(at: law.lowerEdge + (Double(i) + 0.5) * step)
    }
    expectClose(mass, 1, absolute: 1e-4)
  }

  @Test func `A planted direction stands above the floor`() throws {
    let noise = normals(400, 100, seed: .test())
    var rng = Seed.test("signal").makeStream()
    var values = noise.values
    for row in 0..<400 {
      let signal = 1.5 * rng.normal()
      for c in 0..<100 { values[row * 100 + c] += signal * 0.1 * (c % 2 == 0 ? 1 : -1) * 2 }
    }
    let pca = try PrincipalComponents(
      SampleMatrix(values, rowCount: 400, columnCount: 100), count: 2)
    let law = MarchenkoPastur(noiseOf: pca)
    #expect(pca.variances[0] > 2 * law.upperEdge)
    #expect(pca.variances[1] < 1.1 * law.upperEdge)
    expectClose(law.variance, 1, absolute: 0.06)
    let overlap = (0..<100).reduce(0) { $0 + pca.component(0)[$1] * ($1 % 2 == 0 ? 0.1 : -0.1) }
    #expect(abs(overlap) > 0.95)
  }

  @Test func `The jackknife's error is the scatter of repetitions`() throws {
    // Two features with variances 4 and 1: the share of the first is 0.8; the error by the delta method is
    // 2 sqrt(1/n) 0.8 0.2 = 0.32/sqrt(n).
    let repeats = try (0..<40).map { index -> Estimate in
      var rng = Seed.test(index).makeStream()
      let matrix = SampleMatrix(
        (0..<800).map { $0 % 2 == 0 ? 2 * rng.normal() : rng.normal() }, rowCount: 400,
        columnCount: 2)
      let pca = try PrincipalComponents(matrix, count: 2)
      return try pca.explainedVariance(of: matrix, folds: (0..<400).map { $0 % 20 }, foldCount: 20)[
        0]
    }
    let error = (repeats.reduce(0) { $0 + $1.error * $1.error } / 40).squareRoot()
    // Forty errors of 19 degrees of freedom: the mean square is known to 1/sqrt(2 40 19) = 2.6 %... five of these.
    expectClose(error, 0.32 / 20, relative: 0.18)
    let mean = repeats.reduce(0) { $0 + $1.value } / 40
    expectClose(mean, 0.8, absolute: 5 * 0.016 / 40.0.squareRoot())
  }

  @Test(arguments: [0.05, 0.2, 1])
  func `Diffusion on a circle has the spectrum of Bessel functions`(width: Double) throws {
    let n = 160
    let circle = SampleMatrix(
      (0..<n).flatMap { i -> [Double] in
        let angle = 2 * Double.pi * Double(i) / Double(n)
        return [cos(angle), sin(angle)]
      }, rowCount: n, columnCount: 2)
    let map = try DiffusionMap(circle, count: 6, width: width)
    // exp(-(2 - 2 cos t)/w) has the Fourier coefficients I_k(2/w) exp(-2/w); equal spacing makes their ratio to the
    // zeroth exact up to aliases of order n. I_k by its integral.
    func bessel(_ k: Int) -> Double {
      (0..<2000).reduce(0) { sum, i in
        let t = 2 * Double.pi * Double(i) / 2000
        return sum + exp((2 / width) * (cos(t) - 1)) * cos(Double(k) * t)
      }
    }
    for k in 0..<6 {
      expectClose(map.eigenvalues[k], bessel(k / 2 + 1) / bessel(0), absolute: 1e-12)
    }
    // The first two coordinates are cosine and sine: of squares that sum to two.
    for i in 0..<n {
      let row = Array(map.coordinates[i])
      expectClose(row[0] * row[0] + row[1] * row[1], 2, absolute: 1e-9)
    }
  }

  @Test func `With alpha one the density of points on a circle drops out`() throws {
    var rng = Seed.test().makeStream()
    let n = 500
    // Denser on one side: angles t + 0.6 sin t.
    let circle = SampleMatrix(
      (0..<n).flatMap { i -> [Double] in
        let t = 2 * Double.pi * (Double(i) + rng.uniform()) / Double(n)
        return [cos(t + 0.6 * sin(t)), sin(t + 0.6 * sin(t))]
      }, rowCount: n, columnCount: 2)
    let map = try DiffusionMap(circle, count: 4)
    let chain = try DiffusionMap(circle, count: 4, alpha: 0, width: map.width)
    // 1, 1, 4, 4 up to the finite width, which the exact eigenvalues exp(-k^2 w/4) of a line carry.
    for (k, value) in map.eigenvalues.enumerated() {
      let mode = Double(k / 2 + 1)
      expectClose(-log(value) * 4 / map.width, mode * mode, relative: 0.1)
    }
    #expect(abs(-log(chain.eigenvalues[1]) * 4 / map.width - 1) > 0.2)
    expectClose(map.dimension, 1, absolute: 0.25)
  }
}
