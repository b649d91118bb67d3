@testable import LandauTensor

extension PrimitiveCase {
  /// A complex function as a real one: of two real tensors, giving its real and imaginary parts.
  private static func complexCase(
    _ name: String, _ shapes: [[Int]], _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> PrimitiveCase {
    PrimitiveCase("complex \(name)", shapes.flatMap { [$0, $0] }, positive: true) { x in
      let z = (0..<(x.count / 2)).map { complex(x[2 * $0], x[2 * $0 + 1]) }
      let w = function(z)
      return concatenated([real(w), imaginary(w) * 0.7])
    }
  }

  static let complexes: [PrimitiveCase] = [
    complexCase("conjugate", [[3]]) { conjugate($0[0]) * $0[0] * $0[0] },
    complexCase("abs", [[3]]) { abs($0[0]).asType($0[0].scalarType) * $0[0] },
    complexCase("parts", [[3]]) { complex(imaginary($0[0] * $0[0]), real(exp($0[0]))) },
    complexCase("exp", [[3]]) { exp($0[0]) },
    complexCase("expm1", [[3]]) { expm1($0[0]) },
    complexCase("log", [[3]]) { log($0[0]) },
    complexCase("log1p", [[3]]) { log1p($0[0]) },
    complexCase("sqrt", [[3]]) { sqrt($0[0]) },
    complexCase("sin", [[3]]) { sin($0[0]) },
    complexCase("cos", [[3]]) { cos($0[0]) },
    complexCase("tanh", [[3]]) { tanh($0[0] * 0.5) },
    complexCase("sigmoid", [[3]]) { sigmoid($0[0]) },
    complexCase("divide", [[2, 2], [2]]) { $0[0] / $0[1] - $0[1] },
    complexCase("power", [[3], [3]]) { pow($0[0], $0[1]) },
    complexCase("matmul", [[2, 3], [3, 2]]) { sin(matmul($0[0], $0[1]) * 0.3) },
    complexCase("sum", [[2, 3]]) { exp($0[0].sum(axes: [1]) * 0.5) },
    complexCase("gather", [[4]]) {
      exp($0[0].gathered(Tensor([3, 0, 3] as [Int32]), axis: 0))
    },
    complexCase("convolution", [[1, 2, 4], [2, 2, 3]]) {
      convolution($0[0], $0[1], boundary: .circular)
    },
  ]
}
