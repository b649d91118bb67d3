import LandauCore
import LandauNN
import LandauPipeline
import LandauTensor

/// UCI's handwritten digits, 8 x 8 pixels of 0 to 16, in five parts that were drawn class by class.
struct DigitImages {
  static let file = "digits_8x8/digits.csv.gz"

  let parts: [Dataset]
  private let all: Dataset

  /// - Throws: `InputError` where the file is not the table it should be.
  init(folder: String, seed: Seed) throws(InputError) {
    let path = "\(folder)/\(Self.file)"
    all = try Dataset.table(path, scale: 1.0 / 16)
    let (pixels, labels) = (all.tensors[0], all.tensors[1])
    guard pixels.shape[1] == 64 else {
      throw InputError("\(path) has \(pixels.shape[1]) pixels in a row; allowed: 64")
    }
    parts = all.split([Double](repeating: 0.2, count: 5), stratifiedBy: labels, seed: seed)
  }

  /// One part to be judged by, the others to learn from.
  func fold(_ index: Int) -> (training: Dataset, test: Dataset) {
    let others = parts.indices.filter { $0 != index }
    let joined = all.tensors.indices.map { tensor in
      concatenated(others.map { parts[$0].tensors[tensor] }, axis: 0)
    }
    eval(joined)
    return (Dataset(joined), parts[index])
  }

  /// The share of examples whose largest logit is at the label.
  static func accuracy(_ network: some Layer, _ test: Dataset) -> Double {
    let right = test.batches(of: 500).reduce(0.0) { sum, batch in
      let share = Metrics.accuracy(logits: network(batch[0]), labels: batch[1])
      return sum + share.item(Double.self) * Double(batch[1].count)
    }
    return right / Double(test.count)
  }
}

/// Fashion-MNIST: clothes in 28 x 28 grey values, 60 000 to learn from and 10 000 to be judged by.
struct FashionImages {
  static let files = ["train", "t10k"].flatMap { part in
    ["images-idx3", "labels-idx1"].map { "fashion_mnist/\(part)-\($0)-ubyte.gz" }
  }

  let training: Dataset
  let test: Dataset

  /// - Throws: `InputError` where a file is damaged or has another shape.
  init(folder: String) throws(InputError) {
    let paths = Self.files.map { "\(folder)/\($0)" }
    training = try Dataset.images(paths[0], labels: paths[1])
    test = try Dataset.images(paths[2], labels: paths[3])
    for (set, path) in [(training, paths[0]), (test, paths[2])] {
      let shape = Array(set.tensors[0].shape.dropFirst())
      guard shape == [1, 28, 28] else {
        throw InputError("\(path) holds images of \(shape); allowed: [1, 28, 28]")
      }
    }
  }

  /// Two convolutions, each followed by a pooling, and two dense layers: 50 000 weights.
  static func network(using rng: inout RandomStream) -> Sequential {
    Sequential([
      Convolution(inputs: 1, outputs: 16, window: [3, 3], boundary: .zero, using: &rng),
      Activation.relu, WindowPooling(.maximum, window: [2, 2]),
      Convolution(inputs: 16, outputs: 16, window: [3, 3], boundary: .zero, using: &rng),
      Activation.relu, WindowPooling(.maximum, window: [2, 2]), Flatten(),
      Dense(inputs: 784, outputs: 64, initialization: .heNormal, using: &rng), Activation.relu,
      Dense(inputs: 64, outputs: 10, using: &rng),
    ])
  }
}
