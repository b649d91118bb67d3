import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which windows a network needs: backward elimination with a price on every window.
///
/// A set of windows is worth ln(held-out squared error / variance of the labels) plus the sum of the
/// windows' costs (`Window.cost`). Starting from all windows, every window in turn is left out and the
/// network trained anew; the removal that lowers the total most is made, until none lowers it. A price
/// on the error after *retraining without the window* cannot be evaded by rescaling activations, which
/// an L1 penalty on activations can.
public struct WindowSelection: Sendable {
  /// Indices of the windows that stay.
  public var alive: [Int]
  /// For each window, the rise of ln(squared error) when it is left out of the set it was last in.
  public var gains: [Double]

  /// - Parameter subsets: trains on a set of windows and returns the held-out squared error in units of
  ///   the variance of the labels.
  init(
    windows: [Window], pool: WorkerPool, progress: Progress, cancellation: Cancellation,
    error: @escaping @Sendable ([Int]) throws -> Double
  ) throws {
    func value(_ set: [Int], _ squaredError: Double) -> Double {
      log(max(squaredError, 1e-12)) + set.reduce(0) { $0 + windows[$1].cost }
    }
    gains = [Double](repeating: 0, count: windows.count)
    var current = Array(windows.indices)
    var currentError = try error(current)
    progress.begin("choosing windows", total: windows.count * (windows.count + 1) / 2)
    while !current.isEmpty {
      try cancellation.check()
      let trials = current.map { out in current.filter { $0 != out } }
      let errors = try pool.map(trials.count) { index in
        let result = trials[index].isEmpty ? 1 : try error(trials[index])
        progress.advance()
        return result
      }
      for (out, squaredError) in zip(current, errors) {
        gains[out] = log(max(squaredError, 1e-12)) - log(max(currentError, 1e-12))
      }
      let best = trials.indices.min {
        value(trials[$0], errors[$0]) < value(trials[$1], errors[$1])
      }!
      guard value(trials[best], errors[best]) <= value(current, currentError) else { break }
      currentError = errors[best]
      current = trials[best]
    }
    progress.end()
    alive = current
  }
}
