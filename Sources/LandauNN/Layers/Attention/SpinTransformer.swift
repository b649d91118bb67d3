public import LandauTensor

/// The action of unit vectors on a lattice from layers of `SpinAttention` and pairs of what they end with.
///
/// action = E0 - sum over shells n of J_n sum over pairs of S_i . S_j; without layers it is linear in its parameters. A number for
/// each configuration that no symmetry of the lattice and no rotation of all spins changes.
public struct SpinTransformer: TensorTree, Sendable {
  public var layers: [SpinAttention]
  /// J_1, J_2, ..., `[shell - 1]`.
  public var couplings: Tensor
  /// E0, `[1]`.
  public var constant: Tensor
  let surroundings: SpinSurroundings

  /// - Parameters:
  ///   - couplings: to begin with, for all shells after the site itself.
  public init(
    _ surroundings: SpinSurroundings, depth: Int, couplings: [Double], constant: Double,
    noise: Double = 0.1, using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      couplings.count == surroundings.shellCount - 1,
      "\(couplings.count) couplings for \(surroundings.shellCount - 1) shells")
    layers = (0..<depth).map { _ in SpinAttention(surroundings, noise: noise, using: &rng) }
    self.couplings = Tensor(couplings)
    self.constant = Tensor([constant])
    self.surroundings = surroundings
  }

  /// - Parameter spins: `[batch, site, 3]`, of unit length.
  /// - Returns: `[batch]`.
  public func callAsFunction(_ spins: Tensor) -> Tensor {
    let last = layers.reduce(spins) { $1($0) }
    let sums = surroundings.sums(of: last, shells: surroundings.shellCount)
    // [shell, batch]: each pair is met from both ends.
    let pairs = (sums * last.transposed(axes: [1, 0, 2])).sum(axes: [1, 3]) * 0.5
    let action = matmul(
      couplings.expandedDimension(at: 0), pairs.sliced(axis: 0, 1..<surroundings.shellCount))
    return constant - action.squeezed(axis: 0)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("layers", &layers, visit)
    visit("couplings", &couplings)
    visit("constant", &constant)
  }
}
