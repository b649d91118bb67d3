import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct DatasetTests {
  private let data = Dataset([
    Tensor((0..<20).map { Float($0) }, shape: [10, 2]), Tensor((0..<10).map { Int32($0 % 2) }),
  ])

  private func firsts(_ batches: some Sequence<[Tensor]>) -> [[Float]] {
    batches.map { $0[0].sliced(axis: 1, 0..<1).scalars() }
  }

  @Test func batchesVisitEveryExampleOnceInAnOrderOfSeedAndEpoch() {
    let batches = data.batches(of: 4, seed: Seed(1), epoch: 0)
    #expect(batches.count == 3)
    let order = firsts(batches)
    #expect(order.map(\.count) == [4, 4, 2])
    #expect(order.flatMap { $0 }.sorted() == (0..<10).map { Float(2 * $0) })
    #expect(order != firsts(data.batches(of: 4)))
    // Rows of all tensors stay together.
    for batch in batches {
      let pairs = zip(
        batch[0].sliced(axis: 1, 0..<1).scalars(Float.self), batch[1].scalars(Int32.self))
      for (x, label) in pairs { #expect(Int32(x / 2) % 2 == label) }
    }
    #expect(firsts(data.batches(of: 4, seed: Seed(1), epoch: 0)) == order)
    #expect(firsts(data.batches(of: 4, seed: Seed(1), epoch: 1)) != order)
    #expect(firsts(data.batches(of: 4, seed: Seed(2), epoch: 0)) != order)
    #expect(firsts(data.batches(of: 99, seed: Seed(1), epoch: 0)) == [firsts([data.tensors])[0]])
  }

  @Test func splitsAreDisjoint() {
    let parts = data.split([0.5, 0.3], seed: Seed(1))
    #expect(parts.map(\.count) == [5, 3])
    let all = firsts(parts.map(\.tensors)).flatMap { $0 }
    #expect(Set(all).count == 8)
    #expect(firsts(data.split([0.5, 0.3], seed: Seed(1)).map(\.tensors)).flatMap { $0 } == all)
    let even = data.split([0.4, 0.6], stratifiedBy: data.tensors[1], seed: Seed(3))
    #expect(even.map { $0.tensors[1].asType(.float).mean().item(Float.self) } == [0.5, 0.5])
  }

  /// Mean and variance come from the training rows alone; constants are left without a scale.
  @Test func standardization() {
    let training = Tensor([1.0, 5, 0.1, 3, 5, 0.1], shape: [2, 3])
    let own = Standardization(of: training)
    #expect(own(training).scalars(Double.self) == [-1, 0, 0, 1, 0, 0])
    let other = Tensor([2.0, 6, 0.1], shape: [1, 3])
    #expect(own(other).scalars(Double.self) == [0, 1, 0])
    #expect(own.inverse(own(other)).scalars(Double.self) == other.scalars(Double.self))
    let shared = Standardization(of: training, sharedAxes: [0])
    let values = shared(training)
    expectClose(values.mean().item(Double.self), 0, absolute: 1e-15)
    expectClose((values * values).mean().item(Double.self), 1, ulps: 8)
    #expect(shared.mean.shape == [1])
  }

  @Test func moreLosses() {
    let logits = Tensor([0.0, 0, 0, 3, 0, 0], shape: [2, 3])
    let labels = Tensor([1, 0] as [Int32])
    // Fully smoothed: the mean over classes of log-sum-exp minus logit.
    let flat: Double = Loss.crossEntropy(logits: logits, labels: labels, smoothing: 1).item()
    let second = Loss.crossEntropy(
      logits: logits.sliced(axis: 0, 1..<2), labels: Tensor([0] as [Int32])
    ).item(Double.self)
    expectClose(flat, (1.0986122886681098 + second + 3 - 1) / 2, ulps: 8)
    // KL(p|q) of (1/2, 1/2) against (3/4, 1/4) is log 2 - log(3)/2; of equals, zero.
    let p = Tensor([5.0, 5.0], shape: [1, 2])
    let q = Tensor([1.0986122886681098, 0], shape: [1, 2])
    let divergence: Double = Loss.kullbackLeibler(logits: q, targetLogits: p).item()
    expectClose(divergence, 0.14384103622589045, absolute: 1e-15)
    #expect(Loss.kullbackLeibler(logits: p, targetLogits: p - 3).item(Double.self) == 0)
  }
}
