import LandauCore

/// The numbers one network trains on: standardised correlators, standardised labels, weights.
///
/// Means and scales come from the training samples alone. Correlators are centred and divided by their
/// standard deviation, but never by less than a fifth of the largest one in their window: a correlator
/// that is pure noise must not be blown up to the size of one that carries the signal.
struct TrainingSet {
  /// Columns of the counted features that belong to the windows in use, window by window.
  let columns: [Int]
  /// For each window in use its columns within `columns`.
  let groups: [Range<Int>]
  let center: [Float]
  let scale: [Float]
  let labelCenter: Double
  let labelScale: Double
  /// Per parameter value: the standardised label and the weight of its samples.
  let labels: [Float]
  let weights: [Float]

  init(_ ensemble: Ensemble, windows: [Int], training: [Int]) {
    let counts = ensemble.counts
    var groups: [Range<Int>] = []
    var columns: [Int] = []
    for window in windows {
      groups.append(columns.count..<columns.count + counts.ranges[window].count)
      columns += Array(counts.ranges[window])
    }
    var center = [Float](repeating: 0, count: columns.count)
    var scale = center
    let stride = max(1, training.count / 20_000)
    for (index, column) in columns.enumerated() {
      var sum = 0.0
      var squares = 0.0
      var n = 0.0
      for position in Swift.stride(from: 0, to: training.count, by: stride) {
        let value = Double(counts.values[training[position] * counts.featureCount + column])
        sum += value
        squares += value * value
        n += 1
      }
      center[index] = Float(sum / n)
      scale[index] = Float(max(0, squares / n - sum / n * (sum / n)).squareRoot())
    }
    for group in groups {
      let floor = max((scale[group].max() ?? 0) * 0.2, 1e-6)
      for index in group { scale[index] = max(scale[index], floor) }
    }
    let grid = ParameterGrid(ensemble.parameters).sampleWeights
    let p = ensemble.parameters
    let total = grid.reduce(0, +)
    let mean = zip(p, grid).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(p, grid).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / total
    let deviation = max(variance.squareRoot(), 1e-300)
    self.columns = columns
    self.groups = groups
    self.center = center
    self.scale = scale
    labelCenter = mean
    labelScale = deviation
    labels = p.map { Float(($0 - mean) / deviation) }
    weights = grid.map { Float($0) }
  }

  /// Writes the standardised features of `samples` row by row.
  func features(
    _ ensemble: Ensemble, samples: some RandomAccessCollection<Int>, into out: inout [Float]
  ) {
    let values = ensemble.counts.values
    let width = ensemble.counts.featureCount
    let inverse = scale.map { 1 / $0 }
    let count = samples.count * columns.count
    if out.count != count { out = [Float](repeating: 0, count: count) }
    values.withUnsafeBufferPointer { values in
      out.withUnsafeMutableBufferPointer { out in
        var position = 0
        for sample in samples {
          let row = values.baseAddress! + sample * width
          for index in columns.indices {
            out[position] = (row[columns[index]] - center[index]) * inverse[index]
            position += 1
          }
        }
      }
    }
  }
}
