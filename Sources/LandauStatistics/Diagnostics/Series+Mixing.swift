import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Series {
  /// The chance that the means of all chain halves scatter as much as they do, were they samples of one
  /// distribution; nil where halves are too short to tell (below 20 integrated times) or constant.
  ///
  /// The scatter expected comes from correlations within the halves alone. So this finds what split
  /// R-hat, which compares with the spread of single measurements, lets pass: drifts and sectors that are
  /// small against the fluctuations but large against the error of the mean.
  public var mixingProbability: Double? {
    let pieces = chains.filter { $0.count >= 20 }.flatMap { chain in
      [chain[..<(chain.count / 2)], chain[(chain.count / 2)...]]
    }
    guard pieces.count >= 2 else { return nil }
    let means = pieces.map { piece in
      piece.reduce(0) { $0 + ($1 - piece.first!) } / Double(piece.count) + piece.first!
    }
    let within = Series(zip(pieces, means).map { piece, mean in piece.map { $0 - mean } })
    if within.isConstant { return nil }
    let correlation = Autocorrelation(of: within)
    let shortest = Double(pieces.map(\.count).min()!)
    guard correlation.windowCloses, shortest >= 20 * max(0.5, correlation.integratedTime.value)
    else { return nil }
    // Subtracting each piece's own mean took part of the correlations away.
    let bias = 1 + Double(2 * correlation.window + 1) / shortest
    let variance =
      correlation.standardError * correlation.standardError * Double(within.count) * bias
    let total = Double(within.count)
    let centre = zip(pieces, means).reduce(0) { $0 + Double($1.0.count) / total * $1.1 }
    let chiSquare = zip(pieces, means).reduce(0) {
      $0 + Double($1.0.count) * ($1.1 - centre) * ($1.1 - centre) / variance
    }
    // The variance is itself known from finite data: an F distribution, by its beta function.
    let (first, second) = (Double(pieces.count - 1), correlation.degreesOfFreedom)
    return SpecialFunctions.incompleteBeta(
      second / 2, first / 2, second / (second + chiSquare))
  }
}
