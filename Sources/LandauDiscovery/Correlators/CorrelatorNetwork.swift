import LandauCore
import LandauNN
public import LandauTensor

/// A logistic regression on the correlators that a few learned filters see: a network that can be read.
///
/// Filters are not negative and of unit length: what a filter's scale does to an order is divided out again by the
/// normalisation, so it is fixed here and the penalty on filters acts on their shape alone (the paper penalises
/// filters of free scale). C. Miles et al., arXiv:2011.03474.
public struct CorrelatorNetwork: TensorTree, Sendable {
  /// `[filter, channel, window…]`; what is used are moduli over the length of each filter.
  var rawFilters: Tensor
  /// `[filter * order, 1]`.
  var weights: Tensor
  /// `[1]`.
  var intercept: Tensor
  /// The highest order of correlators.
  public let order: Int
  /// Whether correlators are averaged over the eight rotations and reflections of the filters.
  public let isSymmetrized: Bool
  let boundary: ConvolutionBoundary

  /// Filters of random weights between a half and one, and no preference for any correlator.
  ///
  /// - Parameter window: extents of the filters, one per axis of sites.
  init(
    filterCount: Int, channelCount: Int, window: [Int], order: Int, isSymmetrized: Bool,
    boundary: ConvolutionBoundary, using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      !isSymmetrized || window.count == 2 && window[0] == window[1],
      "a window of \(window) sites is not mapped to itself by rotations")
    let shape = [filterCount, channelCount] + window
    rawFilters = Tensor(
      (0..<shape.reduce(1, *)).map { _ in Float(0.5 + 0.5 * rng.uniform()) }, shape: shape)
    weights = .zeros([filterCount * order, 1])
    intercept = .zeros([1])
    self.order = order
    self.isSymmetrized = isSymmetrized
    self.boundary = boundary
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("filters", &rawFilters)
    visit("weights", &weights)
    visit("intercept", &intercept)
  }

  /// `[filter, channel, window…]`: not negative, the squares of each filter add up to one.
  public var filters: Tensor {
    let axes = Array(1..<rawFilters.rank)
    let length = sqrt((rawFilters * rawFilters).sum(axes: axes, keepingAxes: true))
    return abs(rawFilters) / length
  }

  /// The mean correlators of snapshots.
  ///
  /// - Parameter snapshots: `[sample, channel, site…]`.
  /// - Returns: `[sample, filter * order]`, column `filter * order + n - 1` for order n.
  public func features(_ snapshots: Tensor) -> Tensor {
    let filters = filters
    guard isSymmetrized else {
      return CorrelatorMaps.means(snapshots, filters: filters, order: order, boundary: boundary)
    }
    // Turning the filter is turning the snapshot back: on a torus, and in the mean, the same.
    let images = Self.squareImages(of: filters)
    let count = snapshots.shape[0]
    let means = CorrelatorMaps.means(
      snapshots, filters: concatenated(images), order: order, boundary: boundary)
    return means.reshaped([count, images.count, filters.shape[0] * order]).mean(axes: [1])
  }

  /// The eight images of square filters under rotations and reflections.
  static func squareImages(of filters: Tensor) -> [Tensor] {
    let side = filters.shape[2]
    let backwards = Tensor((0..<side).map { Int32(side - 1 - $0) })
    let swapped = filters.transposed(axes: [0, 1, 3, 2])
    return [filters, swapped].flatMap { filter -> [Tensor] in
      let flipped = filter.gathered(backwards, axis: 2)
      return [filter, flipped].flatMap { [$0, $0.gathered(backwards, axis: 3)] }
    }
  }

  /// Cross-entropy of a batch `[snapshots, labels]` with correlators brought to mean 0 and variance 1 over the batch, and the
  /// sum of every filter's weights as a penalty.
  static func loss(_ network: CorrelatorNetwork, _ batch: [Tensor], filterPenalty: Double) -> Tensor
  {
    let features = network.features(batch[0])
    let centred = features - features.mean(axes: [0], keepingAxes: true)
    let variance = (centred * centred).mean(axes: [0], keepingAxes: true)
    // Constant correlators, such as odd powers of nothing, must not be blown up.
    let logits = matmul(centred / sqrt(variance + 1e-7), network.weights) + network.intercept
    let sparsity = network.filters.sum() * (filterPenalty / Double(network.filters.shape[0]))
    return Loss.binaryCrossEntropy(logits: logits, targets: batch[1]) + sparsity
  }
}
