import LandauCore
import LandauNN
import LandauStore
import LandauTensor

/// UCI's handwritten digits, 8 x 8 pixels of 0 to 16, in five parts that were drawn class by class.
struct DigitImages {
  static let file = "digits_8x8/digits.csv.gz"

  let parts: [Dataset]
  private let all: Dataset

  /// - Throws: `InputError` where the file is not the table it should be.
  init(folder: String, seed: Seed) throws(InputError) {
    let path = "\(folder)/\(Self.file)"
    let table = try DataFile(path).array()
    guard table.shape.count == 2, table.shape[1] == 65 else {
      throw InputError("\(path) is a table of the shape \(table.shape); allowed: 65 columns")
    }
    let (numbers, count) = (table.doubles, table.shape[0])
    var (pixels, labels): ([Float], [Int32]) = ([], [])
    for row in 0..<count {
      pixels += numbers[(65 * row)..<(65 * row + 64)].map { Float($0 / 16) }
      labels.append(Int32(numbers[65 * row + 64]))
    }
    let label = Tensor(labels)
    all = Dataset([Tensor(pixels, shape: [count, 64]), label])
    parts = all.split([Double](repeating: 0.2, count: 5), stratifiedBy: label, seed: seed)
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
    var right = 0
    for batch in test.batches(of: 500) {
      let logits = network(batch[0])
      let (values, width) = (logits.scalars(Float.self), logits.shape[1])
      for (row, label) in batch[1].scalars(Int32.self).enumerated() {
        let own = values[(row * width)..<((row + 1) * width)]
        let best = own.indices.max { values[$0] < values[$1] }.map { $0 - row * width }
        if best == Int(label) { right += 1 }
      }
    }
    return Double(right) / Double(test.count)
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
    func part(_ images: String, _ labels: String) throws(InputError) -> Dataset {
      let (pixels, classes) = (
        try DataFile("\(folder)/\(images)").array(), try DataFile("\(folder)/\(labels)").array()
      )
      guard pixels.shape.count == 3, Array(pixels.shape.dropFirst()) == [28, 28],
        classes.shape == [pixels.shape[0]]
      else {
        throw InputError(
          "\(folder)/\(images) holds \(pixels.shape) and its labels \(classes.shape); allowed: "
            + "[count, 28, 28] and [count]")
      }
      return Dataset([
        Tensor(pixels.doubles.map { Float($0 / 255) }, shape: [pixels.shape[0], 1, 28, 28]),
        Tensor(classes.doubles.map { Int32($0) }),
      ])
    }
    training = try part(Self.files[0], Self.files[1])
    test = try part(Self.files[2], Self.files[3])
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
