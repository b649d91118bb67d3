import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct PowerLawTests {
  private func pareto(_ exponent: Double, _ count: Int, _ rng: inout RandomStream) -> [Double] {
    (0..<count).map { _ in pow(1 - rng.uniform(), 1 / (1 - exponent)) }
  }

  /// Pulls of many fits with a known lower end have variance one; the mean exponent is right (its bias is a/n).
  @Test(arguments: [2.0, 3.5])
  func exponentsAreRecoveredWithinTheirErrors(_ exponent: Double) throws {
    try expectAgreement(
      with: 1, seed: .test(exponent), minimalBias: 0.25
    ) { seed, effort in
      let squares = try (0..<(900 * effort)).map { index -> Double in
        var rng = seed.child("sample", index).makeStream()
        let data = pareto(exponent, 400, &rng)
        let fit = try #require(PowerLaw(data, lower: 1))
        let pull = (fit.exponent.value - exponent) / fit.exponent.error
        return pull * pull
      }
      let mean = squares.reduce(0, +) / Double(squares.count)
      let spread = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Estimate(
        mean, error: (spread / Double(squares.count * (squares.count - 1))).squareRoot())
    }
  }

  /// Silent error 18: a cut that moves the exponent.
  @Test func lowerEndAndTruncation() throws {
    var rng = Seed.test().makeStream()
    // A flat body below 1 and a tail above.
    let body = (0..<1000).map { _ in rng.uniform() }
    let tail = pareto(2.5, 1000, &rng)
    let fit = try #require(PowerLaw(body + tail))
    #expect(fit.lower > 0.7 && fit.lower < 2, "\(fit.lower)")
    expectClose(fit.exponent.value, 2.5, absolute: 5 * fit.exponent.error + 0.05)
    #expect(fit.warning == nil && fit.count == 2000)
    // Cut at 5: the cut law's likelihood is unbiased, the plain one's is not.
    let cut = tail.filter { $0 <= 5 }
    let truncated = try #require(PowerLaw(cut, lower: 1, upper: 5))
    expectClose(truncated.exponent.value, 2.5, absolute: 5 * truncated.exponent.error)
    let plain = try #require(PowerLaw(cut, lower: 1))
    #expect(plain.exponent.value > 2.5 + 5 * plain.exponent.error)
    // Draws of the cut law stay below its end and give its exponent back.
    let again = (0..<4000).map { _ in truncated.draw(&rng) }
    #expect(again.max()! <= 5 && again.min()! >= 1)
    let refit = try #require(PowerLaw(again, lower: 1, upper: 5))
    expectClose(
      refit.exponent.value, truncated.exponent.value, absolute: 5 * refit.exponent.error)
  }

  @Test func goodnessOfFitTellsPowerLawsFromExponentials() throws {
    var rng = Seed.test().makeStream()
    let tail = pareto(2.5, 300, &rng)
    let fit = try #require(PowerLaw(tail, candidates: 30))
    let good = fit.goodnessOfFit(tail, samples: 100, candidates: 30, using: &rng)
    #expect(good.value > 0.1, "\(good)")
    // Exponential data, the range fixed to all of it: rejected. (With a free range a fit retreats into the far tail.)
    let other = (0..<1000).map { _ in 1 - log(1 - rng.uniform()) }
    let wrong = try #require(PowerLaw(other, lower: 1))
    let bad = wrong.goodnessOfFit(other, samples: 100, lowerIsFixed: true, using: &rng)
    #expect(bad.value < 0.05, "\(bad)")
    let free = try #require(PowerLaw(other, minimalCount: 300, candidates: 30))
    let freely = free.goodnessOfFit(
      other, samples: 100, minimalCount: 300, candidates: 30, using: &rng)
    #expect(freely.value < 0.1, "\(freely)")
  }

  /// Silent error 18: an exponent that few data carry.
  @Test func aFingerIsReported() throws {
    var rng = Seed.test().makeStream()
    let tail = pareto(4, 200, &rng)
    let finger = (0..<10).map { 1e4 + Double($0) }
    let fit = try #require(PowerLaw(tail + finger, lower: 1))
    #expect(fit.warning?.contains("carry the exponent") == true)
    #expect(try #require(PowerLaw(tail, lower: 1)).warning == nil)
    #expect(PowerLaw([1, 2, 3]) == nil)
    #expect(PowerLaw([Double](repeating: 2, count: 50)) == nil)
  }

  @Test func weightSpectraOfRandomMatrices() throws {
    var rng = Seed.test().makeStream()
    let weight = Tensor.normal([200, 100], using: &rng) * 0.5
    let spectrum = try WeightSpectrum(of: weight)
    #expect(spectrum.eigenvalues.count == 100)
    // The trace is the mean square times the smaller extent.
    expectClose(
      spectrum.eigenvalues.reduce(0, +), spectrum.variance * 100, relative: 1e-12)
    // Edges of the Marchenko-Pastur law, which fluctuate by n^(-2/3).
    let range = spectrum.randomRange
    expectClose(spectrum.eigenvalues.last!, range.upperBound, relative: 0.1)
    expectClose(spectrum.eigenvalues[0], range.lowerBound, relative: 0.35)
    // A planted direction stands outside.
    let spiked = try WeightSpectrum(of: weight + Tensor.ones([200, 100]))
    #expect(spiked.eigenvalues[99] > 5 * range.upperBound && spiked.stableRank < 2)
  }
}
