import LandauCore

/// The process x' = r x + sqrt(1 - r^2) times a normal number: mean 0, variance 1, rho(t) = r^t, started
/// in equilibrium. Its integrated time is (1 + r) / (2 (1 - r)).
struct Autoregression {
  var coefficient: Double

  var integratedTime: Double { (1 + coefficient) / (2 * (1 - coefficient)) }

  func chain(_ count: Int, using rng: inout some RandomNumberGenerator) -> [Double] {
    let noise = (1 - coefficient * coefficient).squareRoot()
    var value = rng.normal()
    return (0..<count).map { _ in
      defer { value = coefficient * value + noise * rng.normal() }
      return value
    }
  }

  func chains(_ counts: [Int], seed: Seed) -> [[Double]] {
    counts.enumerated().map { index, count in
      var rng = seed.child("chain", index).makeStream()
      return chain(count, using: &rng)
    }
  }
}
