import LandauCore
import LandauLattice
import LandauNN
import LandauQuantum
import LandauTensor

/// One of each kind of state, with parameters far from special.
enum Ansatz: String, CaseIterable, Sendable, CustomStringConvertible {
  case real, complex, symmetric, complexSymmetric, convolution, convolutionWithPhase
  case autoregressive, symmetrized, autoregressiveWithPhase, complexNetwork

  var description: String { rawValue }

  /// Of a ring of `siteCount` spins.
  func state(siteCount n: Int, seed: Seed) -> any VariationalState {
    let translations = (0..<n).map { shift in (0..<n).map { ($0 + shift) % n } }
    switch self {
    case .real:
      return RestrictedBoltzmannMachine(
        siteCount: n, filterCount: n + 1, deviation: 0.3, seed: seed)
    case .complex:
      return RestrictedBoltzmannMachine(
        siteCount: n, filterCount: n, isComplex: true, deviation: 0.2, seed: seed)
    case .symmetric:
      return RestrictedBoltzmannMachine(
        siteCount: n, filterCount: 2, symmetries: translations, deviation: 0.2, seed: seed)
    case .complexSymmetric:
      return RestrictedBoltzmannMachine(
        siteCount: n, filterCount: 2, isComplex: true, symmetries: translations, deviation: 0.15,
        seed: seed)
    case .convolution:
      return ConvolutionalState.make(sides: [n], window: [3], channels: [3, 2], seed: seed)
    case .convolutionWithPhase:
      return ConvolutionalState.make(
        sides: [n], window: [3], channels: [3], hasPhase: true, seed: seed)
    case .autoregressive:
      return perturbed(AutoregressiveState(siteCount: n, width: 3, seed: seed), seed)
    case .symmetrized:
      return perturbed(
        AutoregressiveState(siteCount: n, width: 2, isSymmetrized: true, seed: seed), seed)
    case .autoregressiveWithPhase:
      return perturbed(
        AutoregressiveState(
          siteCount: n, width: 2, hasPhase: true, isSymmetrized: true, seed: seed),
        seed)
    case .complexNetwork:
      // ln psi = sum of tanh of complex angles: a network of tensors of complex numbers.
      var rng = seed.makeStream()
      let weights = Tensor(
        (0..<n * 3).map { _ in Complex(0.3 * rng.normal(), 0.3 * rng.normal()) }, shape: [n, 3])
      return NetworkState(siteCount: n, network: weights, hasPhase: true) { weights, spins in
        let values = tanh(matmul(spins.asType(.complexDouble), weights)).sum(axes: [1])
        return [LandauTensor.real(values), imaginary(values)]
      }
    }
  }

  private func perturbed(_ state: AutoregressiveState, _ seed: Seed) -> AutoregressiveState {
    var state = state
    var rng = seed.child("perturbation").makeStream()
    state.parameters = state.parameters.map { $0 + 0.3 * rng.normal() }
    return state
  }
}

/// A sum of products that flip nothing, one, two and three spins, with y factors of both kinds.
func mixedObservable(siteCount n: Int) -> PauliSum {
  var sum = PauliSum(siteCount: n)
  sum.add(0.7, [])
  sum.add(-1.1, [.z(0), .z(1)])
  sum.add(0.4, [.x(2)])
  sum.add(-0.6, [.y(1)])
  sum.add(0.9, [.x(0), .x(3)])
  sum.add(0.5, [.y(0), .y(3)])
  sum.add(-0.8, [.x(1), .y(2)])
  sum.add(0.3, [.z(0), .x(1), .z(2)])
  sum.add(0.2, [.y(0), .z(1), .y(2), .x(3)])
  return sum
}
