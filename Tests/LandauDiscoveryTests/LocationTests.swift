import LandauCore
import LandauExact
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A smooth step of known steepest point, measured with errors.
private func step(
  _ parameters: [Double], at center: Double, error: Double, seed: Seed
) -> PredictionCurve {
  var rng = seed.makeStream()
  let means = parameters.map { tanh(3 * ($0 - center)) + error * rng.normal() }
  return PredictionCurve(
    parameters: parameters, means: means,
    testErrors: [Double](repeating: error, count: means.count), trainingModes: [],
    spreads: [Double](repeating: 10 * error, count: means.count))
}

private func grid(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
  (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
}

@Test
func theCubicSplineHasTheSlopeOfACubic() {
  let x = grid(0, 3, 13)
  let spline = CubicSpline(x: x, y: x.map { $0 * $0 * $0 - 2 * $0 })
  // The slope in the middle of the range, away from the natural ends.
  #expect(abs(spline.slope(interval: 6, fraction: 0) - (3 * 1.5 * 1.5 - 2)) < 0.02)
}

@Test
func smoothingKeepsWhatItMustNotPenalise() {
  // A parabola has no third derivative: any amount of smoothing leaves it alone, on any grid.
  let x = [0, 0.1, 0.3, 0.35, 0.7, 1.1, 1.2, 1.9]
  let y = x.map { 2 - $0 + 3 * $0 * $0 }
  let smooth = Smoothing.values(x: x, y: y, errors: x.map { _ in 0.1 })
  #expect(zip(y, smooth).allSatisfy { abs($0 - $1) < 1e-6 })
}

@Test
func smoothingHalvesTheNoiseOfASmoothCurve() {
  let x = grid(0, 2, 61)
  var rng = Seed.test("smoothing").makeStream()
  let truth = x.map { tanh(2 * ($0 - 1)) }
  let noisy = truth.map { $0 + 0.05 * rng.normal() }
  func distance(_ y: [Double]) -> Double {
    zip(y, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
  let smooth = Smoothing.values(x: x, y: noisy, errors: x.map { _ in 0.05 })
  #expect(distance(smooth) < 0.5 * distance(noisy))
}

@Test(arguments: [7, 31, 45, 61, 91])
func aSlopeFallingFromTheEdgeIsNoInteriorPeakOnAnyGrid(count: Int) {
  let x = grid(0, 2, count)
  #expect(SlopePeak.exact(parameters: x, means: x.map { 1 - exp(-2 * $0) }) == nil)
}

@Test
func theLocationErrorCoversTheTruth() {
  // Pulls of 60 measured steps: mean within 4.6 standard errors of 0, spread near 1.
  var pulls: [Double] = []
  for index in 0..<60 {
    let curve = step(grid(0, 2, 41), at: 0.9, error: 0.02, seed: .test("pull", index))
    let peak = SlopePeak(curve, seed: .test("pull resampled", index), resamples: 100)
    #expect(peak.kind == .located)
    pulls.append(peak.location.pull(to: 0.9))
  }
  let mean = pulls.reduce(0, +) / 60
  let spread = (pulls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59).squareRoot()
  #expect(abs(mean) < 0.6)
  #expect(spread > 0.5 && spread < 1.5, "spread of pulls \(spread)")
}

@Test
func aGapAroundThePeakIsBracketed() {
  let x = grid(0, 0.6, 20) + grid(1.3, 2, 20)
  let peak = SlopePeak(step(x, at: 0.95, error: 0.01, seed: .test("gap")), seed: Seed(1))
  #expect(peak.kind == .bracketed(0.6...1.3))
}

@Test
func aGapElsewhereDoesNotAttractTheLocation() {
  let x = grid(0, 1.2, 40) + grid(1.6, 2, 14)
  let peak = SlopePeak(step(x, at: 0.7, error: 0.01, seed: .test("gap elsewhere")), seed: Seed(1))
  #expect(peak.kind == .located)
  #expect(abs(peak.location.value - 0.7) < 5 * peak.location.error)
}

@Test
func aMonotonousSlopeHasNoInteriorPeak() {
  let x = grid(0, 2, 41)
  let means = x.map { exp($0) }
  let curve = PredictionCurve(
    parameters: x, means: means, testErrors: [Double](repeating: 1e-3, count: 41),
    trainingModes: [], spreads: [Double](repeating: 1, count: 41))
  #expect(SlopePeak(curve, seed: Seed(1)).kind == .atEdge)
}

@Test
func chiSquareUsesTheWholeCovariance() {
  // One training mode that moves the curve as a whole costs one unit when the curve is off by it.
  let n = 10
  let curve = PredictionCurve(
    parameters: grid(0, 1, n), means: [Double](repeating: 0.5, count: n),
    testErrors: [Double](repeating: 1e-3, count: n),
    trainingModes: [[Double](repeating: 0.5, count: n)], spreads: [Double](repeating: 1, count: n))
  #expect(abs(curve.chiSquare(to: [Double](repeating: 0, count: n)) - 1) < 1e-3)
}

@Test(arguments: [(16, 2.33), (32, 2.30), (64, 2.28)])
func theOptimumOfTheSquareIsingModelPeaksWhereKnown(side: Int, expected: Double) throws {
  let torus = try KaufmanTorus(rows: side, columns: side)
  let temperatures = grid(1.5, 3, 61)
  let optimum = PredictionOptimum(
    parameters: temperatures,
    distributions: temperatures.map { torus.energyDistribution(beta: 1 / $0).probabilities })
  // Orientation values to two digits; they depend on the grid.
  #expect(abs(try #require(optimum.peak) - expected) < 0.02)
  #expect(zip(optimum.means, optimum.means.dropFirst()).allSatisfy { $0 < $1 })
}

@Test
func theGaugeOptimumMovesByLogTwoPerDoubling() throws {
  let betas = grid(0.05, 4.55, 91)
  let peaks = try [4, 8, 16].map { side -> Double in
    let torus = try IsingGaugeTorus(rows: side, columns: side)
    let optimum = PredictionOptimum(
      parameters: betas,
      distributions: betas.map { torus.energyDistribution(beta: $0).probabilities })
    return try #require(optimum.peak)
  }
  #expect(abs(peaks[1] - peaks[0] - log(2)) < 0.15, "\(peaks)")
  #expect(abs(peaks[2] - peaks[1] - log(2)) < 0.1, "\(peaks)")
}
