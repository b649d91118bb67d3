@testable import LandauTensor

extension PrimitiveCase {
  static let functions: [PrimitiveCase] = [
    PrimitiveCase("atan2", [[5], [5]]) { atan2($0[0], $0[1]) },
    PrimitiveCase("log1p", [[4]], positive: true) { log1p($0[0]) },
    PrimitiveCase("expm1", [[4]]) { expm1($0[0]) },
    PrimitiveCase("sinh", [[4]]) { sinh($0[0]) },
    PrimitiveCase("cosh", [[4]]) { cosh($0[0]) },
    PrimitiveCase("tan", [[4]], low: 0.3, high: 1) { tan($0[0]) },
    PrimitiveCase("asin", [[4]], low: 0.1, high: 0.5) { asin($0[0]) + acos($0[0] * $0[0]) },
    PrimitiveCase("atan", [[4]]) { atan($0[0]) },
    PrimitiveCase("logGamma", [[4]], positive: true) { logGamma($0[0]) },
    PrimitiveCase("digamma", [[4]], positive: true, low: 1, high: 2) { digamma($0[0]) },
    PrimitiveCase("sorted", [[3, 4]]) { sin($0[0].sorted(axis: 0, descending: true)) },
    PrimitiveCase("topK", [[2, 5]]) { sin($0[0].topK(3).values) },
    PrimitiveCase("takingAlong", [[2, 3]]) {
      sin($0[0].takingAlong(Tensor([2, 2, 0, 1] as [Int32], shape: [2, 2]), axis: 1))
    },
    PrimitiveCase("cumulativeSum", [[2, 5]]) { sin($0[0].cumulativeSum(axis: 1)) },
    PrimitiveCase("cumulativeProduct", [[5, 2]]) {
      sin($0[0].cumulativeProduct(axis: 0, reversed: true))
    },
    PrimitiveCase("cumulativeMaximum", [[3, 4]]) { sin($0[0].cumulativeMaximum(axis: 1)) },
    PrimitiveCase("cumulativeLogSumExp", [[2, 5]]) { sin($0[0].cumulativeLogSumExp(axis: 1)) },
    PrimitiveCase("clamped", [[7]]) { sin($0[0].clamped(-1, 1)) * $0[0] },
    PrimitiveCase("lowerTriangle", [[3, 3]]) { sin($0[0].lowerTriangle()) * 2 },
    PrimitiveCase("einsum", [[2, 3, 4], [4, 5, 2]]) { sin(einsum("bij,jkb->kbi", $0[0], $0[1])) },
  ]
}
