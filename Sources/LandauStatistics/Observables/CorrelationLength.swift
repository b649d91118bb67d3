public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The second-moment correlation length.
public enum CorrelationLength {
  /// xi = sqrt(S(0) / S(k) - 1) / (2 sin(k / 2)) with k the smallest wave number; NaN where S(0) < S(k).
  ///
  /// In lattice spacings for k along an axis of a hypercubic lattice. Dimensionless and of use for crossings
  /// as xi / L.
  ///
  /// - Parameters:
  ///   - zero: S(0), or chi without beta; any common factor of both drops out.
  ///   - minimal: S at the smallest wave number, averaged over the equivalent directions.
  ///   - wavenumber: 2 pi / L.
  public static func secondMoment(
    zero: Double, minimal: Double, wavenumber: Double
  ) -> Double {
    let excess = zero / minimal - 1
    return excess < 0 ? .nan : excess.squareRoot() / (2 * sin(wavenumber / 2))
  }

  /// The same from series of S(0) and of S(k) in all equivalent directions, with a jackknife error.
  public static func secondMoment(
    zero: Series, minimal: [Series], wavenumber: Double
  ) -> Estimate {
    precondition(!minimal.isEmpty, "a correlation length without S(k)")
    return Estimate.jackknife([zero] + minimal) { means in
      secondMoment(
        zero: means[0], minimal: means.dropFirst().reduce(0, +) / Double(minimal.count),
        wavenumber: wavenumber)
    }
  }
}

/// The correlation function G(r) with the covariance of its distances.
public struct CorrelationFunction: Sendable, Hashable {
  /// Ascending.
  public let distances: [Double]
  /// One value per distance.
  public let values: Replicates

  /// - Parameters:
  ///   - distances: Ascending.
  ///   - series: One per distance, measured together.
  ///   - magnetization: Of each measurement, signed; then <m>^2 is subtracted (the connected function).
  public init(distances: [Double], series: [Series], magnetization: Series? = nil) {
    precondition(distances.count == series.count, "\(series.count) series of distances")
    self.distances = distances
    let count = series.count
    values = Replicates.jackknife(series + (magnetization.map { [$0] } ?? [])) { means in
      let square = means.count > count ? means[count] * means[count] : 0
      return means[..<count].map { $0 - square }
    }
  }

  public init(distances: [Double], values: Replicates) {
    precondition(distances.count == values.count, "\(values.count) values of distances")
    self.distances = distances
    self.values = values
  }

  /// The local correlation lengths (r' - r) / ln(G(r) / G(r')) of neighbouring distances; a plateau is the
  /// true one. NaN replicates, and so no error, where G falls below the noise.
  ///
  /// - Parameter period: The side of a periodic lattice: then the length of the hyperbolic cosine
  ///   cosh((L/2 - r) / xi) through both values; distances must end before L/2.
  public func effectiveLengths(period: Double? = nil) -> Replicates {
    values.map { values in
      distances.indices.dropLast().map { index in
        let ratio = values[index] / values[index + 1]
        guard ratio > 1, values[index + 1] > 0 else { return .nan }
        let (near, far) = (distances[index], distances[index + 1])
        guard let period else { return (far - near) / log(ratio) }
        return Self.coshLength(ratio, near: period / 2 - near, far: period / 2 - far)
      }
    }
  }

  /// Solves cosh(near / xi) / cosh(far / xi) = ratio, near > far >= 0.
  private static func coshLength(_ ratio: Double, near: Double, far: Double) -> Double {
    guard near > far, far >= 0 else { return .nan }
    // In the inverse length the logarithm rises from 0 with a slope below near - far at most.
    func difference(_ inverse: Double) -> Double {
      (near - far) * inverse + log1p(exp(-2 * near * inverse)) - log1p(exp(-2 * far * inverse))
        - log(ratio)
    }
    var (low, high) = (0.0, log(ratio) / (near - far) + 1 / near)
    while difference(high) < 0 { high *= 2 }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if difference(middle) < 0 { low = middle } else { high = middle }
    }
    return 2 / (low + high)
  }
}
