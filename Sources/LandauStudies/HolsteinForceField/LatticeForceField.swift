import LandauCore
import LandauNN
import LandauTensor

/// From distortions to electron densities, tied under the translations, rotations and reflections of the square lattice
/// and under the exchange of particles and holes.
///
/// A lifting convolution, residual convolutions over p4m and a mean over its elements move with the lattice exactly. Without
/// biases a network of tanh is odd, as densities are; the last tanh keeps them between -1/2 and 1/2.
struct LatticeForceField: TensorTree, Sendable {
  var lifting: LiftingConvolution
  var hidden: [GroupConvolution]
  var readout: GroupConvolution
  /// What the site's own distortion adds.
  var direct: Tensor

  /// - Parameters:
  ///   - radius: of the first window; the others have one of 1, or of 0 where it is 0, too.
  ///   - depth: convolutions over the group; each sees as far as its radius beyond the one before.
  init(
    channels: Int, depth: Int, radius: Int, using rng: inout some RandomNumberGenerator
  ) {
    lifting = LiftingConvolution(
      inputs: 1, outputs: channels, group: .p4m, radius: radius, hasBias: false, type: .double,
      using: &rng)
    hidden = (0..<depth).map { _ in
      GroupConvolution(
        inputs: channels, outputs: channels, group: .p4m, radius: min(1, radius), hasBias: false,
        type: .double, using: &rng)
    }
    readout = GroupConvolution(
      inputs: channels, outputs: 1, group: .p4m, radius: 0, hasBias: false, type: .double,
      using: &rng)
    direct = Tensor([1.0], shape: [1])
  }

  /// - Parameter distortions: `[batch, 1, side, side]`.
  /// - Returns: <n_i> - 1/2, of the same shape.
  func callAsFunction(_ distortions: Tensor) -> Tensor {
    var y = Activation.tanh(lifting(distortions))
    for layer in hidden { y = y + Activation.tanh(layer(y)) }
    let potential = GroupPooling(.mean)(readout(y)) + distortions * direct
    return Activation.tanh(potential) * 0.5
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("lifting", &lifting, visit)
    for index in hidden.indices { self.visit("hidden\(index)", &hidden[index], visit) }
    self.visit("readout", &readout, visit)
    visit("direct", &direct)
  }

  struct Training: Sendable {
    var epochs: Int
    /// Configurations of a batch.
    var batch: Int
    /// In the beginning.
    var rate: Double
  }

  /// Fits densities by least squares, with Adam and a rate that falls along a cosine.
  ///
  /// - Parameters: configurations and their densities, all of one side.
  mutating func train(
    side: Int, _ distortions: [[Double]], densities: [[Double]], _ plan: Training, seed: Seed,
    cancellation: Cancellation, progress: Progress
  ) {
    var optimizer = AdamW.adam(learningRate: plan.rate)
    _ = fit(
      &self, using: &optimizer,
      training: [Self.tensor(distortions, side: side), Self.tensor(densities, side: side)],
      options: TrainingOptions(
        epochs: plan.epochs, batchSize: plan.batch, schedule: .cosine(warmUp: 50)),
      seed: seed, cancellation: cancellation, progress: progress
    ) { field, batch in Loss.meanSquaredError(field(batch[0]), batch[1]) }
  }

  /// Densities of many configurations, compiled once for each number of them.
  func densities(side: Int) -> @Sendable ([[Double]]) -> [[Double]] {
    let forward = compile { inputs in [self(inputs[0])] }
    return { distortions in
      let values = forward([Self.tensor(distortions, side: side)])[0].scalars(Double.self)
      let count = side * side
      return distortions.indices.map { Array(values[$0 * count..<($0 + 1) * count]) }
    }
  }

  private static func tensor(_ configurations: [[Double]], side: Int) -> Tensor {
    Tensor(configurations.flatMap { $0 }, shape: [configurations.count, 1, side, side])
  }

  /// The largest violation of any symmetry at one configuration: point group, translations, particles for holes.
  func asymmetry(_ distortions: [Double], side: Int) -> Double {
    let densities = densities(side: side)
    func moved(_ field: [Double], _ map: (Int, Int) -> (Int, Int)) -> [Double] {
      var result = field
      for x in 0..<side {
        for y in 0..<side {
          let to = map(x, y)
          let (row, column) = ((to.0 % side + side) % side, (to.1 % side + side) % side)
          result[row * side + column] = field[x * side + y]
        }
      }
      return result
    }
    var maps: [(Int, Int) -> (Int, Int)] = PointGroup.p4m.elements.indices.map { element in
      { x, y in
        let image = PointGroup.p4m.apply(element, to: (x, y))
        return (image.x, image.y)
      }
    }
    maps += [{ ($0 + 1, $1) }, { ($0, $1 + 3) }]
    let own = densities([distortions])[0]
    var worst = zip(own, densities([distortions.map { -$0 }])[0]).reduce(0) {
      max($0, abs($1.0 + $1.1))
    }
    for map in maps {
      let (expected, found) = (moved(own, map), densities([moved(distortions, map)])[0])
      worst = zip(expected, found).reduce(worst) { max($0, abs($1.0 - $1.1)) }
    }
    return worst
  }
}
