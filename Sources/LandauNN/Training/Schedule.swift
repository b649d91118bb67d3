#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The factor on the learning rate in the course of a training run.
public enum LearningRateSchedule: Sendable, Hashable {
  case constant
  /// Rises linearly over `warmUp` steps, then falls along half a cosine to `final` times the rate.
  case cosine(warmUp: Int = 0, final: Double = 0)

  /// - Parameters:
  ///   - step: from 0.
  ///   - total: steps in the whole run; later steps keep the last factor.
  public func factor(step: Int, of total: Int) -> Double {
    switch self {
    case .constant: return 1
    case .cosine(let warmUp, let final):
      if step < warmUp { return Double(step + 1) / Double(warmUp) }
      let length = max(1, total - warmUp - 1)
      let fraction = min(1, Double(step - warmUp) / Double(length))
      return final + (1 - final) * 0.5 * (1 + cos(Double.pi * fraction))
    }
  }
}
