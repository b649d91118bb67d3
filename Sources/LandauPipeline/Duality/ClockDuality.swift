#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Models of Z_q variables by the cosines of their energy, and their duals by Fourier transform.
///
/// ln W(n) = sum over j = 1...q/2 of K_j cos(2 pi j n/q), n the difference of neighbours: the clock model has K_1 only. On the square
/// lattice the dual has W~(m) = sum over n of W(n) cos(2 pi m n/q) (Savit, Rev. Mod. Phys. 52, 453, 1980), a model of the same
/// family. A function f of a link becomes G(m) = sum over n of f(n) W(n) cos(2 pi m n/q)/W~(m) of the dual one: for "the links agree",
/// W(0)/W~(m). Of q = 4 the dual is a clock model again; of 5 or more states it is not.
enum ClockDuality {
  /// ln W(n) by n from 0 to q/2.
  static func logWeights(_ couplings: [Double], states: Int) -> [Double] {
    (0...states / 2).map { n in
      couplings.enumerated().reduce(0) { $0 + $1.element * cosine(($1.offset + 1) * n, states) }
    }
  }

  /// By which K_j give ln W(n) - ln W(q/2), for n from 0 to q/2 - 1: what products with counts of differences are in the energy.
  static func combinations(states: Int, couplings: Int) -> [[Double]] {
    (0..<states / 2).map { n in
      (1...couplings).map { j in cosine(j * n, states) - cosine(j * (states / 2), states) }
    }
  }

  /// K_j of the dual, all of them.
  static func dual(_ couplings: [Double], states: Int) -> [Double] {
    let weights = logWeights(couplings, states: states).map(exp)
    let logDual = (0...states / 2).map { log(transform(weights, at: $0, states)) }
    return (1...states / 2).map { j in
      // Of j = q/2 the cosine has twice the square of others.
      (2 * j == states ? 1 : 2) / Double(states) * transform(logDual, at: j, states)
    }
  }

  /// G(m) of "the links agree", by m from 0 to q/2.
  static func map(_ couplings: [Double], states: Int) -> [Double] {
    let weights = logWeights(couplings, states: states).map(exp)
    return (0...states / 2).map { weights[0] / transform(weights, at: $0, states) }
  }

  private static func cosine(_ n: Int, _ states: Int) -> Double {
    cos(2 * Double.pi * Double(n % states) / Double(states))
  }

  /// Of an even function by |n|.
  private static func transform(_ values: [Double], at m: Int, _ states: Int) -> Double {
    (0..<states).reduce(0) { $0 + values[min($1, states - $1)] * cosine(m * $1, states) }
  }
}
