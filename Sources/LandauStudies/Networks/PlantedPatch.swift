import LandauCore
import LandauNN
import LandauTensor

/// Images of noise with a striped patch somewhere, whose stripes say the class; and a small convolutional network that
/// has learned to tell them apart. Where the evidence lies is known.
struct PlantedPatch: Sendable {
  static let side = 24
  static let patch = 10

  struct Images: Sendable {
    /// `[count, 1, side, side]`.
    var images: Tensor
    /// `[count]`: 0 for rows, 1 for columns.
    var labels: Tensor
    /// Row and column of the upper left corner.
    var corners: [(row: Int, column: Int)]
  }

  /// Convolutions on the torus, the mean over the plane, a dense layer.
  struct Network: TensorTree, Sendable {
    var first: Convolution
    var second: Convolution
    var head: Dense

    init(using rng: inout RandomStream) {
      first = Convolution(inputs: 1, outputs: 12, window: [3, 3], using: &rng)
      second = Convolution(inputs: 12, outputs: 16, window: [3, 3], using: &rng)
      head = Dense(inputs: 16, outputs: 2, using: &rng)
    }

    /// `[batch, 1, side, side]` to `[batch, 16, side, side]`.
    func features(_ x: Tensor) -> Tensor { Activation.relu(second(hidden(x))) }

    func hidden(_ x: Tensor) -> Tensor { Activation.relu(first(x)) }

    /// Features to logits `[batch, 2]`.
    func classify(_ features: Tensor) -> Tensor { head(features.mean(axes: [2, 3])) }

    func callAsFunction(_ x: Tensor) -> Tensor { classify(features(x)) }

    mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
      self.visit("first", &first, visit)
      self.visit("second", &second, visit)
      self.visit("head", &head, visit)
    }
  }

  let network: Network
  let test: Images
  /// Share of test images that are classified rightly.
  let accuracy: Double

  /// Trains the network on images of its own.
  init(_ run: StudyRun, seed: Seed) throws {
    let training = Self.images(run.isQuick ? 512 : 2048, seed.child("training"))
    test = Self.images(200, seed.child("test"))
    var rng = seed.child("network").makeStream()
    var network = Network(using: &rng)
    var optimizer = AdamW.adam(learningRate: 3e-3)
    _ = fit(
      &network, using: &optimizer, training: [training.images, training.labels],
      options: TrainingOptions(epochs: 12, batchSize: 32, schedule: .cosine()), seed: seed,
      cancellation: run.cancellation
    ) { network, batch in Loss.crossEntropy(logits: network(batch[0]), labels: batch[1]) }
    try run.cancellation.check()
    self.network = network
    let logits = network(test.images).scalars(Double.self)
    let labels = test.labels.scalars(Int32.self)
    let right = labels.indices.count { (logits[2 * $0 + 1] > logits[2 * $0]) == (labels[$0] == 1) }
    accuracy = Double(right) / Double(labels.count)
  }

  static func images(_ count: Int, _ seed: Seed) -> Images {
    var rng = seed.makeStream()
    var (pixels, labels): ([Float], [Int32]) = ([], [])
    var corners: [(row: Int, column: Int)] = []
    for index in 0..<count {
      let label = index % 2
      // Whole within the image, so that its area is always the same.
      let corner = (
        row: rng.index(below: side - patch + 1), column: rng.index(below: side - patch + 1)
      )
      for row in 0..<side {
        for column in 0..<side {
          var value = 0.3 * rng.normal()
          let (r, c) = (row - corner.row, column - corner.column)
          if (0..<patch).contains(r) && (0..<patch).contains(c) {
            value += (label == 0 ? r : c) % 2 == 0 ? 1 : -1
          }
          pixels.append(Float(value))
        }
      }
      labels.append(Int32(label))
      corners.append(corner)
    }
    return Images(
      images: Tensor(pixels, shape: [count, 1, side, side]), labels: Tensor(labels),
      corners: corners)
  }

  /// Whether a site of a test image lies in its patch.
  func isPlanted(_ image: Int, row: Int, column: Int) -> Bool {
    let corner = test.corners[image]
    return (corner.row..<(corner.row + Self.patch)).contains(row)
      && (corner.column..<(corner.column + Self.patch)).contains(column)
  }

  /// The outline of the patch of a test image, to be drawn over a map.
  func outline(_ image: Int) -> Figure.Series {
    let corner = test.corners[image]
    let (left, top) = (Double(corner.column) - 0.5, Double(corner.row) - 0.5)
    let edge = Double(Self.patch)
    return Figure.Series(
      "patch", x: [left, left + edge, left + edge, left, left],
      y: [top, top, top + edge, top + edge, top], color: 1)
  }

  /// A field over the image as a panel with the patch's outline; rows count downwards in neither.
  func panel(_ title: String, _ values: [Double], _ label: String, image: Int) -> Figure.Panel {
    let axis = (0..<Self.side).map(Double.init)
    return Figure.Panel(
      title: title, xAxis: .init("column"), yAxis: .init("row"), series: [outline(image)],
      map: .init(label, x: axis, y: axis, values: values))
  }

  /// The grey values of a test image.
  func pixels(_ image: Int) -> [Double] {
    let count = Self.side * Self.side
    return Array(test.images.scalars(Double.self)[(image * count)..<((image + 1) * count)])
  }
}
