#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Compares random numbers with 1 - exp(-x), nearly always without an exponential function.
///
/// The function is tabulated at multiples of 1/64. A number below the value at the left end of the bin of
/// x, or from the one at its right end, is decided by these; only the few between, about one in a
/// hundred, need the function itself. The outcome is the same as if it were always called.
struct ExponentialGate: @unchecked Sendable {
  private static let resolution = 64.0
  private static let limit = 40.0
  private let values: UnsafePointer<Double>

  /// The only one; lives as long as the process.
  static let shared = ExponentialGate()

  private init() {
    let count = Int(Self.limit * Self.resolution) + 1
    let values = UnsafeMutablePointer<Double>.allocate(capacity: count)
    for index in 0..<count { values[index] = -expm1(-Double(index) / Self.resolution) }
    self.values = UnsafePointer(values)
  }

  /// Whether `uniform` < 1 - exp(-x): with that probability where x > 0, never else.
  @inline(__always)
  func opens(_ uniform: Double, _ x: Double) -> Bool {
    guard x > 0 else { return false }
    guard x < Self.limit else { return true }
    let bin = Int(x * Self.resolution)
    if uniform < values[bin] { return true }
    if uniform >= values[bin + 1] { return false }
    return uniform < -expm1(-x)
  }

  /// Whether a move that costs x is accepted: with probability min(1, exp(-x)); never where x is not a number.
  @inline(__always)
  func accepts(_ uniform: Double, cost x: Double) -> Bool {
    x <= 0 || (x == x && !opens(uniform, x))
  }
}
