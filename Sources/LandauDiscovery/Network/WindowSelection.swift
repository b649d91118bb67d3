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

  /// - Parameters:
  ///   - error: trains on a set of windows and returns the held-out squared error in units of the
  ///     variance of the labels; `thorough` asks for longer training.
  /// - Throws: what `error` throws, `Interrupted` when cancelled.
  init(
    windows: [Window], pool: WorkerPool, progress: Progress, cancellation: Cancellation,
    error: @escaping @Sendable (_ windows: [Int], _ thorough: Bool) throws -> Double
  ) throws {
    gains = [Double](repeating: 0, count: windows.count)
    alive = Array(windows.indices)
    progress.begin("choosing windows", total: windows.count * (windows.count + 1) / 2)
    // A first pass with short training, then the few that are left are confirmed.
    for thorough in [false, true] where !alive.isEmpty {
      var current = try error(alive, thorough)
      while !alive.isEmpty {
        try cancellation.check()
        let trials = alive.map { out in alive.filter { $0 != out } }
        let errors = try pool.map(trials.count) { index in
          let result = trials[index].isEmpty ? 1 : try error(trials[index], thorough)
          progress.advance()
          return result
        }
        for (out, squaredError) in zip(alive, errors) {
          gains[out] = log(max(squaredError, 1e-12)) - log(max(current, 1e-12))
        }
        let worth = trials.indices.map { gains[alive[$0]] - windows[alive[$0]].cost }
        let least = worth.indices.min { worth[$0] < worth[$1] }!
        guard worth[least] <= 0 else { break }
        current = errors[least]
        alive = trials[least]
      }
    }
    progress.end()
  }
}
