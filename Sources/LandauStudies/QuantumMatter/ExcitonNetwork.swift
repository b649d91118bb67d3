import LandauTensor

/// One excitation on a radiation mode, an antenna, a network and a sink that it leaves at a rate for good.
///
/// i d psi/dt = (H(t) - i (rate/2) |sink><sink|) psi; what has left, 1 - |psi|^2, is the population that the Lindblad equation with the jump operator
/// (rate)^(1/2) |0><sink| gives its ground state. Everything is batched: `[batch, …]`.
struct ExcitonNetwork: Sendable {
  let name: String
  /// Mode 0, antenna 1, sink last.
  let siteCount: Int
  let pairs: [(Int, Int)]
  /// Of the sink, in units of inverse time.
  var rate: Double

  /// Nodes 2... in a row between antenna and sink.
  static func row(_ nodes: Int, rate: Double) -> ExcitonNetwork {
    ExcitonNetwork(
      name: "row", siteCount: nodes + 3, pairs: (0..<nodes + 2).map { ($0, $0 + 1) }, rate: rate)
  }

  /// A hub between antenna and sink, the other nodes hang on it.
  static func star(_ nodes: Int, rate: Double) -> ExcitonNetwork {
    ExcitonNetwork(
      name: "star", siteCount: nodes + 3,
      pairs: [(0, 1), (1, 2), (2, nodes + 2)] + (3..<nodes + 2).map { (2, $0) }, rate: rate)
  }

  /// The amplitudes after a time, by the classical Runge-Kutta method of fourth order.
  ///
  /// - Parameters:
  ///   - energies: `[batch, siteCount]`.
  ///   - couplings: `[batch, pairs]`.
  ///   - drive: `[steps, 3, batch, 2]`, energies added to antenna and sink at the beginning, the middle and the end of every step; nil for none.
  /// - Returns: `[batch, siteCount, 2]`, real and imaginary parts; the start is the mode.
  func amplitudes(
    energies: Tensor, couplings: Tensor, drive: Tensor?, time: Double, steps: Int
  ) -> Tensor {
    let (batch, n) = (energies.shape[0], siteCount)
    var patterns = [Double](repeating: 0, count: pairs.count * n * n)
    for (index, (a, b)) in pairs.enumerated() {
      patterns[index * n * n + a * n + b] = 1
      patterns[index * n * n + b * n + a] = 1
    }
    let identity = Tensor((0..<n * n).map { $0 % (n + 1) == 0 ? 1.0 : 0 }, shape: [n, n])
    let hamiltonian =
      matmul(couplings, Tensor(patterns, shape: [pairs.count, n * n])).reshaped([batch, n, n])
      + energies.reshaped([batch, n, 1]) * identity
    // (u, v) to (H v, -H u).
    let turn = Tensor([0.0, -1, 1, 0], shape: [2, 2])
    let loss = Tensor((0..<n).map { $0 == n - 1 ? rate / 2 : 0 }, shape: [n, 1])
    let ends = Tensor(
      (0..<2 * n).map { $0 == 1 || $0 == 2 * n - 1 ? 1.0 : 0 }, shape: [2, n])
    let step = time / Double(steps)
    func derivative(_ psi: Tensor, _ shift: Tensor?) -> Tensor {
      var product = matmul(hamiltonian, psi)
      if let shift { product = product + shift * psi }
      return matmul(product, turn) - loss * psi
    }
    let start = Tensor(
      (0..<batch * 2 * n).map { $0 % (2 * n) == 0 ? 1.0 : 0 }, shape: [batch, n, 2])
    let final = scan([start], over: drive.map { [$0] } ?? [], length: steps) { carry, inputs in
      let psi = carry[0]
      let shifts = (0..<3).map { point in
        inputs.first.map {
          matmul($0.sliced(axis: 0, point..<point + 1).reshaped([batch, 2]), ends)
            .reshaped([batch, n, 1])
        }
      }
      let a = derivative(psi, shifts[0])
      let b = derivative(psi + a * (step / 2), shifts[1])
      let c = derivative(psi + b * (step / 2), shifts[1])
      let d = derivative(psi + c * step, shifts[2])
      return ([psi + (a + (b + c) * 2 + d) * (step / 6)], [])
    }
    return final.carry[0]
  }

  /// What has left through the sink: `[batch]`.
  func transferred(_ amplitudes: Tensor) -> Tensor {
    1 - (amplitudes * amplitudes).sum(axes: [1, 2])
  }

  /// A sin(w t + phi) at antenna and sink, at the points of every step.
  ///
  /// - Parameter parameters: `[batch, 2, 3]`: amplitude, frequency, phase.
  /// - Returns: `[steps, 3, batch, 2]`.
  static func drive(_ parameters: Tensor, time: Double, steps: Int) -> Tensor {
    let batch = parameters.shape[0]
    func part(_ index: Int) -> Tensor {
      parameters.sliced(axis: 2, index..<index + 1).reshaped([1, batch, 2])
    }
    let step = time / Double(steps)
    let times = Tensor(
      (0..<3 * steps).map { (Double($0 / 3) + 0.5 * Double($0 % 3)) * step },
      shape: [3 * steps, 1, 1])
    return (part(0) * sin(part(1) * times + part(2))).reshaped([steps, 3, batch, 2])
  }
}
