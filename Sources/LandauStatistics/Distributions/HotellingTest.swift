import LandauCore
import LandauLinearAlgebra

/// Whether several averages, known with their covariance from independent pieces, are all zero.
///
/// T^2 = d C^-1 d with d the averages and C their covariance by jackknife is, for normal numbers, that of Hotelling: T^2 (n - p)/(p (n - 1)) has the F
/// distribution of p and n - p degrees of freedom (Hotelling, Ann. Math. Stat. 2, 360, 1931). Averages that move together, like correlation
/// functions of neighbouring distances, agree with zero one by one long after they disagree together.
public enum HotellingTest {
  /// Combinations for each piece: beyond, their covariance is too poorly known.
  private static let share = 1.0 / 3

  /// The chance of averages at least as far from zero; nil where pieces or averages are too few, or the averages have no errors.
  ///
  /// - Parameters:
  ///   - averages: d.
  ///   - replicates: The same with one piece left out at a time, `[piece, average]`.
  ///   - freedom: How many combinations of the averages are free, the fewer where parameters were fitted to them; of more than a third of
  ///     the pieces those of largest variance, in units of the single errors, are looked at.
  /// - Complexity: n p^2 + 9 p^3.
  public static func probability(
    _ averages: [Double], replicates: [[Double]], freedom: Int? = nil
  ) -> Double? {
    let n = replicates.count
    let factor = Double(n - 1) / Double(n)
    // In units of their errors; what never varies tells nothing of the others.
    let pulls = averages.indices.compactMap { index -> (average: Double, pieces: [Double])? in
      let mean = replicates.reduce(0) { $0 + $1[index] } / Double(n)
      let differences = replicates.map { $0[index] - mean }
      let error = (differences.reduce(0) { $0 + $1 * $1 } * factor).squareRoot()
      return error > 0 ? (averages[index] / error, differences.map { $0 / error }) : nil
    }
    let p = pulls.count
    let rank = min(freedom ?? p, p, Int(Double(n) * share))
    guard rank > 0 else { return nil }
    let correlation = pulls.flatMap { one in
      pulls.map { other in zip(one.pieces, other.pieces).reduce(0) { $0 + $1.0 * $1.1 } * factor }
    }
    guard let axes = try? SymmetricEigen(correlation, count: p), axes.values[p - rank] > 0 else {
      return nil
    }
    let square = (p - rank..<p).reduce(0.0) { sum, axis in
      let component = zip(axes.vector(axis), pulls).reduce(0) { $0 + $1.0 * $1.1.average }
      return sum + component * component / axes.values[axis]
    }
    return survival(square, dimension: rank, degreesOfFreedom: n - 1)
  }

  /// The chance that T^2 exceeds `square`: with x = nu/(nu + T^2) the incomplete beta function I_x((nu - p + 1)/2, p/2).
  static func survival(_ square: Double, dimension: Int, degreesOfFreedom: Int) -> Double {
    let (p, nu) = (Double(dimension), Double(degreesOfFreedom))
    return SpecialFunctions.incompleteBeta((nu - p + 1) / 2, p / 2, nu / (nu + square))
  }
}
