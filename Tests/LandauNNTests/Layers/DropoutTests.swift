import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct DropoutTests {
  /// The mean over many numbers is kept: a fault of 0.01 in the factor would be found.
  @Test func keepsTheMean() {
    expectAgreement(with: 3, seed: .test(), minimalBias: 0.03) { seed, effort in
      var dropout = Dropout(rate: 0.3)
      let count = 100_000 * effort
      let x = Tensor.full([count], 3, type: .double)
      let y = dropout(x, training: RandomKey(seed))
      let (mean, square): (Double, Double) = (y.mean().item(), (y * y).mean().item())
      return Estimate(mean, error: ((square - mean * mean) / Double(count)).squareRoot())
    }
  }

  @Test func dropsAndScales() {
    var dropout = Dropout(rate: 0.25)
    let x = numbers([1000], .test())
    let y = dropout(x, training: RandomKey(Seed(1)))
    let pairs = zip(x.scalars(Double.self), y.scalars(Double.self))
    #expect(pairs.allSatisfy { $1 == 0 || abs($1 - $0 / 0.75) < 1e-15 })
    let dropped = pairs.filter { $1 == 0 }.count
    // 250 expected, 4.6 sigma are 63.
    #expect(abs(dropped - 250) < 63)
    #expect(dropout(x).scalars(Double.self) == x.scalars(Double.self))
    // The derivative is dropped with the number.
    let gradient = grad { x in
      var layer = dropout
      return layer(x, training: RandomKey(Seed(1))).sum()
    }(x)
    #expect(
      zip(gradient.scalars(Double.self), y.scalars(Double.self)).allSatisfy {
        ($0 == 0) == ($1 == 0)
      })
  }

  /// Every layer of a stack draws its own numbers; the same key gives the same ones.
  @Test func stacksThreadKeys() {
    let stack = Sequential([Dropout(rate: 0.5), Sequential([Dropout(rate: 0.5)])])
    let x = Tensor.ones([4000], type: .double)
    func run(_ seed: UInt64) -> [Double] {
      var model = stack
      return model(x, training: RandomKey(Seed(seed))).scalars()
    }
    #expect(run(1) == run(1) && run(1) != run(2))
    // Independent coins leave a quarter, the same coin would leave a half: 4.6 sigma are 126.
    #expect(abs(run(1).filter { $0 != 0 }.count - 1000) < 126)
    var rng = Seed.test().makeStream()
    let block = TransformerBlock(
      width: 4, headCount: 2, dropRate: 0.5, type: .double, using: &rng)
    let places = numbers([3, 4], .test("x"))
    var first = block
    let dropped = first(places, training: RandomKey(Seed(1)))
    #expect(distance(dropped, block(places)) > 0.01)
    var second = block
    #expect(distance(dropped, second(places, training: RandomKey(Seed(1)))) == 0)
  }
}
