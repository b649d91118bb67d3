/// What the networks of all folds say of every sample.
struct NetworkOutputs: Sendable {
  /// Held-out: by the network whose test fold the sample is in.
  let held: [Float]
  /// The mean of all networks.
  let averages: [Float]
  /// The mean of each network's outputs over all samples of each parameter.
  let curves: [[Double]]

  /// - Parameter networks: the outputs of each fold's network for all samples.
  init(_ ensemble: Ensemble, _ networks: [[Float]]) {
    var held = [Float](repeating: 0, count: ensemble.sampleCount)
    var averages = held
    for sample in held.indices {
      held[sample] = networks[ensemble.folds.fold[sample]][sample]
      averages[sample] = networks.reduce(0) { $0 + $1[sample] } / Float(networks.count)
    }
    self.held = held
    self.averages = averages
    curves = networks.map { Self.means(ensemble, $0) }
  }

  private static func means(_ ensemble: Ensemble, _ outputs: [Float]) -> [Double] {
    var sums = [Double](repeating: 0, count: ensemble.parameters.count)
    var counts = sums
    for (sample, p) in ensemble.parameterIndex.enumerated() {
      sums[p] += Double(outputs[sample])
      counts[p] += 1
    }
    return zip(sums, counts).map { $0 / $1 }
  }
}
