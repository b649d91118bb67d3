#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Smooths noisy points on any grid so that their slope can be read off.
///
/// The smooth values f minimise sum_i ((y_i - f_i) / error_i)^2 + lambda sum_j h_j (f'''_j)^2, where f'''_j
/// is six times the divided difference of four neighbours and h_j their mean spacing (Whittaker and
/// Henderson's graduation of third order). The third derivative is penalised because the question is the top of
/// the first: a parabola of slopes costs nothing, and the location of the top scatters two to three times less than
/// under a penalty on the second derivative. Lambda is chosen by restricted maximum likelihood: with K the penalty
/// matrix and W the inverse variances,
///
///     y^T W (y - f) + log det(W + lambda K) - (n - 3) log lambda  ->  minimum.
///
/// All matrices have seven diagonals; the cost is O(n) for each lambda tried.
enum Smoothing {
  /// - Precondition: ascending `x`, positive `errors`, equally many of all.
  /// - Returns: smooth values; with fewer than five points the values as they are.
  static func values(x: [Double], y: [Double], errors: [Double]) -> [Double] {
    guard x.count >= 5 else { return y }
    let system = System(x: x, errors: errors)
    var best: (criterion: Double, values: [Double])?
    for step in 0...44 {
      let (criterion, values) = system.fit(y, lambda: system.unit * exp(-8 + 0.75 * Double(step)))
      if criterion < best?.criterion ?? .infinity { best = (criterion, values) }
    }
    return best?.values ?? y
  }

  private struct System {
    let weights: [Double]
    /// Diagonal of the penalty and the three below it.
    let penalty: [[Double]]
    /// Ratio of the sizes of the two matrices.
    let unit: Double

    init(x: [Double], errors: [Double]) {
      let n = x.count
      weights = errors.map { 1 / ($0 * $0) }
      var penalty = [[Double]](repeating: [0, 0, 0, 0], count: n)
      for start in 0..<n - 3 {
        let points = start..<start + 4
        let spacing = (x[start + 3] - x[start]) / 3
        // Weights of the divided difference, times six for the derivative.
        let row = points.map { i in
          6 / points.filter { $0 != i }.reduce(1.0) { $0 * (x[i] - x[$1]) }
        }
        for a in 0..<4 {
          for b in 0...a { penalty[start + a][a - b] += spacing * row[a] * row[b] }
        }
      }
      self.penalty = penalty
      unit = weights.reduce(0, +) / penalty.reduce(0) { $0 + $1[0] }
    }

    /// Solves (W + lambda K) f = W y by L D L^T in the band.
    func fit(_ y: [Double], lambda: Double) -> (criterion: Double, values: [Double]) {
      let n = y.count
      var lower = [[Double]](repeating: [0, 0, 0, 0], count: n)
      var d = [Double](repeating: 0, count: n)
      for i in 0..<n {
        for back in stride(from: min(3, i), through: 0, by: -1) {
          let j = i - back
          var value = lambda * penalty[i][back] + (back == 0 ? weights[i] : 0)
          // Sum over earlier columns that both rows reach.
          for k in max(0, i - 3)..<j { value -= lower[i][i - k] * lower[j][j - k] * d[k] }
          if back == 0 { d[i] = value } else { lower[i][back] = value / d[j] }
        }
      }
      var f = zip(weights, y).map { $0 * $1 }
      for i in 0..<n { for back in 1...3 where back <= i { f[i] -= lower[i][back] * f[i - back] } }
      for i in 0..<n { f[i] /= d[i] }
      for i in stride(from: n - 1, through: 0, by: -1) {
        for ahead in 1...3 where i + ahead < n { f[i] -= lower[i + ahead][ahead] * f[i + ahead] }
      }
      let misfit = y.indices.reduce(0.0) { $0 + y[$1] * weights[$1] * (y[$1] - f[$1]) }
      let logDeterminant = d.reduce(0) { $0 + log($1) }
      return (misfit + logDeterminant - Double(n - 3) * log(lambda), f)
    }
  }
}
