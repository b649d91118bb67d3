import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Metropolis acceptance a min(1, exp(-beta dE)) with a common factor a < 1.
///
/// With a = 1 a sweep in fixed order can be reducible: where every spin of a colour has as many
/// neighbours up as down all of them flip for certain, and diagonal stripes of width two on a
/// checkerboard only ever change into one another; and at beta = 0 a sweep just inverts all spins. Any
/// factor below one leaves detailed balance intact and lets every attempt both succeed and fail, so a
/// sweep leads from any configuration to any other with positive probability: irreducible and
/// aperiodic at every temperature, in every order.
///
/// The factor is 15/16, or 1/2 at temperatures where even the costliest flip would be accepted more
/// often than not (at beta = 0 one sweep then gives an independent configuration).
struct MetropolisAcceptance: Sendable, Hashable {
  let beta: Double
  /// a = 1 - 2^-lazyBits.
  let lazyBits: Int

  /// - Parameter largestCost: the largest energy change of an attempt, at least zero.
  init(beta: Double, largestCost: Double) {
    self.beta = beta
    lazyBits = exp(-beta * largestCost) > 0.5 ? 1 : 4
  }

  var factor: Double { lazyBits == 1 ? 0.5 : 0.9375 }

  func probability(energyChange: Double) -> Double {
    energyChange <= 0 ? factor : factor * exp(-beta * energyChange)
  }

  /// The probability times 2^64, rounded down: a 64-bit word below it accepts. The relative error is
  /// that of `exp`, the absolute error at most 2^-53.
  func threshold(energyChange: Double) -> UInt64 {
    UInt64(probability(energyChange: energyChange) * 0x1p64)
  }
}
