import LandauTensor

/// How the members of a set become one.
public enum Pooling: String, Sendable, Hashable, CaseIterable {
  case sum
  case mean
  case maximum

  /// - Parameters:
  ///   - x: `[…, members, width]`.
  ///   - mask: bool `[…, members]`, true for members that are there; one at least for the maximum.
  /// - Returns: `[…, 1, width]`.
  func pool(_ x: Tensor, mask: Tensor?) -> Tensor {
    let present = mask.map { $0.expandedDimension(at: -1) }
    switch self {
    case .sum, .mean:
      let kept = present.map { select($0, x, x.filled(0)) } ?? x
      let sum = kept.sum(axes: [-2], keepingAxes: true)
      if self == .sum { return sum }
      guard let present else { return sum / Double(max(1, x.shape[x.rank - 2])) }
      let count = present.asType(x.scalarType).sum(axes: [-2], keepingAxes: true)
      return sum / LandauTensor.maximum(count, 1)
    case .maximum:
      let lowest = x.scalarType == .double ? -1e300 : -1e37
      let kept = present.map { select($0, x, x.filled(lowest)) } ?? x
      return kept.max(axes: [-2], keepingAxes: true)
    }
  }
}
