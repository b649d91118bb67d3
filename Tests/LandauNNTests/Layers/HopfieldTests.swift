import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct HopfieldTests {
  private func patterns(_ count: Int, _ width: Int, _ seed: Seed) -> Tensor {
    var rng = seed.makeStream()
    return .normal([count, width], type: .double, using: &rng)
  }

  /// A pattern with noise comes back in one step; the others overlap with it by chance only.
  @Test(arguments: AttentionNormalization.allCases)
  func retrieves(_ normalization: AttentionNormalization) {
    let stored = patterns(8, 64, .test("patterns"))
    let layer = Hopfield(patterns: stored, beta: 2, normalization: normalization)
    var rng = Seed.test("noise").makeStream()
    let noisy = stored + Tensor.normal([8, 64], type: .double, using: &rng) * 0.5
    #expect(distance(layer(noisy), stored) < 1e-9)
  }

  /// One update by hand: weights e^1/(e^1 + e^0) and e^0/(e^1 + e^0).
  @Test func oneStepByHand() {
    let layer = Hopfield(patterns: Tensor([1.0, 0, 0, 2], shape: [2, 2]), beta: 1)
    let (a, b) = (0.7310585786300049, 0.2689414213699951)
    let y = layer(Tensor([1.0, 0])).scalars(Double.self)
    #expect(abs(y[0] - a) < 1e-15 && abs(y[1] - 2 * b) < 1e-15)
    // With one more in the denominator: e/(e + 2) and 1/(e + 2).
    let outlier = Hopfield(
      patterns: layer.patterns, beta: 1, normalization: .softmaxPlusOne)
    let z = outlier(Tensor([1.0, 0])).scalars(Double.self)
    #expect(abs(z[0] - 0.5761168847658291) < 1e-15 && abs(z[1] - 2 * 0.21194155761708547) < 1e-15)
  }

  /// The law of the update (Ramsauer et al. 2021, theorem 1): the energy never rises, and the update is the
  /// state minus the energy's gradient.
  @Test(arguments: AttentionNormalization.allCases)
  func energyFalls(_ normalization: AttentionNormalization) {
    let layer = Hopfield(
      patterns: patterns(5, 3, .test("patterns")), beta: 1.5, normalization: normalization)
    var x = numbers([10, 3], .test("x")) * 3
    let descended = x - grad { layer.energy($0).sum() }(x)
    #expect(distance(layer(x), descended) < 1e-14)
    for _ in 0..<5 {
      let y = layer(x)
      let change = layer.energy(y) - layer.energy(x)
      #expect(change.max().item(Double.self) < 1e-14)
      x = y
    }
  }

  /// Far from everything the outlier-efficient form says nothing, the other one an average.
  @Test func saysNothing() {
    let stored = patterns(4, 8, .test())
    let state = stored.mean(axes: [0]) * -30
    let quiet = Hopfield(patterns: stored, beta: 1, normalization: .softmaxPlusOne)(state)
    let loud = Hopfield(patterns: stored, beta: 1)(state)
    #expect(abs(quiet).max().item(Double.self) < 0.01)
    #expect(abs(loud).max().item(Double.self) > 0.1)
  }
}
