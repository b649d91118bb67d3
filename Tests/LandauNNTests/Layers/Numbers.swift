import LandauTensor

/// A tensor of double as plain numbers with indices, for loops that know nothing of the engine.
struct Numbers {
  var values: [Double]
  let shape: [Int]

  init(_ tensor: Tensor) {
    values = tensor.scalars(Double.self)
    shape = tensor.shape
  }

  init(zeros shape: [Int]) {
    values = [Double](repeating: 0, count: shape.reduce(1, *))
    self.shape = shape
  }

  private func place(_ index: [Int]) -> Int {
    precondition(index.count == shape.count)
    return zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  subscript(_ index: Int...) -> Double {
    get { values[place(index)] }
    set { values[place(index)] = newValue }
  }

  var tensor: Tensor { Tensor(values, shape: shape) }
}
