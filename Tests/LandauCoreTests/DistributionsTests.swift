import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

/// The survival function of the chi-square distribution, under a short name for the tests of this room.
func chiSquareTail(_ x: Double, _ degreesOfFreedom: Int) -> Double {
  chiSquareSurvival(x, degreesOfFreedom: Double(degreesOfFreedom))
}

@Suite struct RandomNumberTests {
  /// Golden values from a Python version of the mappings.
  @Test func uniformNumbers() {
    var stream = Seed(7).makeStream()
    #expect(
      (0..<3).map { _ in stream.uniform() } == [
        0.05536043647833311, 0.17211585444811772, 0.7175761283586594,
      ])
  }

  @Test func indices() {
    var stream = Seed(7).makeStream()
    #expect((0..<12).map { _ in stream.index(below: 10) } == [0, 1, 7, 4, 9, 4, 7, 3, 9, 0, 1, 1])
    // A bound that rejects a quarter of the words.
    let wide = 3 << 61
    #expect(
      (0..<4).map { _ in stream.index(below: wide) } == [
        5_076_246_870_985_427_331, 782_274_086_379_702_974, 3_421_653_087_225_065_693,
        1_126_269_697_294_550_581,
      ])
    #expect(stream.index(below: 1) == 0)
  }

  @Test func normalNumbers() {
    var stream = Seed(7).makeStream()
    for expected in [0.15864398364230053, -1.4267532562805325, -2.515258995020244] {
      expectClose(stream.normal(), expected, ulps: 4)
    }
  }

  @Test func shuffling() {
    var stream = Seed(7).makeStream()
    var items = Array(0..<10)
    stream.shuffle(&items)
    #expect(items == [3, 8, 9, 4, 6, 7, 2, 5, 1, 0])
    var (none, one) = ([Int](), [5])
    stream.shuffle(&none)
    stream.shuffle(&one)
    #expect(none.isEmpty && one == [5])
  }

  /// A generator that returns what it is told, for the ends of the mappings.
  private struct Script: RandomNumberGenerator {
    var words: [UInt64]
    mutating func next() -> UInt64 { words.removeFirst() }
  }

  @Test func endsOfTheMappings() {
    var script = Script(words: [0, .max, 0, .max, .max, 0])
    #expect(script.uniform() == 0)
    #expect(script.uniform() == 1 - 0x1p-53)
    // Box and Muller: radius sqrt(-2 ln 1) = 0, then the largest radius.
    #expect(script.normal() == 0)
    expectClose(script.normal(), (2 * 53 * 0.6931471805599453).squareRoot(), ulps: 8)
  }

  /// Lemire's rejection: with words of 64 bits and 6 values, exactly the 4 words whose product falls
  /// below 2^64 mod 6 = 4 are refused; here word 0 (product 0), so that the next one is used.
  @Test func rejection() {
    var script = Script(words: [0, .max])
    #expect(script.index(below: 6) == 5)
    #expect(script.words.isEmpty)
    // 4 = 2^64 mod 6 itself is kept: the word w with 6 w = 4 mod 2^64 and top part 0..5.
    var kept = Script(words: [(1 << 63) / 3 * 2 + 1])
    #expect((0..<6).contains(kept.index(below: 6)))
  }

  @Test(arguments: 1...4)
  func momentsOfUniformNumbers(power: Int) {
    let mean = 1 / Double(power + 1)
    let variance = 1 / Double(2 * power + 1) - mean * mean
    expectAgreement(with: mean, seed: .test(power), minimalBias: 0.005) { seed, effort in
      var stream = seed.makeStream()
      let count = 200_000 * effort
      let sum = (0..<count).reduce(0.0) { sum, _ in
        let x = stream.uniform()
        return sum + (0..<power).reduce(1.0) { product, _ in product * x }
      }
      return Estimate(sum / Double(count), error: (variance / Double(count)).squareRoot())
    }
  }

  /// Moments of the normal distribution: 0, 1, 0, 3 with variances 1, 2, 15, 96.
  @Test(arguments: [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)])
  func momentsOfNormalNumbers(power: Int, mean: Double, variance: Double) {
    expectAgreement(
      with: mean, seed: .test(power), minimalBias: 0.012 * variance.squareRoot()
    ) { seed, effort in
      var stream = seed.makeStream()
      let count = 200_000 * effort
      let sum = (0..<count).reduce(0.0) { sum, _ in
        let x = stream.normal()
        return sum + (0..<power).reduce(1.0) { product, _ in product * x }
      }
      return Estimate(sum / Double(count), error: (variance / Double(count)).squareRoot())
    }
  }

  /// Tails: one in 370 beyond three sigma.
  @Test func tailOfNormalNumbers() {
    let probability = 2 * normalSurvival(3)
    expectAgreement(with: probability, seed: .test(), minimalBias: 6e-4) { seed, effort in
      var stream = seed.makeStream()
      let count = 200_000 * effort
      let beyond = (0..<count).count { _ in abs(stream.normal()) > 3 }
      return Estimate(
        Double(beyond) / Double(count),
        error: (probability * (1 - probability) / Double(count)).squareRoot())
    }
  }

  @Test(arguments: [2, 3, 6, 7, 10, 64, 100])
  func indicesAreEquallyLikely(count: Int) {
    expectPlausible(seed: .test(count)) { seed, effort in
      var stream = seed.makeStream()
      let draws = 1000 * count * effort
      var counts = [Int](repeating: 0, count: count)
      for _ in 0..<draws { counts[stream.index(below: count)] += 1 }
      let expected = Double(draws) / Double(count)
      let chiSquare = counts.reduce(0.0) { $0 + pow2(Double($1) - expected) / expected }
      return chiSquareTail(chiSquare, count - 1)
    }
  }

  /// Where a modulo would prefer the lower third: 3 x 2^61 is three quarters of the range of words.
  @Test func largeBoundsAreUnbiased() {
    expectAgreement(with: 1.0 / 3, seed: .test(), minimalBias: 0.02) { seed, effort in
      var stream = seed.makeStream()
      let draws = 30_000 * effort
      let low = (0..<draws).count { _ in stream.index(below: 3 << 61) < 1 << 61 }
      return Estimate(
        Double(low) / Double(draws), error: (2.0 / 9 / Double(draws)).squareRoot())
    }
  }

  @Test func everyOrderOfAShuffleIsEquallyLikely() {
    expectPlausible(seed: .test()) { seed, effort in
      var stream = seed.makeStream()
      let draws = 24_000 * effort
      var counts: [[Int]: Int] = [:]
      for _ in 0..<draws {
        var items = [0, 1, 2, 3]
        stream.shuffle(&items)
        counts[items, default: 0] += 1
      }
      let expected = Double(draws) / 24
      let seen = counts.values.reduce(0.0) { $0 + pow2(Double($1) - expected) / expected }
      return chiSquareTail(seen + Double(24 - counts.count) * expected, 23)
    }
  }

  private func pow2(_ x: Double) -> Double { x * x }
}
