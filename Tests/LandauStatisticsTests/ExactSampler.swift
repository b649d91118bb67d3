import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The 4 x 4 Ising torus by its joint density of states, sampled without any Markov chain of spins.
struct ExactIsing {
  /// Total energy, total magnetisation (its modulus), number of configurations.
  let classes: [(energy: Double, magnetization: Double, count: Double)]

  static let torus = ExactIsing()

  private init() {
    var counts: [SIMD2<Int>: Int] = [:]
    for bits in 0..<65_536 {
      func spin(_ x: Int, _ y: Int) -> Int { bits >> (4 * (y & 3) + (x & 3)) & 1 == 1 ? 1 : -1 }
      var (energy, magnetization) = (0, 0)
      for site in 0..<16 {
        let (x, y) = (site & 3, site >> 2)
        energy -= spin(x, y) * (spin(x + 1, y) + spin(x, y + 1))
        magnetization += spin(x, y)
      }
      counts[[energy, abs(magnetization)], default: 0] += 1
    }
    classes = counts.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }
      .map { (Double($0.key.x), Double($0.key.y), Double($0.value)) }
  }

  func logPartition(beta: Double) -> Double {
    32 * beta + log(classes.reduce(0) { $0 + $1.count * exp(-beta * ($1.energy + 32)) })
  }

  func mean(beta: Double, _ value: (_ energy: Double, _ magnetization: Double) -> Double) -> Double
  {
    let (sum, total) = classes.reduce((0.0, 0.0)) { sums, item in
      let weight = item.count * exp(-beta * (item.energy + 32))
      return (sums.0 + weight * value(item.energy, item.magnetization), sums.1 + weight)
    }
    return sum / total
  }

  /// A state whose chains keep their configuration with probability `memory` and else draw an
  /// independent one: rho(t) = memory^t. Observables are m^2 and m^4 per site.
  func state(
    beta: Double, logWeight: (@Sendable (Double) -> Double)? = nil, memory: Double = 0,
    counts: [Int], seed: Seed
  ) -> SampledState {
    let weight: @Sendable (Double) -> Double = logWeight ?? { -beta * $0 }
    let highest = classes.map { weight($0.energy) + log($0.count) }.max()!
    var cumulative: [Double] = []
    for item in classes {
      let share = exp(weight(item.energy) + log(item.count) - highest)
      cumulative.append((cumulative.last ?? 0) + share)
    }
    let chains = counts.enumerated().map { index, count -> [Int] in
      var rng = seed.child("exact chain", index).makeStream()
      var place = 0
      return (0..<count).map { step in
        if step == 0 || rng.uniform() >= memory {
          let target = rng.uniform() * cumulative.last!
          place = cumulative.firstIndex { $0 > target }!
        }
        return place
      }
    }
    func series(_ value: (Int) -> Double) -> Series { Series(chains.map { $0.map(value) }) }
    let energy = series { classes[$0].energy }
    let squares = series { pow(classes[$0].magnetization / 16, 2) }
    let observables = [squares, squares.map { $0 * $0 }]
    return logWeight.map { SampledState(logWeight: $0, energy: energy, observables: observables) }
      ?? SampledState(beta: beta, energy: energy, observables: observables)
  }
}
