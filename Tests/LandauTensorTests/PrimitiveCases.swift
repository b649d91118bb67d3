import LandauCore
import Testing

@testable import LandauTensor

/// A function that exercises one primitive, and the inputs it is smooth on.
struct PrimitiveCase: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  /// Inputs are uniform on this interval; with `signed` half of them are negated.
  var low = 0.5
  var high = 1.5
  var signed = true
  let function: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  init(
    _ name: String, _ shapes: [[Int]], positive: Bool = false, low: Double = 0.5,
    high: Double = 1.5, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.shapes = shapes
    self.low = low
    self.high = high
    signed = !positive
    self.function = function
  }

  /// Inputs in Double, converted so that both scalar types see nearly the same numbers.
  func inputs(_ seed: Seed, leading: [Int] = []) -> [Tensor] {
    var rng = seed.child(name).makeStream()
    return shapes.map { shape in
      let full = leading + shape
      let values = (0..<full.reduce(1, *)).map { _ in
        let size = low + (high - low) * rng.uniform()
        let isNegative = rng.uniform() < 0.5
        return signed && isNegative ? -size : size
      }
      return Tensor(values, shape: full)
    }
  }

  static let all: [PrimitiveCase] =
    elementwise + movement + contraction + indexing + composed + convolutions + complexes
    + functions + control + linearAlgebra

  static let elementwise: [PrimitiveCase] = [
    PrimitiveCase("negate", [[2, 3]]) { -$0[0] * $0[0] },
    PrimitiveCase("exp", [[2, 3]]) { exp($0[0]) },
    PrimitiveCase("log", [[2, 3]], positive: true) { log($0[0]) },
    PrimitiveCase("tanh", [[2, 3]]) { tanh($0[0]) },
    PrimitiveCase("sigmoid", [[2, 3]]) { sigmoid($0[0]) },
    PrimitiveCase("sin", [[5]]) { sin($0[0]) },
    PrimitiveCase("cos", [[5]]) { cos($0[0]) },
    PrimitiveCase("sqrt", [[2, 3]], positive: true) { sqrt($0[0]) },
    PrimitiveCase("erf", [[2, 3]]) { erf($0[0]) },
    PrimitiveCase("abs", [[2, 3]]) { abs($0[0]) * $0[0] },
    PrimitiveCase("sign", [[2, 3]]) { sign($0[0]) * $0[0] * $0[0] },
    PrimitiveCase("add", [[2, 3], [2, 3]]) { $0[0] * $0[0] + $0[1] },
    PrimitiveCase("subtract", [[2, 3], [2, 3]]) { $0[0] - $0[1] * $0[1] },
    PrimitiveCase("multiply", [[2, 3], [2, 3]]) { $0[0] * $0[1] },
    PrimitiveCase("divide", [[2, 3], [2, 3]]) { $0[0] / $0[1] },
    PrimitiveCase("power", [[2, 3], [2, 3]], positive: true) { pow($0[0], $0[1]) },
    PrimitiveCase("cube", [[4]]) { pow($0[0], 3) },
    PrimitiveCase("maximum", [[7], [7]]) { maximum($0[0] * $0[0], $0[1]) },
    PrimitiveCase("minimum", [[7], [7]]) { minimum($0[0] * $0[0], $0[1]) },
    PrimitiveCase("select", [[7], [7]]) { select($0[0] .> 0, $0[0] * $0[1], sin($0[1])) },
    PrimitiveCase("cast", [[4]]) { $0[0].asType(.double) * $0[0] },
    PrimitiveCase("stopGradient", [[4]]) { $0[0] * $0[0] + ($0[0] * 0).stoppingGradient() },
  ]

  static let movement: [PrimitiveCase] = [
    PrimitiveCase("broadcast", [[3], [2, 1]]) { $0[0] * $0[1] + $0[0] },
    PrimitiveCase("broadcast middle", [[2, 1, 3], [4, 1]]) { $0[0] * $0[1] },
    PrimitiveCase("reshape", [[2, 6]]) { sin($0[0].reshaped([3, 4])) },
    PrimitiveCase("transpose", [[2, 3, 4]]) { sin($0[0].transposed(axes: [2, 0, 1])) },
    PrimitiveCase("slice", [[5, 4]]) { sin($0[0].sliced(axis: 0, 1..<5, stride: 2)) },
    PrimitiveCase("pad", [[2, 3]]) {
      cos($0[0].padded(low: [1, 0], high: [0, 2], interior: [2, 1]))
    },
    PrimitiveCase("concatenate", [[2, 3], [2, 2]]) {
      sin(concatenated([$0[0], $0[1], $0[0]], axis: 1))
    },
  ]

  static let contraction: [PrimitiveCase] = [
    PrimitiveCase("sum", [[3, 4, 2]]) { sin($0[0].sum(axes: [1])) },
    PrimitiveCase("sum outer", [[3, 4, 2]]) { sin($0[0].sum(axes: [0, 2])) },
    PrimitiveCase("mean", [[3, 4]]) { exp($0[0].mean(axes: [0], keepingAxes: true)) },
    PrimitiveCase("max", [[4, 5]]) { exp($0[0].max(axes: [1])) },
    PrimitiveCase("min", [[4, 5]]) { exp($0[0].min(axes: [0])) },
    PrimitiveCase("matmul", [[3, 4], [4, 2]]) { sin(matmul($0[0], $0[1])) },
    PrimitiveCase("matmul transposed", [[4, 3], [2, 4]]) {
      matmul($0[0].transposed(), $0[1].transposed()) * 0.5
    },
    PrimitiveCase("matmul batch", [[2, 3, 4], [2, 4, 2]]) { sin(matmul($0[0], $0[1])) },
    PrimitiveCase("matmul shared", [[3, 4], [2, 4, 2]]) { matmul($0[0], $0[1]) },
  ]

  static let indexing: [PrimitiveCase] = [
    PrimitiveCase("gather", [[4, 3]]) {
      sin($0[0].gathered(Tensor([3, 0, 3] as [Int32]), axis: 0))
    },
    PrimitiveCase("gather inner", [[2, 4, 2]]) {
      sin($0[0].gathered(Tensor([1, 1, 3, 0] as [Int32], shape: [2, 2]), axis: 1))
    },
    PrimitiveCase("gather shared", [[3, 4]]) {
      sin($0[0].gathered(Tensor([1, 3, 0] as [Int32]), axis: 1, batchAxes: 1))
    },
    PrimitiveCase("scatterAdd", [[3, 2]]) {
      sin($0[0].scatterAdded(Tensor([4, 0, 4] as [Int32]), axis: 0, count: 5))
    },
    PrimitiveCase("scatterAdd inner", [[2, 3]]) {
      sin($0[0].scatterAdded(Tensor([1, 0, 1] as [Int32]), axis: 1, count: 2))
    },
    PrimitiveCase("scatterAdd shared", [[2, 3]]) {
      sin(
        $0[0].scatterAdded(
          Tensor([1, 0, 1, 3, 3, 2] as [Int32], shape: [2, 3]), axis: 1, count: 4, batchAxes: 1))
    },
  ]

  static let composed: [PrimitiveCase] = [
    PrimitiveCase("logSumExp", [[3, 4]]) { $0[0].logSumExp(axes: [1]) },
    PrimitiveCase("softmax", [[3, 4]]) { $0[0].softmax() },
    PrimitiveCase("stacked", [[3], [3]]) { sin(stacked([$0[0], $0[1]], axis: 1)) },
    PrimitiveCase("network", [[4, 3], [3, 5], [5], [5, 1]]) {
      matmul(tanh(matmul($0[0], $0[1]) + $0[2]), $0[3])
    },
  ]
}

/// The largest difference between two tensors, in units of the larger of 1 and the largest number.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
  precondition(a.shape == b.shape, "\(a.shape) and \(b.shape)")
  let (x, y) = (a.scalars(Double.self), b.scalars(Double.self))
  let scale = (x + y).reduce(1) { max($0, abs($1)) }
  // Not `max`, which may drop a NaN.
  return zip(x, y).reduce(0) {
    let difference = abs($1.0 - $1.1)
    return difference <= $0 ? $0 : difference.isNaN ? .infinity : difference
  } / scale
}

extension PrimitiveCase {
  /// The case as a scalar function: contracted with fixed numbers, so that no derivative cancels.
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
