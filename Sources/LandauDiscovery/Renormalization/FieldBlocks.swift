public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Blocks of a real field: weighted sums over the crosses of a square torus, with normal noise.
///
/// Block (i, j) is Phi = weight (2 phi_c + sum of its neighbours) + noise xi, with xi standard normal: the cross of `CrossBlocks`, centre and neighbours
/// weighted two to one, as a field. As there the rule has a chance of its own, so that many fine fields, not one, belong to a
/// block field. Fields are `[site]`, row-major.
/// - Note: Linear block transformations of fields: T. L. Bell and K. G. Wilson, Phys. Rev. B 11, 3431 (1975).
public struct FieldBlocks: Sendable, Hashable {
  /// Of a neighbour; the centre has twice as much.
  public let weight: Double
  /// Standard deviation of what is added.
  public let noise: Double

  public init(weight: Double, noise: Double) {
    precondition(weight.isFinite && noise > 0, "weight \(weight) and noise \(noise)")
    self.weight = weight
    self.noise = noise
  }

  /// The blocks of a field.
  ///
  /// - Parameters:
  ///   - fine: `[side * side]`.
  ///   - side: even, at least 4.
  /// - Returns: `[side / 2 * side / 2]`.
  public func blocked(
    _ fine: [Double], side: Int, using rng: inout RandomStream
  ) -> [Double] {
    CrossLattice.blocks(of: fine, side: side) { centre, neighbours in
      weight * (2 * centre + neighbours) + noise * rng.normal()
    }
  }
}

/// What the size of block fields depends on, gathered from fine fields.
///
/// With v = 2 phi_c + sum of the neighbours of a cross, V its mean over the n crosses of a field and M the mean of the blocks,
///
///     <Phi^2> = weight^2 <v^2> + noise^2,  <M^2> = weight^2 <V^2> + noise^2/n.
///
/// At long distances Phi is 6 weight times the field, whatever the noise.
public struct FieldBlockMoments: Sendable, Hashable {
  private var count = 0.0
  private var square = 0.0
  private var squaredMean = 0.0
  private var fields = 0.0

  public init() {}

  /// Takes in one field of `side * side` sites, `side` even and at least 4; all of one side.
  public mutating func add(_ fine: [Double], side: Int) {
    var (total, sum) = (0.0, 0.0)
    CrossLattice.forEachCross(fine, side: side) { centre, neighbours in
      let value = 2 * centre + neighbours
      total += value
      sum += value * value
    }
    let crosses = Double(fine.count / 4)
    count += crosses
    square += sum
    squaredMean += total / crosses * (total / crosses)
    fields += 1
  }

  /// The weight and the noise that give the blocks a mean of Phi^2 and of the square of their mean; nil where none do.
  public func blocks(matchingSquare square: Double, squaredOrder: Double) -> FieldBlocks? {
    let crosses = count / fields
    let weightSquared =
      (squaredOrder - square / crosses) / (squaredMean / fields - self.square / count / crosses)
    guard weightSquared > 0 else { return nil }
    return blocks(weight: weightSquared.squareRoot(), matchingSquare: square)
  }

  /// The blocks of a weight, with the noise that gives them a mean of Phi^2; nil where they have more without any.
  public func blocks(weight: Double, matchingSquare square: Double) -> FieldBlocks? {
    let noiseSquared = square - weight * weight * self.square / count
    guard noiseSquared > 0 else { return nil }
    return FieldBlocks(weight: weight, noise: noiseSquared.squareRoot())
  }
}
