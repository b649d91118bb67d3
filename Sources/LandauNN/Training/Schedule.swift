#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The factor on the learning rate in the course of a training run.
public enum LearningRateSchedule: Sendable, Hashable {
  case constant
  /// Rises linearly over `warmUp` steps, then falls along half a cosine to `final` times the rate.
  ///
  /// Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts.
  case cosine(warmUp: Int = 0, final: Double = 0)
  /// Rises linearly over `steps` steps, then stays.
  case warmUp(steps: Int)
  /// Rises linearly over `warmUp` steps, then falls linearly to `final` times the rate.
  case linear(warmUp: Int = 0, final: Double = 0)
  /// Multiplied by `factor` after every `interval` steps.
  case step(interval: Int, factor: Double = 0.1)
  /// Falls exponentially from 1 to `final` over the run.
  case exponential(final: Double)
  /// Rises along half a cosine from `start` to 1 in the fraction `rise` of the run, and falls the same way to `final`.
  ///
  /// Smith and Topin 2019, arXiv:1708.07120.
  case oneCycle(rise: Double = 0.3, start: Double = 0.04, final: Double = 1e-4)

  /// - Parameters:
  ///   - step: from 0.
  ///   - total: steps in the whole run; later steps keep the last factor.
  public func factor(step: Int, of total: Int) -> Double {
    switch self {
    case .constant: return 1
    case .cosine(let warmUp, let final):
      if step < warmUp { return Double(step + 1) / Double(warmUp) }
      return Self.halfCosine(from: 1, to: final, Self.fraction(step - warmUp, total - warmUp))
    case .warmUp(let steps): return step < steps ? Double(step + 1) / Double(steps) : 1
    case .linear(let warmUp, let final):
      if step < warmUp { return Double(step + 1) / Double(warmUp) }
      return 1 + (final - 1) * Self.fraction(step - warmUp, total - warmUp)
    case .step(let interval, let factor): return pow(factor, Double(step / max(1, interval)))
    case .exponential(let final): return pow(final, Self.fraction(step, total))
    case .oneCycle(let rise, let start, let final):
      let top = Int((rise * Double(total - 1)).rounded())
      if step < top { return Self.halfCosine(from: start, to: 1, Double(step) / Double(top)) }
      return Self.halfCosine(from: 1, to: final, Self.fraction(step - top, total - top))
    }
  }

  /// How far step number `step` of `count` is on the way from the first to the last.
  private static func fraction(_ step: Int, _ count: Int) -> Double {
    min(1, Double(step) / Double(max(1, count - 1)))
  }

  private static func halfCosine(from: Double, to: Double, _ fraction: Double) -> Double {
    to + (from - to) * 0.5 * (1 + cos(Double.pi * fraction))
  }
}
