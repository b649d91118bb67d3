/// Why a factorisation or an iteration gave no result; nature's doing, not the caller's.
public enum LinearAlgebraError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The leading minor of this order (from 1) is not positive.
  case notPositiveDefinite(order: Int)
  /// The iteration left this many off-diagonal elements above the threshold.
  case noConvergence(remaining: Int)
  /// The matrix or the right-hand side holds a NaN or an infinity.
  case notFinite

  public var description: String {
    switch self {
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite: its leading minor of order \(order) is not positive"
    case .noConvergence(let remaining):
      "the eigenvalues did not converge: \(remaining) off-diagonal elements remain"
    case .notFinite: "the matrix or the right-hand side holds a value that is not finite"
    }
  }
}
