public import LandauTensor

/// Sums of products over distinct spins of a window, order by order, as maps over the lattice.
///
/// A filter gives every place of a window, site a and channel k, a weight f(a, k) that is not negative. At position x
///
///     C^(n)(x) = sum over sets of n distinct pairs (a, k) of the product of f(a, k) S_k(x + a),
///
/// the elementary symmetric polynomial of the numbers f S that the window sees. With their power sums
///
///     P_l(x) = sum over (a, k) of f(a, k)^l S_k(x + a)^l,  a convolution of S^l with f^l,
///
/// Newton and Girard give every order from lower ones, at the price of one convolution each:
///
///     C^(n) = (1/n) sum over l = 1 ... n of (-1)^(l-1) P_l C^(n-l),  C^(0) = 1.
///
/// The powers of S are taken, not assumed: S^2 = 1 for Ising spins, S^2 = S for occupations, and the terms in which a spin
/// would appear twice cancel exactly in either case. C. Miles et al., arXiv:2011.03474.
public enum CorrelatorMaps {
  /// The maps of orders 1 ... `order`.
  ///
  /// - Parameters:
  ///   - snapshots: `[sample, channel, site…]`, one or two axes of sites.
  ///   - filters: `[filter, channel, window…]`, not negative.
  ///   - boundary: `circular` on a torus, whose extents the window must not exceed (it would see a spin twice), else `valid`.
  /// - Returns: one tensor per order, `[sample, filter, place…]`.
  /// - Complexity: `order` convolutions, and order^2 / 2 products of maps.
  public static func maps(
    _ snapshots: Tensor, filters: Tensor, order: Int, boundary: ConvolutionBoundary = .circular
  ) -> [Tensor] {
    precondition(order >= 1, "correlators of order \(order)")
    precondition(
      zip(filters.shape.dropFirst(2), snapshots.shape.dropFirst(2)).allSatisfy { $0 <= $1 },
      "a window of \(filters.shape.dropFirst(2)) sites on \(snapshots.shape.dropFirst(2)) sites")
    var powerSums: [Tensor] = []
    var (spins, weights) = (snapshots, filters)
    for power in 1...order {
      if power > 1 { (spins, weights) = (spins * snapshots, weights * filters) }
      powerSums.append(convolution(spins, weights, boundary: boundary))
    }
    var maps: [Tensor] = []
    for n in 1...order {
      // The last term of the sum has C^(0) = 1.
      var sum = n % 2 == 1 ? powerSums[n - 1] : -powerSums[n - 1]
      for l in 1..<n {
        let term = powerSums[l - 1] * maps[n - l - 1]
        sum = l % 2 == 1 ? sum + term : sum - term
      }
      maps.append(sum * (1 / Double(n)))
    }
    return maps
  }

  /// The maps' means over all places.
  ///
  /// - Returns: `[sample, filter * order]`, the orders of a filter side by side.
  public static func means(
    _ snapshots: Tensor, filters: Tensor, order: Int, boundary: ConvolutionBoundary = .circular
  ) -> Tensor {
    let maps = maps(snapshots, filters: filters, order: order, boundary: boundary)
    let axes = Array(2..<snapshots.rank)
    return stacked(maps.map { $0.mean(axes: axes) }, axis: 2)
      .reshaped([snapshots.shape[0], filters.shape[0] * order])
  }
}
