import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauNN
import LandauStatistics
import LandauTensor

/// Configurations of spins with their exact actions at the temperature of the study, chain by chain.
struct SpinRecords: Sendable {
  struct Record: Sendable {
    var spins: [SIMD3<Double>]
    var action: Double
  }

  /// `[chain][configuration]`.
  var chains: [[Record]]

  var all: [Record] { chains.flatMap { $0 } }

  /// Spins `[configuration, site, 3]` and actions `[configuration]`.
  var tensors: [Tensor] {
    let records = all
    let sites = records[0].spins.count
    return [
      Tensor(
        records.flatMap { $0.spins.flatMap { [$0.x, $0.y, $0.z] } },
        shape: [records.count, sites, 3]),
      Tensor(records.map(\.action)),
    ]
  }

  /// The couplings of pairs that fit the actions best, by least squares.
  ///
  /// - Parameters:
  ///   - linear: shells with a coupling J.
  ///   - biquadratic: shells with a coupling B.
  /// - Throws: `RunError` where there are too few configurations to tell them.
  func pairs(_ shells: DistanceShells, linear: Int, biquadratic: Int = 0) throws -> PairAction {
    let records = all
    let design = records.map { record in
      [1]
        + PairAction.features(
          of: record.spins, shells, linear: linear, biquadratic: biquadratic
        ).map { -$0 }
    }
    guard
      let fit = LinearFit(
        design: design, values: records.map(\.action),
        errors: [Double](repeating: 1, count: records.count))
    else {
      throw RunError("\(records.count) configurations do not determine the couplings")
    }
    let found = fit.coefficients
    return PairAction(
      shells, couplings: Array(found[1...linear]), biquadratic: Array(found[(linear + 1)...]),
      constant: found[0])
  }

  /// Attention fitted to the actions, from the couplings of pairs on: at first it is the linear model.
  ///
  /// Adam on the mean squared error, with a rate that falls along a cosine.
  func attention(
    _ linear: PairAction, depth: Int, attendedShells: Int, epochs: Int, seed: Seed,
    cancellation: Cancellation
  ) -> TrainedAttention {
    let shells = linear.shells
    var rng = seed.child("start").makeStream()
    var network = SpinTransformer(
      SpinSurroundings(
        shells.sites, siteCount: shells.siteCount, attendedShells: attendedShells),
      depth: depth, couplings: linear.couplings, constant: linear.constant, using: &rng)
    var optimizer = AdamW.adam(learningRate: 0.03)
    // Sums over all pairs depend on couplings much more than on weights, and they begin near where they end.
    optimizer.factors = network.named.map {
      ParameterFactor(learningRate: $0.name == "couplings" ? 0.1 : 1)
    }
    let report = fit(
      &network, using: &optimizer, training: tensors,
      options: TrainingOptions(epochs: epochs, batchSize: 64, schedule: .cosine(warmUp: 50)),
      seed: seed.child("fit"), cancellation: cancellation
    ) { network, batch in Loss.meanSquaredError(network(batch[0]), batch[1]) }
    return TrainedAttention(
      network: network, attendedShells: attendedShells, status: report.status)
  }

  /// Exact less effective action of each configuration.
  func differences(_ effective: some EffectiveAction) -> Series {
    Series(chains.map { $0.map { $0.action - effective.action(of: $0.spins) } })
  }
}

/// A network and the same function in flat loops, on a torus of any side.
struct TrainedAttention: Sendable {
  let network: SpinTransformer
  let attendedShells: Int
  let status: TrainingReport.Status

  func action(_ shells: DistanceShells) -> AttentionAction {
    AttentionAction(
      shells,
      layers: network.layers.map {
        AttentionAction.Layer(
          query: $0.query.scalars(), key: $0.key.scalars(), value: $0.value.scalars())
      },
      attendedShells: attendedShells, couplings: network.couplings.scalars(),
      constant: network.constant.scalars()[0])
  }

  /// The largest deviation of the network from the flat loops.
  func deviation(_ shells: DistanceShells, on records: SpinRecords) -> Double {
    let action = action(shells)
    let learned: [Double] = network(records.tensors[0]).scalars()
    return zip(learned, records.all).reduce(0) {
      max($0, abs($1.0 - action.action(of: $1.1.spins)))
    }
  }
}
