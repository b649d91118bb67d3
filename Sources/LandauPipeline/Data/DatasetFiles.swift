public import LandauCore
public import LandauNN
public import LandauStore
public import LandauTensor

extension Tensor {
  /// An array of a file, converted to `type`.
  ///
  /// - Throws: `InputError` where whole numbers are wanted and the array has others.
  public init(_ array: NumericArray, type: ScalarType, name: String) throws(InputError) {
    switch type {
    case .double: self.init(array.doubles, shape: array.shape)
    case .int32:
      let values = array.doubles
      guard let odd = values.first(where: { Int32(exactly: $0) == nil }) else {
        self.init(values.map { Int32($0) }, shape: array.shape)
        return
      }
      throw .file(name, "holds \(odd); whole numbers of 32 bits are needed here")
    default: self.init(array.floats, shape: array.shape)
    }
  }
}

extension Dataset {
  /// Images and labels from two files, e.g. of Fashion-MNIST.
  ///
  /// - Parameters:
  ///   - images: `[count, rows, columns]` or `[count, channels, rows, columns]`.
  ///   - labels: `[count]`, whole numbers from 0.
  ///   - largest: the number that becomes 1; 255 for bytes.
  /// - Returns: inputs `[count, channels, rows, columns]` of Float and labels `[count]` of int32.
  /// - Throws: `InputError` where a file cannot be read or both do not fit.
  public static func images(
    _ images: String, labels: String, largest: Double = 255
  ) throws(InputError) -> Dataset {
    let pixels = try DataFile(images).array()
    let classes = try DataFile(labels).array()
    guard (3...4).contains(pixels.rank) else {
      throw .file(images, "has the shape \(pixels.shape); images have three or four axes")
    }
    guard classes.shape == [pixels.shape[0]] else {
      throw .file(
        labels, "has the shape \(classes.shape); there are \(pixels.shape[0]) images")
    }
    let shape = pixels.rank == 4 ? pixels.shape : [pixels.shape[0], 1] + pixels.shape[1...]
    let scaled = Tensor(pixels.floats, shape: shape) / largest
    scaled.eval()
    return try Dataset([scaled, labelTensor(classes, labels)], path: images)
  }

  /// Rows of a table of numbers, one column of which is the label.
  ///
  /// - Parameters:
  ///   - labelColumn: counted from 0; by default the last one.
  ///   - inputShape: of one example; a vector by default.
  ///   - scale: what inputs are multiplied by.
  /// - Returns: inputs of Float and labels `[count]` of int32.
  /// - Throws: `InputError` where the file cannot be read or a label is no whole number from 0.
  public static func table(
    _ path: String, labelColumn: Int? = nil, inputShape: [Int]? = nil, scale: Double = 1
  ) throws(InputError) -> Dataset {
    let array = try DataFile(path).array()
    guard array.rank == 2, array.shape[1] >= 2 else {
      throw .file(path, "has the shape \(array.shape); a table has rows and at least two columns")
    }
    let (rows, columns) = (array.shape[0], array.shape[1])
    let label = labelColumn ?? columns - 1
    guard (0..<columns).contains(label) else {
      throw .file(path, "has \(columns) columns; there is no column \(label) of labels")
    }
    let shape = inputShape ?? [columns - 1]
    guard shape.reduce(1, *) == columns - 1 else {
      throw .file(path, "has \(columns - 1) inputs in a row, which do not fill the shape \(shape)")
    }
    let values = array.doubles
    var inputs: [Float] = []
    inputs.reserveCapacity(rows * (columns - 1))
    for index in values.indices where index % columns != label {
      inputs.append(Float(values[index] * scale))
    }
    let classes = NumericArray((0..<rows).map { values[$0 * columns + label] })
    return try Dataset(
      [Tensor(inputs, shape: [rows] + shape), labelTensor(classes, path)], path: path)
  }

  private static func labelTensor(
    _ array: NumericArray, _ path: String
  ) throws(InputError) -> Tensor {
    let labels = try Tensor(array, type: .int32, name: path)
    if let negative = labels.scalars(Int32.self).first(where: { $0 < 0 }) {
      throw .file(path, "has the label \(negative); labels are whole numbers from 0")
    }
    return labels
  }

  /// Refuses an empty set as bad input, where it comes from a file.
  private init(_ tensors: [Tensor], path: String) throws(InputError) {
    guard tensors[0].shape[0] > 0 else { throw .file(path, "holds no examples") }
    self.init(tensors)
  }
}
