import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct AttentionTests {
  private func layer(
    _ seed: Seed, context: Int = 6, normalization: AttentionNormalization = .softmax
  ) -> MultiHeadAttention {
    var rng = seed.makeStream()
    return MultiHeadAttention(
      width: 6, headCount: 2, contextWidth: context, normalization: normalization, type: .double,
      using: &rng)
  }

  /// Cross-attention with bias and mask, one head and one place after the other.
  @Test(arguments: AttentionNormalization.allCases)
  func attentionByLoop(_ normalization: AttentionNormalization) {
    let layer = layer(.test("layer"), context: 5, normalization: normalization)
    let (x, context) = (numbers([3, 6], .test("x")), numbers([4, 5], .test("context")))
    let bias = numbers([2, 3, 4], .test("bias"))
    let mask = Attention.causalMask(queries: 3, keys: 4)
    let (q, k, v) = (
      Numbers(layer.query(x)), Numbers(layer.key(context)), Numbers(layer.value(context))
    )
    let b = Numbers(bias)
    var seen = Numbers(zeros: [3, 6])
    for head in 0..<2 {
      for place in 0..<3 {
        let visible = 0..<(place + 2)
        let scores = visible.map { key in
          (0..<3).reduce(0) { $0 + q[place, 3 * head + $1] * k[key, 3 * head + $1] }
            / 3.squareRoot() + b[head, place, key]
        }
        let parts = exp(Tensor(scores)).scalars(Double.self)
        let sum = parts.reduce(normalization == .softmax ? 0 : 1, +)
        for (key, part) in zip(visible, parts) {
          for c in 3 * head..<3 * head + 3 { seen[place, c] += part / sum * v[key, c] }
        }
      }
    }
    let y = layer(x, over: context, bias: bias, mask: mask)
    #expect(distance(y, layer.output(seen.tensor)) < 1e-14)
  }

  /// What is asked later changes nothing before: gradients of earlier outputs in later inputs are exactly 0.
  @Test func causalMaskBlocksTheFuture() {
    var rng = Seed.test("block").makeStream()
    let block = TransformerBlock(width: 6, headCount: 2, type: .double, using: &rng)
    let x = numbers([5, 6], .test("x"))
    let mask = Attention.causalMask(queries: 5)
    for place in 0..<5 {
      let gradient = grad { block($0, mask: mask).sliced(axis: 0, place..<(place + 1)).sum() }(x)
      let perPlace = abs(gradient).sum(axes: [1]).scalars(Double.self)
      for other in 0..<5 { #expect(other <= place ? perPlace[other] > 0 : perPlace[other] == 0) }
    }
    // Without the mask everything is seen.
    let open = grad { block($0).sliced(axis: 0, 0..<1).sum() }(x)
    #expect(abs(open).sum(axes: [1]).scalars(Double.self).allSatisfy { $0 > 0 })
  }

  /// Without positions attention moves with the order of places.
  @Test func permutationEquivariance() {
    var rng = Seed.test("block").makeStream()
    let block = TransformerBlock(width: 6, headCount: 3, type: .double, using: &rng)
    let x = numbers([2, 5, 6], .test("x"))
    let order = Tensor([3, 0, 4, 1, 2] as [Int32])
    #expect(distance(block(x.gathered(order, axis: 1)), block(x).gathered(order, axis: 1)) < 1e-13)
  }

  @Test func rowsThatSeeNothingAreZero() {
    let scores = numbers([2, 3], .test())
    let mask = Tensor([true, false, true, false, false, false], shape: [2, 3])
    for normalization in AttentionNormalization.allCases {
      let weights = normalization.weights(scores, mask: mask).scalars(Double.self)
      #expect(weights[1] == 0 && weights[3...] == [0, 0, 0])
      let gradient = grad { (normalization.weights($0, mask: mask) * 2).sum() }(scores)
      #expect(gradient.scalars(Double.self).allSatisfy { $0.isFinite })
    }
  }

  /// softmaxPlusOne is softmax with one more score of 0; no score is too large for either.
  @Test func plusOneIsAZeroBesides() {
    let scores = Tensor([1000.0, -3, 2, 1000], shape: [2, 2])
    let extended = concatenated([scores, .zeros([2, 1], type: .double)], axis: 1)
    let expected = extended.softmax().sliced(axis: 1, 0..<2)
    #expect(distance(AttentionNormalization.softmaxPlusOne.weights(scores), expected) < 1e-15)
    let nothing = AttentionNormalization.softmaxPlusOne.weights(
      Tensor([-1000.0, -900], shape: [1, 2]))
    #expect(nothing.scalars(Double.self) == [0, 0])
  }

  /// The residual scale multiplies both branches.
  @Test func blockByParts() {
    var rng = Seed.test("block").makeStream()
    let block = TransformerBlock(width: 4, headCount: 1, scale: 0.25, type: .double, using: &rng)
    let x = numbers([3, 4], .test("x"))
    let (a, p) = (block.attention.branch, block.perceptron.branch)
    let y = x + a.layer(a.normalization(x)) * 0.25
    #expect(distance(block(x), y + p.layer(p.normalization(y)) * 0.25) < 1e-15)
  }
}
