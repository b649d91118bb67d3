import LandauCore
import LandauTensor
import LandauTestSupport
import Testing

@testable import LandauNN

@Suite struct ThreadedFitTests {
  /// Steps large enough to be dealt out: products of several panels, sums over rows, convolutions.
  @Test func `Trained numbers do not depend on threads`() {
    var rng = Seed.test("data").makeStream()
    let x = Tensor.normal([256, 1, 12, 12], type: .float, using: &rng)
    let y = Tensor.normal([256, 8], type: .float, using: &rng)
    func trained(_ pool: WorkerPool?) -> [[Float]] {
      var rng = Seed.test("model").makeStream()
      var model = Sequential([
        Convolution(inputs: 1, outputs: 8, window: [3, 3], using: &rng), Activation.tanh, Flatten(),
        Dense(inputs: 8 * 144, outputs: 256, using: &rng), Activation.tanh,
        Dense(inputs: 256, outputs: 8, using: &rng),
      ])
      var optimizer = AdamW.adam(learningRate: 1e-3)
      _ = fit(
        &model, using: &optimizer, training: [x, y],
        options: TrainingOptions(epochs: 2, batchSize: 128), seed: .test("fit"), pool: pool
      ) { network, batch in Loss.meanSquaredError(network(batch[0]), batch[1]) }
      return model.tensors.map { $0.scalars(Float.self) }
    }
    let alone = trained(nil)
    for threads in [2, 5] { #expect(trained(WorkerPool(threadCount: threads)) == alone) }
  }
}
