import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct NormalizationTests {
  /// Mean and variance of some numbers.
  private func moments(_ x: [Double]) -> (mean: Double, variance: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count))
  }

  @Test func layerNormalisationByLoop() {
    var layer = LayerNormalization(width: 4, epsilon: 1e-3, type: .double)
    layer.scale = numbers([4], .test("scale"))
    layer.offset = numbers([4], .test("offset"))
    let x = numbers([3, 4], .test("x"))
    let (rows, scale, offset) = (Numbers(x), Numbers(layer.scale), Numbers(layer.offset))
    var expected = Numbers(zeros: [3, 4])
    for row in 0..<3 {
      let (mean, variance) = moments((0..<4).map { rows[row, $0] })
      for column in 0..<4 {
        let even = (rows[row, column] - mean) / (variance + 1e-3).squareRoot()
        expected[row, column] = even * scale[column] + offset[column]
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-15)
  }

  @Test func rootMeanSquareByLoop() {
    let layer = RMSNormalization(width: 3, epsilon: 0.1, type: .double)
    let x = numbers([2, 3], .test())
    let rows = Numbers(x)
    var expected = Numbers(zeros: [2, 3])
    for row in 0..<2 {
      let square = (0..<3).reduce(0) { $0 + rows[row, $1] * rows[row, $1] } / 3
      for column in 0..<3 {
        expected[row, column] = rows[row, column] / (square + 0.1).squareRoot()
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-15)
  }

  @Test func groupNormalisationByLoop() {
    var layer = GroupNormalization(channels: 4, groupCount: 2, epsilon: 1e-3, type: .double)
    layer.scale = numbers([4], .test("scale"))
    layer.offset = numbers([4], .test("offset"))
    let x = numbers([2, 4, 3, 2], .test("x"))
    let (field, scale, offset) = (Numbers(x), Numbers(layer.scale), Numbers(layer.offset))
    var expected = Numbers(zeros: x.shape)
    for b in 0..<2 {
      for group in 0..<2 {
        let sites = (0..<2).flatMap { c in
          (0..<3).flatMap { i in (0..<2).map { (2 * group + c, i, $0) } }
        }
        let (mean, variance) = moments(sites.map { field[b, $0.0, $0.1, $0.2] })
        for (c, i, j) in sites {
          let even = (field[b, c, i, j] - mean) / (variance + 1e-3).squareRoot()
          expected[b, c, i, j] = even * scale[c] + offset[c]
        }
      }
    }
    #expect(distance(layer(x), expected.tensor) < 1e-14)
  }

  /// Shifts and factors of the input leave no trace; the root-mean-square layer sees shifts.
  @Test func invariances() {
    let x = numbers([3, 8], .test())
    let layer = LayerNormalization(width: 8, epsilon: 0, type: .double)
    #expect(distance(layer(x), layer(x * 7 + 2)) < 1e-13)
    let root = RMSNormalization(width: 8, epsilon: 0, type: .double)
    #expect(distance(root(x), root(x * 7)) < 1e-14)
    #expect(distance(root(x), root(x + 2)) > 0.1)
  }
}
