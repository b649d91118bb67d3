public import LandauTensor

/// Cosines and sines of fixed random projections: a kernel machine's features.
///
/// [cos(2 pi x · B), sin(2 pi x · B)] with normal B: products of two such vectors, divided by their number,
/// approach the Gaussian exp(-2 pi² deviation² |x - y|²). Rahimi and Recht 2007; as the first layer of a
/// network they let it learn high frequencies (Tancik et al. 2020, arXiv:2006.10739).
public struct FourierFeatures: Layer {
  /// `[inputs, count]`; no derivative is taken and no optimiser moves it.
  public var fixedFrequencies: Tensor

  public init(fixedFrequencies: Tensor) {
    precondition(
      fixedFrequencies.rank == 2, "Fourier features with frequencies \(fixedFrequencies.type)")
    self.fixedFrequencies = fixedFrequencies
  }

  /// - Parameters:
  ///   - count: frequencies; the layer has twice as many outputs.
  ///   - deviation: of the frequencies, in periods per unit of the input.
  public init(
    inputs: Int, count: Int, deviation: Double, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    fixedFrequencies = .normal([inputs, count], type: type, using: &rng) * deviation
    fixedFrequencies.eval()
  }

  /// - Parameter x: `[…, inputs]`.
  /// - Returns: `[…, 2 · count]`, cosines before sines.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireWidth(x, fixedFrequencies.shape[0], "Fourier features")
    let rows = x.reshaped([-1, x.shape[x.rank - 1]])
    let phase = matmul(rows, fixedFrequencies.stoppingGradient()) * (2 * Double.pi)
    let features = concatenated([cos(phase), sin(phase)], axis: -1)
    return features.reshaped(x.shape.dropLast() + [2 * fixedFrequencies.shape[1]])
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("fixedFrequencies", &fixedFrequencies)
  }
}
