import LandauCore

/// The mean squared pull of many repeats: one when errors are right. Its own error is that of squares of
/// normal numbers.
func squaredPull(
  _ seed: Seed, repeats: Int, _ pull: (Seed) throws -> Double
) rethrows -> Estimate {
  var sum = 0.0
  for index in 0..<repeats {
    let value = try pull(seed.child("repeat", index))
    sum += value * value
  }
  return Estimate(sum / Double(repeats), error: (2 / Double(repeats)).squareRoot())
}
