public import LandauTensor

/// The longest waves of a field times learned matrices: a convolution with a window as large as the
/// torus.
///
/// The layer of Fourier neural operators (Li et al. 2021, arXiv:2010.08895): transform, multiply
/// every kept wave's channels by a complex matrix of its own, drop the others, transform back. It
/// moves with translations, and a field sampled twice as finely gives the same function, sampled
/// twice as finely. A block adds a `Convolution` with a window of one site and an activation.
public struct SpectralConvolution: Layer {
  /// `[waves, inputs, outputs]`; waves in the order of the kept part of the spectrum, row-major.
  public var weightReal: Tensor
  public var weightImaginary: Tensor
  /// How many frequencies are kept along each axis: 0 to modes - 1 and, of all axes but the last,
  /// -modes to -1.
  public let modes: [Int]

  /// Weights are uniform in a square of ±1/inputs.
  ///
  /// - Parameter modes: one per spatial axis, of which there are one to three. Fields must have at
  ///   least twice as many sites
  ///   along each axis.
  public init(
    inputs: Int, outputs: Int, modes: [Int], type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      (1...3).contains(modes.count) && modes.allSatisfy { $0 >= 1 },
      "a spectral convolution that keeps \(modes) frequencies")
    let waves = modes.reduce(1, *) << (modes.count - 1)
    let bound = 1 / Double(max(1, inputs))
    let shape = [waves, inputs, outputs]
    weightReal = .uniform(shape, low: -bound, high: bound, type: type, using: &rng)
    weightImaginary = .uniform(shape, low: -bound, high: bound, type: type, using: &rng)
    self.modes = modes
  }

  /// - Parameter x: `[batch, inputs, space…]`.
  /// - Returns: `[batch, outputs, space…]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let space = Array(x.shape.dropFirst(2))
    precondition(
      x.rank == modes.count + 2 && x.shape[1] == weightReal.shape[1]
        && zip(space, modes).allSatisfy { $0 >= 2 * $1 },
      "a spectral convolution of \(weightReal.shape[1]) channels and \(modes) frequencies was given "
        + "\(x.type)"
    )
    let axes = Array(2..<x.rank)
    var spectrum = realFFT(x, axes: axes)
    for (axis, count) in zip(axes, modes) { spectrum = kept(spectrum, axis, count) }
    // [batch, channels, waves] to [waves, batch, channels] and back.
    let waves = spectrum.reshaped([x.shape[0], x.shape[1], weightReal.shape[0]])
    let mixed = matmul(waves.transposed(axes: [2, 0, 1]), complex(weightReal, weightImaginary))
    var result = mixed.transposed(axes: [1, 2, 0])
      .reshaped([x.shape[0], weightReal.shape[2]] + spectrum.shape.dropFirst(2))
    for (axis, count) in zip(axes, modes) { result = spread(result, axis, count, x.shape[axis]) }
    return inverseRealFFT(result, extent: space[space.count - 1], axes: axes)
  }

  /// Of the last axis the first frequencies, of others the last ones, too.
  private func kept(_ spectrum: Tensor, _ axis: Int, _ count: Int) -> Tensor {
    let first = spectrum.sliced(axis: axis, 0..<count)
    if axis == modes.count + 1 { return first }
    let extent = spectrum.shape[axis]
    return concatenated([first, spectrum.sliced(axis: axis, extent - count..<extent)], axis: axis)
  }

  /// Puts zeros where frequencies were dropped.
  private func spread(_ part: Tensor, _ axis: Int, _ count: Int, _ extent: Int) -> Tensor {
    let isLast = axis == modes.count + 1
    let missing = isLast ? extent / 2 + 1 - count : extent - 2 * count
    if missing == 0 { return part }
    var shape = part.shape
    shape[axis] = missing
    let zeros = Tensor.zeros(shape, type: part.scalarType)
    if isLast { return concatenated([part, zeros], axis: axis) }
    let (first, last) = (0..<count, count..<2 * count)
    return concatenated(
      [part.sliced(axis: axis, first), zeros, part.sliced(axis: axis, last)], axis: axis)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weightReal", &weightReal)
    visit("weightImaginary", &weightImaginary)
  }
}
