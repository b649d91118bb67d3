import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct FactoredAttentionTests {
  private func layer(_ normalization: AttentionNormalization?) -> FactoredAttention {
    var rng = Seed.test("layer").makeStream()
    var layer = FactoredAttention(
      places: 4, inputs: 3, outputs: 2, normalization: normalization, type: .double, using: &rng)
    layer.scores = .normal([4, 4], type: .double, using: &rng)
    return layer
  }

  /// Place by place, content by content.
  @Test func factoredAttentionByLoop() {
    let layer = layer(nil)
    let x = numbers([2, 4, 3], .test("x"))
    let (a, v, input) = (Numbers(layer.scores), Numbers(layer.value), Numbers(x))
    let output = Numbers(layer(x))
    for batch in 0..<2 {
      for place in 0..<4 {
        for content in 0..<2 {
          var sum = 0.0
          for other in 0..<4 where other != place {
            for k in 0..<3 { sum += a[place, other] * input[batch, other, k] * v[k, content] }
          }
          #expect(abs(output[batch, place, content] - sum) < 1e-13)
        }
      }
    }
  }

  /// Normalised rows add up to one without the place itself; what a place holds never changes its own output.
  @Test(arguments: [nil, AttentionNormalization.softmax])
  func placesDoNotSeeThemselves(_ normalization: AttentionNormalization?) {
    let layer = layer(normalization)
    let weights = Numbers(layer.weights)
    for place in 0..<4 {
      #expect(weights[place, place] == 0)
      let sum = (0..<4).reduce(0) { $0 + weights[place, $1] }
      if normalization != nil { #expect(abs(sum - 1) < 1e-14) }
    }
    let x = numbers([1, 4, 3], .test("places"))
    let other = x + Tensor((0..<12).map { $0 / 3 == 1 ? 1.0 : 0 }, shape: [1, 4, 3])
    let (before, after) = (Numbers(layer(x)), Numbers(layer(other)))
    for content in 0..<2 {
      #expect(before[0, 1, content] == after[0, 1, content])
      #expect(before[0, 2, content] != after[0, 2, content])
    }
  }
}
