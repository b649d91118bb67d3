public import LandauTensor

/// The energy of neurons that repel each other on the sphere of their directions.
///
/// Few neurons point the same way where this is small, which helps a network to generalise. Liu et al.
/// 2018, arXiv:1805.09298.
public enum HypersphericalEnergy {
  /// The mean over pairs of |w_i - w_j|^-power between unit vectors, or of -log |w_i - w_j| for a power of zero.
  ///
  /// A power of one is the Coulomb energy; minima are the configurations of the Thomson problem.
  ///
  /// - Parameters:
  ///   - weight: `[inputs, neurons]` as in `Dense`: the columns are the directions.
  ///   - isHalfSpace: whether w and -w count as the same direction: each neuron repels the mirror images, too.
  /// - Returns: one number; infinite where two directions are equal.
  /// - Complexity: a product of inputs · neurons².
  public static func mean(
    of weight: Tensor, power: Double = 1, isHalfSpace: Bool = false
  ) -> Tensor {
    precondition(
      weight.rank == 2 && weight.shape[1] >= 2 && power >= 0,
      "the hyperspherical energy of \(weight.type) with the power \(power)")
    var directions = weight.transposed()
    directions = directions / sqrt((directions * directions).sum(axes: [1], keepingAxes: true))
    if isHalfSpace { directions = concatenated([directions, -directions], axis: 0) }
    let count = directions.shape[0]
    // |a - b|² by the difference itself: 2 - 2 a·b would lose all digits for directions that nearly agree.
    let (first, second) = pairs(count, apartFrom: isHalfSpace ? count / 2 : nil)
    let apart = directions.gathered(first, axis: 0) - directions.gathered(second, axis: 0)
    let squared = (apart * apart).sum(axes: [1])
    return (power == 0 ? log(squared) * -0.5 : pow(squared, -0.5 * power)).mean()
  }

  /// All pairs of different numbers below `count`, without those that are `apart` from each other.
  private static func pairs(_ count: Int, apartFrom apart: Int?) -> (Tensor, Tensor) {
    var (first, second): ([Int32], [Int32]) = ([], [])
    for i in 0..<count {
      for j in stride(from: i + 1, to: count, by: 1) where j - i != apart {
        first.append(Int32(i))
        second.append(Int32(j))
      }
    }
    return (Tensor(first), Tensor(second))
  }
}
