public import LandauCore
public import LandauNN
import LandauTensor

/// Wavefunctions made of a convolutional network on a torus.
public enum ConvolutionalState {
  /// ln |psi|, and a phase where signs are to be learned, as the sum over all sites of what the network gives there: the same for
  /// every translation of a configuration.
  ///
  /// - Parameters:
  ///   - sides: of the torus, the last running fastest as in `Lattice`.
  ///   - window: of every layer, at most as long as the torus.
  ///   - channels: of the inner layers, one entry each.
  public static func make(
    sides: [Int], window: [Int], channels: [Int], hasPhase: Bool = false, seed: Seed
  ) -> NetworkState<Sequential> {
    precondition(
      sides.count == window.count && !channels.isEmpty
        && zip(window, sides).allSatisfy { $0 <= $1 },
      "a window of \(window) on \(sides) sites")
    var rng = seed.makeStream()
    var layers: [any Layer] = []
    var inputs = 1
    for outputs in channels {
      layers.append(
        Convolution(
          inputs: inputs, outputs: outputs, window: window, initialization: .lecunNormal,
          type: .double, using: &rng))
      layers.append(Activation.tanh)
      inputs = outputs
    }
    layers.append(
      Convolution(
        inputs: inputs, outputs: hasPhase ? 2 : 1, window: window.map { _ in 1 }, hasBias: false,
        initialization: .lecunNormal, type: .double, using: &rng))
    let siteCount = sides.reduce(1, *)
    // At the beginning almost all amplitudes are equal.
    let scale = 1 / Double(siteCount).squareRoot()
    return NetworkState(
      siteCount: siteCount, network: Sequential(layers), hasPhase: hasPhase
    ) { network, spins in
      let field = network(spins.reshaped([-1, 1] + sides))
      let sums = field.reshaped([field.shape[0], field.shape[1], siteCount]).sum(axes: [2]) * scale
      return (0..<(hasPhase ? 2 : 1)).map { sums.sliced(axis: 1, $0..<$0 + 1).squeezed(axis: 1) }
    }
  }
}
