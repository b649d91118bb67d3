import LandauCore
import LandauNN
import LandauTensor
import Testing

/// A layer with inputs it is smooth on, as a function of its trained tensors and of the inputs.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Trained tensors, then inputs; of double.
  let arguments: @Sendable (Seed) -> [Tensor]
  /// The number of trained tensors.
  let parameterCount: Int
  let function: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  /// - Parameters:
  ///   - inputs: shapes of the inputs that have derivatives.
  ///   - layer: the layer in double; all its trained tensors are moved a little, so that none is zero or one.
  init<L: TensorTree & Sendable>(
    _ name: String, _ inputs: [[Int]], layer: (inout RandomStream) -> L,
    apply: @escaping @Sendable (L, [Tensor]) -> Tensor
  ) {
    self.name = name
    var rng = Seed(21).child(name).makeStream()
    let layer = layer(&rng)
    let isTrained = layer.isTrained
    let trained = zip(layer.tensors, isTrained).filter { $0.1 }.map { $0.0 }
    let count = trained.count
    parameterCount = count
    arguments = { seed in
      var rng = seed.child(name).makeStream()
      let moved = trained.map {
        $0 + .uniform($0.shape, low: -0.2, high: 0.2, type: .double, using: &rng)
      }
      return moved + inputs.map { .uniform($0, low: -1.2, high: 1.2, type: .double, using: &rng) }
    }
    function = { arguments in
      let type = arguments.first?.scalarType ?? .double
      var next = 0
      let tensors = zip(layer.tensors, isTrained).map { tensor, trained in
        guard trained else { return tensor.scalarType == .double ? tensor.asType(type) : tensor }
        next += 1
        return arguments[next - 1]
      }
      return apply(layer.replacing(tensors), Array(arguments[count...]))
    }
  }

  /// A layer of one input.
  init<L: Layer>(_ name: String, _ input: [Int], layer: (inout RandomStream) -> L) {
    self.init(name, [input], layer: layer) { $0($1[0]) }
  }

  /// Contracted with fixed numbers, so that no derivative cancels.
  var scalar: @Sendable ([Tensor]) -> Tensor {
    { [function] in
      let y = function($0)
      let weights = (0..<y.count).map { (index: Int) -> Double in
        0.3 + Double((index * 7 + 3) % 11) / 16
      }
      return (y * Tensor(weights, shape: y.shape).asType(y.scalarType)).sum()
    }
  }
}

/// The largest difference between two tensors, in units of the larger of 1 and the largest number.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
  precondition(a.shape == b.shape, "\(a.shape) and \(b.shape)")
  let (x, y) = (a.scalars(Double.self), b.scalars(Double.self))
  let scale = (x + y).reduce(1) { max($0, abs($1)) }
  // A NaN is infinitely far from everything.
  return zip(x, y).reduce(0) { max($0, abs($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) }
    / scale
}

/// Numbers that are the same on every machine, between -1 and 1, with no pattern.
func numbers(_ shape: [Int], _ seed: Seed, type: ScalarType = .double) -> Tensor {
  var rng = seed.makeStream()
  return .uniform(shape, low: -1, high: 1, type: type, using: &rng)
}
