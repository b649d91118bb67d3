import LandauCore
import LandauNN
import LandauTensor

/// The electrons' part of the forces as a function of the distortions around, by convolutions over the plane's symmetries.
///
/// A lifting convolution over the eight rotations and reflections of the square, two group convolutions and the mean over the
/// group: turning, mirroring or shifting the distortions does the same to the forces, exactly. Without biases and with tanh
/// the network is odd, as particles and holes demand. A site sees four steps far.
struct ForceField: Layer {
  var lifting: LiftingConvolution
  var middle: GroupConvolution
  var last: GroupConvolution
  let activation: Activation

  init(
    channels: Int, activation: Activation, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    lifting = LiftingConvolution(
      inputs: 1, outputs: channels, group: .p4m, radius: 2, hasBias: false,
      initialization: .lecunNormal, type: type, using: &rng)
    middle = GroupConvolution(
      inputs: channels, outputs: channels, group: .p4m, hasBias: false,
      initialization: .lecunNormal, type: type, using: &rng)
    last = GroupConvolution(
      inputs: channels, outputs: 1, group: .p4m, hasBias: false, initialization: .lecunNormal,
      type: type, using: &rng)
    self.activation = activation
  }

  /// - Parameter x: distortions `[batch, 1, side, side]`.
  /// - Returns: <n> - 1/2 in the same shape.
  func callAsFunction(_ x: Tensor) -> Tensor {
    GroupPooling(.mean)(last(activation(middle(activation(lifting(x))))))
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("lifting", &lifting, visit)
    self.visit("middle", &middle, visit)
    self.visit("last", &last, visit)
  }

  /// Electrons of several lattices at once, row by row.
  func electrons(_ lattices: [[Double]], side: Int) -> [[Double]] {
    let x = Tensor(lattices.joined().map { Float($0) }, shape: [lattices.count, 1, side, side])
    let values = self(x).scalars(Float.self).map(Double.init)
    let count = side * side
    return lattices.indices.map { Array(values[$0 * count..<($0 + 1) * count]) }
  }
}

/// Distortions with what the electrons do there.
struct ForceData: Sendable {
  var distortions: [[Double]] = []
  var electrons: [[Double]] = []

  mutating func append(_ distortions: [Double], _ electrons: [Double]) {
    self.distortions.append(distortions)
    self.electrons.append(electrons)
  }

  /// Distortions that no trajectory has: normal ones of any width up to 1.5 about a charge-density wave of either sign.
  mutating func appendRandom(_ count: Int, _ lattice: HolsteinLattice, seed: Seed) throws {
    var rng = seed.makeStream()
    for _ in 0..<count {
      let (width, wave) = (1.5 * rng.uniform(), 1.5 * (2 * rng.uniform() - 1))
      let distortions = lattice.staggered(
        (0..<lattice.siteCount).map { _ in wave + width * rng.normal() })
      append(distortions, try lattice.electrons(distortions))
    }
  }

  func tensors(side: Int) -> [Tensor] {
    [distortions, electrons].map {
      Tensor($0.joined().map { Float($0) }, shape: [$0.count, 1, side, side])
    }
  }

  /// 1 - sum of squared errors over sum of squared deviations, of the electrons' part and of the whole forces.
  func determination(by field: ForceField, side: Int) -> (electrons: Double, forces: Double) {
    let predicted = field.electrons(distortions, side: side).flatMap { $0 }
    let (exact, places) = (electrons.flatMap { $0 }, distortions.flatMap { $0 })
    let forces = zip(exact, places).map { HolsteinLattice.force(electrons: $0, distortion: $1) }
    let errors = zip(predicted, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    func share(_ values: [Double], _ errors: Double) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return 1 - errors / values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    let coupling = HolsteinLattice.coupling
    return (share(exact, errors), share(forces, coupling * coupling * errors))
  }
}
