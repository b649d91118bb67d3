import LandauCore
import LandauExact
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One sample of H = E(s) - Gamma sum x: 2^N independent energies of variance N/2 in a transverse field.
struct QuantumRandomEnergies {
  let siteCount: Int
  /// Of the basis states, bit i set where spin i is down.
  let energies: [Double]

  init(siteCount: Int, seed: Seed) {
    self.siteCount = siteCount
    var rng = seed.makeStream()
    let width = (Double(siteCount) / 2).squareRoot()
    energies = (0..<1 << siteCount).map { _ in width * rng.normal() }
  }

  func hamiltonian(field: Double, pool: WorkerPool) -> SparseHamiltonian {
    SparseHamiltonian(dimension: energies.count, pool: pool) { state in
      [(state, energies[state])] + (0..<siteCount).map { (state ^ 1 << $0, -field) }
    }
  }

  /// The mean of x per spin in the ground state: it never falls as the field grows, because the ground energy is concave in it.
  func transverseMagnetization(
    field: Double, seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> Double {
    let ground = try hamiltonian(field: field, pool: pool).lowest(
      1, seed: seed, cancellation: cancellation)[0].vector
    let sum = (0..<siteCount).reduce(0.0) { sum, site in
      ground.indices.reduce(sum) { $0 + ground[$1] * ground[$1 ^ 1 << site] }
    }
    return sum / Double(siteCount)
  }

  /// The field where the mean of x per spin passes one half, by bisection.
  func transition(
    seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> Double {
    var (low, high) = (0.2, 2.0)
    while high - low > 1e-3 {
      let middle = (low + high) / 2
      let x = try transverseMagnetization(
        field: middle, seed: seed, pool: pool, cancellation: cancellation)
      if x < 0.5 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Where the energies of both phases cross to second order in what each leaves out.
  ///
  /// The lowest state sees N neighbours |E_0| above it: E_0 - Gamma^2 N/|E_0|. The paramagnet sees the variance N/2 spread over states N Gamma above it:
  /// -Gamma N - (N/2)/(N Gamma).
  var perturbativeTransition: Double {
    Self.perturbativeTransition(siteCount: siteCount, lowest: energies.min()!)
  }

  private static func perturbativeTransition(siteCount: Int, lowest: Double) -> Double {
    let n = Double(siteCount)
    var (low, high) = (0.2, 2.0)
    for _ in 0..<60 {
      let field = (low + high) / 2
      let glass = lowest + field * field * n / lowest
      let paramagnet = -field * n - 1 / (2 * field)
      if glass < paramagnet { low = field } else { high = field }
    }
    return (low + high) / 2
  }

  /// The mean of `perturbativeTransition` over samples: the lowest of M = 2^N energies is below e with the chance u = 1 - (1 - p)^M, p that of a
  /// single one; the mean is over the middles of 2000 equal parts of u.
  static func meanPerturbativeTransition(siteCount: Int) -> Double {
    let width = (Double(siteCount) / 2).squareRoot()
    let count = 2000
    let sum = (0..<count).reduce(0.0) { sum, index in
      let u = (Double(index) + 0.5) / Double(count)
      let p = -expm1(log1p(-u) / Double(1 << siteCount))
      return sum
        + perturbativeTransition(siteCount: siteCount, lowest: width * normalQuantile(p))
    }
    return sum / Double(count)
  }
}
