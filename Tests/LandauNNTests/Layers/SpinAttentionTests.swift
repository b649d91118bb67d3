import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct SpinAttentionTests {
  private func spins(_ seed: Seed) -> Tensor {
    let x = numbers([3, 4, 3], seed)
    return x / sqrt((x * x).sum(axes: [2], keepingAxes: true))
  }

  /// Site by site on a ring of four, with the site itself and its neighbours attended to.
  @Test func attentionByLoop() {
    var rng = Seed.test("layer").makeStream()
    var layer = SpinAttention(.ring, noise: 0.6, using: &rng)
    layer.value = .normal([2], type: .double, using: &rng)
    let x = spins(.test("spins"))
    let (q, k, v) = (Numbers(layer.query), Numbers(layer.key), Numbers(layer.value))
    let (input, output) = (Numbers(x), Numbers(layer(x)))
    func mixed(_ w: Numbers, _ batch: Int, _ site: Int) -> [Double] {
      (0..<3).map { c in
        w[0] * input[batch, site, c]
          + w[1] * (input[batch, (site + 1) % 4, c] + input[batch, (site + 3) % 4, c])
      }
    }
    for batch in 0..<3 {
      for site in 0..<4 {
        var sum = (0..<3).map { input[batch, site, $0] }
        for other in [site, (site + 1) % 4, (site + 3) % 4] {
          let (query, key) = (mixed(q, batch, site), mixed(k, batch, other))
          let score = zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } / 3.0.squareRoot()
          let value = mixed(v, batch, other)
          for c in 0..<3 { sum[c] += max(0, score) * value[c] / 3 }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for c in 0..<3 { #expect(abs(output[batch, site, c] - sum[c] / length) < 1e-13) }
      }
    }
  }

  /// Untrained layers leave spins alone, and the action is that of pairs.
  @Test func networksBeginAsPairs() {
    var rng = Seed.test("network").makeStream()
    let network = SpinTransformer(
      .ring, depth: 2, couplings: [0.5, -0.3], constant: 0.2, using: &rng)
    let x = spins(.test("spins"))
    let (input, output) = (Numbers(x), Numbers(network(x)))
    for batch in 0..<3 {
      func product(_ a: Int, _ b: Int) -> Double {
        (0..<3).reduce(0) { $0 + input[batch, a, $1] * input[batch, b, $1] }
      }
      var action = 0.2
      for site in 0..<4 {
        action -= 0.5 * product(site, (site + 1) % 4)
        // Two steps lead to the opposite site, from both ends.
        action += 0.3 * product(site, (site + 2) % 4)
      }
      #expect(abs(output[batch] - action) < 1e-13)
    }
  }
}
