public import LandauTensor

/// Centred kernel alignment: how alike two sets of features of the same examples are, from 0 to 1.
///
/// Equal to 1 for features that differ by a rotation, a shift and an overall scale.
public enum KernelAlignment {
  /// The linear alignment |YᵀX|² / (|XᵀX| |YᵀY|) of centred features, in Frobenius norms.
  ///
  /// Biased upwards where examples are not many more than features.
  ///
  /// - Parameters:
  ///   - first: `[example, feature]`; further axes count as features.
  ///   - second: as many examples; features may differ in number.
  /// - Returns: NaN where features do not vary at all.
  /// - Note: Kornblith et al. 2019, arXiv:1905.00414. Computed in Double.
  public static func linear(_ first: Tensor, _ second: Tensor) -> Double {
    let (x, y) = pair(first, second)
    func centred(_ x: Tensor) -> Tensor { x - x.mean(axes: [0], keepingAxes: true) }
    let (a, b) = (centred(x), centred(y))
    func squared(_ m: Tensor) -> Double { (m * m).sum().item() }
    let cross = squared(product(a, b))
    return cross / (squared(product(a, a)) * squared(product(b, b))).squareRoot()
  }

  /// Gram matrices of the smaller kind: features by features, or examples by examples, with equal norm.
  private static func product(_ a: Tensor, _ b: Tensor) -> Tensor { matmul(a.transposed(), b) }

  /// The alignment with an unbiased estimate of each dependence; independent features give zero on average.
  ///
  /// Can be negative. Needs four examples.
  /// - Note: Song et al. 2012, JMLR 13, 1393, for the estimate HSIC₁; Nguyen, Raghu and Kornblith 2021,
  ///   arXiv:2010.15327, for its use here.
  public static func debiased(_ first: Tensor, _ second: Tensor) -> Double {
    let (x, y) = pair(first, second)
    let count = x.shape[0]
    precondition(count >= 4, "the debiased alignment of \(count) examples; it needs four")
    let mask = Tensor(
      shape: [count, count], Double.self
    ) { scalars in
      for index in scalars.indices { scalars[index] = index % (count + 1) == 0 ? 0 : 1 }
    }
    // Shifts cancel in the estimate; taken out beforehand they cost no digits.
    func gram(_ x: Tensor) -> Tensor {
      let centred = x - x.mean(axes: [0], keepingAxes: true)
      return matmul(centred, centred.transposed()) * mask
    }
    let (k, l) = (gram(x), gram(y))
    eval([k, l])
    let cross = dependence(k, l, count)
    return cross / (dependence(k, k, count) * dependence(l, l, count)).squareRoot()
  }

  /// HSIC₁ = [tr KL + (1ᵀK1)(1ᵀL1) / ((n-1)(n-2)) - 2/(n-2) 1ᵀKL1] / (n (n-3)), diagonals of zeros.
  private static func dependence(_ k: Tensor, _ l: Tensor, _ count: Int) -> Double {
    let n = Double(count)
    let trace: Double = (k * l).sum().item()
    let (rows, columns) = (k.sum(axes: [0]), l.sum(axes: [0]))
    let sums = rows.sum().item(Double.self) * columns.sum().item(Double.self)
    let mixed: Double = (rows * columns).sum().item()
    return (trace + sums / ((n - 1) * (n - 2)) - 2 / (n - 2) * mixed) / (n * (n - 3))
  }

  private static func pair(_ first: Tensor, _ second: Tensor) -> (Tensor, Tensor) {
    precondition(
      first.rank >= 2 && second.rank >= 2 && first.shape[0] == second.shape[0]
        && first.count > 0 && second.count > 0
        && !first.scalarType.isComplex && !second.scalarType.isComplex,
      "the alignment of features \(first.type) and \(second.type)")
    return (
      first.asType(.double).reshaped([first.shape[0], -1]),
      second.asType(.double).reshaped([second.shape[0], -1])
    )
  }
}
